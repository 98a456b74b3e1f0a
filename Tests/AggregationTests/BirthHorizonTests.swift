// SPDX-License-Identifier: Apache-2.0
import Aggregation
import TestData
import Testing

@Suite struct BirthHorizonTests {
    private var registry: SeriesRegistry
    private let counter: FamilyID
    private let histogram: FamilyID
    private let gauge: FamilyID

    init() {
        var registry = SeriesRegistry()
        func register(_ name: String, _ kind: MetricFamily.Kind) -> FamilyID {
            registry.register(MetricFamily(name: name, help: "", kind: kind, labels: [.open("x")]))
        }
        counter = register("a_total", .counter)
        histogram = register("b", .histogram(bounds: [1, 2]))
        gauge = register("c", .gauge)
        self.registry = registry
    }

    /// For each family, the label values of the series that were born after a moment.
    private func born(after horizon: BirthHorizon?) -> [[String]] {
        let snapshot = registry.snapshot
        return [counter, histogram, gauge].map { family in
            let series = snapshot.series(of: family)
            return (series.firstBorn(after: horizon)..<series.count).map { series.labelValue(0, of: $0) }
        }
    }

    @Test mutating func `counters and histograms are born, gauges are always there`() {
        for family in [counter, histogram, gauge] { _ = registry.series(family, ["old"]) }
        let first = registry.snapshot.births
        #expect(born(after: first) == [[], [], []])
        for family in [gauge, histogram, counter] { _ = registry.series(family, ["new"]) }
        _ = registry.series(counter, ["old"])
        #expect(born(after: first) == [["new"], ["new"], []])
        let second = registry.snapshot.births
        #expect(first < second)
        #expect(born(after: second) == [[], [], []])
        #expect(born(after: nil) == [[], [], []])
        _ = registry.series(gauge, ["newest"])
        #expect(registry.snapshot.births == second)
    }

    @Test mutating func `before the first series there is a moment, too`() {
        let first = registry.snapshot.births
        for family in [counter, histogram] { _ = registry.series(family, ["x"]) }
        #expect(born(after: first) == [["x"], ["x"], []])
    }

    @Test mutating func `restored series are born after no moment, later ones are`() {
        let first = registry.snapshot.births
        for family in [counter, histogram] { _ = registry.series(family, ["restored"]) }
        registry.noteRestored()
        #expect(born(after: first) == [[], [], []])
        for family in [counter, histogram] { _ = registry.series(family, ["new"]) }
        #expect(born(after: first) == [["new"], ["new"], []])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    mutating func `a series is born after exactly the moments before it was made`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var moments = [registry.snapshot.births]
        var bornAt: [String: Int] = [:]
        for number in 0..<300 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: moments.append(registry.snapshot.births)
            case 1:
                // A gauge that vanishes frees its slot for another one.
                let brief = registry.series(gauge, ["brief"])
                if Bool.random(using: &random) { registry.remove(brief) }
            default:
                let family = Bool.random(using: &random) ? counter : histogram
                let name = "\(family.number) \(Int.random(in: 0..<number + 1, using: &random))"
                if bornAt[name] == nil { bornAt[name] = moments.count - 1 }
                _ = registry.series(family, [name])
            }
        }
        for (number, moment) in moments.enumerated() {
            let expected = bornAt.filter { $0.value >= number }.map(\.key)
            #expect(Set(born(after: moment).joined()) == Set(expected))
        }
    }
}
