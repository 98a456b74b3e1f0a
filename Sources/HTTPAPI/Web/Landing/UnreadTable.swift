// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Pages

/// The section of the landing page about usage under keys that the service does not read.
enum UnreadTable {
    /// Writes the section of the landing page.
    ///
    /// - Parameter scopes: The instrumentation scopes whose spans carry it.
    /// - Returns: HTML; one sentence when there is none.
    static func html(of scopes: [UnreadUsage.Scope]) -> String {
        guard !scopes.isEmpty else {
            return PageParts.section(
                "unread", "Unread usage", "<p>None: the service read every span that seems to carry usage.</p>")
        }
        let table = PageParts.table(
            "unread", "By instrumentation scope, the most spans first",
            [.text("Scope"), .number("Spans"), .text("Keys")], scopes.sorted { $0.spans > $1.spans }.map(row))
        return PageParts.section(
            "unread", "Unread usage",
            """
            <p>These spans carry numbers that look like tokens, under keys that the service does not read: these tokens are not
            counted. Name the keys under <code>attributes</code> in the settings.</p>
            \(table)
            """)
    }

    private static func row(_ scope: UnreadUsage.Scope) -> String {
        PageParts.row(
            PageParts.code(scope.name), PageParts.number(PageFigures.count(Int64(clamping: scope.spans))),
            PageParts.cell(scope.keys.map(PageParts.code).joined(separator: "<br>")))
    }
}
