// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The price cache, groups of calls with equal prices, and prices that were too large to count.
package final class PricingMetrics: HealthSeries {
    private let store: MetricsStore
    private let cacheEvictions: @Sendable () -> UInt64
    private let forgottenGroups: @Sendable () -> UInt64
    private let saturatedPrices: @Sendable () -> UInt64
    private let groups: SeriesID
    private let evictions: SeriesID
    private let saturated: SeriesID

    /// Registers the families of the cache and of the groups, and a kind of anomaly.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - service: Owns the family of anomalies.
    ///   - cacheEvictions: Reads how many prices were evicted from the cache.
    ///   - forgottenGroups: Reads how many groups of calls with equal labels and prices were forgotten.
    ///   - saturatedPrices: Reads how many calls had a price that was cut down to the largest one that fits.
    package init(
        store: MetricsStore, service: ServiceMetrics, cacheEvictions: @escaping @Sendable () -> UInt64,
        forgottenGroups: @escaping @Sendable () -> UInt64, saturatedPrices: @escaping @Sendable () -> UInt64
    ) {
        self.store = store
        self.cacheEvictions = cacheEvictions
        self.forgottenGroups = forgottenGroups
        self.saturatedPrices = saturatedPrices
        (evictions, groups, saturated) = store.update { registry in
            (
                registry.registerSeries(
                    "llm_cost_exporter_price_cache_evictions_total",
                    "Prices evicted from the full price cache; the next call with that price looks it up again.",
                    .counter),
                registry.registerSeries(
                    "llm_cost_exporter_call_groups_forgotten_total",
                    "Groups of calls with equal labels and prices that were forgotten because there were too many.",
                    .counter),
                registry.series(service.anomalies, [ServiceMetrics.saturatedPrice])
            )
        }
    }

    package func refresh() {
        let (evicted, forgotten, cutDown) = (cacheEvictions(), forgottenGroups(), saturatedPrices())
        store.update { registry in
            registry.mirror(Int128(evicted), in: evictions)
            registry.mirror(Int128(forgotten), in: groups)
            registry.mirror(Int128(cutDown), in: saturated)
        }
    }
}
