// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import Ingest

/// Calls that are decided and not counted yet.
///
/// The figures depend on the speed of the machine, so a replay has none.
package final class UncountedMetrics: HealthSeries {
    private let store: MetricsStore
    private let levels: @Sendable () -> UncountedCalls
    private let calls: SeriesID
    private let deferred: SeriesID
    private let helps: SeriesID

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - levels: Reads the present figures of the pipeline.
    package init(store: MetricsStore, levels: @escaping @Sendable () -> UncountedCalls) {
        self.store = store
        self.levels = levels
        (calls, deferred, helps) = store.update { registry in
            (
                registry.registerSeries(
                    "llm_cost_exporter_settle_uncounted_calls",
                    "Number of decided calls that wait for the background thread to price and count them.", .gauge),
                registry.registerSeries(
                    "llm_cost_exporter_settle_deferred_calls_total",
                    "Decided calls that a request left to the background thread to price and count.", .counter),
                registry.registerSeries(
                    "llm_cost_exporter_settle_helping_bodies_total",
                    "Request bodies that priced calls beyond their time slice because too many decided calls were waiting.",
                    .counter)
            )
        }
    }

    package func refresh() {
        let levels = levels()
        store.update { registry in
            registry.set(Int128(levels.calls), of: calls)
            registry.mirror(Int128(levels.deferred), in: deferred)
            registry.mirror(Int128(levels.helps), in: helps)
        }
    }
}
