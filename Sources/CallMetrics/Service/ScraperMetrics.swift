// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The number of known scrapers, which decides how long a shutdown waits.
package final class ScraperMetrics: Sendable {
    private let store: MetricsStore
    private let regular: SeriesID
    private let forgotten: SeriesID

    /// Registers the families.
    ///
    /// - Parameter store: Where they go.
    package init(store: MetricsStore) {
        self.store = store
        (regular, forgotten) = store.update { registry in
            let regular = registry.register(
                MetricFamily(
                    name: "llm_cost_exporter_regular_scrapers",
                    help: "Scrapers with at least three even intervals; a shutdown waits for their last scrape.",
                    kind: .gauge))
            let forgotten = registry.register(
                MetricFamily(
                    name: "llm_cost_exporter_scrapers_forgotten_total",
                    help: "Scrapers forgotten, or never remembered, because there were too many.",
                    kind: .counter))
            return (registry.series(regular, []), registry.series(forgotten, []))
        }
    }

    /// Brings the figures up to date; call it before a scrape is rendered.
    ///
    /// - Parameters:
    ///   - scrapers: The number of regular scrapers.
    ///   - forgottenScrapers: How many scrapers were forgotten since the start.
    package func refresh(regular scrapers: Int, forgotten forgottenScrapers: UInt64) {
        store.update { registry in
            registry.set(Int128(scrapers), of: regular)
            registry.mirror(Int128(forgottenScrapers), in: forgotten)
        }
    }
}
