// SPDX-License-Identifier: Apache-2.0
@testable import Billing
import GenAI
import TestData
import Testing

/// When spans are decided, and what bounds the wait.
@Suite struct SettleTests {
    @Test func `a call is counted when its window is over, not before`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([.call(1)], now: 5 * second, into: &billed)
        biller.settle(now: 15 * second - 1, into: &billed)
        #expect(billed.calls.isEmpty)
        #expect(biller.levels.waitingSpans == 1)
        biller.settle(now: 15 * second, into: &billed)
        #expect(billed.ids == [1])
    }

    @Test func `the next body settles what is due`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([.call(1)], now: 0, into: &billed)
        biller.take([.call(2)], now: 10 * second, into: &billed)
        #expect(billed.ids == [1])
    }

    @Test func `without a clock nothing is due and nothing is too much`() {
        var configuration = BillingConfiguration()
        (configuration.maxWaiting, configuration.rememberedKeys, configuration.rememberedParents) = (256, 512, 4)
        let biller = Biller(configuration: configuration)
        var billed = Billed()
        for number in 1...3_000 as ClosedRange<UInt64> {
            biller.take(
                [.call(number, in: number, below: 10_000), .passThrough(10_000, in: number, below: 20_000)], now: nil,
                into: &billed)
        }
        #expect(biller.levels.waitingSpans == 3_000)
        for number in 1...3_000 as ClosedRange<UInt64> {
            biller.take([.aggregate(20_000, in: number), .call(number, in: number)], now: nil, into: &billed)
        }
        biller.settleAll(into: &billed)
        #expect(billed.ids == Array(1...3_000))
        #expect(billed.report.duplicates == 3_000)
        #expect(billed.report.repeatsChildren == 3_000)
    }

    @Test func `at the ceiling the oldest are counted early`() {
        var configuration = BillingConfiguration()
        configuration.maxWaiting = 256
        let biller = Biller(configuration: configuration)
        var billed = Billed()
        biller.take((1...1_000).map { .call($0, in: $0) }, into: &billed)
        // Some at a time, so that between 224 and 256 wait.
        #expect(billed.ids == Array(1...768))
        #expect(billed.report.settledEarly == 768)
        #expect(biller.levels.waitingSpans == 232)
    }

    @Test func `a copy with larger usage takes the place of one that waits`() {
        for order in [[10, 20], [20, 10]] as [[Int64]] {
            let billed = Biller.bill(order.map { .call(1, $0) })
            #expect(billed.input == 20)
            #expect(billed.report.duplicates == 1)
        }
        #expect(Biller.bill([.call(1, nil), .call(1, 0, 0)]).calls.first?.reportsUsage == true)
    }

    @Test func `a copy of a call that says it is an agent leaves the call's twins`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([.call(1, response: 5), .call(2, in: 2, scope: 2, response: 5, time: 9...21)], into: &billed)
        biller.take([.aggregate(1, 300, response: 5)], into: &billed)
        biller.take([.call(2, in: 2, 200, scope: 2, response: 5, time: 9...21)], into: &billed)
        // Enough for the agent's place to be taken again before its former twin is decided.
        for number in 0..<300 { biller.take([.call(100 + UInt64(number), in: 9, 7, response: 100)], into: &billed) }
        biller.settleAll(into: &billed)
        #expect(billed.report.repeatsChildren == 1)
        #expect(billed.ids.contains(2) && !billed.ids.contains(1))
        #expect(billed.report.decided == 304 && biller.levels.waitingSpans == 0)
    }

    @Test func `afterwards the first copy stays, and larger ones are told`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([.call(1, 10)], now: 0, into: &billed)
        biller.take([.call(1, 20), .call(1, 5)], now: 10 * second, into: &billed)
        biller.take([.call(1, 20), .call(1, 5)], now: 11 * second, into: &billed)
        biller.settleAll(into: &billed)
        #expect(billed.input == 10 || billed.input == 20)
        #expect(billed.report.counted == 1)
        #expect(billed.report.duplicates == 4)
    }

    @Test func `a group of twins is decided with its oldest`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([.call(1, response: 5)], now: 0, into: &billed)
        biller.take([.call(2, in: 2, scope: 2, response: 5, time: 9...21)], now: 9 * second, into: &billed)
        biller.settle(now: 10 * second, into: &billed)
        #expect(billed.ids == [1])
        #expect(biller.levels.waitingSpans == 0)
    }

    @Test func `a twin by id that comes late is dropped, with its own twin by counts`() {
        let biller = Biller()
        var billed = Billed()
        biller.take([.call(1, response: 5)], now: 0, into: &billed)
        biller.settle(now: 10 * second, into: &billed)
        biller.take([.call(2, in: 2, scope: 2, response: 5, time: 9...21)], now: 11 * second, into: &billed)
        biller.take([.call(3, in: 3, scope: 3, time: 8...22)], now: 11 * second, into: &billed)
        biller.settleAll(into: &billed)
        #expect(billed.ids == [1])
        #expect(billed.report.twins == 2)
    }

    @Test(arguments: [1, 0xFFFF_FE00 as UInt32])
    func `running numbers may begin anew`(first: UInt32) {
        let biller = Biller(configuration: .init(), inherit: nil, firstNumber: first)
        var billed = Billed()
        for number in 1...2_000 as ClosedRange<UInt64> {
            let now = number * second / 20
            biller.take(
                [
                    .call(3 * number, in: number, below: 3 * number + 1), .aggregate(3 * number + 1, in: number),
                    .call(3 * number + 2, in: 5_000 + number, scope: 2, time: 9...21) { $0.resource = 10 + number },
                ],
                now: now, into: &billed)
        }
        biller.settleAll(into: &billed)
        #expect(billed.calls.count == 4_000)
        #expect(billed.report.repeatsChildren == 2_000)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `nothing is counted twice while the window is full and the memory turns`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var configuration = BillingConfiguration()
        (configuration.maxWaiting, configuration.rememberedKeys, configuration.rememberedParents) = (256, 1_024, 16)
        configuration.rememberedBytes = 0
        let biller = Biller(configuration: configuration)
        var billed = Billed()
        var sent: [TestSpan] = []
        for number in 1...3_000 as ClosedRange<UInt64> {
            var body: [TestSpan] = []
            // Two spans of one answer, in two traces, and steps that fill the memory with marks.
            let parent = UInt64.random(in: 1...20, using: &random) * 1_000_000
            let tokens = Int64.random(in: 1...500, using: &random)
            body.append(.call(2 * number, in: number, below: parent, tokens, scope: 1, response: number + 1))
            body.append(.passThrough(parent, in: number, below: parent + 1))
            let twin = TestSpan.call(
                2 * number + 1, in: number + 500_000, tokens, scope: 2, response: number + 1, time: 9...21)
            sent += [body[0], twin]
            for _ in 0..<2 where number > 40 {
                body.append(sent[sent.count - 1 - Int.random(in: 0..<60, using: &random)])
            }
            body.append(sent[max(0, sent.count - 1 - 2 * Int.random(in: 0..<30, using: &random))])
            biller.take(body, now: number, into: &billed)
        }
        for span in sent.suffix(60) { biller.take([span], into: &billed) }
        biller.settleAll(into: &billed)
        #expect(biller.levels.forgotten.total > 0)
        let answers = Set(billed.calls.map(\.responseID))
        #expect(answers.count == billed.calls.count)
        #expect(answers.count == 3_000)
    }

    @Test func `attacks with one id, one count or one parent cost little`() {
        let biller = Biller()
        var billed = Billed()
        var random = SeededGenerator(seed: 1)
        for number in 1...3 as ClosedRange<UInt64> {
            var body: [TestSpan] = []
            for index in 0..<500 as Range<UInt64> {
                let (start, response) = (random.next() % 1_000, index % 2 == 0 ? 7 : 0 as UInt64)
                let time = start...start + 1_000
                body.append(
                    .call(number * 1_000 + index, below: 5, scope: index % 3, response: response, time: time))
            }
            biller.take(body, now: number, into: &billed)
        }
        biller.settleAll(into: &billed)
        #expect(billed.report.decided == 1_500)
    }
}
