// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import Exposition
import Ingest
import Synchronization
import Testing

@Suite struct FirstZerosTests {
    @Test func `a counter of calls is 0 once, then what it is, and at the end always what it is`() {
        let store = MetricsStore()
        let (calls, gauge, own) = store.update { registry in
            (
                registry.register(MetricFamily(name: "llm_a_total", help: "A.", kind: .counter, labels: [.open("m")])),
                registry.register(MetricFamily(name: "llm_b", help: "B.", kind: .gauge)),
                registry.register(MetricFamily(name: "llm_cost_exporter_c_total", help: "C.", kind: .counter))
            )
        }
        var configuration = MetricsPageConfiguration()
        configuration.showsZeroFirst = true
        let isFinal = Mutex(false)
        let page = MetricsPage(
            store: store, health: [], configuration: configuration, isFinal: { isFinal.withLock { $0 } })
        func add(_ amount: Int128, to name: String) {
            store.update { registry in registry.add(amount, to: registry.series(calls, [name])) }
        }
        func shown() -> [String] {
            String(decoding: page.render(.prometheusText), as: UTF8.self).split(separator: "\n").map(String.init)
                .filter { $0.hasPrefix("llm_a") || $0.hasPrefix("llm_b") || $0.hasPrefix("llm_cost_exporter_c") }
        }
        store.update { registry in
            registry.set(3, of: registry.series(gauge, []))
            registry.add(4, to: registry.series(own, []))
        }
        let others = ["llm_b 3", "llm_cost_exporter_c_total 4"]
        add(5, to: "x")
        #expect(shown() == [#"llm_a_total{m="x"} 0"#] + others)
        add(1, to: "x")
        add(7, to: "y")
        #expect(shown() == [#"llm_a_total{m="x"} 6"#, #"llm_a_total{m="y"} 0"#] + others)
        add(9, to: "z")
        isFinal.withLock { $0 = true }
        #expect(
            shown() == [#"llm_a_total{m="x"} 6"#, #"llm_a_total{m="y"} 7"#, #"llm_a_total{m="z"} 9"#] + others)
    }
}
