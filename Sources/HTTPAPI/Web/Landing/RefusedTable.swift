// SPDX-License-Identifier: Apache-2.0
import Pages

/// The section of the page about requests that were refused.
enum RefusedTable {
    static func html(of entries: [RefusedRequests.Entry], now: UInt64) -> String {
        guard !entries.isEmpty else {
            return PageParts.section("refused", "Refused requests", "<p>None since the start.</p>")
        }
        let table = PageParts.table(
            "refused", "By kind of refusal, the latest first; words and sender are those of the latest one",
            [.text("Reason and remedy"), .text("From"), .text("Answer"), .number("Times"), .text("Last")],
            entries.map { row($0, now: now) })
        return PageParts.section(
            "refused", "Refused requests",
            """
            <p>The answers and the log say the same. What a refused body would have cost is in no figure of this page.</p>
            \(table)
            """)
    }

    private static func row(_ entry: RefusedRequests.Entry, now: UInt64) -> String {
        let remedy = entry.remedy.isEmpty ? "" : "<small>\(PageParts.text(entry.remedy))</small>"
        let details = [entry.path, entry.contentType].filter { !$0.isEmpty }.map {
            "<small>\(PageParts.name($0))</small>"
        }
        let peer = entry.peer.isEmpty ? "unknown" : HTMLText.escaped(entry.peer)
        let last = PageFigures.time(entry.lastNanoseconds, PageFigures.ago(entry.lastNanoseconds, now: now))
        return PageParts.row(
            PageParts.text(entry.reason) + remedy, PageParts.cell(peer + details.joined()),
            PageParts.cell(answer(entry)),
            PageParts.number(PageFigures.count(Int64(clamping: entry.count))), PageParts.cell(last))
    }

    private static func answer(_ entry: RefusedRequests.Entry) -> String {
        switch (entry.kind, entry.status) {
        case (.spans, _): "part of a body"
        case (_, let status?): "\(status)"
        case (.http2, nil): "gRPC status"
        case (_, nil): "closed"
        }
    }
}
