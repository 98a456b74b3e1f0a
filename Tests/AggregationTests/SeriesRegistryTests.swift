// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Testing

@Suite struct SeriesRegistryTests {
    private static let tokens = MetricFamily(
        name: "llm_tokens_used_total", help: "", kind: .counter, labels: [.open("model"), .fixed("token_type")])
    private static let price = MetricFamily(name: "llm_price", help: "", kind: .gauge, labels: [.open("model")])

    @Test func `the same labels find the same series, in each family its own`() {
        var registry = SeriesRegistry()
        let tokens = registry.register(Self.tokens)
        let price = registry.register(Self.price)
        let input = registry.series(tokens, ["gpt", "input"])
        #expect(registry.series(tokens, ["gpt", "input"]) == input)
        #expect(registry.series(tokens, ["input", "gpt"]) != input)
        #expect(registry.series(tokens, ["gpt", ""]) != input)
        #expect(registry.series(price, ["gpt"]).family == price)
        #expect(registry.seriesCount == 4)
    }

    @Test func `each of many series is found again, also after others were removed`() {
        var registry = SeriesRegistry()
        let price = registry.register(Self.price)
        let tokens = registry.register(Self.tokens)
        let gauges = (0..<400).map { registry.series(price, ["model-\($0)"]) }
        let counters = (0..<400).map { registry.series(tokens, ["model-\($0 / 4)", "type-\($0 % 4)"]) }
        #expect(Set(gauges + counters).count == 800)
        for index in stride(from: 0, to: 400, by: 3) { registry.remove(gauges[index]) }
        for index in 0..<400 where !index.isMultiple(of: 3) {
            #expect(registry.series(price, ["model-\(index)"]) == gauges[index])
        }
        for index in 0..<400 {
            #expect(registry.series(tokens, ["model-\(index / 4)", "type-\(index % 4)"]) == counters[index])
        }
    }

    @Test func `labels that are spelled alike but differ in bytes are different series`() {
        var registry = SeriesRegistry()
        let price = registry.register(Self.price)
        let composed = registry.series(price, ["caf\u{E9}"])
        #expect(registry.series(price, ["cafe\u{301}"]) != composed)
    }

    @Test func `a counter adds up and a gauge holds the last value`() {
        var registry = SeriesRegistry()
        let tokens = registry.register(Self.tokens)
        let price = registry.register(Self.price)
        let counter = registry.series(tokens, ["gpt", "input"])
        let gauge = registry.series(price, ["gpt"])
        registry.add(40, to: counter)
        registry.add(2, to: counter)
        registry.set(7, of: gauge)
        registry.set(-3, of: gauge)
        #expect(registry.snapshot.value(of: counter) == 42)
        #expect(registry.snapshot.value(of: gauge) == -3)
    }

    @Test func `a counter that is full stays full`() {
        var registry = SeriesRegistry()
        let tokens = registry.register(Self.tokens)
        let counter = registry.series(tokens, ["gpt", "input"])
        registry.add(.max - 1, to: counter)
        registry.add(.max, to: counter)
        #expect(registry.snapshot.value(of: counter) == .max)
    }

    @Test func `a mirror follows upwards and never goes down`() {
        var registry = SeriesRegistry()
        let family = registry.register(
            MetricFamily(name: "process_cpu_seconds_total", help: "", kind: .counter, scale: 9))
        let counter = registry.series(family, [])
        for (value, expected) in [(5, 5), (4, 5), (9, 9), (-1, 9)] as [(Int128, Int128)] {
            registry.mirror(value, in: counter)
            #expect(registry.snapshot.value(of: counter) == expected)
        }
    }

    @Test func `readers see families and series in the order in which they came`() {
        var registry = SeriesRegistry()
        let tokens = registry.register(Self.tokens)
        _ = registry.register(Self.price)
        let values = [["b", "input"], ["a", ""], ["b", "output"]]
        for (index, labels) in values.enumerated() {
            registry.add(Int128(index), to: registry.series(tokens, labels))
        }
        let snapshot = registry.snapshot
        #expect(snapshot.families.map(\.name) == ["llm_tokens_used_total", "llm_price"])
        let series = snapshot.series(of: tokens)
        #expect((0..<series.count).map { series.labelValues(of: $0) } == values)
        #expect((0..<series.count).map { series.value(of: $0) } == [0, 1, 2])
        #expect(snapshot.series(of: snapshot.familyIDs[1]).count == 0)
    }

    @Test func `a series keeps the time at which it was made`() {
        var registry = SeriesRegistry()
        let tokens = registry.register(Self.tokens)
        _ = registry.series(tokens, ["a", "input"], createdAtNanoseconds: 12)
        _ = registry.series(tokens, ["a", "input"], createdAtNanoseconds: 99)
        _ = registry.series(tokens, ["b", "input"])
        let series = registry.snapshot.series(of: tokens)
        #expect(series.createdAtNanoseconds(of: 0) == 12)
        #expect(series.createdAtNanoseconds(of: 1) == nil)
    }

