// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Testing

/// Spans that nothing marks as calls and that only tell of calls beside them; and calls that look like such spans.
@Suite struct NoteTests {
    typealias Row = UnmarkedTests.Row

    private static func milliseconds(_ start: UInt64, _ end: UInt64) -> ClosedRange<UInt64> {
        second + start * 1_000_000...second + end * 1_000_000
    }

    /// A marked call of a second, below 9.
    private static func call(
        _ id: UInt64 = 1, _ input: Int64 = 1_000, _ output: Int64 = 200, below parent: UInt64 = 9, response: UInt64 = 0,
        _ start: UInt64 = 10, _ end: UInt64 = 1_000, _ change: (inout ModelCall) -> Void = { _ in }
    ) -> TestSpan {
        .call(id, below: parent, input, output, response: response, time: milliseconds(start, end), change)
    }

    /// A span without a mark; by default a note of that call.
    private static func note(
        _ id: UInt64 = 2, _ input: Int64 = 1_000, _ output: Int64 = 200, below parent: UInt64 = 9, scope: UInt64 = 7,
        process: UInt64 = 1, response: UInt64 = 0, _ start: UInt64 = 1_003, _ end: UInt64 = 1_008,
        _ change: (inout ModelCall) -> Void = { _ in }
    ) -> TestSpan {
        .unmarked(
            id, below: parent, input, output, scope: scope, process: process, response: response,
            time: milliseconds(start, end), change)
    }

    private static let other = Symbol(number: 5)

    static let notes: [Row] = [
        Row("a row that is written soon after a call", [call(), note()], counts: [1: 1_000]),
        Row("one written later and slowly", [call(), note(2, 1_000, 200, 1_100, 1_400)], counts: [1: 1_000]),
        Row("one written while the call ends", [call(), note(2, 1_000, 200, 990, 1_020)], counts: [1: 1_000]),
        Row("one of another branch", [call(), note(below: 8)], counts: [1: 1_000]),
        Row("one of another process", [call(), note(process: 2)], counts: [1: 1_000]),
        Row(
            "several, in scopes of their own", [call(), note(), note(3, scope: 6), note(4, scope: 5)],
            counts: [1: 1_000]),
        Row(
            "a note of each of two calls with equal counts",
            [call(), call(3), note(), note(4, 1_000, 200, 1_010, 1_012)], counts: [1: 1_000, 3: 1_000]),
        Row(
            "a note of the input without cached tokens",
            [call(1, 600, 200) { $0.usage[.cacheRead] = 400 }, note(2, 600)], counts: [1: 1_000]),
        Row(
            "a note of a call that wrote its cached tokens down as input",
            [call(1, 600, 200) { $0.usage[.cacheRead] = 400 }, note()], counts: [1: 1_000]),
        Row(
            "the tokens of a prompt, counted before the call",
            [call(), note(2, 1_004, 0, 2, 9)], counts: [1: 1_000]),
        Row("the size of a context, after the call", [call(), note(2, 1_200, 0)], counts: [1: 1_000]),
        Row("the total of a conversation", [call(), note(2, 54_000, 9_000)], counts: [1: 1_000]),
        Row(
            "the sum of calls beside it",
            [call(), call(3, 150, 30, 1_010, 2_000), note(2, 1_150, 230, 0, 2_100)], counts: [1: 1_000, 3: 150]),
        Row(
            "the same, soon after them",
            [call(), call(3, 150, 30, 1_010, 2_000), note(2, 1_150, 230, 2_040, 2_050)], counts: [1: 1_000, 3: 150]),
        Row(
            "the same, of calls of another branch",
            [
                call(below: 8), call(3, 150, 30, below: 8, 1_010, 2_000), .passThrough(8, below: 9),
                note(2, 1_150, 230, 0, 2_100), .passThrough(9),
            ], counts: [1: 1_000, 3: 150]),
        Row(
            "the same, of a call and one that nothing marks",
            [call(), note(3, 150, 30, 1_010, 2_000), note(2, 1_150, 230, 0, 2_100)], counts: [1: 1_000, 3: 150]),
        Row(
            "the same, of all of several that nothing marks",
            [note(1, 1_000, 200, 10, 1_000), note(3, 150, 30, 1_010, 2_000), note(2, 1_150, 230, 0, 2_100)],
            counts: [1: 1_000, 3: 150]),
        Row(
            "the sum of a branch beside a call of another",
            [
                call(below: 8), call(4, 77, 7, below: 5, 900, 1_005), call(3, 150, 30, below: 8, 1_010, 2_000),
                note(2, 1_150, 230, 0, 2_100),
            ], counts: [1: 1_000, 3: 150, 4: 77]),
    ]

