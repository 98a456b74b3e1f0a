// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Testing

/// Calls that several spans show, and calls that only look so.
@Suite struct TwinTests {
    /// Spans, and the ids of those that are counted, whatever the order.
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var spans: [TestSpan]
        var counted: Set<UInt64>
        var other: Set<UInt64>?

        init(_ name: String, _ spans: [TestSpan], counts counted: Set<UInt64>, or other: Set<UInt64>? = nil) {
            testDescription = name
            self.spans = spans
            self.counted = counted
            self.other = other
        }
    }

    @Test(arguments: [(10, false), (16, false), (17, true), (100, true)])
    func `a search for twins that leaves some out is counted`(_ calls: UInt64, _ isCut: Bool) {
        let biller = Biller()
        var billed = Billed()
        // All at the same time, each seen by two scopes.
        for number in 1...calls {
            biller.take(
                [
                    .call(number, scope: 1, time: 10...20), .call(1_000 + number, in: 2, scope: 2, time: 9...21),
                ], into: &billed)
        }
        #expect(biller.levels.cutSearches == 0)
        biller.settleAll(into: &billed)
        #expect((biller.levels.cutSearches > 0) == isCut)
        if !isCut { #expect(billed.report.counted == Int(calls)) }
    }

    static let rows: [Row] = [
        Row(
            "a framework over a library in another trace, without ids",
            [.call(1, scope: 1, time: 10...20), .call(2, in: 2, scope: 2, time: 9...21)], counts: [1]),
        Row(
            "the same, failed",
            [
                .call(1, nil, scope: 1, time: 10...20, failed: true),
                .call(2, in: 2, nil, scope: 2, time: 9...21, failed: true),
            ], counts: [1]),
        Row(
            "the same, a stream without usage",
            [.call(1, nil, scope: 1, time: 10...20), .call(2, in: 2, nil, scope: 2, time: 9...21)], counts: [1]),
        Row(
            "one id in two traces with counts that differ by one: the one with more detail",
            [
                .call(1, 413, scope: 1, response: 5, time: 9...21),
                .call(2, in: 2, 400, scope: 2, response: 5, time: 10...20) { $0.usage[.cacheRead] = 12 },
            ], counts: [2]),
        Row("two equal calls of one scope", [.call(1), .call(2, time: 12...18)], counts: [1, 2]),
        Row(
            "two equal calls at a time, each seen by two scopes",
            [
                .call(1, scope: 1, time: 10...20), .call(2, in: 2, scope: 2, time: 9...21),
                .call(3, scope: 1, time: 11...22), .call(4, in: 4, scope: 2, time: 8...23),
            ], counts: [1, 3]),
        Row(
            "three layers in three traces",
            [
                .call(1, scope: 1, time: 10...20), .call(2, in: 2, scope: 2, time: 9...21),
                .call(3, in: 3, scope: 3, time: 8...22),
            ], counts: [1]),
        Row(
            "three layers, of one call the middle one is missing",
            [
                .call(1, scope: 1, time: 10...20), .call(2, in: 2, scope: 2, time: 9...21),
                .call(3, in: 3, scope: 3, time: 8...22), .call(4, scope: 1, time: 110...120),
                .call(5, in: 5, scope: 3, time: 108...122),
            ], counts: [1, 4]),
        Row(
            "a third layer over an outer call that repeats its leaf",
            [
                .call(1, below: 2, scope: 1, time: 10...20), .call(2, scope: 2, time: 9...21),
                .call(3, in: 3, scope: 3, time: 8...22),
            ], counts: [1]),
        Row(
            "a third layer over an outer call that sums its leaves",
            [
                .call(1, below: 3, 60, 5, scope: 1, time: 10...20), .call(2, below: 3, 40, 5, scope: 1, time: 21...30),
                .call(3, scope: 2, time: 9...31), .call(4, in: 4, scope: 3, time: 8...32),
            ], counts: [1, 2]),
        Row(
            "two equal calls of one scope below one that repeats either",
            [
                .call(1, below: 3, scope: 1, time: 10...20), .call(2, below: 3, scope: 1, time: 21...30),
                .call(3, scope: 2, time: 9...31),
            ], counts: [1, 2]),
        Row(
            "overlapping, neither within the other",
            [.call(1, scope: 1, time: 10...20), .call(2, in: 2, scope: 2, time: 15...25)], counts: [1, 2]),
        Row(
            "two processes",
            [.call(1, process: 1, time: 10...20), .call(2, in: 2, scope: 2, process: 2, time: 9...21)],
            counts: [1, 2]),
        Row(
            "two ids of one scheme",
            [.call(1, scope: 1, response: 5), .call(2, in: 2, scope: 2, response: 6, time: 9...21)], counts: [1, 2]),
        Row(
            "two ids, one of a scope that rewrites them",
            [
                .call(1, scope: 1, response: 5),
                .call(2, in: 2, scope: 2, response: 6, time: 9...21) { $0.rewritesResponseIDs = true },
            ], counts: [1], or: [2]),
        Row(
            "two models that answered",
            [
                .call(1, scope: 1) { $0.responseModel = Symbol(number: 5) },
                .call(2, in: 2, scope: 2, time: 9...21) { $0.responseModel = Symbol(number: 6) },
            ], counts: [1, 2]),
        Row(
            "one scope tells the model that was asked, the other the one that answered",
            [
                .call(1, scope: 1) {
                    $0.requestModel = Symbol(number: 5)
                    $0.responseModel = Symbol(number: 6)
                },
                .call(2, in: 2, scope: 2, time: 9...21) { $0.responseModel = Symbol(number: 5) },
            ], counts: [1]),
        Row(
            "embeddings in two traces: counts say too little",
            [.call(1, 8, 0, scope: 1), .call(2, in: 2, 8, 0, scope: 2, time: 9...21)], counts: [1, 2]),
        Row(
            "embeddings in one trace",
            [.call(1, 8, 0, scope: 1), .call(2, 8, 0, scope: 2, time: 9...21)], counts: [1]),
        Row(
            "nested embeddings without usage",
            [.call(1, below: 2, nil, scope: 1), .call(2, nil, scope: 1, time: 9...21)], counts: [1]),
        Row(
            "an application's retry", [.call(1, nil, failed: true), .call(2, time: 21...30)], counts: [1, 2]),
        Row(
            "an outer call over a failed and a good attempt",
            [
                .call(1, below: 3, nil, time: 10...12, failed: true), .call(2, below: 3, time: 13...20),
                .call(3, scope: 2, time: 9...21),
            ], counts: [1, 2]),
        Row(
            "an outer call with usage over a stream without usage",
            [.call(1, below: 2, nil), .call(2, scope: 2, time: 9...21)], counts: [2]),
        Row(
            "the same with steps between",
            [
                .call(1, below: 3, nil), .passThrough(3, below: 4), .passThrough(4, below: 2),
                .call(2, scope: 2, time: 9...21),
            ],
            counts: [2]),
        Row(
            "an outer call with usage over a failed attempt and a stream without usage",
            [
                .call(1, below: 3, nil, time: 10...12, failed: true), .call(2, below: 3, nil, time: 13...20),
                .call(3, scope: 2, time: 9...21),
            ], counts: [1, 3]),
        Row(
            "an id that a stand-in gives every answer",
            [
                .call(1, response: 5, time: 10...20), .call(2, in: 2, response: 5, time: 30...40),
                .call(3, in: 3, response: 5, time: 50...60),
            ], counts: [1, 2, 3]),
    ]

    @Test(arguments: rows)
    func `a call is counted once, in whichever order its spans come`(row: Row) {
        for order in row.spans.orders {
            let billed = Biller.bill(order)
            #expect(Set(billed.ids) == row.counted || Set(billed.ids) == row.other)
            #expect(billed.calls.count == row.counted.count)
            #expect(billed.report.decided == row.spans.count)
        }
    }
}
