// SPDX-License-Identifier: Apache-2.0
import GenAI
import Notation
import Pricing

/// Reports for people: a table, the total below it, and what to know about the figures.
package enum ReportText {
    /// A line, and how a terminal may set it off.
    package struct Line: Sendable, Equatable {
        /// What a line is.
        package enum Kind: Sendable {
            case head, row, unknown, total, note
        }

        package let text: String
        package let kind: Kind
    }

    /// The lines of a report.
    ///
    /// Only token classes that some call has are columns.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - priceFiles: The price files by which its calls were priced, which a command that a note names has to read too.
    /// - Returns: The lines of the table, then the notes.
    package static func lines(of report: Report, priceFiles: [String] = []) -> [Line] {
        let classes = Array(report.total.tokens.classes)
        var table = TextTable(
            report.groupings.map { _ in .text }
                + [.number, .number, .number, .number] + classes.map { _ in .number } + [.decimal],
            heads: report.groupings.map(\.name) + ["calls", "failed", "no usage", "unpriced"] + classes.map(\.name)
                + ["$"])
        var kinds = [Line.Kind.head]
        func add(_ values: [String], _ sums: ReportSums, _ kind: Line.Kind) {
            table.add(
                values
                    + [sums.calls, sums.failed, sums.withoutUsage, sums.unpriced].map(String.init)
                    + classes.map { String(sums.tokens[$0]) } + [ShownFigures.cost(sums.cost)])
            kinds.append(kind)
        }
        for row in report.shownRows {
            add(
                row.values.map { $0.isEmpty ? "(none)" : ShownText.plain($0) }, row.sums,
                row.sums.isComplete ? .row : .unknown)
        }
        if !report.groupings.isEmpty { add(totalValues(of: report), report.total, .total) }
        return zip(table.lines, kinds).map { Line(text: $0, kind: $1) }
            + report.notes(priceFiles: priceFiles).map { Line(text: $0, kind: .note) }
    }

    private static func totalValues(of report: Report) -> [String] {
        ["total"] + report.groupings.dropFirst().map { _ in "" }
    }
}
