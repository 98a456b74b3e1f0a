// SPDX-License-Identifier: Apache-2.0
import Overview
import Pages

/// The section of the landing page that says when each service sent its last span.
enum ServiceTable {
    /// The largest number of rows; the metrics have the rest.
    static let mostRows = 50

    static func html(of overview: Overview, telemetryPath: String) -> String {
        let rows = overview.services.prefix(mostRows).map { service in
            let ago = PageFigures.ago(service.lastNanoseconds, now: overview.nanoseconds)
            return PageParts.row(
                PageParts.name(service.name), PageParts.cell(PageFigures.time(service.lastNanoseconds, ago)))
        }
        let rest = overview.services.count - mostRows
        let link = "<a href=\"\(HTMLText.escaped(telemetryPath))\">the metrics</a>"
        let more = rest > 0 ? "\n<p>\(PageFigures.count(Int64(rest))) more are in \(link).</p>" : ""
        let table = PageParts.table(
            "services", "The service that sent last is first", [.text("Service"), .text("Last span")], rows)
        return PageParts.section(
            "services", "Last span by service",
            """
            <p class="quiet">A service that falls silent looks like savings: alert on
            <code>llm_cost_exporter_last_span_timestamp_seconds</code>.</p>
            \(table)\(more)
            """)
    }
}
