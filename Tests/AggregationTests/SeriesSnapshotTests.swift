// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Aggregation

@Suite struct SeriesSnapshotTests {
    private static func makeRegistry() -> (registry: SeriesRegistry, ids: [SeriesID]) {
        var registry = SeriesRegistry()
        let counter = registry.register(
            MetricFamily(name: "a_total", help: "", kind: .counter, labels: [.open("model")]))
        let gauge = registry.register(MetricFamily(name: "b", help: "", kind: .gauge))
        let histogram = registry.register(MetricFamily(name: "c", help: "", kind: .histogram(bounds: [1])))
        let ids = [registry.series(counter, ["m"]), registry.series(gauge, []), registry.series(histogram, [])]
        registry.add(1, to: ids[0])
        registry.set(2, of: ids[1])
        registry.observe(3, in: ids[2])
        return (registry, ids)
    }

    @Test func `a snapshot does not see what comes later`() {
        var (registry, ids) = Self.makeRegistry()
        let snapshot = registry.snapshot
        registry.add(10, to: ids[0])
        registry.set(20, of: ids[1])
        registry.observe(30, in: ids[2])
        _ = registry.series(ids[0].family, ["later"])
        _ = registry.register(MetricFamily(name: "d", help: "", kind: .gauge))
        #expect(ids.map { snapshot.value(of: $0) } == [1, 2, 3])
        #expect(ids.map { registry.snapshot.value(of: $0) } == [11, 20, 33])
        #expect(snapshot.series(of: ids[0].family).count == 1)
        #expect(snapshot.seriesCount == 6)
        #expect(snapshot.families.count == 3)
    }

    @Test func `a gauge that is set in a snapshot is set there only, and copies no counters`() {
        let (registry, ids) = Self.makeRegistry()
        var snapshot = registry.snapshot
        snapshot.set(99, of: ids[1])
        #expect(snapshot.value(of: ids[1]) == 99)
        #expect(registry.snapshot.value(of: ids[1]) == 2)
        #expect(Self.isShared(snapshot.values.counters, registry.snapshot.values.counters))
        #expect(Self.isShared(snapshot.values.histogramWords, registry.snapshot.values.histogramWords))
        #expect(!Self.isShared(snapshot.values.gauges, registry.snapshot.values.gauges))
    }

    /// Whether two arrays are the same memory.
    private static func isShared<Element>(_ left: [Element], _ right: [Element]) -> Bool {
        unsafe left.withUnsafeBufferPointer { left in
            unsafe right.withUnsafeBufferPointer { unsafe left.baseAddress == $0.baseAddress }
        }
    }
}
