// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The number of known scrapers, which decides how long a shutdown waits.
package final class ScraperMetrics: HealthSeries {
    private let store: MetricsStore
    private let levels: @Sendable () -> (regular: Int, forgotten: UInt64)
    private let regular: SeriesID
    private let forgotten: SeriesID

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - levels: Reads the number of regular scrapers, and of scrapers forgotten since the start.
    package init(store: MetricsStore, levels: @escaping @Sendable () -> (regular: Int, forgotten: UInt64)) {
        self.store = store
        self.levels = levels
        (regular, forgotten) = store.update { registry in
            (
                registry.registerSeries(
                    "llm_cost_exporter_regular_scrapers",
                    "Scrapers with at least three even intervals; a shutdown waits for their last scrape.", .gauge),
                registry.registerSeries(
                    "llm_cost_exporter_scrapers_forgotten_total",
                    "Scrapers forgotten, or never remembered, because there were too many.", .counter)
            )
        }
    }

    package func refresh() {
        let levels = levels()
        store.update { registry in
            registry.set(Int128(levels.regular), of: regular)
            registry.mirror(Int128(levels.forgotten), in: forgotten)
        }
    }
}
