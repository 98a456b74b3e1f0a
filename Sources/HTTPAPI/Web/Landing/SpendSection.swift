// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Notation
import Overview
import Pages
import Pricing

/// The section of the landing page with the sums of all models.
enum SpendSection {
    static func html(of overview: Overview) -> String {
        let total = overview.total
        let rate =
            total.calls > 0
            ? PageFigures.percent(Int128(total.failures), of: Int128(total.calls)) + " of all calls" : ""
        let tiles = [
            tile("Spend since the start", PageFigures.dollars(total.cost), started(overview) + missing(total)),
            tile("Spend today", PageFigures.dollars(overview.today.cost), today(overview)),
            tile("Calls", PageFigures.short(total.calls), "\(PageFigures.short(overview.today.calls)) today"),
            tile("Failed calls", PageFigures.short(total.failures), rate),
            tile(
                "Tokens", PageFigures.short(sum(total.input, total.output)),
                "\(PageFigures.short(total.input))\u{A0}in, \(PageFigures.short(total.output))\u{A0}out"),
            tile(
                "Saved by cache", PageFigures.dollars(total.saved),
                "reads saved this, less the premium of writes"),
            tile(
                "Calls without a price", PageFigures.short(total.unpriced),
                total.unpriced > 0
                    ? "<a href=\"#unpriced\">which, and what to do</a>" : "every call with usage has its price"),
        ]
        return PageParts.section("spend", "Spend", "<dl class=\"tiles\">\n\(tiles.joined(separator: "\n"))\n</dl>")
    }

    /// Says that the sum leaves calls out, if it does.
    private static func missing(_ total: ModelSum) -> String {
        let lacks = [
            (total.unpriced, "has no price", "have no price"),
            (total.withoutUsage, "reports no usage", "report no usage"),
        ]
        let calls = lacks.filter { $0.0 > 0 }.map { count, one, several in
            count == 1 ? "one call that \(one)" : "\(PageFigures.short(count)) calls that \(several)"
        }
        guard !calls.isEmpty else { return "" }
        return "<br><span class=\"warning\">without \(calls.joined(separator: ", and "))</span>"
    }

    private static func tile(_ name: String, _ figure: String, _ note: String) -> String {
        let note = note.isEmpty ? "" : "<dd><small>\(note)</small></dd>"
        return "<div><dt>\(name)</dt><dd class=\"figure\">\(figure)</dd>\(note)</div>"
    }

    private static func started(_ overview: Overview) -> String {
        let ago = PageFigures.ago(overview.sinceNanoseconds, now: overview.nanoseconds)
        return "started " + PageFigures.time(overview.sinceNanoseconds, ago)
    }

    private static func today(_ overview: Overview) -> String {
        let minute = Int64(overview.nanoseconds / 60_000_000_000)
        let local = minute + Int64(overview.zone.offset(at: minute))
        return "\(CivilDate(daysSince1970: Int(local / 1_440))), \(HTMLText.escaped(overview.zone.name))"
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
