// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Pages

/// The section of the landing page about calls without a price.
enum UnpricedTable {
    /// The largest number of rows; the JSON has the rest.
    private static let mostRows = 20

    /// Writes the section of the landing page.
    ///
    /// - Parameters:
    ///   - list: The calls.
    ///   - now: The time now, in nanoseconds since 1970 (UTC).
    /// - Returns: HTML; one sentence when every call with usage has its price.
    static func html(of list: UnpricedList, now: UInt64) -> String {
        guard !list.entries.isEmpty else {
            return PageParts.section(
                "unpriced", "Calls without a price", "<p>None: every call with usage so far has its price.</p>")
        }
        let rest = list.entries.count - mostRows
        let link = "<a href=\"\(WebPages.unpricedPath)\">the whole list</a>"
        let more = rest > 0 ? "\n<p>\(PageFigures.count(Int64(rest))) more are in \(link).</p>" : ""
        let table = PageParts.table(
            "unpriced", "By model, provider and reason, the most tokens first",
            [
                .text("Model"), .text("Reason"), .text("First and last seen"), .number("Calls"),
                .text("Tokens and units"), .number("Cost at present prices"),
            ], list.entries.prefix(mostRows).map { row($0, now: now) })
        return PageParts.section(
            "unpriced", "Calls without a price",
            """
            <p>These calls have tokens and no dollars. Complete a price file, name it under
            <code>prices.files</code>, and reload: later calls have a price. Earlier ones stay unpriced in the counters;
            <code>llm-cost-exporter reprice --storage.path FOLDER --config.file FILE --from now/M</code> prices those of this month that a folder
            keeps.</p>
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
        return PageParts.row(
            PageParts.code(entry.model) + provider + hint + stub, PageParts.cell(HTMLText.escaped(entry.reason)),
            PageParts.cell(seen.joined(separator: "<br>")),
            PageParts.number(PageFigures.count(entry.requests)), PageParts.cell(tokens.joined(separator: "<br>")),
            PageParts.number(entry.dollarsNow.map { "$" + $0 } ?? "no price"))
    }
}
