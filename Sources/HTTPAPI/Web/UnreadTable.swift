// SPDX-License-Identifier: Apache-2.0
import CallMetrics

/// The section of the landing page about usage under keys that the service does not read.
enum UnreadTable {
    /// Writes the section of the landing page.
    ///
    /// - Parameter scopes: The instrumentation scopes whose spans carry it.
    /// - Returns: HTML; one sentence when there is none.
    static func html(of scopes: [UnreadUsage.Scope]) -> String {
        let heading = "<h2>Unread usage</h2>\n"
        guard !scopes.isEmpty else {
            return heading + "<p>None: the service read every span that seems to carry usage.</p>"
        }
        let rows = scopes.sorted { $0.spans > $1.spans }.map(row).joined(separator: "\n")
        return heading + """
            <p>These spans carry numbers that look like tokens, under keys that the service does not read: these tokens are not counted.
            Name the keys under <code>attributes</code> in the settings.</p>
            <table>
            <tr><th>Scope</th><th>Spans</th><th>Keys</th></tr>
            \(rows)
            </table>
            """
    }

    private static func row(_ scope: UnreadUsage.Scope) -> String {
        let keys = scope.keys.map { "<code>\(LandingPage.escaped($0))</code>" }.joined(separator: "<br>")
        return
            "<tr><td><code>\(LandingPage.escaped(scope.name))</code></td><td>\(scope.spans)</td><td>\(keys)</td></tr>"
    }
}
