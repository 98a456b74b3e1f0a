// SPDX-License-Identifier: Apache-2.0
import CallMetrics

/// The section of the landing page about calls without a price.
enum UnpricedTable {
    /// The largest number of rows; the JSON has the rest.
    private static let mostRows = 20

    /// Writes the section of the landing page.
    ///
    /// - Parameter list: The calls.
    /// - Returns: HTML; one sentence when every call has its price.
    static func html(of list: UnpricedList) -> String {
        let heading = "<h2>Calls without a price</h2>\n"
        guard !list.entries.isEmpty else { return heading + "<p>None: every call so far has its price.</p>" }
        let rows = list.entries.prefix(mostRows).map(row).joined(separator: "\n")
        let rest = list.entries.count - mostRows
        let more =
            rest > 0 ? "\n<p>\(rest) more are in <a href=\"\(WebPages.unpricedPath)\">the whole list</a>.</p>" : ""
        return heading + """
            <p>These calls have tokens and no dollars. Complete a price file, name it under
            <code>prices.files</code>, and reload: later calls have a price, earlier ones stay unpriced.</p>
            <table>
            <tr><th>Model</th><th>Reason</th><th>Seen</th><th>Requests</th><th>Tokens</th><th>Cost at present prices</th></tr>
            \(rows)
            </table>\(more)
            """
    }

    private static func row(_ entry: UnpricedList.Entry) -> String {
        let tokens = (entry.tokens + entry.units).map { "\($0.count) \($0.name)" }.joined(separator: "<br>")
        let closest = entry.closest.map { "<code>\(LandingPage.escaped($0))</code>" }.joined(separator: ", ")
        let hint = closest.isEmpty ? "" : "<br>closest: \(closest)"
        let stub =
            entry.stub.isEmpty
            ? "" : "<details><summary>price file</summary><pre>\(LandingPage.escaped(entry.stub))</pre></details>"
        return "<tr><td><code>\(LandingPage.escaped(entry.model))</code> \(LandingPage.escaped(entry.provider))"
            + "\(hint)\(stub)</td><td>\(LandingPage.escaped(entry.reason))</td>"
            + "<td>\(entry.firstSeen)<br>\(entry.lastSeen)</td><td>\(entry.requests)</td><td>\(tokens)</td>"
            + "<td>\(entry.dollarsNow.map { "$" + $0 } ?? "no price")</td></tr>"
    }
}
