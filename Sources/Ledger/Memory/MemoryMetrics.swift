// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import CallMetrics

/// The figures of calls that are kept in memory: some of the families of a folder.
package final class MemoryMetrics: HealthSeries {
    private let store: MetricsStore
    private let ledger: MemoryLedger
    private let calls, removed: SeriesID

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: Where they go.
    ///   - ledger: Has the figures.
    package init(store: MetricsStore, of ledger: MemoryLedger) {
        (self.store, self.ledger) = (store, ledger)
        (calls, removed) = store.update { registry in
            let calls = registry.register(LedgerMetrics.callsFamily)
            let dropped = registry.register(LedgerMetrics.droppedFamily)
            return (registry.series(calls, []), registry.series(dropped, ["memory_calls"]))
        }
    }

    package func refresh() {
        let levels = ledger.levels
        store.update { registry in
            registry.set(Int128(levels.calls), of: calls)
            registry.mirror(Int128(levels.removedCalls), in: removed)
        }
    }
}
