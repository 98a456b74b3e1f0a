// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Testing

/// Spans with usage below a call that says nothing of tokens: pieces that add up, reports of the whole so far, or views.
@Suite struct ReportTests {
    struct Piece: Sendable {
        var input: Int64
        var output: Int64
        var scope: UInt64 = 7
        var response: UInt64 = 0
        var time: ClosedRange<UInt64>?
        var model: UInt32 = 4
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var pieces: [Piece]
        var input: Int64
        var output: Int64

        init(_ name: String, _ pieces: [Piece], _ input: Int64, _ output: Int64) {
            (testDescription, self.pieces, self.input, self.output) = (name, pieces, input, output)
        }

        var spans: [TestSpan] {
            [.call(50, nil, 0, time: 5...1_000) { $0.requestModel = Symbol(number: 4) }]
                + pieces.enumerated().map { number, piece in
                    let start = 10 + UInt64(number) * 100
                    return .unmarked(
                        UInt64(number) + 1, below: 50, piece.input, piece.output, scope: piece.scope,
                        response: piece.response, time: piece.time ?? start...start + 90
                    ) { $0.requestModel = Symbol(number: piece.model) }
                }
        }
    }

    private static func pieces(_ counts: (Int64, Int64)...) -> [Piece] {
        counts.map { Piece(input: $0.0, output: $0.1) }
    }

    static let rows: [Row] = [
        Row("a stream that reports its output so far", pieces((1_000, 50), (1_000, 100), (1_000, 200)), 1_000, 200),
        Row("one that names its input later", pieces((0, 1), (1_000, 60), (1_000, 200)), 1_000, 200),
        Row("one that stands still for a time", pieces((1_000, 50), (1_000, 50), (1_000, 200)), 1_000, 200),
        Row("one that reports twice", pieces((1_000, 1), (1_000, 200)), 1_000, 200),
        Row("one that reports late", pieces((1_000, 150), (1_000, 180), (1_000, 200)), 1_000, 200),
        Row("pieces of equal size", pieces((1_000, 50), (0, 50), (0, 50), (0, 50)), 1_000, 200),
        Row("pieces of several sizes", pieces((1_000, 50), (0, 70), (0, 30)), 1_000, 150),
        Row("rounds of a longer and longer conversation", pieces((1_000, 200), (1_100, 210), (1_400, 230)), 3_500, 640),
        Row("equal rounds", pieces((1_000, 200), (1_000, 200), (1_000, 200)), 3_000, 600),
        Row("two answers to one prompt", pieces((1_000, 200), (1_000, 210)), 2_000, 410),
        Row(
            "answers to one prompt with ids of their own",
            [
                Piece(input: 1_000, output: 50, response: 5), Piece(input: 1_000, output: 100, response: 6),
                Piece(input: 1_000, output: 200, response: 7),
            ], 3_000, 350),
        Row(
            "answers of several models",
            [Piece(input: 1_000, output: 50), Piece(input: 1_000, output: 200, model: 5)], 2_000, 250),
        Row(
            "one record twice",
            [Piece(input: 1_000, output: 200, time: 20...90), Piece(input: 1_000, output: 200, time: 20...90)],
            1_000, 200),
        Row(
            "equal pieces at one time with ids of their own",
            [
                Piece(input: 1_000, output: 200, response: 5, time: 20...90),
                Piece(input: 1_000, output: 200, response: 6, time: 20...90),
            ], 2_000, 400),
        Row(
            "equal pieces at about one time",
            [Piece(input: 1_000, output: 200, time: 20...90), Piece(input: 1_000, output: 200, time: 25...95)], 2_000,
            400),
        Row(
            "the views of two scopes",
            [
                Piece(input: 1_000, output: 200, time: 20...90),
                Piece(input: 1_000, output: 200, scope: 8, time: 25...85),
            ], 1_000, 200),
        Row(
            "equal rounds seen by two scopes, one after the other",
            [Piece(input: 1_000, output: 200), Piece(input: 1_000, output: 200, scope: 8)], 2_000, 400),
    ]

    @Test(arguments: rows)
    func `a call has the tokens of the spans below it once, in whichever order they come`(row: Row) {
        for order in row.spans.orders {
            let billed = Biller.bill(order)
            #expect(billed.ids == [50])
            #expect(billed.input == row.input && billed.output == row.output)
        }
    }
}
