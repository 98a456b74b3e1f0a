// SPDX-License-Identifier: Apache-2.0
@testable import Billing
import GenAI
import Synchronization
import TestData
import Testing

/// What a call may cost in the settle window, whatever its counts, times, scopes, ids and parents are.
@Suite struct BoundedWorkTests {
    /// A kind of spans that make searches long: the span of a number.
    struct Kind: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let span: @Sendable (UInt64) -> TestSpan

        init(_ name: String, _ span: @escaping @Sendable (UInt64) -> TestSpan) {
            testDescription = name
            self.span = span
        }
    }

    static let kinds: [Kind] = [
        Kind("two scopes") { .call($0, in: $0, scope: $0 % 2, time: $0...$0 + 1_000_000) },
        Kind("32 scopes") { .call($0, in: $0, scope: $0 % 32, time: $0...$0 + 1_000_000) },
        Kind("1,000 scopes") { .call($0, in: $0, scope: $0 % 1_000, time: $0...$0 + 1_000_000) },
        Kind("equal times") { .call($0, in: $0, scope: $0 % 32, time: 10...20) },
        Kind("each within the one before") {
            .call($0, in: $0, scope: $0 % 32, time: 1_000_000 + $0...9_000_000 - $0)
        },
        Kind("touching one after the other") {
            .call($0, in: $0, scope: $0 % 32, time: 9_000_000 - $0...9_000_001 - $0)
        },
        Kind("groups of 30") { .call($0, in: $0, Int64($0 % 273), scope: $0 % 31, time: $0...$0 + 1_000_000) },
        Kind("one trace") { .call($0, below: $0 + 1 << 32, scope: $0 % 32, time: $0...$0 + 1_000_000) },
        Kind("one parent") { .call($0, below: 7 << 32, scope: $0 % 32, time: $0...$0 + 1_000_000) },
        Kind("one answer's id") { .call($0, in: $0, scope: $0 % 32, response: 5, time: $0...$0 + 1_000_000) },
        Kind("a proof in every call, each of another sender") {
            SideEvidenceTests.call(
                $0, $0 % 2 == 0 ? SideEvidenceTests.open : SideEvidenceTests.totalBeside, scope: $0 / 2)
        },
        Kind("proofs and contrary ones in turn") {
            let forms = [SideEvidenceTests.open, SideEvidenceTests.totalBeside, SideEvidenceTests.totalInside]
            return SideEvidenceTests.call($0, forms[Int($0 % 3)], scope: $0 / 6)
        },
        Kind("without tokens") { .call($0, in: $0, nil, scope: $0 % 32, time: $0...$0 + 1_000_000) },
        Kind("agents over many ways up") {
            $0 % 8 == 0
                ? .aggregate($0, below: 9 << 32, time: 0...10_000_000)
                : .call($0, below: $0 + 1 << 32, Int64($0), time: $0...$0 + 1_000)
        },
        Kind("agents over deep ways up") {
            switch $0 {
            case ..<4_096: .passThrough($0, below: $0 % 64 == 63 ? 9 << 32 : $0 + 1)
            case let number where number % 8 == 0: .aggregate(number, below: 8 << 32 + number, time: 0...10_000_000)
            default: .call($0, below: $0 % 64 * 64, Int64($0), time: 20_000_000...30_000_000)
            }
        },
    ]

    @Test(arguments: kinds)
    func `searches take a bounded number of steps a span`(kind: Kind) {
        var configuration = BillingConfiguration()
        configuration.maxWaiting = 8_192
        let biller = Biller(configuration: configuration)
        var billed = Billed()
        // Many at once, and then as many due as arrive.
        let count: UInt64 = 20_000
        for first in stride(from: 1, through: count, by: 500) {
            biller.take((first..<first + 500).map { kind.span($0) }, now: first, into: &billed)
        }
        biller.settleAll(into: &billed)
        #expect(billed.report.decided == Int(count))
        #expect(biller.levels.searchSteps <= 70 * count)
        #expect(biller.levels.evidenceSteps <= 32 * count + 1 << 18)
    }

    @Test func `each of many calls with equal counts finds its twin among those that arrived with it`() {
        let biller = Biller()
        var billed = Billed()
        for number in 0..<3_000 as Range<UInt64> {
            let start = number * 100
            biller.take(
                [
                    .call(2 * number + 1, in: 2 * number, scope: 1, time: start + 10...start + 20),
                    .call(2 * number + 2, in: 2 * number + 1, scope: 2, time: start + 9...start + 21),
                ], into: &billed)
        }
        biller.settleAll(into: &billed)
        #expect(billed.report.counted == 3_000)
        #expect(billed.report.twins == 3_000)
    }

    @Test func `embeddings with equal counts are compared only within their traces`() {
        let biller = Biller()
        var billed = Billed()
        for number in 0..<2_000 as Range<UInt64> {
            biller.take(
                [
                    .call(1, in: number, 8, 0, scope: 1, time: 10...20),
                    .call(2, in: number, 8, 0, scope: 2, time: 9...21),
                ], into: &billed)
        }
        biller.settleAll(into: &billed)
        #expect(billed.report.counted == 2_000)
        #expect(biller.levels.cutSearches == 0)
    }

    @Test func `processes that show a second scope are searched together`() {
        let biller = Biller()
        var billed = Billed()
        for number in 0..<5_000 as Range<UInt64> {
            biller.take(
                [
                    .call(1, in: number, scope: 1, process: number, time: 10...20),
                    .call(2, in: number, scope: 2, process: number, time: 9...21),
                ], into: &billed)
        }
        biller.settleAll(into: &billed)
        #expect(billed.report.counted == 5_000)
    }

    @Test func `a hold of the lock ends by elapsed time, and levels are read without it`() {
        let biller = Biller()
        let body = Self.body(calls: 4_096)
        let times = Mutex((now: UInt64(0), seen: [Int]()))
        var settled: [ModelCall] = []
        // Every look at the clock is a millisecond later; the clock is looked at while the lock is held.
        let (report, _) = biller.arrive(
            body,
            now: {
                let waiting = biller.levels.waitingSpans
                return times.withLock { times in
                    times.now += 1_000_000
                    if times.seen.last != waiting { times.seen.append(waiting) }
                    return times.now
                }
            }, settled: &settled)
        #expect(report.decided == 0)
        let seen = times.withLock { $0.seen }
        #expect(seen == Array(stride(from: 0, through: 4_096, by: 512)))
    }

    @Test func `a body decides due spans for a short time, and leaves the rest`() {
        let biller = Biller()
        var billed = Billed()
        biller.take((1...8_000).map { .call($0, in: $0) }, now: 0, into: &billed)
        let now = Mutex(20 * second)
        var settled: [ModelCall] = []
        let read: () -> UInt64 = {
            now.withLock {
                $0 += 1_000_000; return $0
            }
        }
        _ = biller.arrive(Self.body(calls: 0), now: read, settled: &settled)
        #expect((1...1_024).contains(settled.count))
        let rest = biller.levels.waitingSpans
        #expect(settled.count + rest == 8_000)
        biller.settle(now: read) { calls, _ in settled += calls }
        #expect(settled.map(\.identity.spanID) == Array(1...8_000))
    }

    private static func body(calls: Int) -> InterpretedSpans {
        var body = InterpretedSpans()
        for number in 0..<UInt64(calls) {
            body.calls.append(
                ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: number, spanID: number + 1)))
        }
        return body
    }
}
