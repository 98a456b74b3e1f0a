// SPDX-License-Identifier: Apache-2.0
import Pricing

/// A chart of money over time: a bar for each time, of parts on top of each other, and the same as a table.
///
/// The drawing is as wide as the screen. Its texts are outside it, so that they keep their size.
struct StackedBars {
    /// What the parts of one colour have in common.
    struct Series {
        let name: Markup
        /// The name as plain text, for what is read aloud.
        let label: String
        /// Where it leads; `nil` for nowhere.
        let link: Markup?
        let colour: String
    }

    /// One bar.
    struct Bar {
        /// What people call the time, such as `Nov 28`.
        let name: String
        /// The same, short enough for the axis.
        let tick: String
        let link: Markup
        /// The amounts in the order of the series.
        let amounts: [Dollars]

        var total: Dollars { amounts.reduce(.zero, +) }
    }

    let id: String
    let heading: Markup
    let summary: Markup
    /// What a bar is for: `Day`.
    let unit: String
    let caption: Markup
    let series: [Series]
    let bars: [Bar]

    /// The units of the drawing: ten for each bar, of which it is eight wide.
    private static let (step, width, height) = (10, 8, 1_000)
    /// How many texts fit under the chart on a narrow screen.
    private static let mostTicks = 6

    /// The chart as a section.
    var html: Markup {
        let scale = ChartScale(upTo: bars.map(\.total).max() ?? .zero)
        let totals = series.indices.map { index in bars.reduce(Dollars.zero) { $0 + $1.amounts[index] } }
        let column = AmountColumn(bars.flatMap { [$0.total] + $0.amounts })
        return Template.chart.filled([
            "id": "\(id)", "heading": .markup(heading), "summary": .markup(summary), "unit": "\(unit)",
            "caption": .markup(caption), "drawing": .markup(drawing(scale)),
            "series": .parts(
                zip(series, totals).map { series, total in
                    [
                        "colour": "\(series.colour)", "href": .markup(series.link ?? .empty),
                        "name": .markup(series.name),
                        "total": "\(PageFigures.dollars(total))",
                    ]
                }),
            "scale": .parts(scale.labels.map { ["label": "\($0)"] }),
            "ticks": .parts(ticks.map { ["label": "\($0)"] }),
            "rows": .parts(
                bars.reversed().map { bar in
                    [
                        "rowName": "\(bar.name)", "rowHref": .markup(bar.link),
                        "cells": .parts(([bar.total] + bar.amounts).map { ["cell": .markup(column.html($0))] }),
                    ]
                }),
        ])
    }

    /// A text under some bars, at equal distances, the last bar included.
    private var ticks: [String] {
        let distance = max(1, (bars.count + Self.mostTicks - 1) / Self.mostTicks)
        return bars.enumerated().map { index, bar in index % distance == 0 ? bar.tick : "" }
    }

    private func drawing(_ scale: ChartScale) -> Markup {
        let lines = (0..<scale.marks.count - 1).map { index -> Markup in
            let y = Self.height * index / (scale.marks.count - 1)
            return "<line class=\"grid\" x1=\"0\" x2=\"\(bars.count * Self.step)\" y1=\"\(y)\" y2=\"\(y)\"/>"
        }
        let groups = bars.enumerated().map { column($1, at: $0, scale) }
        return """
            <svg viewBox="0 0 \(bars.count * Self.step) \(Self.height)" preserveAspectRatio="none" role="img" \
            aria-label="\(label)">
            \(Markup.joined(lines + groups, separator: "\n"))
            </svg>
            """
    }

    private var label: String {
        let sum = bars.reduce(Dollars.zero) { $0 + $1.total }
        let largest = bars.max { $0.total < $1.total }
        let peak = largest.map { ", at most \(PageFigures.dollars($0.total)) (\($0.name))" } ?? ""
        return "Bar chart of the spend by \(unit.lowercased()): \(PageFigures.dollars(sum)) in all\(peak). "
            + "The table below has its figures."
    }

    private func column(_ bar: Bar, at index: Int, _ scale: ChartScale) -> Markup {
        let x = index * Self.step
        var parts: [Markup] = []
        var sum = Dollars.zero
        for (series, amount) in zip(series, bar.amounts) where amount > .zero {
            let bottom = scale.height(sum)
            sum += amount
            // Heights are differences of rounded sums, so that parts neither overlap nor leave a gap.
            let length = scale.height(sum) - bottom
            guard length > 0 else { continue }
            parts.append(
                "<rect class=\"\(series.colour)\" x=\"\(x + 1)\" y=\"\(Self.height - bottom - length)\" width=\"\(Self.width)\" height=\"\(length)\"/>"
            )
        }
        let texts = zip(series, bar.amounts).filter { $1 > .zero }.map { "\($0.label): \(PageFigures.dollars($1))" }
        let title = ([bar.name + ": " + PageFigures.dollars(bar.total)] + texts).joined(separator: "\n")
        return """
            <g><title>\(title)</title><rect class="hit" x="\(x)" y="0" width="\(Self.step)" height="\(Self.height)"/>\
            \(Markup.joined(parts))</g>
            """
    }
}
