// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Testing

@Suite struct MetricFamilyTests {
    @Test func `the name of a counter loses its total in OpenMetrics, and nothing else does`() {
        #expect(MetricFamily(name: "a_total", help: "", kind: .counter).baseName == "a")
        #expect(MetricFamily(name: "a_info", help: "", kind: .gauge).baseName == "a_info")
        #expect(MetricFamily(name: "a_seconds", help: "", kind: .histogram(bounds: [1])).baseName == "a_seconds")
    }

    @Test func `a histogram counts as many series as it has lines`() {
        #expect(MetricFamily(name: "a_total", help: "", kind: .counter).seriesPerLabelSet == 1)
        #expect(MetricFamily(name: "a", help: "", kind: .gauge).seriesPerLabelSet == 1)
        let sevenBounds = MetricFamily.Kind.histogram(bounds: [1, 2, 3, 4, 5, 6, 7])
        #expect(MetricFamily(name: "a", help: "", kind: sevenBounds).seriesPerLabelSet == 10)
    }

    @Test func `a unit stands at the end of the name, before the total`() {
        #expect(MetricFamily(name: "a_dollars_total", help: "", kind: .counter, unit: .dollars).unit == .dollars)
        #expect(MetricFamily(name: "a_bytes", help: "", kind: .gauge, unit: .bytes).unit == .bytes)
    }

    @Test func `a name that no metric can have traps`() async {
        await #expect(processExitsWith: .failure) { _ = MetricFamily(name: "a-b", help: "", kind: .gauge) }
    }

    @Test func `a counter without total traps`() async {
        await #expect(processExitsWith: .failure) { _ = MetricFamily(name: "a", help: "", kind: .counter) }
    }

    @Test func `a gauge with total traps`() async {
        await #expect(processExitsWith: .failure) { _ = MetricFamily(name: "a_total", help: "", kind: .gauge) }
    }

    @Test func `a name that no label can have traps`() async {
        await #expect(processExitsWith: .failure) {
            _ = MetricFamily(name: "a", help: "", kind: .gauge, labels: [.open("le")])
        }
    }

    @Test func `a label that comes twice traps`() async {
        await #expect(processExitsWith: .failure) {
            _ = MetricFamily(name: "a", help: "", kind: .gauge, labels: [.open("x"), .fixed("x")])
        }
    }

    @Test func `a scale beyond 18 traps`() async {
        await #expect(processExitsWith: .failure) { _ = MetricFamily(name: "a", help: "", kind: .gauge, scale: 19) }
    }

    @Test func `a histogram without bounds traps`() async {
        await #expect(processExitsWith: .failure) {
            _ = MetricFamily(name: "a", help: "", kind: .histogram(bounds: []))
        }
    }

    @Test func `a negative bound traps`() async {
        await #expect(processExitsWith: .failure) {
            _ = MetricFamily(name: "a", help: "", kind: .histogram(bounds: [-1, 1]))
        }
    }

    @Test func `bounds that do not ascend trap`() async {
        await #expect(processExitsWith: .failure) {
            _ = MetricFamily(name: "a", help: "", kind: .histogram(bounds: [1, 2, 2]))
        }
    }

    @Test func `a unit that the name does not end in traps`() async {
        await #expect(processExitsWith: .failure) {
            _ = MetricFamily(name: "a_seconds_total", help: "", kind: .counter, unit: .dollars)
        }
    }
}
