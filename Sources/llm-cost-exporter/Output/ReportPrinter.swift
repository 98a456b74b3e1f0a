// SPDX-License-Identifier: Apache-2.0
import Reports

/// Prints a report for people.
enum ReportPrinter {
    /// Prints a report of files.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - priceFiles: The price files by which its calls were priced.
    static func print(_ report: Reports.Report, priceFiles: [String]) {
        print(ReportText.lines(of: report, priceFiles: priceFiles))
    }

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
