// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Billing

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
            "pending_spans", "Shows how many spans wait until all that belongs to their calls should be there.", .gauge)
        rememberedKeys = series(
            "remembered_keys", "Shows how many ids of spans, answers and traces are remembered.", .gauge)
        links = series(
            "remembered_links", "Shows how many spans that are no calls are remembered as steps between others.",
            .gauge)
        settledEarly = series(
            "early_total", "Counts spans that were decided early because too many were waiting.", .counter)
        cutSearches = series(
            "cut_searches_total",
            "Counts searches for other spans of a call that left out some of the waiting calls with equal counts, since there "
                + "were too many.", .counter)
        let forgotten = registry.register(
            MetricFamily(
                name: "llm_cost_exporter_settle_forgotten_keys_total",
                help: "Counts remembered ids that were forgotten to make room for newer ones, by reason.",
                kind: .counter,
                labels: [.fixed("reason")]))
        expiredKeys = registry.series(forgotten, ["age"])
        sharedKeys = registry.series(forgotten, ["sender_share"])
        crowdedKeys = registry.series(forgotten, ["memory"])
        forgottenLinks = series(
            "forgotten_links_total",
            "Counts steps between spans that are no longer remembered to make room for newer "
                + "ones.", .counter)
        evidentSenders = series(
            "evident_senders",
            "Number of senders whose spans proved that their input count excludes cached tokens or their output count reasoning.",
            .gauge)
        forgottenSenders = series(
            "forgotten_senders_total",
            "Counts senders whose proofs the service forgot to make room for those of other senders.", .counter)
        callsByEvidence = series(
            "calls_by_evidence_total",
            "Counts calls whose cached tokens or reasoning the service added to the input or output because other spans of the "
                + "sender prove that its counts exclude them.", .counter)
        lateLarger = series(
            "late_larger_total", "Counts spans sent again with more usage after the first copy was counted.", .counter)
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
            "Counts decided calls that a request left for the background thread to price and count.", .counter)
        helps = series(
            "llm_cost_exporter_settle_helping_bodies_total",
            "Counts bodies whose request went on pricing after its time slice because too many calls were waiting.",
            .counter)
    }

    func refresh(_ uncounted: UncountedCalls, in registry: inout SeriesRegistry) {
        registry.set(Int128(uncounted.calls), of: calls)
        registry.mirror(Int128(uncounted.deferred), in: deferred)
        registry.mirror(Int128(uncounted.helps), in: helps)
    }
}
