// SPDX-License-Identifier: Apache-2.0
import GenAI
import Notation
import Pricing

/// Reports for spreadsheets: a head and one line for each row, without a total, so that sums over a column are right.
///
/// The columns behind those of the groupings are always the same.
package enum ReportCSV {
    private static let counts = ["calls", "failed", "without_usage", "unpriced", "unknown_cost"]
    private static let money = ["cost_usd", "estimated_usd", "reported_usd"]

    package static func text(of report: Report) -> String {
        var head = CSVLine()
        let own = columns
        for grouping in report.groupings {
            head.add(text: own.contains(grouping.name) ? "label_" + grouping.name : grouping.name)
        }
        for column in own { head.add(text: column) }
        return ([head] + report.shownRows.map(line)).map { $0.text + "\n" }.joined()
    }

    private static var columns: [String] {
        counts + TokenClass.allCases.map { $0.name + "_tokens" } + BilledUnits.Unit.allCases.map(\.name) + money
    }

    private static func line(of row: Report.Row) -> CSVLine {
        let sums = row.sums
        var line = CSVLine()
        for value in row.values { line.add(text: value) }
        for count in [sums.calls, sums.failed, sums.withoutUsage, sums.unpriced, sums.unknown] {
            line.add(number: String(count))
        }
        for tokenClass in TokenClass.allCases { line.add(number: String(sums.tokens[tokenClass])) }
        for unit in BilledUnits.Unit.allCases { line.add(number: String(sums.units[unit])) }
        line.add(number: sums.cost?.description)
        line.add(number: sums.estimated.description)
        line.add(number: sums.reported.description)
        return line
    }
}
