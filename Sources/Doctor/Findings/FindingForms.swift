// SPDX-License-Identifier: Apache-2.0
import Notation

/// Findings for people: a line each, and the remedy below it.
package enum FindingText {
    /// A line, and the level of its finding.
    package struct Line: Sendable, Equatable {
        /// The level in a word; empty for the line of a remedy.
        package let mark: String
        package let text: String
        package let level: Finding.Level
    }

    /// The lines of some findings; texts of senders are shown without what a terminal would obey.
    package static func lines(of findings: [Finding]) -> [Line] {
        findings.flatMap { finding in
            let text = ShownText.plain("\(finding.area.rawValue): \(finding.text)")
            let line = Line(mark: finding.level.rawValue, text: text, level: finding.level)
            guard !finding.remedy.isEmpty else { return [line] }
            return [line, Line(mark: "", text: ShownText.plain(finding.remedy), level: finding.level)]
        }
    }

    /// The last line.
    package static func summary(of findings: [Finding]) -> String {
        switch findings.count(where: { $0.level == .wrong }) {
        case 0: "nothing is wrong"
        case 1: "1 thing is wrong"
        case let count: "\(count) things are wrong"
        }
    }
}

/// Findings for programs: one object a line.
package enum FindingJSON {
    package static func text(of findings: [Finding]) -> String {
        findings.map { finding in
            var line = JSONLine()
            line.add("area", finding.area.rawValue)
            line.add("level", finding.level.rawValue)
            line.add("text", finding.text)
            line.add("remedy", said: finding.remedy)
            return line.text + "\n"
        }.joined()
    }
}
