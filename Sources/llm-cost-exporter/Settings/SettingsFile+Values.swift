// SPDX-License-Identifier: Apache-2.0
import Documents
import GenAI
import HTTPAPI
import Pricing

// Reads values of the settings file.
extension SettingsFile {
    static func address(_ node: DocumentNode) throws -> ListenAddress {
        let text = try node.string()
        do throws(HTTPAPIError) {
            return try ListenAddress(text)
        } catch {
            throw SettingsError.invalid(.file(node.position), "\(error)")
        }
    }

    static func bytes(_ node: DocumentNode, _ range: ClosedRange<Int>) throws -> Int {
        let count = try node.byteCount()
        guard range.contains(count) else {
            throw node.unexpected("be from \(range.lowerBound) to \(range.upperBound) bytes")
        }
        return count
    }

    static func choice<Choice: RawRepresentable & CaseIterable>(_ node: DocumentNode) throws -> Choice
    where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try node.string()) else {
            throw node.unexpected("be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// A time zone whose hours consist of whole quarters of hours in UTC, as those of all countries do.
    static func zone(_ node: DocumentNode) throws -> ZoneClock {
        let zone = try ZoneClock(node)
        // A time of today: the mean solar times of long ago are no whole quarters.
        guard zone.offset(at: 29_500_000) % 15 == 0 else {
            throw node.unexpected("differ from UTC by whole quarters of an hour, such as +05:45")
        }
        return zone
    }

    /// How long calls and roll-ups are kept.
    static func retention(_ node: DocumentNode) throws -> Retention {
        let mapping = try node.mapping(keys: ["calls", "rollups"])
        var (retention, mistakes) = (Retention(), Mistakes())
        mistakes.collect { if let calls = mapping["calls"] { retention.calls = try seconds(calls) } }
        mistakes.collect { if let rollups = mapping["rollups"] { retention.rollups = try seconds(rollups) } }
        try mistakes.check()
        return retention
    }

    private static func seconds(_ node: DocumentNode) throws -> Int64 {
        let duration = try node.duration(atMost: 3_660)
        guard duration >= .seconds(86_400) else { throw node.unexpected("be from 1d to 3660d") }
        return duration.components.seconds
    }

    /// How long a trace must have no call until it is observed, in nanoseconds; 0 observes none.
    static func quietTime(_ node: DocumentNode) throws -> UInt64? {
        let duration = try node.duration()
        guard duration == .zero || (.seconds(1) ... .seconds(3_600)).contains(duration) else {
            throw node.unexpected("be 0s, or from 1s to 1h")
        }
        return UInt64(try duration.nanoseconds(from: .zero, in: node))
    }

    /// A list of texts.
    static func texts(_ node: DocumentNode, most: Int) throws -> [String] {
        let items = try node.sequence()
        guard items.count <= most else { throw node.unexpected("list at most \(most) texts") }
        return try items.map { try $0.string() }
    }

    /// Bounds in seconds, ascending, as nanoseconds.
    static func bounds(_ node: DocumentNode) throws -> [Int64] {
        var found: [Int64] = []
        for item in try node.sequence() {
            guard let bound = nanoseconds(try item.decimalText()), bound > found.last ?? -1 else {
                throw item.unexpected("be a number of seconds above the one before it, with at most 9 decimals")
            }
            found.append(bound)
        }
        guard (1...64).contains(found.count) else { throw node.unexpected("list 1 to 64 bounds in seconds") }
        return found
    }

    static func nanoseconds(_ seconds: String) -> Int64? {
        let parts = seconds.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 ? parts[1] : ""
        guard fraction.count <= 9, parts[0].count <= 6 else { return nil }
        return Int64(parts[0] + fraction + String(repeating: "0", count: 9 - fraction.count))
    }

    static func valueLimits(_ node: DocumentNode) throws -> [Vocabulary: Int] {
        var limits: [Vocabulary: Int] = [:]
        for entry in try node.mapping(keys: Vocabulary.allCases.map(\.rawValue).sorted()).entries {
            if let vocabulary = Vocabulary(rawValue: entry.key) {
                limits[vocabulary] = try entry.value.integer(in: 10...1_000_000)
            }
        }
        return limits
    }
}

extension Duration {
    /// Whole nanoseconds of a duration that is at least so long and at most a day.
    func nanoseconds(from least: Duration, in node: DocumentNode) throws -> Int64 {
        guard self >= least, self <= .seconds(86_400) else { throw node.unexpected("be from \(least) to a day") }
        return components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
