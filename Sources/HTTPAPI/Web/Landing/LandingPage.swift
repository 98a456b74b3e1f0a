// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Overview
import Pages
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

    /// The command that prices the stored calls of this month again; `nil` where there is no folder with calls.
    var reprice: String?
    /// Whether calls are stored, of which the page shows nothing, since the setting hides it.
    var storesCalls = false

    /// The page as a whole HTML document.
    var html: String {
        var surroundings = CostPages.Surroundings()
        surroundings.telemetryPath = telemetryPath
        return PageFrame.document(
            title: title, heading: "Overview",
            lead: "Version \(HTMLText.escaped(version)). What calls of language models cost\(asOf). \(storing)",
            body: sections.joined(separator: "\n"), surroundings)
    }

    /// What the page does not show, and why.
    private var storing: String {
        storesCalls
            ? "The pages about stored calls are off (<code>web.pages</code>)."
            : "Set <code>storage.path</code> to a folder to see days, months, traces and users as well: "
                + "the figures below are those of this process."
    }

    /// The sections below an overview of stored calls: services, refusals, prices, and the counters of this process.
    var belowOverview: String {
        guard let overview else { return sections.joined(separator: "\n") }
        let now = overview.nanoseconds
        let process = [SpendSection.html(of: overview), HourChart.html(of: overview), ModelTable.html(of: overview)]
        let refusals =
            RefusedTable.html(of: refused, now: now) + OtherSignalsTable.html(of: otherSignals).prefixedByLine
        // What there is nothing to say about is left out below figures that matter more.
        let found = [
            unpriced.flatMap { $0.entries.isEmpty ? nil : UnpricedTable.html(of: $0, now: now, reprice: reprice) },
            unread.flatMap { $0.isEmpty ? nil : UnreadTable.html(of: $0) },
        ].compactMap(\.self)
        return [
            services(overview), refused.isEmpty && otherSignals.isEmpty ? "" : refusals, found.joined(separator: "\n"),
            PriceAge.html(of: overview),
            "<details>\n<summary>How to send spans to this address</summary>\n\(sending.html(now: now))\n</details>",
            "<details>\n<summary>Counters of this process, as on <code>\(HTMLText.escaped(telemetryPath))</code></summary>\n"
                + process.joined(separator: "\n") + "\n</details>",
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var title: String {
        guard let overview, overview.total.calls > 0 else { return "Overview" }
        return "\(PageFigures.dollars(overview.today.cost)) today"
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
        return "\(padded(local / 60)):\(padded(local % 60)) \(HTMLText.escaped(overview.zone.name))"
    }

    private var sections: [String] {
        guard let overview else { return [findings, sending.html(now: 0)] }
        let now = overview.nanoseconds
        let refusals =
            RefusedTable.html(of: refused, now: now) + OtherSignalsTable.html(of: otherSignals).prefixedByLine
        let (prices, help) = (PriceAge.html(of: overview), sending.html(now: now))
        if overview.total.calls == 0, overview.total.cost == .zero {
            let hint = nothingYet(overview)
            if !overview.services.isEmpty {
                return [hint, services(overview), findings, refusals, prices, help]
            }
            // What was refused is probably why nothing has arrived.
            let isQuiet = refused.isEmpty && otherSignals.isEmpty
            return isQuiet ? [hint, help, refusals, prices] : [hint, refusals, help, prices]
        }
        return [
            SpendSection.html(of: overview), HourChart.html(of: overview), ModelTable.html(of: overview),
            services(overview), refusals, findings, prices, help,
        ]
    }

    private func services(_ overview: Overview) -> String {
        overview.services.isEmpty ? "" : ServiceTable.html(of: overview, telemetryPath: telemetryPath)
    }

    /// The section about the calls of this process without a price; `nil` for a service that keeps no list.
    var unpricedSection: String? {
        unpriced.map { UnpricedTable.html(of: $0, now: overview?.nanoseconds ?? 0, reprice: reprice) }
    }

    /// The sections about calls without a price and unread usage.
    private var findings: String {
        [unpricedSection, unread.map(UnreadTable.html(of:))].compactMap(\.self).joined(separator: "\n")
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
}

extension String {
    /// The text behind a line end; empty if it is.
    fileprivate var prefixedByLine: String { isEmpty ? "" : "\n" + self }
}
