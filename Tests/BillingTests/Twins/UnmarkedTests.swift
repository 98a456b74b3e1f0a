// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Testing

/// Spans with usage that nothing marks as calls: what they are follows from the spans around them.
@Suite struct UnmarkedTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var spans: [TestSpan]
        /// The tokens of the counted calls by their ids.
        var counted: [UInt64: Int64]

        init(_ name: String, _ spans: [TestSpan], counts counted: [UInt64: Int64]) {
            testDescription = name
            self.spans = spans
            self.counted = counted
        }
    }

    private static let model = Symbol(number: 5)
    private static func nameless(_ call: inout ModelCall) { call.requestModel = .absent }
    private static func named(_ call: inout ModelCall) { call.requestModel = model }

    static let rows: [Row] = [
        Row("one alone is a call", [.unmarked(1)], counts: [1: 100]),
        Row(
            "one below a marked call is a part of it, with equal counts",
            [.unmarked(1, below: 2, process: 2), .call(2, time: 9...21)], counts: [2: 100]),
        Row(
            "the same with other counts",
            [.unmarked(1, below: 2, 90, 8, process: 2), .call(2, time: 9...21)], counts: [2: 100]),
        Row(
            "the same with steps between",
            [.unmarked(1, below: 3), .passThrough(3, below: 4), .passThrough(4, below: 2), .call(2, time: 9...21)],
            counts: [2: 100]),
        Row(
            "two below a marked call",
            [.unmarked(1, below: 2, 60), .unmarked(3, below: 2, 50, time: 16...19), .call(2, time: 9...21)],
            counts: [2: 100]),
        Row(
            "a marked call without usage takes that of the part below it",
            [.unmarked(1, below: 2), .call(2, nil, time: 9...21, named)], counts: [2: 100]),
        Row(
            "a marked call without usage takes that of several parts",
            [
                .unmarked(1, below: 2, 60), .unmarked(3, below: 2, 50, time: 16...19),
                .call(2, nil, time: 9...21, named),
            ],
            counts: [2: 110]),
        Row(
            "a sum of parts below a marked call without usage counts once",
            [
                .unmarked(1, below: 3, 60), .unmarked(4, below: 3, 50, time: 16...19),
                .unmarked(3, below: 2, 110, 20, time: 9...20), .call(2, nil, time: 9...21, named),
            ], counts: [2: 110]),
        Row(
            "one above a call repeats it", [.call(1, below: 2), .unmarked(2, time: 9...21)], counts: [1: 100]),
        Row(
            "one above two calls sums them",
            [.call(1, below: 2), .unmarked(3, below: 2, 60), .unmarked(2, 160, 20, time: 9...21)],
            counts: [1: 100, 3: 60]),
        Row(
            "one above a call without usage tells its tokens",
            [.call(1, below: 2, nil, 0, named), .unmarked(2, time: 9...21)], counts: [1: 100]),
        Row(
            "two beside each other with missing parents are two calls",
            [.unmarked(1, below: 8), .call(2, below: 9, 60, 5, time: 12...18)], counts: [1: 100, 2: 60]),
        Row(
            "one that sums two calls whose way up is missing",
            [
                .unmarked(1, 160, 15, time: 5...40), .call(2, below: 8, time: 10...20),
                .call(3, below: 9, 60, 5, time: 25...30),
            ], counts: [2: 100, 3: 60]),
        Row(
            "one that sums the calls of its process beside one of another",
            [
                .unmarked(1, 160, 15, time: 5...40), .call(2, below: 8, time: 10...20),
                .call(3, below: 9, 60, 5, time: 25...30), .call(4, below: 10, 7, 7, process: 2, time: 22...24),
            ], counts: [2: 100, 3: 60, 4: 7]),
        Row(
            "one whose counts are no sum of the others",
            [
                .unmarked(1, 161, 15, time: 5...40), .call(2, below: 8, time: 10...20),
                .call(3, below: 9, 60, 5, time: 25...30),
            ], counts: [1: 161, 2: 100, 3: 60]),
        Row(
            "one that has the sum of calls whose ways up are known elsewhere",
            [
                .unmarked(1, 160, 15, time: 5...40), .call(2, time: 10...20), .call(3, 60, 5, time: 25...30),
            ], counts: [1: 160, 2: 100, 3: 60]),
        Row("one below an agent", [.unmarked(1, below: 2), .aggregate(2)], counts: [1: 100]),
        Row(
            "an error that travels up is that of the lowest span",
            [
                .unmarked(1, below: 2, nil, failed: true, named), .unmarked(2, below: 3, nil, failed: true, named),
                .unmarked(3, nil, failed: true, named),
            ], counts: [1: 0]),
        Row(
            "an error above a call that did not fail is no call",
            [.call(1, below: 2), .unmarked(2, nil, failed: true, named)], counts: [1: 100]),
        Row(
            "an error within a failed call is that call's",
            [.unmarked(1, below: 2, nil, failed: true, named), .call(2, nil, failed: true, named)], counts: [2: 0]),
        Row(
            "a failed call keeps its error over a call that says nothing",
            [.call(1, below: 2, nil, 0, nameless), .call(2, nil, failed: true, named)], counts: [2: 0]),
        Row(
            "a failed attempt and one without a mark below a marked call without usage",
            [
                .call(1, below: 3, nil, failed: true, named), .unmarked(2, below: 3, time: 22...30),
                .call(3, nil, time: 9...31, named),
            ], counts: [1: 0, 2: 100]),
        Row(
            "a note of a call beside it, a moment later",
            [
                .call(1, below: 9, time: 1_000_000_000...2_000_000_000),
                .unmarked(2, below: 9, scope: 1, time: 2_030_000_000...2_030_050_000),
            ], counts: [1: 100]),
        Row(
            "a call of another trace's own tracer",
            [.call(1, time: 10...20), .unmarked(2, in: 2, time: 15...25)], counts: [1: 100]),
        Row(
            "the same with another model",
            [
                .call(1, time: 10...20) { $0.responseModel = Symbol(number: 5) },
                .unmarked(2, in: 2, time: 15...25) { $0.responseModel = Symbol(number: 6) },
            ], counts: [1: 100, 2: 100]),
        Row(
            "the same with another answer's id",
            [.call(1, response: 5, time: 10...20), .unmarked(2, in: 2, response: 6, time: 15...25)],
            counts: [1: 100, 2: 100]),
        Row(
            "two notes of two equal calls",
            [
                .call(1, below: 9, time: 10...20), .unmarked(2, below: 9, scope: 1, time: 20...21),
                .call(3, below: 9, time: 11...22), .unmarked(4, below: 9, scope: 1, time: 22...23),
            ], counts: [1: 100, 3: 100]),
        Row(
            "equal counts of two that nothing marks",
            [.unmarked(1, below: 9, time: 10...20), .unmarked(2, below: 9, time: 15...25)], counts: [1: 100, 2: 100]),
        Row(
            "equal counts of another call, long after",
            [
                .call(1, below: 9, time: 1_000_000_000...2_000_000_000),
                .unmarked(2, below: 9, time: 2_100_000_000...3_000_000_000),
            ], counts: [1: 100, 2: 100]),
        Row(
            "equal counts without output say too little",
            [.call(1, below: 9, 8, 0, time: 10...20), .unmarked(2, below: 9, 8, 0, time: 21...22)],
            counts: [1: 8, 2: 8]),
    ]

    @Test(arguments: rows)
    func `tokens are counted once, in whichever order spans come`(row: Row) {
        for order in row.spans.orders {
            let billed = Biller.bill(order)
            #expect(billed.inputs == row.counted)
            #expect(billed.report.decided == row.spans.count)
        }
    }

    @Test(arguments: rows)
    func `tokens are counted once by the clock, too`(row: Row) {
        for order in row.spans.orders {
            #expect(Biller.billByClock(order).inputs == row.counted)
        }
    }

    @Test func `a part of a call tells what the call does not`() throws {
        let call = TestSpan.call(2, time: 9...21, Self.named)
        let part = TestSpan.unmarked(1, below: 2, process: 2) {
            $0.usage[.input] = 60
            $0.usage[.cacheRead] = 40
            $0.tier = Symbol(number: 8)
            $0.reportedFemtodollars = 11
        }
        for order in [call, part].orders {
            let counted = try #require(Biller.bill(order).calls.first)
            #expect(counted.usage[.input] == 60 && counted.usage[.cacheRead] == 40)
            #expect(counted.tier.number == 8 && counted.reportedFemtodollars == 11)
        }
    }

    @Test func `what a smaller part cost is not what the call cost`() throws {
        let part = TestSpan.unmarked(1, below: 2, 60) { $0.reportedFemtodollars = 11 }
        let counted = try #require(Biller.bill([part, .call(2, time: 9...21)]).calls.first)
        #expect(counted.reportedFemtodollars == nil)
    }

    @Test func `a call without a name learns it from a twin, with the provider`() throws {
        let outer = TestSpan.call(2, time: 9...21) {
            Self.nameless(&$0)
            $0.provider = Symbol(number: 3)
        }
        let inner = TestSpan.call(1, below: 2, nil) {
            Self.named(&$0)
            $0.provider = Symbol(number: 4)
        }
        for order in [outer, inner].orders {
            let counted = try #require(Biller.bill(order).calls.first)
            #expect(counted.requestModel == Self.model && counted.provider.number == 4)
            #expect(counted.usage.totalInput == 100)
        }
    }
}
