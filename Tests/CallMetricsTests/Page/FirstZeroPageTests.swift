// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import Exposition
import Ingest
import Synchronization
import Testing

/// Which pages show a new series at zero.
@Suite struct FirstZeroPageTests {
    private let store = MetricsStore()
    private let calls: FamilyID
    private let end = End()

    private final class End: Sendable { let hasCome = Mutex(false) }

    init() {
        calls = store.update { registry in
            registry.register(MetricFamily(name: "llm_a_total", help: "A.", kind: .counter, labels: [.open("m")]))
        }
    }

    private func page(_ configuration: MetricsPageConfiguration = MetricsPageConfiguration()) -> MetricsPage {
        MetricsPage(
            store: store, health: [], configuration: configuration,
            isFinal: { [end] in end.hasCome.withLock { $0 } })
    }

    private func add(_ amount: Int128, to name: String) {
        store.update { registry in registry.add(amount, to: registry.series(calls, [name])) }
    }

    private func values(_ page: RenderedPage) -> [Substring] {
        String(decoding: page.text, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { $0.dropFirst("llm_a_total".count) }
    }

    @Test func `a series that the last page did not have is 0 once, and at the end it never is`() {
        let page = page()
        add(5, to: "x")
        let first = page.render(.prometheusText, seen: nil)
        #expect(values(first) == [#"{m="x"} 5"#])
        add(1, to: "x")
        add(7, to: "y")
        let second = page.render(.prometheusText, seen: first.births)
        #expect(values(second) == [#"{m="x"} 6"#, #"{m="y"} 0"#])
        // Anyone else sees the values meanwhile.
        #expect(values(page.render(.prometheusText, seen: nil)) == [#"{m="x"} 6"#, #"{m="y"} 7"#])
        #expect(values(page.render(.openMetrics, seen: second.births)) == [#"{m="x"} 6"#, #"{m="y"} 7"#])
        add(9, to: "z")
        end.hasCome.withLock { $0 = true }
        let last = page.render(.prometheusText, seen: first.births)
        #expect(values(last) == [#"{m="x"} 6"#, #"{m="y"} 7"#, #"{m="z"} 9"#])
    }

    @Test func `a restored series is never 0`() {
        let page = page()
        let first = page.render(.prometheusText, seen: nil)
        add(5, to: "x")
        store.update { $0.noteRestored() }
        add(6, to: "y")
        #expect(values(page.render(.prometheusText, seen: first.births)) == [#"{m="x"} 5"#, #"{m="y"} 0"#])
    }

    @Test func `without the setting every page shows every value`() {
        var configuration = MetricsPageConfiguration()
        configuration.showsZeroFirst = false
        let page = page(configuration)
        let first = page.render(.prometheusText, seen: nil)
        #expect(first.births == nil)
        let births = store.update { $0.snapshot.births }
        add(5, to: "x")
        #expect(values(page.render(.prometheusText, seen: births)) == [#"{m="x"} 5"#])
    }
}
