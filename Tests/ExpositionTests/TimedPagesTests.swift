// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Exposition
import Testing

/// Pages of successive times become one OpenMetrics text.
@Suite struct TimedPagesTests {
    private static func page(_ counts: [(String, Int64)]) -> [UInt8] {
        var registry = SeriesRegistry()
        let counter = registry.register(
            MetricFamily(name: "a_total", help: "A.", kind: .counter, labels: [.open("x"), .open("y")]))
        let histogram = registry.register(
            MetricFamily(name: "b", help: "B.", kind: .histogram(bounds: [4]), labels: [.open("x")]))
        let gauge = registry.register(MetricFamily(name: "c", help: "C.", kind: .gauge))
        for (name, count) in counts {
            registry.add(Int128(count), to: registry.series(counter, [name, "y"]))
            registry.observe(count, in: registry.series(histogram, [name]))
        }
        registry.set(Int128(counts.count), of: registry.series(gauge, []))
        return TextExposition().render(registry.snapshot, as: .openMetrics, sorted: true)
    }

    private static func text(_ pages: inout TimedPages) -> String {
        var lines: [Int: [UInt8]] = [:]
        pages.takeLines { lines[$0, default: []] += $1 }
        var text: [UInt8] = []
        for (head, metrics) in pages.order {
            text += head
            for metric in metrics { text += lines[metric] ?? [] }
        }
        return String(decoding: text + TimedPages.end, as: UTF8.self)
    }

    @Test func `points of a metric are together, each with its labels and its time`() throws {
        var pages = TimedPages(labels: [("job", "j \"1\""), ("instance", "h:1")])
        try pages.add(Self.page([("m", 2)]), seconds: 60)
        try pages.add(Self.page([("a {,", 1), ("m", 7)]), seconds: 120)
        let own = #"job="j \"1\"",instance="h:1""#
        #expect(
            Self.text(&pages) == """
                # TYPE a counter
                # HELP a A.
                a_total{\(own),x="m",y="y"} 2 60
                a_total{\(own),x="m",y="y"} 7 120
                a_total{\(own),x="a {,",y="y"} 1 120
                # TYPE b histogram
                # HELP b B.
                b_bucket{\(own),x="m",le="4.0"} 1 60
                b_bucket{\(own),x="m",le="+Inf"} 1 60
                b_sum{\(own),x="m"} 2 60
                b_count{\(own),x="m"} 1 60
                b_bucket{\(own),x="m",le="4.0"} 0 120
                b_bucket{\(own),x="m",le="+Inf"} 1 120
                b_sum{\(own),x="m"} 7 120
                b_count{\(own),x="m"} 1 120
                b_bucket{\(own),x="a {,",le="4.0"} 1 120
                b_bucket{\(own),x="a {,",le="+Inf"} 1 120
                b_sum{\(own),x="a {,"} 1 120
                b_count{\(own),x="a {,"} 1 120
                # TYPE c gauge
                # HELP c C.
                c{\(own)} 1 60
                c{\(own)} 2 120
                # EOF

                """)
    }

    @Test func `without labels, samples stay as they are`() throws {
        var pages = TimedPages()
        try pages.add(Self.page([]), seconds: 5)
        #expect(Self.text(&pages) == "# TYPE c gauge\n# HELP c C.\nc 0 5\n# EOF\n")
    }

    @Test func `lines are the same however often they are taken`() throws {
        var (whole, parts) = (TimedPages(), TimedPages())
        var taken: [Int: [UInt8]] = [:]
        for second in 1...20 as ClosedRange<Int64> {
            let page = Self.page((0..<second % 7).map { ("m\($0)", second) })
            try whole.add(page, seconds: UInt64(second))
            try parts.add(page, seconds: UInt64(second))
            if second % 3 == 0 { parts.takeLines { taken[$0, default: []] += $1 } }
        }
        parts.takeLines { taken[$0, default: []] += $1 }
        #expect(parts.waitingBytes == 0)
        whole.takeLines { metric, lines in #expect(taken[metric] == lines) }
        #expect(taken.count == 13)
    }

    @Test func `a label that samples have already is refused`() {
        var pages = TimedPages(labels: [("instance", "h:1"), ("y", "z")])
        let clash = #expect(throws: LabelClash.self) { try pages.add(Self.page([("y=\"", 1)]), seconds: 60) }
        #expect(clash?.label == "y" && clash?.metric == "a_total")
    }
}
