// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import CallMetrics
import Synchronization

/// The figures of the ledger's folder.
package final class LedgerMetrics: HealthSeries {
    private let store: MetricsStore
    private let ledger: LedgerKeeper
    private let journalBytes, callBytes, rollupBytes, hasFailed, syncs, replayed, backlog: SeriesID
    private let durations: SeriesID
    private let calls, removedByAge, removedBySize: SeriesID
    private let failedCheckpoints, heldAnswers, pausedBodies, pausedTime: SeriesID
    private let adjustments: FamilyID

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: Where they go.
    ///   - ledger: Has the figures.
    package init(store: MetricsStore, of ledger: LedgerKeeper) {
        (self.store, self.ledger) = (store, ledger)
        var registered = store.update { registry in
            let bytes = registry.register(
                MetricFamily(
                    name: "llm_cost_exporter_storage_bytes",
                    help:
                        "Size of the files in the folder of the ledger, by content. Calls and roll-ups are in one file; their "
                        + "sizes are estimates: \(RowFigures.bytesPerCall) bytes for each call, the rest for roll-ups.",
                    kind: .gauge, labels: [.fixed("what", ["journal", "calls", "rollups"])], unit: .bytes))
            let removed = registry.register(Self.droppedFamily)
            return [
                registry.series(bytes, ["journal"]), registry.series(bytes, ["calls"]),
                registry.series(bytes, ["rollups"]),
                registry.registerSeries(
                    "llm_cost_exporter_storage_failed",
                    "1 while the disk refuses the journal or the rows, so that bodies are refused, at once or when too many calls "
                        + "wait; otherwise 0.", .gauge),
                registry.registerSeries(
                    "llm_cost_exporter_storage_journal_syncs_total", "Number of times that the journal was stored.",
                    .counter),
                registry.registerSeries(
                    "llm_cost_exporter_storage_sync_duration_seconds", "Time that it took to store the journal.",
                    .histogram(bounds: Self.bounds), scale: 9, unit: .seconds),
                registry.registerSeries(
                    "llm_cost_exporter_storage_replayed_calls",
                    "Number of calls that the start counted from the journal, after the last saved state.", .gauge),
                registry.registerSeries(
                    "llm_cost_exporter_storage_backlog_calls",
                    "Number of priced calls and dropped spans that are not stored, not counted or not in the rows yet.",
                    .gauge),
                registry.series(registry.register(Self.callsFamily), []),
                registry.series(removed, ["retention"]), registry.series(removed, ["max_bytes"]),
            ][...]
        }
        journalBytes = registered.removeFirst()
        callBytes = registered.removeFirst()
        rollupBytes = registered.removeFirst()
        hasFailed = registered.removeFirst()
        syncs = registered.removeFirst()
        durations = registered.removeFirst()
        replayed = registered.removeFirst()
        backlog = registered.removeFirst()
        calls = registered.removeFirst()
        removedByAge = registered.removeFirst()
        removedBySize = registered.removeFirst()
        adjustments = store.update { registry in
            registry.register(
                MetricFamily(
                    name: "llm_cost_adjustments_dollars_total",
                    help: "US dollars by which the command reprice has changed costs of stored calls, by direction. "
                        + "llm_cost_dollars_total does not include them.",
                    kind: .counter, labels: [.open("model"), .fixed("direction", ["up", "down"])], scale: 15,
                    unit: .dollars))
        }
        (failedCheckpoints, heldAnswers, pausedBodies, pausedTime) = store.update { registry in
            (
                registry.registerSeries(
                    "llm_cost_exporter_storage_checkpoint_failures_total",
                    "Number of times that the counters could not be saved, so that the journal keeps growing.", .counter
                ),
                registry.registerSeries(
                    "llm_cost_exporter_storage_held_answers_total",
                    "Number of answers to senders that waited, for a second at most, because too many calls were not in the "
                        + "rows yet.", .counter),
                registry.registerSeries(
                    "llm_cost_exporter_storage_paused_bodies_total",
                    "Number of large bodies that paused between their parts because the backlog was too large.",
                    .counter),
                registry.registerSeries(
                    "llm_cost_exporter_storage_paused_seconds_total",
                    "Time that large bodies paused between their parts, in seconds.",
                    .counter, scale: 9, unit: .seconds)
            )
        }
    }

    package func refresh() {
        let (levels, times) = (ledger.journal.levels, ledger.journal.takeSyncTimes())
        let (report, waiting, failed) = (ledger.report, ledger.backlog, ledger.failedCheckpoints)
        let (rows, isStoring) = (ledger.rows?.figures ?? RowFigures(), ledger.isStoring)
        store.update { registry in
            registry.set(Int128(levels.storedBytes), of: journalBytes)
            registry.set(Int128(rows.callBytes), of: callBytes)
            registry.set(Int128(rows.rollupBytes), of: rollupBytes)
            registry.set(isStoring ? 0 : 1, of: hasFailed)
            registry.set(Int128(rows.calls), of: calls)
            registry.mirror(Int128(rows.removedByAge), in: removedByAge)
            registry.mirror(Int128(rows.removedBySize), in: removedBySize)
            registry.mirror(Int128(levels.syncs), in: syncs)
            registry.mirror(Int128(failed), in: failedCheckpoints)
            registry.mirror(Int128(levels.heldAnswers), in: heldAnswers)
            registry.mirror(Int128(levels.pausedBodies), in: pausedBodies)
            registry.mirror(Int128(levels.pausedNanoseconds), in: pausedTime)
            for sum in rows.adjustments {
                registry.mirror(
                    sum.amount, in: registry.series(adjustments, [sum.model, sum.isUp ? "up" : "down"]))
            }
            for time in times { registry.observe(Int64(clamping: time), in: durations) }
            registry.set(Int128(report.counted), of: replayed)
            registry.set(Int128(waiting), of: backlog)
        }
    }

    /// The families that a service without a folder has as well.
    static let callsFamily = MetricFamily(
        name: "llm_cost_exporter_ledger_calls",
        help: "Number of single calls that the ledger keeps, in its folder or in memory.", kind: .gauge, labels: [])
    static let droppedFamily = MetricFamily(
        name: "llm_cost_exporter_ledger_dropped_total", help: "Number of calls removed from the ledger, by reason.",
        kind: .counter, labels: [.fixed("reason", ["retention", "max_bytes", "memory_calls"])])

    /// From 100 µs to 1 s, in nanoseconds.
    private static let bounds: [Int64] = [
        100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 100_000_000, 1_000_000_000,
    ]
}
