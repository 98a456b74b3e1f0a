// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import CallMetrics
import Synchronization

/// The figures of the ledger's folder.
package final class LedgerMetrics: HealthSeries {
    private let store: MetricsStore
    private let ledger: LedgerKeeper
    private let journalBytes, hasFailed, syncs, replayed, backlog: SeriesID
    private let durations: SeriesID

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: Where they go.
    ///   - ledger: Has the figures.
    package init(store: MetricsStore, of ledger: LedgerKeeper) {
        (self.store, self.ledger) = (store, ledger)
        (journalBytes, hasFailed, syncs, durations, replayed, backlog) = store.update { registry in
            let bytes = registry.register(
                MetricFamily(
                    name: "llm_cost_exporter_storage_bytes", help: "Size of the files in the folder of the ledger.",
                    kind: .gauge, labels: [.fixed("what", ["journal"])], unit: .bytes))
            let failed = registry.registerSeries(
                "llm_cost_exporter_storage_failed",
                "1 while the disk refuses the journal, so that bodies are refused; otherwise 0.", .gauge)
            let syncs = registry.registerSeries(
                "llm_cost_exporter_storage_journal_syncs_total", "Number of times that the journal was stored.",
                .counter)
            let durations = registry.registerSeries(
                "llm_cost_exporter_storage_sync_duration_seconds", "Time that it took to store the journal.",
                .histogram(bounds: Self.bounds), scale: 9, unit: .seconds)
            let replayed = registry.registerSeries(
                "llm_cost_exporter_storage_replayed_calls",
                "Number of calls that the start counted from the journal, after the last saved state.", .gauge)
            let backlog = registry.registerSeries(
                "llm_cost_exporter_storage_backlog_calls",
                "Number of priced calls whose prices are not stored or not counted yet.", .gauge)
            return (registry.series(bytes, ["journal"]), failed, syncs, durations, replayed, backlog)
        }
    }

    package func refresh() {
        let (levels, times) = (ledger.journal.levels, ledger.journal.takeSyncTimes())
        let (report, waiting) = (ledger.report, ledger.backlog)
        store.update { registry in
            registry.set(Int128(levels.storedBytes), of: journalBytes)
            registry.set(levels.hasFailed ? 1 : 0, of: hasFailed)
            registry.mirror(Int128(levels.syncs), in: syncs)
            for time in times { registry.observe(Int64(clamping: time), in: durations) }
            registry.set(Int128(report.counted), of: replayed)
            registry.set(Int128(waiting), of: backlog)
        }
    }

    /// From 100 µs to 1 s, in nanoseconds.
    private static let bounds: [Int64] = [
        100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 100_000_000, 1_000_000_000,
    ]
}
