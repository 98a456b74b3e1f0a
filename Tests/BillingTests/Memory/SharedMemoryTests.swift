// SPDX-License-Identifier: Apache-2.0
@testable import Billing
import GenAI
import TestData
import Testing

/// How the memory of ids and of parents is shared between senders.
@Suite struct SharedMemoryTests {
    /// Eight generations of 1,024 keys, and a window of 256 spans.
    private static var configuration: BillingConfiguration {
        var configuration = BillingConfiguration()
        (configuration.maxWaiting, configuration.rememberedKeys, configuration.rememberedParents) = (256, 1_024, 4_096)
        configuration.rememberedBytes = 8 * 28 * 1_024
        return configuration
    }

    private static let minute = 60 * second
    private static let (flooder, other): (UInt64, UInt64) = (1 << 60 + 1, 2 << 60 + 2)

    private static func flood(_ biller: Biller, _ numbers: Range<UInt64>, now: UInt64, into billed: inout Billed) {
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 512) {
            let spans = (first..<min(first + 512, numbers.upperBound)).map {
                TestSpan.call($0, in: 1_000_000 + $0, Int64($0 % 977), response: 1_000_000 + $0)
            }
            biller.take(spans, from: flooder, now: now, into: &billed)
        }
    }

    private static func calls(_ count: UInt64) -> [TestSpan] {
        (1...count).map { .call($0, in: $0, below: $0 + 1_000, Int64($0), process: 2, response: $0) }
    }

    @Test func `a flood of one sender does not make the retries of others count twice`() {
        let biller = Biller(configuration: Self.configuration)
        var billed = Billed()
        let calls = Self.calls(200)
        biller.take(calls, from: Self.other, now: 0, into: &billed)
        biller.settle(now: 10 * second, into: &billed)
        Self.flood(biller, 0..<100_000, now: 11 * second, into: &billed)
        #expect(biller.levels.forgotten.senderShare > 80_000)
        #expect(biller.levels.forgotten.memory == 0 && biller.levels.forgotten.expired == 0)
        var again = Billed()
        biller.take(calls, from: Self.other, now: 12 * second, into: &again)
        #expect(again.report.duplicates == calls.count)
        biller.settleAll(into: &billed)
        #expect(billed.report.counted + again.report.counted == 100_200)
    }

    @Test func `a sender that fills a quarter of the memory keeps all of it under the flood of another`() {
        let biller = Biller(configuration: Self.configuration)
        var billed = Billed()
        let calls = (1...1_000).map { TestSpan.call($0, in: $0, Int64($0), process: 2, response: $0) }
        for number in 0..<10 {
            biller.take(
                Array(calls[number * 100..<(number + 1) * 100]), from: Self.other, now: second, into: &billed)
        }
        Self.flood(biller, 0..<50_000, now: 11 * second, into: &billed)
        // Its oldest ones; what is sent again counts as written, too.
        for first in [0, 500] {
            var again = Billed()
            biller.take(Array(calls[first..<first + 100]), from: Self.other, now: 12 * second, into: &again)
            #expect(again.report.duplicates == 100)
        }
    }

    @Test func `the sender that floods loses its oldest ids, and keeps its newest`() {
        let biller = Biller(configuration: Self.configuration)
        var billed = Billed()
        Self.flood(biller, 0..<20_000, now: second, into: &billed)
        var again = Billed()
        Self.flood(biller, 19_000..<20_000, now: second, into: &again)
        #expect(again.report.duplicates == 1_000)
        Self.flood(biller, 5_000..<5_500, now: second, into: &again)
        #expect(again.report.duplicates == 1_000)
    }

    @Test func `an agent of another sender is still known to repeat its calls after a flood`() {
        let biller = Biller(configuration: Self.configuration)
        var billed = Billed()
        biller.take(
            [.call(1, below: 2, process: 2), .passThrough(2, below: 3), .aggregate(5, in: 2, below: 6, time: 0...10)],
            from: Self.other, now: 0, into: &billed)
        biller.settle(now: 20 * second, into: &billed)
        Self.flood(biller, 10..<30_000, now: 21 * second, into: &billed)
        var late = Billed()
        biller.take(
            [.aggregate(3, time: 0...20 * second), .call(6, in: 2, 7, time: 0...11)], from: Self.other,
            now: 22 * second, into: &late)
        biller.settleAll(into: &late)
        #expect(late.report.repeatsChildren == 1)
    }

    @Test func `nothing younger than the horizon is forgotten while memory has room`() {
        let biller = Biller(configuration: Self.configuration)
        var billed = Billed()
        // 6,000 keys within five minutes, with room for 8,192.
        for minute in 0..<5 as Range<UInt64> {
            Self.flood(biller, minute * 600..<(minute + 1) * 600, now: minute * Self.minute, into: &billed)
        }
        #expect(biller.levels.forgotten == ForgottenKeys())
        var again = Billed()
        Self.flood(biller, 0..<3_000, now: 5 * Self.minute - 1, into: &again)
        #expect(again.report.duplicates == 3_000)
    }

    @Test func `ids older than the horizon are forgotten although memory has room`() {
        let biller = Biller(configuration: Self.configuration)
        var billed = Billed()
        for minute in 0..<40 as Range<UInt64> {
            Self.flood(biller, minute * 200..<(minute + 1) * 200, now: minute * Self.minute, into: &billed)
        }
        #expect(biller.levels.forgotten.expired > 10_000)
        #expect(biller.levels.forgotten.senderShare == 0 && biller.levels.forgotten.memory == 0)
        #expect(biller.levels.rememberedKeys < 6_144)
        #expect(biller.levels.oldestMemorySeconds >= 300)
    }

    @Test func `when no sender stands out, all lose their oldest ids`() {
        let biller = Biller(configuration: Self.configuration)
        var billed = Billed()
        for number in 0..<20_000 as Range<UInt64> {
            let spans = [TestSpan.call(number, in: number, response: number + 1)]
            biller.take(spans, from: (number % 500) << 40, now: second, into: &billed)
        }
        #expect(biller.levels.forgotten.memory > 10_000 && biller.levels.forgotten.senderShare == 0)
        var again = Billed()
        for number in 18_000..<20_000 as Range<UInt64> {
            biller.take([.call(number, in: number, response: number + 1)], now: second, into: &again)
        }
        #expect(again.report.duplicates == 2_000)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `nothing is counted twice while senders of all sizes fill the memory`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var configuration = Self.configuration
        configuration.rememberedBytes = (Int.random(in: 2...8, using: &random) * 28) * 1_024
        let biller = Biller(configuration: configuration)
        var billed = Billed()
        var sent: [[TestSpan]] = []
        for number in 1...6_000 as ClosedRange<UInt64> {
            // A few senders write most.
            let peer = UInt64.random(in: 1...UInt64.random(in: 1...30, using: &random), using: &random) << 50
            let body = (0..<UInt64.random(in: 1...6, using: &random)).map {
                TestSpan.call($0 + 1, in: number, below: 9, response: number * 10 + $0)
            }
            sent.append(body)
            biller.take(body, from: peer, now: number, into: &billed)
            biller.take(sent[max(0, sent.count - Int.random(in: 1...40, using: &random))], from: peer, into: &billed)
        }
        biller.settleAll(into: &billed)
        #expect(biller.levels.forgotten.total > 0)
        #expect(billed.report.counted == sent.reduce(0) { $0 + $1.count })
        #expect(billed.report.decided == billed.report.counted + billed.report.duplicates)
    }

    @Test func `a full set of several senders loses an entry of the one with the most, whatever bits name the senders`()
    {
        for number in 0..<(1 << 9) as Range<UInt64> {
            // A sender with one entry, which is the oldest, one with two, and the one that writes.
            let (one, two, writer) = (number & 7, number >> 3 & 7, number >> 6 & 7)
            guard one != two, two != writer, one != writer else { continue }
            var parents = RememberedParents(most: 4_096, horizon: 300 * second)
            parents.pass(to: 0)
            // Keys of one set.
            for (span, sender) in [(16, one), (32, two), (48, two), (64, writer), (80, writer)] as [(UInt64, UInt64)] {
                parents.write(for: sender << 54)
                parents.remember(span, below: 96)
            }
            let known = ([16, 32, 48, 64, 80] as [UInt64]).filter { parents.step(from: $0) != nil }
            #expect(known == [16, 48, 64, 80], "senders \(one), \(two) and \(writer)")
        }
    }

    @Test func `parents from one sender do not evict those of another`() {
        var parents = RememberedParents(most: 4_096, horizon: 300 * second)
        var random = SeededGenerator(seed: 5)
        let keys = (0..<500).map { _ in (random.next() & ~15, random.next() & ~15) }
        parents.pass(to: 0)
        parents.write(for: Self.other)
        for (span, parent) in keys { parents.remember(span, below: parent) }
        parents.write(for: Self.flooder)
        for _ in 0..<100_000 { parents.remember(random.next() & ~15, below: random.next() & ~15) }
        let known = keys.count { parents.step(from: $0.0) == $0.1 }
        #expect(known > 470)
        // Once they are old they give way.
        parents.pass(to: 700 * second)
        for _ in 0..<100_000 { parents.remember(random.next() & ~15, below: random.next() & ~15) }
        let left = keys.count { parents.step(from: $0.0) == $0.1 }
        #expect(left < 20)
    }
}
