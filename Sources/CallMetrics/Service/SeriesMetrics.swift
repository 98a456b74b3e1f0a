// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The series themselves: how many there are, how many there may be, and sums that are full.
///
/// Put it last in the list of ``HealthSeries``, so that it counts the series that the others make.
package final class SeriesMetrics: HealthSeries {
    private let store: MetricsStore
    private let saturatedSums: SeriesID
    private let overflowed: SeriesID
    private let limit: SeriesID
    private let count: SeriesID
    private let unknownLimit: SeriesID
    private let unknownCount: SeriesID

    /// Registers the families, and a kind of anomaly.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - service: Owns the family of anomalies.
    package init(store: MetricsStore, service: ServiceMetrics) {
        self.store = store
        (saturatedSums, overflowed, limit, count, unknownLimit, unknownCount) = store.update { registry in
            (
                registry.series(service.anomalies, [ServiceMetrics.saturatedSum]),
                registry.registerSeries(
                    "llm_cost_exporter_series_overflowed_total",
                    "Look-ups of label sets that found no room below the series limit and were counted under __overflow__.",
                    .counter),
                registry.registerSeries("llm_cost_exporter_series_limit", "Largest number of series.", .gauge),
                registry.registerSeries("llm_cost_exporter_series", "Number of series.", .gauge),
                registry.registerSeries(
                    "llm_cost_exporter_unknown_series_limit",
                    "Largest number of series with a label value that the price book does not list.", .gauge),
                registry.registerSeries(
                    "llm_cost_exporter_unknown_series",
                    "Number of series with a label value that the price book does not list.", .gauge)
            )
        }
    }

    package func refresh() {
        store.update { registry in
            registry.mirror(Int128(registry.saturatedAdditions), in: saturatedSums)
            registry.mirror(Int128(registry.overflowedSeries), in: overflowed)
            registry.set(Int128(registry.seriesCeiling), of: limit)
            registry.set(Int128(registry.seriesCount), of: count)
            registry.set(Int128(registry.unknownSeriesCeiling), of: unknownLimit)
            registry.set(Int128(registry.unknownSeriesCount), of: unknownCount)
        }
    }
}
