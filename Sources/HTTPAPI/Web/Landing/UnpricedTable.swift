// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Pages

/// The section of pages about the calls of this process whose cost is not known.
enum UnpricedTable {
    /// The largest number of rows; the JSON has the rest.
    private static let mostRows = 20

    /// Writes the section.
    ///
    /// - Parameters:
    ///   - list: The calls.
    ///   - now: The time now, in nanoseconds since 1970 (UTC).
    ///   - reprice: The command that prices stored calls again; `nil` where there is no folder with calls.
    /// - Returns: HTML; one sentence when the cost of every call is known.
    static func html(of list: UnpricedList, now: UInt64, reprice: String?) -> String {
        let since = list.since.map { ", which started \(PageFigures.time($0, PageFigures.ago($0, now: now)))," } ?? ""
        let heading = "Calls without a price since the start"
        guard !list.entries.isEmpty else {
            return PageParts.section(
                "unpriced", heading, "<p>None: the cost of every call of this process\(since) is known.</p>")
        }
        let rest = list.entries.count - mostRows
        let link = "<a href=\"\(WebPages.unpricedPath)\">the whole list</a>"
        let more = rest > 0 ? "\n<p>\(PageFigures.count(Int64(rest))) more are in \(link).</p>" : ""
        let table = PageParts.table(
            "unpriced", "By model, provider and reason, the most tokens first",
            [
                .text("Model"), .text("Reason and remedy"), .text("First and last seen"), .number("Calls"),
                .text("Tokens and units"), .number("Cost at present prices"),
            ], list.entries.prefix(mostRows).map { row($0, now: now) })
        let command = reprice.map { "; <code>\(HTMLText.escaped($0))</code>\nprices the stored ones of this month" }
        return PageParts.section(
            "unpriced", heading,
            """
            <p>The calls below of this process\(since) are in no sum, since their cost is not known. If a model has a price file here,
            complete it, name it under <code>prices.files</code>, and reload: later calls have a price. Earlier ones stay unpriced in
            the counters\(command ?? "").</p>
            \(table)\(more)
            """)
    }

    private static func row(_ entry: UnpricedList.Entry, now: UInt64) -> String {
        let seen = [entry.firstNanoseconds, entry.lastNanoseconds].map {
            PageFigures.time($0, PageFigures.ago($0, now: now))
        }
        let tokens = (entry.tokens + entry.units).map { "\(PageFigures.count($0.count)) \($0.name)" }
        let closest = entry.closest.map(PageParts.code).joined(separator: ", ")
        let hint = closest.isEmpty ? "" : "<small>closest: \(closest)</small>"
        let provider = entry.provider.isEmpty ? "" : "<small>\(PageParts.name(entry.provider))</small>"
        let stub =
            entry.stub.isEmpty
            ? ""
            : "<details><summary>price file</summary><pre tabindex=\"0\">\(HTMLText.escaped(entry.stub))</pre></details>"
        let model = entry.model.isEmpty ? "<span class=\"quiet\">no model</span>" : PageParts.code(entry.model)
        let remedy = entry.remedy.isEmpty ? "" : "<small>\(HTMLText.escaped(entry.remedy))</small>"
        return PageParts.row(
            model + provider + hint + stub, PageParts.cell(HTMLText.escaped(entry.reason) + remedy),
            PageParts.cell(seen.joined(separator: "<br>")),
            PageParts.number(PageFigures.count(entry.requests)), PageParts.cell(tokens.joined(separator: "<br>")),
            PageParts.number(entry.dollarsNow.map { "$" + $0 } ?? "no price"))
    }
}
