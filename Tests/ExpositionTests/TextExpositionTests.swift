// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Exposition
import TestData
import Testing

@Suite struct TextExpositionTests {
    private static func text(
        _ snapshot: SeriesSnapshot, as format: ExpositionFormat, created: Bool = false, sorted: Bool = false
    ) -> String {
        let bytes = TextExposition().render(snapshot, as: format, created: created, sorted: sorted)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `Prometheus text is as in the golden text`() {
        #expect(Self.text(GoldenRegistry.snapshot, as: .prometheusText) == GoldenRegistry.prometheusText)
        #expect(Self.text(GoldenRegistry.snapshot, as: .prometheusText, created: true) == GoldenRegistry.prometheusText)
    }

    @Test func `OpenMetrics text is as in the golden text`() {
        #expect(Self.text(GoldenRegistry.snapshot, as: .openMetrics, created: true) == GoldenRegistry.openMetrics)
        let withoutCreated = GoldenRegistry.openMetrics.split(separator: "\n").filter { !$0.contains("_created{") }
        #expect(
            Self.text(GoldenRegistry.snapshot, as: .openMetrics)
                == withoutCreated.map { $0 + "\n" }.joined())
    }

    @Test func `sorted text is as in the golden text`() {
        #expect(
            Self.text(GoldenRegistry.snapshot, as: .prometheusText, sorted: true) == GoldenRegistry.sortedPrometheusText
        )
    }

    @Test func `a series that vanished is not shown, in older snapshots it is`() {
        var registry = SeriesRegistry()
        let family = registry.register(MetricFamily(name: "a", help: "", kind: .gauge, labels: [.open("x")]))
        let exposition = TextExposition()
        func lines(_ snapshot: SeriesSnapshot) -> [String] {
            let text = String(decoding: exposition.render(snapshot, as: .prometheusText), as: UTF8.self)
            return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        }
        let series = ["first", "second"].map { registry.series(family, [$0]) }
        registry.set(1, of: series[1])
        let before = registry.snapshot
        #expect(lines(before) == [#"a{x="first"} 0"#, #"a{x="second"} 1"#])
        registry.remove(series[0])
        let between = registry.snapshot
        _ = registry.series(family, ["third"])
        #expect(lines(registry.snapshot) == [#"a{x="second"} 1"#, #"a{x="third"} 0"#])
        #expect(lines(before) == [#"a{x="first"} 0"#, #"a{x="second"} 1"#])
        #expect(lines(between) == [#"a{x="second"} 1"#])
        registry.remove(series[1])
        #expect(lines(registry.snapshot) == [#"a{x="third"} 0"#])
    }

    @Test func `an empty registry is nothing, or the end`() {
        #expect(Self.text(SeriesRegistry().snapshot, as: .prometheusText).isEmpty)
        #expect(Self.text(SeriesRegistry().snapshot, as: .openMetrics) == "# EOF\n")
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `the same content makes the same sorted bytes in whatever order it came`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let families = [
            MetricFamily(name: "b_total", help: "", kind: .counter, labels: [.open("x"), .fixed("y")]),
            MetricFamily(name: "a", help: "", kind: .gauge, labels: [.open("x"), .fixed("y")]),
            MetricFamily(name: "c", help: "", kind: .histogram(bounds: [1, 5]), labels: [.open("x"), .fixed("y")]),
        ]
        let values = ["", "a", "a b", "a\n", "a\u{301}", "á", "ab", "b", "\"", "é", "~", "模"]
        let updates = (0..<200).map { _ in
            let labels = (values.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? "")
            return (Int.random(in: 0..<3, using: &random), [labels.0, labels.1])
        }
        func makeText(_ order: [MetricFamily], _ updates: [(Int, [String])]) -> String {
            var registry = SeriesRegistry()
            let ids = families.map(\.name)
            let byName = Dictionary(uniqueKeysWithValues: order.map { ($0.name, registry.register($0)) })
            for (index, labels) in updates {
                guard let family = byName[ids[index]] else { continue }
                let series = registry.series(family, labels)
                switch index {
                case 0: registry.add(1, to: series)
                case 1: registry.set(1, of: series)
                default: registry.observe(3, in: series)
                }
            }
            return Self.text(registry.snapshot, as: .openMetrics, sorted: true)
        }
        let expected = makeText(families, updates)
        #expect(makeText(families.shuffled(using: &random), updates.shuffled(using: &random)) == expected)
    }

    @Test func `a scrape shows the series that came since the last one, and an older snapshot does not`() {
        var registry = SeriesRegistry()
        let family = registry.register(MetricFamily(name: "a", help: "", kind: .gauge, labels: [.open("x")]))
        let exposition = TextExposition()
        var snapshots: [SeriesSnapshot] = []
        for number in 0..<5 {
            registry.set(Int128(number), of: registry.series(family, ["\(number)"]))
            if number == 3 {
                registry.set(7, of: registry.series(registry.register(.init(name: "b", help: "", kind: .gauge)), []))
            }
            snapshots.append(registry.snapshot)
            #expect(
                exposition.render(registry.snapshot, as: .openMetrics)
                    == TextExposition().render(registry.snapshot, as: .openMetrics))
        }
        for snapshot in snapshots {
            #expect(
                exposition.render(snapshot, as: .prometheusText)
                    == TextExposition().render(snapshot, as: .prometheusText))
        }
    }

    @Test func `scrapes at the same time show the same`() async {
        var registry = SeriesRegistry()
        let family = registry.register(MetricFamily(name: "a", help: "", kind: .gauge, labels: [.open("x")]))
        for number in 0..<500 { registry.set(Int128(number), of: registry.series(family, ["\(number)"])) }
        let snapshot = registry.snapshot
        let exposition = TextExposition()
        let texts = await withTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<8 { group.addTask { exposition.render(snapshot, as: .prometheusText) } }
            return await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(texts == [TextExposition().render(snapshot, as: .prometheusText)])
    }

    @Test func `the largest numbers and longest labels have room`() {
        var registry = SeriesRegistry()
        let label = String(repeating: "\"\\\n", count: 2_000)
        let counter = registry.register(
            MetricFamily(name: "a_total", help: "", kind: .counter, labels: [.open("x")], scale: 18))
        let gauge = registry.register(MetricFamily(name: "b", help: "", kind: .gauge, labels: [.open("x")], scale: 18))
        let histogram = registry.register(
            MetricFamily(name: "c", help: "", kind: .histogram(bounds: [1]), labels: [.open("x")]))
        registry.add(.max, to: registry.series(counter, [label], createdAtNanoseconds: .max))
        registry.set(.min, of: registry.series(gauge, [label]))
        let observed = registry.series(histogram, [label], createdAtNanoseconds: .max)
        for _ in 0..<3 { registry.observe(.max, in: observed) }
        let text = Self.text(registry.snapshot, as: .openMetrics, created: true)
        #expect(text.contains(" 170141183460469231731.687303715884105727\n"))
        #expect(text.contains(" -170141183460469231731.687303715884105728\n"))
        #expect(text.contains(" 27670116110564327421\n"))
        #expect(text.contains(" 18446744073.709551615\n"))
        #expect(text.utf8.count { $0 == UInt8(ascii: "\n") } == 4 + 3 + 7 + 1)
    }
}
