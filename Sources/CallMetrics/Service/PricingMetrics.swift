// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The price cache, and prices that were too large to count.
package final class PricingMetrics: HealthSeries {
    private let store: MetricsStore
    private let cacheEvictions: @Sendable () -> UInt64
    private let saturatedPrices: @Sendable () -> UInt64
    private let evictions: SeriesID
    private let saturated: SeriesID

    /// Registers the family of the cache, and a kind of anomaly.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - service: Owns the family of anomalies.
    ///   - cacheEvictions: Reads how many prices were evicted from the cache.
    ///   - saturatedPrices: Reads how many calls had a price that was cut down to the largest one that fits.
    package init(
        store: MetricsStore, service: ServiceMetrics, cacheEvictions: @escaping @Sendable () -> UInt64,
        saturatedPrices: @escaping @Sendable () -> UInt64
    ) {
        self.store = store
        self.cacheEvictions = cacheEvictions
        self.saturatedPrices = saturatedPrices
        (evictions, saturated) = store.update { registry in
            (
                registry.registerSeries(
                    "llm_cost_exporter_price_cache_evictions_total",
                    "Prices evicted from the full price cache; the next call with that price looks it up again.",
                    .counter),
                registry.series(service.anomalies, ["saturated_price"])
            )
        }
    }

    package func refresh() {
        let (evicted, cutDown) = (cacheEvictions(), saturatedPrices())
        store.update { registry in
            registry.mirror(Int128(evicted), in: evictions)
            registry.mirror(Int128(cutDown), in: saturated)
        }
    }
}