    static let calls: [Row] = [
        Row("equal counts and an answer of its own", [call(), note(response: 6)], counts: [1: 1_000, 2: 1_000]),
        Row(
            "equal counts and another model", [call { $0.requestModel = other }, note()], counts: [1: 1_000, 2: 1_000]),
        Row(
            "equal counts of a call as long", [call(), note(2, 1_000, 200, 1_003, 1_900)], counts: [1: 1_000, 2: 1_000]),
        Row("equal counts long after", [call(), note(2, 1_000, 200, 2_003, 2_008)], counts: [1: 1_000, 2: 1_000]),
        Row("equal counts before", [call(), note(2, 1_000, 200, 2, 6)], counts: [1: 1_000, 2: 1_000]),
        Row(
            "one note more than calls", [call(), note(), note(4, 1_000, 200, 1_010, 1_012)],
            counts: [1: 1_000, 4: 1_000]),
        Row(
            "equal counts that nothing marks", [note(1, 1_000, 200, 10, 1_000), note()], counts: [1: 1_000, 2: 1_000]),
        Row(
            "embeddings of one size",
            [note(1, 8_192, 0, 10, 100), note(2, 8_192, 0, 20, 110), note(3, 8_192, 0, 101, 103)],
            counts: [1: 8_192, 2: 8_192, 3: 8_192]),
        Row(
            "an embedding beside a call of another model",
            [call { $0.requestModel = other }, note(2, 900, 0, 2, 9)], counts: [1: 1_000, 2: 900]),
        Row(
            "an embedding beside calls that have no output either",
            [call(1, 900, 0), note(2, 900, 0, 2, 9)], counts: [1: 900, 2: 900]),
        Row("other counts soon after", [call(), note(2, 1_001, 201)], counts: [1: 1_000, 2: 1_001]),
        Row("more output, and less input", [call(), note(2, 900, 9_000)], counts: [1: 1_000, 2: 900]),
        Row(
            "four times the output of a longer call", [call(), note(2, 5_000, 900, 1_003, 3_000)],
            counts: [1: 1_000, 2: 5_000]),
        Row(
            "a sum with an answer of its own",
            [call(), call(3, 150, 30, 1_010, 2_000), note(2, 1_150, 230, response: 6, 0, 2_100)],
            counts: [1: 1_000, 3: 150, 2: 1_150]),
        Row(
            "a sum long after",
            [call(), call(3, 150, 30, 1_010, 2_000), note(2, 1_150, 230, 2_500, 4_100)],
            counts: [1: 1_000, 3: 150, 2: 1_150]),
        Row(
            "a sum of inputs alone",
            [call(1, 8, 0), call(3, 8, 0, 1_010, 2_000), note(2, 16, 0, 0, 2_100)], counts: [1: 8, 3: 8, 2: 16]),
        Row(
            "a sum of some of several that nothing marks",
            [
                note(1, 1_000, 200, 10, 1_000), note(3, 150, 30, 1_010, 2_000), note(4, 77, 7, 1_020, 1_900),
                note(2, 1_150, 230, 0, 2_100),
            ], counts: [1: 1_000, 3: 150, 4: 77, 2: 1_150]),
    ]

    @Test(arguments: notes + calls)
    func `a note is no call and a call no note, in whichever order they come`(row: Row) {
        for order in row.spans.orders {
            let billed = Biller.bill(order)
            #expect(billed.inputs == row.counted)
            #expect(billed.report.decided == row.spans.count)
        }
    }

    @Test(arguments: notes + calls)
    func `the clock makes no difference`(row: Row) {
        for order in row.spans.orders.prefix(6) {
            #expect(Biller.billByClock(order).inputs == row.counted)
        }
    }

    @Test func `what a note says and the call does not is not lost while both wait`() throws {
        let spans = [Self.call(), Self.note { $0.tier = Self.other }]
        #expect(try #require(Biller.bill(spans).calls.first).usage.totalInput == 1_000)
        #expect(Biller.bill(spans).report.twins == 1)
    }
}
