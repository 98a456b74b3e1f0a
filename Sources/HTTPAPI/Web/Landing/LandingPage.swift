// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Overview
import Pricing

/// The landing page, at `/` of the web listener: the cost of calls, and what to do.
///
/// It has no script, and works with every browser, on a phone and for screen readers.
struct LandingPage {
    /// Where metrics are.
    let telemetryPath: String
    /// The service's version.
    let version: String
    let sending: SendingHelp
    /// The figures; `nil` for a service that keeps none.
    var overview: Overview?
    /// The calls without a price.
    var unpriced: UnpricedList?
    /// The instrumentation scopes whose usage was not read.
    var unread: [UnreadUsage.Scope]?
    /// The refusals since the start.
    var refused: [RefusedRequests.Entry] = []
    /// The services whose metrics and logs are not kept.
    var otherSignals: [OtherSignals.Sender] = []

    /// The page as a whole HTML document.
    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title>
        <link rel="stylesheet" href="\(PageStyle.path)">
        </head>
        <body>
        <header>
        <h1>llm-cost-exporter</h1>
        <p class="quiet">Version \(Self.escaped(version)). What calls of language models cost\(asOf).</p>
        <nav aria-label="Pages"><ul>
        <li><a href="\(Self.escaped(telemetryPath))">Metrics</a></li>
        <li><a href="\(WebPages.unpricedPath)">Calls without a price (JSON)</a></li>
        <li><a href="/-/ready">Ready</a></li>
        <li><a href="/-/healthy">Healthy</a></li>
        </ul></nav>
        </header>
        <main>
        \(sections.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    private var title: String {
        guard let overview, overview.total.calls > 0 else { return "llm-cost-exporter" }
        return "\(PageFigures.dollars(overview.today.cost)) today \u{2013} llm-cost-exporter"
    }

    private var asOf: String {
        guard let overview else { return "" }
        return ", as of " + PageFigures.time(overview.nanoseconds, Self.clock(overview))
    }

    /// The time of day in the zone of the figures.
    private static func clock(_ overview: Overview) -> String {
        let minute = Int64(overview.nanoseconds / 60_000_000_000)
        let local = (minute + Int64(overview.zone.offset(at: minute))) % 1_440
        func padded(_ number: Int64) -> String { (number < 10 ? "0" : "") + "\(number)" }
        return "\(padded(local / 60)):\(padded(local % 60)) \(escaped(overview.zone.name))"
    }

    private var sections: [String] {
        guard let overview else { return [findings(now: 0), sending.html(now: 0)] }
        let now = overview.nanoseconds
        let refusals =
            RefusedTable.html(of: refused, now: now) + OtherSignalsTable.html(of: otherSignals).prefixedByLine
        let (prices, help) = (PriceAge.html(of: overview), sending.html(now: now))
        if overview.total.calls == 0, overview.total.cost == .zero {
            let hint = nothingYet(overview)
            if !overview.services.isEmpty {
                return [hint, services(overview), findings(now: now), refusals, prices, help]
            }
            // What was refused is probably why nothing has arrived.
            let isQuiet = refused.isEmpty && otherSignals.isEmpty
            return isQuiet ? [hint, help, refusals, prices] : [hint, refusals, help, prices]
        }
        return [
            SpendSection.html(of: overview), HourChart.html(of: overview), ModelTable.html(of: overview),
            services(overview), refusals, findings(now: now), prices, help,
        ]
    }

    private func services(_ overview: Overview) -> String {
        overview.services.isEmpty ? "" : ServiceTable.html(of: overview, telemetryPath: telemetryPath)
    }

    /// The sections about calls without a price and unread usage.
    private func findings(now: UInt64) -> String {
        [unpriced.map { UnpricedTable.html(of: $0, now: now) }, unread.map(UnreadTable.html(of:))].compactMap(\.self)
            .joined(separator: "\n")
    }

    /// What to do while there is no call.
    private func nothingYet(_ overview: Overview) -> String {
        guard overview.services.isEmpty else {
            return PageParts.section(
                "begin", "Spans arrive, and none of them is a model call yet",
                """
                <p>A call is counted ten seconds after its span arrives (<code>billing.settle</code>). If that time is over, the
                spans carry no token counts under keys that are read: record a body and run
                <code>llm-cost-exporter explain FILE</code>, which says for each span why.</p>
                """)
        }
        let sentence =
            refused.isEmpty && otherSignals.isEmpty
            ? "Choose one of the three ways below, then load this page again."
            : "What arrived was no span that could be taken: see below, with remedies. Then load this page again."
        return PageParts.section("begin", "No span has arrived yet", "<p>\(sentence)</p>")
    }

    /// Text as HTML, in elements and attributes.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { html, character in
            switch character {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.append(character)
            }
        }
    }
}

extension String {
    /// The text behind a line end; empty if it is.
    fileprivate var prefixedByLine: String { isEmpty ? "" : "\n" + self }
}
