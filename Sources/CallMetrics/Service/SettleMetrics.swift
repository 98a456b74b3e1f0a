// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import Billing

/// The settle window: what it remembers, and what it forgot or decided early.
package final class SettleMetrics: HealthSeries {
    private let store: MetricsStore
    private let series: SettleSeries
    private let memoryAge: SeriesID?
    private let levels: @Sendable () -> BillingLevels

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - showsAge: Whether the age of the oldest remembered ids is shown; false in a replay, so that the same input gives
    ///     the same page.
    ///   - levels: Reads the present figures of the biller.
    package init(store: MetricsStore, showsAge: Bool, levels: @escaping @Sendable () -> BillingLevels) {
        self.store = store
        self.levels = levels
        (series, memoryAge) = store.update { registry in
            let series = SettleSeries(in: &registry)
            guard showsAge else { return (series, nil) }
            let age = registry.registerSeries(
                "llm_cost_exporter_settle_memory_age_seconds",
                "Age in seconds of the oldest remembered id.", .gauge, scale: 3, unit: .seconds)
            return (series, age)
        }
    }

    package func refresh() {
        let levels = levels()
        store.update { registry in
            series.refresh(levels, in: &registry)
            if let memoryAge { registry.set(Int128((levels.oldestMemorySeconds * 1000).rounded()), of: memoryAge) }
        }
    }
}

/// The series of the settle window that depend on the input alone.
private struct SettleSeries {
    private let rememberedKeys: SeriesID
    private let rememberedParents: SeriesID
    private let settledEarly: SeriesID
    private let cutSearches: SeriesID
    private let expiredKeys: SeriesID
    private let sharedKeys: SeriesID
    private let crowdedKeys: SeriesID
    private let forgottenParents: SeriesID
    private let evidentSenders: SeriesID
    private let forgottenSenders: SeriesID
    private let callsByEvidence: SeriesID

    init(in registry: inout SeriesRegistry) {
        rememberedKeys = registry.registerSeries(
            "llm_cost_exporter_settle_remembered_keys", "Number of remembered ids of spans, answers and traces.", .gauge
        )
        rememberedParents = registry.registerSeries(
            "llm_cost_exporter_settle_remembered_parents",
            "Number of spans whose parents are remembered after the spans were decided.", .gauge)
        settledEarly = registry.registerSeries(
            "llm_cost_exporter_settle_early_total",
            "Spans decided before their settle time because the settle window was full.", .counter)
        cutSearches = registry.registerSeries(
            "llm_cost_exporter_settle_cut_searches_total",
            "Searches for other spans of a call that skipped some waiting calls with equal counts because there were too many.",
            .counter)
        let forgotten = registry.registerCounter(
            "llm_cost_exporter_settle_forgotten_keys_total",
            "Remembered ids forgotten to make room for newer ones, by reason.", by: "reason",
            ["age", "sender_share", "memory"])
        expiredKeys = registry.series(forgotten, ["age"])
        sharedKeys = registry.series(forgotten, ["sender_share"])
        crowdedKeys = registry.series(forgotten, ["memory"])
        forgottenParents = registry.registerSeries(
            "llm_cost_exporter_settle_forgotten_parents_total",
            "Remembered parents forgotten to make room for newer ones.", .counter)
        evidentSenders = registry.registerSeries(
            "llm_cost_exporter_settle_evident_senders",
            "Number of senders whose spans prove that input excludes cached tokens or output excludes reasoning.",
            .gauge)
        forgottenSenders = registry.registerSeries(
            "llm_cost_exporter_settle_forgotten_senders_total",
            "Senders whose proofs the service forgot to make room for those of other senders.", .counter)
        callsByEvidence = registry.registerSeries(
            "llm_cost_exporter_settle_calls_by_evidence_total",
            "Calls whose cached or reasoning tokens the service added, because other spans of the sender prove that its counts "
                + "exclude them.", .counter)
    }

    func refresh(_ levels: BillingLevels, in registry: inout SeriesRegistry) {
        registry.set(Int128(levels.rememberedKeys), of: rememberedKeys)
        registry.set(Int128(levels.rememberedParents), of: rememberedParents)
        registry.mirror(Int128(levels.settledEarly), in: settledEarly)
        registry.mirror(Int128(levels.cutSearches), in: cutSearches)
        registry.mirror(Int128(levels.forgotten.expired), in: expiredKeys)
        registry.mirror(Int128(levels.forgotten.senderShare), in: sharedKeys)
        registry.mirror(Int128(levels.forgotten.memory), in: crowdedKeys)
        registry.mirror(Int128(levels.forgottenParents), in: forgottenParents)
        registry.set(Int128(levels.evidentSenders), of: evidentSenders)
        registry.mirror(Int128(levels.forgottenSenders), in: forgottenSenders)
        registry.mirror(Int128(levels.callsByEvidence), in: callsByEvidence)
    }
}
