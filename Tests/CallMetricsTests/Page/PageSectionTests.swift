// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import Exposition
import Ingest
import Testing

/// The order of families on a page, in which money comes first.
@Suite struct PageSectionTests {
    private let store = MetricsStore()

    /// The families that a page lists, in its order, by their TYPE lines.
    private func families(sorted: Bool = false, health: [any HealthSeries] = []) -> [String] {
        var configuration = MetricsPageConfiguration()
        configuration.isSorted = sorted
        let page = MetricsPage(store: store, health: health, configuration: configuration)
        return String(decoding: page.render(.prometheusText), as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) }
    }

    private func register(_ name: String, _ kind: MetricFamily.Kind, _ unit: MetricFamily.Unit? = nil) -> FamilyID {
        store.update { $0.register(MetricFamily(name: name, help: "", kind: kind, unit: unit)) }
    }

    @Test(arguments: [
        (
            false,
            [
                "llm_b_dollars_total", "llm_a_dollars_total", "llm_tokens_total", "llm_price_dollars", "gen_ai_tokens",
                "llm_cost_exporter_z", "llm_cost_exporter_cost_dollars_total", "process_open_fds",
            ]
        ),
        (
            true,
            [
                "llm_a_dollars_total", "llm_b_dollars_total", "gen_ai_tokens", "llm_price_dollars", "llm_tokens_total",
                "llm_cost_exporter_cost_dollars_total", "llm_cost_exporter_z", "process_open_fds",
            ]
        ),
    ])
    func `money comes first, then calls, the service itself and the process`(sorted: Bool, order: [String]) {
        for (name, kind, unit) in [
            ("process_open_fds", .gauge, nil), ("llm_cost_exporter_z", .gauge, nil),
            ("llm_tokens_total", .counter, nil),
            ("llm_cost_exporter_cost_dollars_total", .counter, .dollars), ("llm_price_dollars", .gauge, .dollars),
            ("llm_b_dollars_total", .counter, .dollars), ("gen_ai_tokens", .gauge, nil),
            ("llm_a_dollars_total", .counter, .dollars), ("llm_unused_dollars_total", .counter, .dollars),
        ] as [(String, MetricFamily.Kind, MetricFamily.Unit?)] {
            let family = register(name, kind, unit)
            if name != "llm_unused_dollars_total" { store.update { _ = $0.series(family, []) } }
        }
        #expect(families(sorted: sorted) == order)
    }

    @Test func `a family that comes after the first page is in its section on the next one`() {
        let tokens = register("llm_tokens_total", .counter)
        store.update { _ = $0.series(tokens, []) }
        let page = MetricsPage(store: store, health: [])
        func lines() -> [String] {
            String(decoding: page.render(.prometheusText), as: UTF8.self).split(separator: "\n").map(String.init)
                .filter { !$0.hasPrefix("#") }
        }
        #expect(lines() == ["llm_tokens_total 0"])
        let cost = register("llm_cost_dollars_total", .counter, .dollars)
        #expect(lines() == ["llm_tokens_total 0"])
        store.update { _ = $0.series(cost, []) }
        #expect(lines() == ["llm_cost_dollars_total 0", "llm_tokens_total 0"])
    }

    @Test func `a histogram of the service is not listed before its first observation`() {
        let names = ["llm_cost_exporter_body_duration_seconds", "llm_cost_exporter_scrape_duration_seconds"]
        let metrics = ServiceMetrics(
            store: store, build: BuildInfo(version: "1", revision: "2", commitDate: "3", swiftVersion: "4"))
        #expect(Set(families()).isDisjoint(with: names))
        metrics.countBody(.accepted, receivedBytes: 3, inflatedBytes: 3, nanoseconds: 4)
        metrics.countBody(.accepted, receivedBytes: 3, inflatedBytes: 3, nanoseconds: -4)
        #expect(families().filter(names.contains) == [names[0]])
        metrics.countScrape(nanoseconds: 5, bytes: 6)
        #expect(families().filter(names.contains) == names)
        let page = String(decoding: MetricsPage(store: store, health: []).render(.prometheusText), as: UTF8.self)
        #expect(page.contains("\nllm_cost_exporter_body_duration_seconds_count 2\n"))
        #expect(page.contains("\nllm_cost_exporter_scrape_duration_seconds_count 1\n"))
    }
}
