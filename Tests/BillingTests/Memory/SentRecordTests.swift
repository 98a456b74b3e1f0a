// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import OTLP
import TestData
import Testing

/// The same record sent again under new ids, and calls that only agree.
@Suite struct SentRecordTests {
    /// 20 seconds into some minute, with digits below the millisecond.
    private static let time: ClosedRange<UInt64> = 20_000_412_546...27_123_922_017
    /// The same to the millisecond, as clocks without finer digits have it; one end is a rounded double.
    private static let coarse: ClosedRange<UInt64> = 20_000_000_000...29_144_999_936

    private static func span(
        _ id: UInt64, in trace: UInt64, time: ClosedRange<UInt64> = time, _ change: (inout ModelCall) -> Void = { _ in }
    ) -> TestSpan {
        .call(id, in: trace, below: 90 + id, 2_345, 321, time: time) {
            $0.usage[.cacheRead] = 1_024
            $0.spanName = 7
            change(&$0)
        }
    }

    @Test(arguments: [time, coarse])
    func `a record that comes again under new ids is a duplicate`(time: ClosedRange<UInt64>) {
        for order in [Self.span(1, in: 1, time: time), Self.span(2, in: 2, time: time)].orders {
            let billed = Biller.bill(order)
            #expect(billed.calls.count == 1 && billed.input == 3_369)
            #expect(billed.report.duplicates == 1)
            #expect(billed.report.decided == 2)
        }
    }

    @Test func `calls that agree in all but trace and answer are all counted`() {
        let biller = Biller()
        var billed = Billed()
        for turn in UInt64(0)..<200 {
            let spans = (UInt64(1)...100).map { index in
                let id = turn * 100 + index
                return Self.span(id, in: id) { $0.responseID = id &* 0x9E37_79B9_7F4A_7C15 }
            }
            biller.take(spans, now: (100 + turn) * second, into: &billed)
        }
        biller.settleAll(into: &billed)
        #expect(billed.report.duplicates == 0)
        #expect(billed.calls.count == 20_000)
    }

