// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import OTLP
import Pages

/// The section of the page about metrics and logs, which are accepted and not kept.
enum OtherSignalsTable {
    /// The largest number of rows.
    private static let mostRows = 50

    /// Writes the section.
    ///
    /// - Parameter senders: The services that send them.
    /// - Returns: HTML; empty if no service does.
    static func html(of senders: [OtherSignals.Sender]) -> String {
        guard !senders.isEmpty else { return "" }
        let sorted = senders.sorted {
            ($1.bodies, $0.service, $0.signal.rawValue) < ($0.bodies, $1.service, $1.signal.rawValue)
        }
        let rest = sorted.count - mostRows
        let more = rest > 0 ? "\n<p>\(PageFigures.count(Int64(rest))) more rows are not shown.</p>" : ""
        let table = PageParts.table(
            "signals", "By service and signal, the most bodies first",
            [.text("Service"), .text("Signal"), .number("Bodies")], sorted.prefix(mostRows).map(row))
        return PageParts.section(
            "signals", "Accepted and not kept",
            """
            <p>This service counts spans only. To stop the other signals, set <code>OTEL_METRICS_EXPORTER=none</code> and
            <code>OTEL_LOGS_EXPORTER=none</code> in the application.</p>
            \(table)\(more)
            """)
    }

    private static func row(_ sender: OtherSignals.Sender) -> String {
        let name = sender.service.isEmpty ? "no service named" : PageParts.name(sender.service)
        return PageParts.row(
            name, PageParts.cell(sender.signal.rawValue),
            PageParts.number(PageFigures.short(Int64(clamping: sender.bodies))))
    }
}
