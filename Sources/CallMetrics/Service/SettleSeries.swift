// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Billing
import Ingest

/// The series of the settle window: what waits in it, and what it had to forget or decide early.
struct SettleSeries {
    /// Kept by whoever counts what became of spans.
    let pending: SeriesID
    private let rememberedKeys: SeriesID
    private let links: SeriesID
    private let settledEarly: SeriesID
    private let cutSearches: SeriesID
    private let expiredKeys: SeriesID
    private let sharedKeys: SeriesID
    private let crowdedKeys: SeriesID
    private let forgottenLinks: SeriesID
    private let evidentSenders: SeriesID
    private let forgottenSenders: SeriesID
    private let callsByEvidence: SeriesID
    /// Copies of settled spans that had more usage than what was counted.
    let lateLarger: SeriesID

    init(in registry: inout SeriesRegistry) {
        func series(_ name: String, _ help: String, _ kind: MetricFamily.Kind) -> SeriesID {
            registry.series(
                registry.register(MetricFamily(name: "llm_cost_exporter_settle_" + name, help: help, kind: kind)), [])
        }
        pending = series(
            "pending_spans", "Number of spans held in the settle window.", .gauge)
        rememberedKeys = series(
            "remembered_keys", "Number of remembered ids of spans, answers and traces.", .gauge)
        links = series(
            "remembered_links", "Number of remembered links, each from a span that is not a call to its parent.",
            .gauge)
        settledEarly = series(
            "early_total", "Spans decided before their settle time because the settle window was full.", .counter)
        cutSearches = series(
            "cut_searches_total",
            "Searches for other spans of a call that skipped some waiting calls with equal counts because there were too many.",
            .counter)
        let forgotten = registry.register(
            MetricFamily(
                name: "llm_cost_exporter_settle_forgotten_keys_total",
                help: "Remembered ids forgotten to make room for newer ones, by reason.",
                kind: .counter,
                labels: [.fixed("reason")]))
        expiredKeys = registry.series(forgotten, ["age"])
        sharedKeys = registry.series(forgotten, ["sender_share"])
        crowdedKeys = registry.series(forgotten, ["memory"])
        forgottenLinks = series(
            "forgotten_links_total",
            "Remembered links between spans forgotten to make room for newer ones.", .counter)
        evidentSenders = series(
            "evident_senders",
            "Number of senders whose spans prove that input excludes cached tokens or output excludes reasoning.",
            .gauge)
        forgottenSenders = series(
            "forgotten_senders_total",
            "Senders whose proofs the service forgot to make room for those of other senders.", .counter)
        callsByEvidence = series(
            "calls_by_evidence_total",
            "Calls whose cached or reasoning tokens the service added, because other spans of the sender prove that its counts "
                + "exclude them.", .counter)
        lateLarger = series(
            "late_larger_total", "Spans sent again with more usage after the first copy was counted.", .counter)
    }

    func refresh(_ levels: BillingLevels, in registry: inout SeriesRegistry) {
        registry.set(Int128(levels.rememberedKeys), of: rememberedKeys)
        registry.set(Int128(levels.links), of: links)
        registry.mirror(Int128(levels.settledEarly), in: settledEarly)
        registry.mirror(Int128(levels.cutSearches), in: cutSearches)
        registry.mirror(Int128(levels.forgotten.expired), in: expiredKeys)
        registry.mirror(Int128(levels.forgotten.senderShare), in: sharedKeys)
        registry.mirror(Int128(levels.forgotten.memory), in: crowdedKeys)
        registry.mirror(Int128(levels.forgottenLinks), in: forgottenLinks)
        registry.set(Int128(levels.evidentSenders), of: evidentSenders)
        registry.mirror(Int128(levels.forgottenSenders), in: forgottenSenders)
        registry.mirror(Int128(levels.callsByEvidence), in: callsByEvidence)
    }
}

/// The series of calls that are decided and not counted yet.
///
/// They depend on the speed of the machine, so a replay has none.
struct UncountedSeries {
    private let calls: SeriesID
    private let deferred: SeriesID
    private let helps: SeriesID

    init(in registry: inout SeriesRegistry) {
        func series(_ name: String, _ help: String, _ kind: MetricFamily.Kind) -> SeriesID {
            registry.series(registry.register(MetricFamily(name: name, help: help, kind: kind)), [])
        }
        calls = series(
            "llm_cost_exporter_settle_uncounted_calls",
            "Number of decided calls that wait for the background thread to price and count them.", .gauge)
        deferred = series(
            "llm_cost_exporter_settle_deferred_calls_total",
            "Decided calls that a request left to the background thread to price and count.", .counter)
        helps = series(
            "llm_cost_exporter_settle_helping_bodies_total",
            "Request bodies that priced calls beyond their time slice because too many decided calls were waiting.",
            .counter)
    }

    func refresh(_ uncounted: UncountedCalls, in registry: inout SeriesRegistry) {
        registry.set(Int128(uncounted.calls), of: calls)
        registry.mirror(Int128(uncounted.deferred), in: deferred)
        registry.mirror(Int128(uncounted.helps), in: helps)
    }
}