    @Test func `it is one long after the first was counted, too`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([Self.span(1, in: 1)], now: 0, into: &billed)
        biller.settle(now: 60 * second, into: &billed)
        biller.take([Self.span(2, in: 2)], now: 100 * second, into: &billed)
        biller.settleAll(into: &billed)
        #expect(billed.ids == [1])
        #expect(billed.report.duplicates == 1)
    }

    @Test func `the sum above it is none of its own`() {
        func turn(_ trace: UInt64) -> [TestSpan] {
            [
                .call(trace * 10, in: trace, below: trace * 10 + 1, 2_345, 321, time: Self.time),
                .aggregate(trace * 10 + 1, in: trace, 2_345, 321, time: 20_000_312_546...28_000_000_000 + trace),
            ]
        }
        for order in (turn(1) + turn(2)).orders {
            let billed = Biller.bill(order)
            #expect(billed.input == 2_345)
            #expect(billed.report.decided == 4)
        }
    }

    @Test func `an aggregate that is counted itself is counted once`() {
        let spans = [1, 2].map { TestSpan.aggregate($0, in: $0, 2_345, 321, time: Self.time) }
        #expect(Biller.bill(spans).input == 2_345)
    }

    /// Each difference alone makes two records.
    static let differences: [@Sendable (inout ModelCall) -> Void] = [
        { $0.resource = 9 }, { $0.scope = 9 }, { $0.spanName = 9 }, { $0.startNanoseconds = 20_000_412_547 },
        { $0.endNanoseconds = 27_123_922_018 }, { $0.requestModel = Symbol(number: 9) }, { $0.usage[.input] = 2_346 },
        { $0.usage[.output] = 322 }, { $0.provider = Symbol(number: 9) }, { $0.hasFailed = true },
        {
            $0.usage[.input] -= 100
            $0.usage[.cacheRead] += 100
        },
        {
            $0.usage[.output] -= 100
            $0.usage[.reasoning] = 100
        },
        {
            $0.usage[.input] -= 100
            $0.usage[.inputAudio] = 100
        },
        {
            $0.usage[.cacheRead] = 0
            $0.usage[.cacheWrite] = 1_024
        },
        { $0.attribution = Attribution(number: 3, seeksAncestors: false, offersToDescendants: false) },
        { $0.tenantClass = 3 },
    ]

    @Test(arguments: differences.indices)
    func `a record that differs is no copy`(difference: Int) {
        let spans = [Self.span(1, in: 1), Self.span(2, in: 2, Self.differences[difference])]
        #expect(Biller.bill(spans).report.duplicates == 0)
    }

    @Test func `two answers are two calls`() {
        let spans = [1, 2].map { id in Self.span(id, in: id) { $0.responseID = 100 + id } }
        #expect(Biller.bill(spans).calls.count == 2)
    }

    @Test func `spans of one trace stay apart`() {
        let spans = [Self.span(1, in: 1), Self.span(2, in: 1)]
        #expect(Biller.bill(spans).calls.count == 2)
    }

    @Test func `short calls by a coarse clock stay apart`() {
        let time: ClosedRange<UInt64> = 20_000_000_000...21_000_000_000
        #expect(Biller.bill([1, 2].map { Self.span($0, in: $0, time: time) }).calls.count == 2)
    }

    @Test func `calls with two counts by a coarse clock stay apart unless they are very long`() {
        func spans(_ seconds: UInt64) -> [TestSpan] {
            [1, 2].map {
                .call($0, in: $0, 2_345, 321, time: 20_003_000_000...(20 + seconds) * 1_000_000_000)
            }
        }
        #expect(Biller.bill(spans(8)).calls.count == 2)
        #expect(Biller.bill(spans(9)).calls.count == 1)
    }

    /// Times that a batch has as a whole, or that are none.
    static let timesOfNoCall: [ClosedRange<UInt64>] = [
        0...0, 20_000_412_546...20_000_412_546, 20_000_412_546...20_000_912_545, 0...27_123_922_017,
        20_000_000_000...29_000_000_000, 20_000_000_000...33_000_000_256, 19_999_999_936...33_000_000_000,
        20_000_412_546...3_621_000_412_547,
    ]

    @Test(arguments: timesOfNoCall)
    func `results of a batch that share its times in traces of their own stay apart`(time: ClosedRange<UInt64>) {
        #expect(Biller.bill([1, 2, 3].map { Self.span($0, in: $0, time: time) }).calls.count == 3)
    }

    /// The output, and whether two spans that agree in everything are one record.
    @Test(arguments: [(0, false), (1, false), (8, false), (9, true)])
    func `labels and embeddings agree all the time, so they prove nothing`(output: Int64, isOne: Bool) {
        let spans = [1, 2].map { id in Self.span(id, in: id) { $0.usage[.output] = output } }
        #expect(Biller.bill(spans).calls.count == (isOne ? 1 : 2))
    }

    /// Batches of 16 parallel calls with one prompt, each in a trace of its own, by a clock of whole milliseconds.
    ///
    /// Answers differ in length as those of one prompt do, by a third; a token takes 12 to 14 ms, and the first one half a
    /// second to a second. Of 160,000 such calls 6 are taken for copies, 0.004 %; where all answers are cut off at one length, 0.2 %.
    @Test func `parallel calls by a coarse clock are hardly ever taken for copies`() {
        var random = SeededGenerator(seed: 5)
        var (calls, counted) = (0, 0)
        for batch in 0..<500 as Range<UInt64> {
            var spans: [TestSpan] = []
            let start = (1_000 + batch * 100) * second
            for number in 0..<16 as Range<UInt64> {
                let output = Int64.random(in: 200...400, using: &random)
                let begin = start + UInt64.random(in: 0...3, using: &random) * 1_000_000
                let wait = UInt64.random(in: 500...1_000, using: &random)
                let pace = Double.random(in: 12...14, using: &random)
                let end = begin + (wait + UInt64(Double(output) * pace)) * 1_000_000
                spans.append(
                    .call(number + 1, in: batch * 16 + number + 1, 500, output, time: begin...end) {
                        $0.usage[.cacheRead] = 1_024
                    })
            }
            let billed = Biller.bill(spans)
            calls += spans.count
            counted += billed.calls.count
        }
        #expect((calls - counted) * 1_000 <= calls)
    }
}
