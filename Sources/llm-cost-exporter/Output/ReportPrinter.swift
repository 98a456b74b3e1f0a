// SPDX-License-Identifier: Apache-2.0
import Reports

/// Prints a report for people.
enum ReportPrinter {
    /// Prints a report of files.
    static func print(_ report: Reports.Report) { print(ReportText.lines(of: report)) }

    /// Prints a table, an empty line and the notes.
    static func print(_ lines: [ReportText.Line]) {
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
