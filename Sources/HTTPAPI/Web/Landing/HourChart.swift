// SPDX-License-Identifier: Apache-2.0
import Overview
import Pages
import Pricing

/// The section of the landing page with the spend of each of the last 24 hours: bars, and the same figures as a table.
///
/// The drawing is as wide as the screen; its texts are outside it, so that they keep their size.
enum HourChart {
    /// The units of the drawing: ten for each hour, of which the bar has eight.
    private static let (step, height) = (10, 1_000)
    /// The columns that the text of an hour takes on a narrow screen.
    private static let labelColumns = 3

    static func html(of overview: Overview) -> String {
        let hours = overview.hours
        let most = hours.map(\.sum.cost).max() ?? .zero
        let all = hours.reduce(into: PeriodSum()) { $0.add($1.sum) }
        let summary =
            "\(PageFigures.dollars(all.cost)) in 24 hours; \(PageFigures.dollars(most)) in the costliest hour."
        let bars = hours.enumerated().compactMap { bar($1, at: $0, most) }
        let table = PageParts.table(
            "hours", "Spend and calls by hour, the present hour first",
            [.text("Hour"), .number("Spend"), .number("Calls")], hours.reversed().map(row))
        return PageParts.section(
            "hours", "Spend per hour",
            """
            <p class="quiet">\(summary) Hours of \(HTMLText.escaped(overview.zone.name)); the last one is not over.</p>
            <div class="chart">
            <p class="quiet" aria-hidden="true">\(most > .zero ? PageFigures.dollars(most) : "")</p>
            <svg viewBox="0 0 \(hours.count * step) \(height)" preserveAspectRatio="none" role="img" \
            aria-label="\(label(hours, summary))">
            \(bars.joined(separator: "\n"))
            </svg>
            <div class="ticks" aria-hidden="true">\(ticks(hours))</div>
            </div>
            <details>
            <summary>Each hour as a table</summary>
            \(table)
            </details>
            """)
    }

    private static func label(_ hours: [Overview.Hour], _ summary: String) -> String {
        "Bar chart of the spend in each of the last \(hours.count) hours: \(summary)"
    }

    private static func bar(_ hour: Overview.Hour, at index: Int, _ most: Dollars) -> String? {
        guard hour.sum.cost > .zero else { return nil }
        // An hour with any spend has a bar that can be seen.
        let length = max(
            height / 100, PageFigures.permille(hour.sum.cost.femtodollars, of: most.femtodollars) * height / 1_000)
        return
            "<rect class=\"bar\" x=\"\(index * step + 1)\" y=\"\(height - length)\" width=\"\(step - 2)\" height=\"\(length)\">"
            + "<title>\(clock(hour.hour)): \(PageFigures.dollars(hour.sum.cost))</title></rect>"
    }

    /// A text under each sixth hour, except where it would pass the right edge.
    private static func ticks(_ hours: [Overview.Hour]) -> String {
        hours.enumerated().map { index, hour in
            let isShown = hour.hour.isMultiple(of: 6) && index + labelColumns <= hours.count
            return "<span>\(isShown ? clock(hour.hour) : "")</span>"
        }.joined()
    }

    private static func row(_ hour: Overview.Hour) -> String {
        PageParts.row(
            clock(hour.hour), PageParts.number(PageFigures.dollars(hour.sum.cost)),
            PageParts.number(PageFigures.count(hour.sum.calls)))
    }

    private static func clock(_ hour: Int) -> String { (hour < 10 ? "0" : "") + "\(hour):00" }
}
