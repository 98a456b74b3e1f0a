// SPDX-License-Identifier: Apache-2.0
import GenAI
import Notation
import Pricing

/// Reports for programs: one object a line, those of rows first, then the total.
///
/// The member `type` says which it is. Dollars are decimal text, since floating point would not be exact.
package enum ReportJSON {
    package static func text(of report: Report) -> String {
        var lines = report.groupings.isEmpty ? [] : report.rows.map { line(of: $0, report.groupings) }
        var total = JSONLine()
        total.add("type", "total")
        add(report.total, to: &total)
        total.add("overflowed_calls", report.overflowed)
        lines.append(total)
        return lines.map { $0.text + "\n" }.joined()
    }

    private static func line(of row: Report.Row, _ groupings: [Grouping]) -> JSONLine {
        var line = JSONLine()
        line.add("type", "row")
        var group = JSONLine()
        for (grouping, value) in zip(groupings, row.values) { group.add(grouping.name, said: value) }
        line.add("group", group)
        add(row.sums, to: &line)
        return line
    }

    private static func add(_ sums: ReportSums, to line: inout JSONLine) {
        line.add("calls", sums.calls)
        line.add("failed", sums.failed)
        line.add("without_usage", sums.withoutUsage)
        line.add("unpriced", sums.unpriced)
        line.add("unknown_cost", sums.unknown)
        var tokens = JSONLine()
        for tokenClass in sums.tokens.classes { tokens.add(tokenClass.name, sums.tokens[tokenClass]) }
        line.add("tokens", tokens)
        var units = JSONLine()
        for unit in BilledUnits.Unit.allCases where sums.units[unit] > 0 { units.add(unit.name, sums.units[unit]) }
        line.add("units", units)
        line.add("cost_usd", sums.cost?.description)
        line.add("estimated_usd", sums.estimated.description)
        line.add("reported_usd", sums.reported.description)
    }
}
