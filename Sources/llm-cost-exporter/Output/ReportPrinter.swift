// SPDX-License-Identifier: Apache-2.0
import Reports

/// Prints a report for people.
enum ReportPrinter {
    /// Prints the table, an empty line and the notes.
    static func print(_ report: Reports.Report) {
        let lines = ReportText.lines(of: report)
        for line in lines where line.kind != .note { write(line) }
        let notes = lines.filter { $0.kind == .note }
        if !notes.isEmpty { StandardOutput.write("\n".utf8) }
        for note in notes { write(note) }
    }

    private static func write(_ line: ReportText.Line) {
        let text: String =
            switch line.kind {
            case .head, .total: Paint.bold(line.text)
            case .unknown: Paint.warning(line.text)
            case .row, .note: line.text
            }
        StandardOutput.write((text + "\n").utf8)
    }
}
