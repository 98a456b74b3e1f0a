// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Exposition
import Testing

/// Series that a reader has not seen are at zero, in every format.
@Suite struct FirstZeroTests {
    private let snapshot: SeriesSnapshot
    private let seen: BirthHorizon

    init() {
        var registry = SeriesRegistry()
        func register(_ name: String, _ kind: MetricFamily.Kind) -> FamilyID {
            registry.register(MetricFamily(name: name, help: "", kind: kind, labels: [.open("x")]))
        }
        let counter = register("a_total", .counter)
        let histogram = register("b", .histogram(bounds: [4]))
        let gauge = register("c", .gauge)
        func fill(_ name: String) {
            registry.add(7, to: registry.series(counter, [name], createdAtNanoseconds: 1_500_000_000))
            registry.observe(3, in: registry.series(histogram, [name], createdAtNanoseconds: 2_500_000_000))
            registry.set(5, of: registry.series(gauge, [name]))
        }
        fill("old")
        seen = registry.snapshot.births
        fill("new")
        snapshot = registry.snapshot
    }

    private func lines(
        _ format: ExpositionFormat, created: Bool = false, sorted: Bool = false, seen: BirthHorizon?
    ) -> [String] {
        let bytes = TextExposition().render(snapshot, as: format, created: created, sorted: sorted, seen: seen)
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
    }

    private static let old = [
        #"a_total{x="old"} 7"#, #"b_bucket{x="old",le="4.0"} 1"#, #"b_bucket{x="old",le="+Inf"} 1"#,
        #"b_sum{x="old"} 3"#, #"b_count{x="old"} 1"#, #"c{x="old"} 5"#,
    ]
    private static let new = [
        #"a_total{x="new"} 0"#, #"b_bucket{x="new",le="4.0"} 0"#, #"b_bucket{x="new",le="+Inf"} 0"#,
        #"b_sum{x="new"} 0"#, #"b_count{x="new"} 0"#, #"c{x="new"} 5"#,
    ]

    @Test(arguments: ExpositionFormat.allCases, [false, true])
    func `counters and every line of histograms are zero, gauges are not`(format: ExpositionFormat, sorted: Bool) {
        #expect(Set(lines(format, sorted: sorted, seen: seen)) == Set(Self.old + Self.new))
    }

    @Test func `creation times stay, and so does the order of the lines`() {
        let whole = lines(.openMetrics, created: true, seen: nil)
        let first = lines(.openMetrics, created: true, seen: seen)
        func names(_ lines: [String]) -> [String] {
            lines.map { String($0[..<($0.lastIndex(of: " ") ?? $0.endIndex)]) }
        }
        #expect(names(first) == names(whole))
        let times = [#"a_created{x="new"} 1.5"#, #"b_created{x="new"} 2.5"#]
        #expect(first.filter(times.contains) == times)
        #expect(zip(first, whole).filter { $0 != $1 }.map(\.0) == Self.new.dropLast())
    }

    @Test func `a reader that has seen everything, and one that has seen nothing, get every value`() {
        #expect(lines(.prometheusText, seen: snapshot.births) == lines(.prometheusText, seen: nil))
    }
}
