// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import CallMetrics

/// Shows when the last span of each service arrived.
package final class LastSpanMetrics: HealthSeries {
    private let store: MetricsStore
    private let spans: LastSpans
    private let timestamp: FamilyID
    private let overflowed: SeriesID

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - spans: Remembers the services.
    package init(store: MetricsStore, of spans: LastSpans) {
        self.store = store
        self.spans = spans
        (timestamp, overflowed) = store.update { registry in
            (
                registry.register(
                    MetricFamily(
                        name: "llm_cost_exporter_last_span_timestamp_seconds",
                        help: "Time at which the last span of a service arrived, in seconds since 1970 (UTC).",
                        kind: .gauge, labels: [.open("service")], scale: 3, unit: .seconds)),
                registry.registerSeries(
                    "llm_cost_exporter_services_overflowed_total",
                    "Times that spans came from a service for which there was no room.", .counter)
            )
        }
    }

    package func refresh() {
        let (services, overflows) = (spans.services, spans.overflows)
        store.update { registry in
            // At the series limit, several services share a series: that of the latest span.
            var latest: [SeriesID: UInt64] = [:]
            for service in services {
                let series = registry.series(timestamp, [service.name])
                latest[series] = max(latest[series] ?? 0, service.lastNanoseconds)
            }
            for (series, nanoseconds) in latest { registry.set(Int128(nanoseconds / 1_000_000), of: series) }
            registry.mirror(Int128(overflows), in: overflowed)
        }
    }
}
