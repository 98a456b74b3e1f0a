// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import Exposition
import Synchronization
import Testing

/// Figures of another room come onto the page by a `HealthSeries` of its own.
@Suite struct HealthSeriesTests {
    /// Shows how often it was asked, and how many series there were.
    private final class AskedSeries: HealthSeries {
        private let store: MetricsStore
        private let asked: SeriesID
        private let family: FamilyID
        private let name: String
        private let times = Atomic<Int>(0)

        init(_ name: String, store: MetricsStore) {
            self.store = store
            self.name = name
            (asked, family) = store.update { registry in
                (
                    registry.registerSeries("llm_cost_exporter_\(name)_asked_total", "Scrapes.", .counter),
                    registry.registerCounter("llm_cost_exporter_\(name)_late_total", "Late series.", by: "reason")
                )
            }
        }

        func refresh() {
            let count = times.wrappingAdd(1, ordering: .relaxed).newValue
            store.update { registry in
                registry.mirror(Int128(count), in: asked)
                registry.mirror(1, in: registry.series(family, ["first"]))
            }
        }
    }

    @Test func `the page asks each once a scrape, before it takes what it shows`() {
        let store = MetricsStore()
        let service = ServiceMetrics(store: store, build: nil)
        let health: [any HealthSeries] = [
            AskedSeries("a", store: store), AskedSeries("b", store: store),
            SeriesMetrics(store: store, service: service),
        ]
        let page = MetricsPage(store: store, health: health)
        func shown(_ name: String) -> String? {
            let lines = String(decoding: page.render(.prometheusText), as: UTF8.self).split(separator: "\n")
            return lines.first { $0.hasPrefix(name + " ") || $0.hasPrefix(name + "{") }.map(String.init)
        }
        #expect(shown("llm_cost_exporter_a_asked_total") == "llm_cost_exporter_a_asked_total 1")
        #expect(shown("llm_cost_exporter_b_asked_total") == "llm_cost_exporter_b_asked_total 2")
        #expect(shown("llm_cost_exporter_a_late_total") == #"llm_cost_exporter_a_late_total{reason="first"} 1"#)
        // The last one in the list counts the series that the others have made.
        let count = store.update { $0.seriesCount }
        #expect(shown("llm_cost_exporter_series") == "llm_cost_exporter_series \(count)")
    }
}
