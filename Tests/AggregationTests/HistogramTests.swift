// SPDX-License-Identifier: Apache-2.0
import Aggregation
import TestData
import Testing

@Suite struct HistogramTests {
    private static let family = MetricFamily(
        name: "a_seconds", help: "", kind: .histogram(bounds: [0, 10, 20, Int64.max - 1]), labels: [.open("model")],
        scale: 9)

    @Test(
        arguments: [
            (0, 0), (1, 1), (9, 1), (10, 1), (11, 2), (20, 2), (21, 3), (Int64.max - 1, 3), (Int64.max, 4),
        ] as [(Int64, Int)])
    func `a value belongs to the first bucket whose bound is not below it`(value: Int64, bucket: Int) {
        var registry = SeriesRegistry()
        let family = registry.register(Self.family)
        let histogram = registry.series(family, ["m"])
        registry.observe(value, in: histogram)
        let series = registry.snapshot.series(of: family)
        #expect((0...4).map { series.bucketCount($0, of: 0) } == (0...4).map { $0 == bucket ? 1 : 0 })
        #expect(series.value(of: 0) == Int128(value))
    }

    @Test func `a sum goes beyond 64 bits`() {
        var registry = SeriesRegistry()
        let family = registry.register(Self.family)
        let histogram = registry.series(family, ["m"])
        for _ in 0..<5 { registry.observe(.max, in: histogram) }
        #expect(registry.snapshot.value(of: histogram) == 5 * Int128(Int64.max))
    }

    @Test func `an observation beyond 64 bits is in the last bucket, and a sum that is full stays`() {
        var registry = SeriesRegistry()
        let family = registry.register(Self.family)
        let histogram = registry.series(family, ["m"])
        registry.observe(large: 11, in: histogram)
        registry.observe(large: 1 << 100, in: histogram)
        registry.observe(large: Int128(UInt64.max), in: histogram)
        var series = registry.snapshot.series(of: family)
        #expect(series.value(of: 0) == 11 + Int128(1) << 100 + Int128(UInt64.max))
        #expect((0...4).map { series.bucketCount($0, of: 0) } == [0, 0, 1, 0, 2])
        #expect(registry.saturatedAdditions == 0)
        registry.observe(large: .max, in: histogram)
        series = registry.snapshot.series(of: family)
        #expect(series.value(of: 0) == .max)
        #expect(series.bucketCount(4, of: 0) == 3)
        #expect(registry.saturatedAdditions == 1)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `buckets and sum are those of the values, whatever else is in the registry`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bounds = Set(
            (0..<Int.random(in: 1...17, using: &random)).map { _ in Int64.random(in: 0...99, using: &random) }
        )
        .sorted()
        var registry = SeriesRegistry()
        let other = registry.register(MetricFamily(name: "b", help: "", kind: .histogram(bounds: [1, 2])))
        let family = registry.register(
            MetricFamily(name: "a", help: "", kind: .histogram(bounds: bounds), labels: [.open("model")]))
        var values: [[Int64]] = [[], [], []]
        for _ in 0..<300 {
            let model = Int.random(in: 0..<values.count, using: &random)
            let value = Int64.random(in: 0...120, using: &random)
            values[model].append(value)
            registry.observe(value, in: registry.series(family, ["model \(model)"]))
            registry.observe(value, in: registry.series(other, []))
        }
        let series = registry.snapshot.series(of: family)
        for index in 0..<series.count {
            let own = values[Int(series.labelValue(0, of: index).suffix(1)) ?? 0]
            #expect(series.value(of: index) == own.reduce(0) { $0 + Int128($1) })
            var cumulative: UInt64 = 0
            for (bucket, bound) in (bounds + [.max]).enumerated() {
                cumulative += series.bucketCount(bucket, of: index)
                #expect(cumulative == UInt64(own.count { $0 <= bound }))
            }
        }
    }

    @Test func `a negative observation traps`() async {
        await #expect(processExitsWith: .failure) {
            var registry = SeriesRegistry()
            let family = registry.register(MetricFamily(name: "a", help: "", kind: .histogram(bounds: [1])))
            registry.observe(-1, in: registry.series(family, []))
        }
    }

    @Test func `observing in a counter traps`() async {
        await #expect(processExitsWith: .failure) {
            var registry = SeriesRegistry()
            let family = registry.register(MetricFamily(name: "a_total", help: "", kind: .counter))
            registry.observe(1, in: registry.series(family, []))
        }
    }
}
