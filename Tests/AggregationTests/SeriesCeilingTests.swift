// SPDX-License-Identifier: Apache-2.0
import Aggregation
import TestData
import Testing

@Suite struct SeriesCeilingTests {
    private static let tokens = MetricFamily(
        name: "tokens_total", help: "", kind: .counter, labels: [.open("model"), .fixed("token_type")])
    private static let duration = MetricFamily(
        name: "duration_seconds", help: "", kind: .histogram(bounds: [1, 2]), labels: [.open("model")])

    private static func labelValues(_ snapshot: SeriesSnapshot, _ family: FamilyID) -> [[String]] {
        let series = snapshot.series(of: family)
        return (0..<series.count).map { series.labelValues(of: $0) }
    }

    @Test func `at the ceiling open labels give up their values and fixed ones keep them`() {
        var registry = SeriesRegistry(seriesCeiling: 2)
        let tokens = registry.register(Self.tokens)
        let known = registry.series(tokens, ["a", "input"])
        #expect(!known.isOverflow)
        _ = registry.series(tokens, ["a", "output"])
        let overflow = registry.series(tokens, ["b", "input"])
        #expect(overflow.isOverflow)
        #expect(registry.series(tokens, ["c", "input"]) == overflow)
        #expect(registry.series(tokens, ["c", "output"]) != overflow)
        #expect(registry.series(tokens, ["a", "input"]) == known)
        #expect(
            Self.labelValues(registry.snapshot, tokens) == [
                ["a", "input"], ["a", "output"], ["__overflow__", "input"], ["__overflow__", "output"],
            ])
        #expect(registry.overflowedSeries(of: tokens) == 3)
    }

    @Test func `a share is kept for label sets whose values are known`() {
        var registry = SeriesRegistry(seriesCeiling: 4, keptForKnown: 2)
        let tokens = registry.register(Self.tokens)
        for number in 0..<5 { _ = registry.series(tokens, ["junk \(number)", "input"]) }
        let known = registry.series(tokens, LabelValues().adding("a").adding("input"))
        #expect(!known.isOverflow)
        // Where there is no room for a value, that which stands in for it is counted.
        let snapshot = LabelValues().adding("a-2099", isKnown: false, substitute: "a").adding("input")
        #expect(registry.series(tokens, snapshot) == known)
        #expect(
            Self.labelValues(registry.snapshot, tokens) == [
                ["junk 0", "input"], ["junk 1", "input"], ["__overflow__", "input"], ["a", "input"],
            ])
        #expect(registry.unknownSeriesCount == 2)
        #expect(registry.overflowedSeries == 4)
        // The ceiling itself holds for all.
        #expect(registry.series(tokens, LabelValues().adding("b").adding("input")).isOverflow)
        #expect(registry.seriesCount == 4)
    }

    @Test func `without room only unknown values become overflow`() {
        var registry = SeriesRegistry(seriesCeiling: 10, keptForKnown: 9)
        let errors = registry.register(
            MetricFamily(
                name: "errors_total", help: "", kind: .counter, labels: [.open("model"), .open("error_type")]))
        for number in 0..<3 {
            _ = registry.series(errors, LabelValues().adding("a").adding("junk \(number)", isKnown: false))
        }
        #expect(Self.labelValues(registry.snapshot, errors) == [["a", "junk 0"], ["a", "__overflow__"]])
    }

    @Test func `a removed gauge frees its place in the share`() {
        var registry = SeriesRegistry(seriesCeiling: 2, keptForKnown: 1)
        let price = registry.register(
            MetricFamily(name: "price", help: "", kind: .gauge, labels: [.open("model")]))
        for number in 0..<5 {
            let series = registry.series(price, ["m\(number)"])
            #expect(!series.isOverflow)
            registry.remove(series)
        }
        #expect(registry.unknownSeriesCount == 0)
    }

    @Test func `a histogram needs room for all its lines`() {
        var registry = SeriesRegistry(seriesCeiling: 10)
        let duration = registry.register(Self.duration)
        let tokens = registry.register(Self.tokens)
        #expect(["a", "b", "c"].map { registry.series(duration, [$0]).isOverflow } == [false, false, true])
        #expect(registry.seriesCount == 15)
        #expect(registry.series(tokens, ["a", "input"]).isOverflow)
        #expect(registry.overflowedSeries(of: duration) == 1)
        #expect(registry.overflowedSeries == 2)
    }

    @Test func `families of the process have a room of their own, and take none of that of calls`() {
        var registry = SeriesRegistry(seriesCeiling: 6, keptForKnown: 1, keptForProcess: 3)
        let tokens = registry.register(Self.tokens)
        let services = registry.register(
            MetricFamily(name: "llm_cost_exporter_services_total", help: "", kind: .counter, labels: [.open("service")])
        )
        let last = registry.register(MetricFamily(name: "last", help: "", kind: .gauge, labels: [.open("service")]))
        #expect(
            ["a", "b", "c", "d"].map { registry.series(services, [$0]).isOverflow } == [false, false, false, true])
        #expect(registry.series(last, ["a"]).isOverflow)
        #expect(registry.unknownSeriesCount == 0)
        let made = ["a", "b", "c"].map { registry.series(tokens, [$0, "input"]).isOverflow }
        #expect(made == [false, false, true])
        #expect(registry.unknownSeriesCount == 2)
    }

    @Test func `a registry with restored series keeps the overflow labels that the first one kept`() {
        var (first, second) = (SeriesRegistry(seriesCeiling: 3), SeriesRegistry(seriesCeiling: 3))
        let tokens = first.register(Self.tokens)
        #expect(second.register(Self.tokens) == tokens)
        // A label set that has the value without a lack of room is an overflow series, too.
        _ = first.series(tokens, ["__overflow__", "type 0"])
        for number in 0..<90 { _ = first.series(tokens, ["m\(number)", "type \(number)"]) }
        for values in Self.labelValues(first.snapshot, tokens) {
            _ = second.restore(tokens, values, createdAtNanoseconds: nil)
        }
        for number in 0..<120 {
            let values = ["n\(number)", "type \(number)"]
            #expect(first.series(tokens, values) == second.series(tokens, values))
        }
    }

    @Test func `a series without open labels is always made`() {
        var registry = SeriesRegistry(seriesCeiling: 0)
        let family = registry.register(
            MetricFamily(name: "spans_total", help: "", kind: .counter, labels: [.fixed("outcome")]))
        #expect(!registry.series(family, ["counted"]).isOverflow)
        #expect(!registry.series(family, ["invalid"]).isOverflow)
        #expect(registry.overflowedSeries == 0)
    }

    @Test func `a fixed label with too many values gives them up too`() {
        var registry = SeriesRegistry(seriesCeiling: 0)
        let tokens = registry.register(Self.tokens)
        for number in 0..<1_000 { _ = registry.series(tokens, ["m\(number)", "type \(number)"]) }
        #expect(registry.seriesCount == 65)
        #expect(Self.labelValues(registry.snapshot, tokens).last == ["__overflow__", "__overflow__"])
        #expect(registry.series(tokens, ["m", "type 63"]) != registry.series(tokens, ["m", "type 64"]))
    }

    @Test func `many fixed labels do not multiply without end`() {
        var registry = SeriesRegistry(seriesCeiling: 0)
        let family = registry.register(
            MetricFamily(
                name: "a_total", help: "", kind: .counter, labels: [.fixed("x"), .fixed("y"), .fixed("z")]))
        for number in 0..<3_200 {
            _ = registry.series(family, ["\(number % 40)", "\(number / 40 % 40)", "\(number / 1_600)"])
        }
        #expect(registry.seriesCount == 1_025)
        #expect(Self.labelValues(registry.snapshot, family).last == ["__overflow__", "__overflow__", "__overflow__"])
    }

    @Test func `a value that was given up elsewhere already is not redirected`() {
        var registry = SeriesRegistry(seriesCeiling: 1)
        let tokens = registry.register(Self.tokens)
        _ = registry.series(tokens, ["a", "input"])
        let overflow = registry.series(tokens, ["__overflow__", "input"])
        #expect(overflow.isOverflow)
        #expect(registry.overflowedSeries == 0)
        #expect(registry.series(tokens, ["b", "input"]) == overflow)
        #expect(registry.overflowedSeries == 1)
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `a ceiling does not change the sum of a family or of a token type`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var free = SeriesRegistry()
        var tight = SeriesRegistry(seriesCeiling: Int.random(in: 0...40, using: &random))
        let tokens = (free.register(Self.tokens), tight.register(Self.tokens))
        let duration = (free.register(Self.duration), tight.register(Self.duration))
        for _ in 0..<500 {
            let model = "m\(Int.random(in: 0..<30, using: &random))"
            let type = ["input", "output", "cache_read"].randomElement(using: &random) ?? ""
            let value = Int64.random(in: 0...5, using: &random)
            free.add(Int128(value), to: free.series(tokens.0, [model, type]))
            tight.add(Int128(value), to: tight.series(tokens.1, [model, type]))
            free.observe(value, in: free.series(duration.0, [model]))
            tight.observe(value, in: tight.series(duration.1, [model]))
        }
        #expect(Self.sums(free.snapshot, tokens.0) == Self.sums(tight.snapshot, tokens.1))
        #expect(Self.buckets(free.snapshot, duration.0) == Self.buckets(tight.snapshot, duration.1))
        #expect(tight.seriesCount <= tight.seriesCeiling + 3 + 5)
    }

    /// The sum of a counter by token type.
    private static func sums(_ snapshot: SeriesSnapshot, _ family: FamilyID) -> [String: Int128] {
        let series = snapshot.series(of: family)
        return (0..<series.count).reduce(into: [:]) { sums, index in
            sums[series.labelValue(1, of: index), default: 0] += series.value(of: index)
        }
    }

    /// The buckets and the sum of all histograms of a family together.
    private static func buckets(_ snapshot: SeriesSnapshot, _ family: FamilyID) -> [Int128] {
        let series = snapshot.series(of: family)
        let indices = 0..<series.count
        let sum = indices.reduce(0) { $0 + series.value(of: $1) }
        return (0...2).map { bucket in indices.reduce(0) { $0 + Int128(series.bucketCount(bucket, of: $1)) } } + [sum]
    }
}