    @Test func `a gauge that vanished leaves the others as they are, and gives back all it took`() {
        var registry = SeriesRegistry(seriesCeiling: 4)
        let tokens = registry.register(Self.tokens)
        let price = registry.register(Self.price)
        let counter = registry.series(tokens, ["shared", "input"])
        registry.add(5, to: counter)
        let gauges = ["first", "shared", "last"].map { registry.series(price, [$0]) }
        for (index, gauge) in gauges.enumerated() { registry.set(Int128(index), of: gauge) }
        let before = registry.snapshot
        registry.remove(gauges[0])
        registry.remove(gauges[1])
        #expect(registry.seriesCount == 2)
        #expect(registry.snapshot.value(of: counter) == 5)
        #expect(registry.snapshot.series(of: tokens).labelValues(of: 0) == ["shared", "input"])
        let series = registry.snapshot.series(of: price)
        #expect((0..<series.count).map { series.labelValues(of: $0) } == [["last"]])
        #expect(series.value(of: 0) == 2)
        #expect(before.series(of: price).labelValue(0, of: 0) == "first")
        // A thousand comings and goings take no more than one.
        for number in 0..<1_000 {
            let gauge = registry.series(price, ["version \(number)"])
            #expect(!gauge.isOverflow)
            #expect(registry.snapshot.value(of: gauge) == 0)
            registry.set(9, of: gauge)
            #expect(registry.snapshot.value(of: gauges[2]) == 2)
            registry.remove(gauge)
        }
        let again = registry.series(price, ["first"])
        #expect(registry.series(price, ["first"]) == again)
        #expect(registry.snapshot.series(of: price).labelValues(of: 1) == ["first"])
    }

    @Test func `a counter does not vanish`() async {
        await #expect(processExitsWith: .failure) {
            var registry = SeriesRegistry()
            let family = registry.register(MetricFamily(name: "a_total", help: "", kind: .counter))
            registry.remove(registry.series(family, []))
        }
    }

    @Test func `a negative amount traps`() async {
        await #expect(processExitsWith: .failure) {
            var registry = SeriesRegistry()
            let family = registry.register(MetricFamily(name: "a_total", help: "", kind: .counter))
            registry.add(-1, to: registry.series(family, []))
        }
    }

    @Test func `adding to a gauge traps`() async {
        await #expect(processExitsWith: .failure) {
            var registry = SeriesRegistry()
            let family = registry.register(MetricFamily(name: "a", help: "", kind: .gauge))
            registry.add(1, to: registry.series(family, []))
        }
    }

    @Test func `setting a counter traps`() async {
        await #expect(processExitsWith: .failure) {
            var registry = SeriesRegistry()
            let family = registry.register(MetricFamily(name: "a_total", help: "", kind: .counter))
            registry.set(1, of: registry.series(family, []))
        }
    }

    @Test func `mirroring in a gauge traps`() async {
        await #expect(processExitsWith: .failure) {
            var registry = SeriesRegistry()
            let family = registry.register(MetricFamily(name: "a", help: "", kind: .gauge))
            registry.mirror(1, in: registry.series(family, []))
        }
    }

    @Test func `label values that are too few trap`() async {
        await #expect(processExitsWith: .failure) {
            var registry = SeriesRegistry()
            let family = registry.register(
                MetricFamily(name: "a", help: "", kind: .gauge, labels: [.open("x"), .open("y")]))
            _ = registry.series(family, ["1"])
        }
    }

    @Test func `a name that is taken traps`() async {
        await #expect(processExitsWith: .failure) {
            var registry = SeriesRegistry()
            _ = registry.register(MetricFamily(name: "a_total", help: "", kind: .counter))
            _ = registry.register(MetricFamily(name: "a_total", help: "", kind: .counter))
        }
    }

    @Test func `a name that a counter has in OpenMetrics is taken`() async {
        await #expect(processExitsWith: .failure) {
            var registry = SeriesRegistry()
            _ = registry.register(MetricFamily(name: "a_total", help: "", kind: .counter))
            _ = registry.register(MetricFamily(name: "a", help: "", kind: .gauge))
        }
    }

    @Test func `a name that is a line of a histogram is taken`() async {
        await #expect(processExitsWith: .failure) {
            var registry = SeriesRegistry()
            _ = registry.register(MetricFamily(name: "a_count", help: "", kind: .gauge))
            _ = registry.register(MetricFamily(name: "a", help: "", kind: .histogram(bounds: [1])))
        }
    }

    @Test func `a negative ceiling traps`() async {
        await #expect(processExitsWith: .failure) { _ = SeriesRegistry(seriesCeiling: -1) }
    }

    #if DEBUG
        @Test func `a value that a label does not list is a mistake of ours`() async {
            await #expect(processExitsWith: .failure) {
                var registry = SeriesRegistry()
                let family = registry.register(
                    MetricFamily(name: "a_total", help: "", kind: .counter, labels: [.fixed("x", ["y"])]))
                _ = registry.series(family, ["y"])
                _ = registry.series(family, ["z"])
            }
        }
    #endif
}
