// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Testing

/// A call above a tool, and a call below that.
@Suite struct ToolTests {
    typealias Row = UnmarkedTests.Row

    private static let model = Symbol(number: 5)
    private static let outer = TestSpan.call(1, time: 10...90)
    private static let tool = TestSpan.passThrough(2, below: 1, isTool: true)
    private static let time: ClosedRange<UInt64> = 30...60

    static let rows: [Row] = [
        Row(
            "a marked call below a tool", [outer, tool, .call(3, below: 2, 900, 90, time: time)],
            counts: [1: 100, 3: 900]),
        Row(
            "one that nothing marks", [outer, tool, .unmarked(3, below: 2, 900, 90, time: time)],
            counts: [1: 100, 3: 900]),
        Row(
            "one further below, and another",
            [
                outer, tool, .passThrough(4, below: 2), .call(3, below: 4, 900, 90, time: time),
                .call(5, below: 2, 70, 7, time: time),
            ], counts: [1: 100, 3: 900, 5: 70]),
        Row(
            "one without usage", [outer, tool, .call(3, below: 2, nil, time: time)], counts: [1: 100, 3: 0]),
        Row(
            "a failed one below a failed one",
            [
                .call(1, nil, time: 10...90, failed: true), tool,
                .call(3, below: 2, nil, time: time, failed: true),
            ], counts: [1: 0, 3: 0]),
        Row(
            "one with the same answer",
            [.call(1, response: 5, time: 10...90), tool, .call(3, below: 2, response: 5, time: time)], counts: [3: 100]),
        Row(
            "one below a tool and one without a tool between",
            [outer, tool, .call(3, below: 2, 900, 90, time: time), .call(4, below: 1, time: time)],
            counts: [3: 900, 4: 100]),
        Row(
            "an agent sums what is below its tools",
            [.aggregate(1, 900, 90), tool, .call(3, below: 2, 900, 90, time: time)], counts: [3: 900]),
        Row(
            "an agent above a call with a tool",
            [
                .aggregate(9, 1_000, 100), .call(1, below: 9, time: 10...90), tool,
                .call(3, below: 2, 900, 90, time: time),
            ], counts: [1: 100, 3: 900]),
        Row(
            "an agent above a call without usage, with a tool",
            [
                .aggregate(9, 900, 90), .call(1, below: 9, nil, time: 10...90), tool,
                .call(3, below: 2, 900, 90, time: time),
            ], counts: [1: 0, 3: 900]),
        Row(
            "what nothing marks sums what is below its tools",
            [.unmarked(1, 900, 90, time: 10...90), tool, .call(3, below: 2, 900, 90, time: time)], counts: [3: 900]),
        Row(
            "a part of a call with a tool is still a part",
            [
                outer, .unmarked(5, below: 1, 60, 6, time: 20...25), tool, .call(3, below: 2, 900, 90, time: time),
            ], counts: [1: 100, 3: 900]),
    ]

    @Test(arguments: rows)
    func `a tool between two calls keeps them apart, in whichever order they come`(row: Row) {
        for order in row.spans.orders {
            let billed = Biller.bill(order)
            #expect(billed.inputs == row.counted)
            #expect(billed.report.decided == row.spans.count)
        }
    }

    @Test(arguments: rows)
    func `by the clock, too`(row: Row) {
        for order in row.spans.orders {
            #expect(Biller.billByClock(order).inputs == row.counted)
        }
    }

    @Test func `a call below a tool is counted long after the call above`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([Self.outer, Self.tool], now: 0, into: &billed)
        biller.settle(now: 60 * second, into: &billed)
        biller.take([.call(3, below: 2, 900, 90, time: Self.time)], now: 61 * second, into: &billed)
        biller.settleAll(into: &billed)
        #expect(billed.ids == [1, 3])
    }
}
