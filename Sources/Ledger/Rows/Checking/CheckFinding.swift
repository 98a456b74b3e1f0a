// SPDX-License-Identifier: Apache-2.0

/// One thing that a check of a folder found.
package struct CheckFinding: Sendable, Equatable {
    /// What a check looks at; findings are shown in this order.
    package enum Area: String, CaseIterable, Sendable {
        case folder, file, counters, calls, rollups, dimensions, traces, sessions, references, journal
    }

    /// How bad it is.
    package enum Level: String, Sendable {
        /// It agrees.
        case ok
        /// Good to know.
        case note
        /// It does not agree.
        case wrong
    }

    package let area: Area
    package let level: Level
    /// What was found, in one sentence without a full stop: what, where and how much.
    package let text: String
    /// What to do; empty if nothing is to be done.
    package let remedy: String

    package init(_ area: Area, _ level: Level, _ text: String, remedy: String = "") {
        (self.area, self.level, self.text, self.remedy) = (area, level, text, remedy)
    }
}

/// The findings of a check, at most so many differences of each area.
struct CheckFindings {
    private(set) var all: [CheckFinding] = []
    private var differences: [CheckFinding.Area: Int] = [:]

    /// The number of differences of one area that a check lists one by one.
    static let mostDifferences = 10

    mutating func add(_ area: CheckFinding.Area, _ level: CheckFinding.Level, _ text: String, remedy: String = "") {
        if level == .wrong {
            differences[area, default: 0] += 1
            guard differences[area, default: 0] <= Self.mostDifferences else { return }
        }
        all.append(CheckFinding(area, level, text, remedy: remedy))
    }

    /// Whether an area has no difference.
    func agrees(_ area: CheckFinding.Area) -> Bool { differences[area] == nil }

    /// The findings in the order of their areas, each area with the number of differences that are not listed.
    var sorted: [CheckFinding] {
        CheckFinding.Area.allCases.flatMap { area in
            let more = (differences[area] ?? 0) - Self.mostDifferences
            return all.filter { $0.area == area }
                + (more > 0 ? [CheckFinding(area, .wrong, "\(more) more differences of this kind")] : [])
        }
    }
}
