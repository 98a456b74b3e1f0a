// SPDX-License-Identifier: Apache-2.0
import Billing
import Synchronization
import TestData
import Testing

/// Spans of one body, which are looked at some places before their turn.
@Suite struct LookAheadTests {
    /// Pass-through spans between a call and the agent above it, one below the other.
    private static func steps(_ count: Int, isUpwards: Bool) -> [TestSpan] {
        let steps = (0..<UInt64(count)).map { TestSpan.passThrough(100 + $0, below: $0 == 0 ? 1 : 99 + $0) }
        return isUpwards ? steps.reversed() : steps
    }

    @Test(arguments: [0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 60], [false, true])
    func `an agent is told of the call below all steps of one body`(count: Int, isUpwards: Bool) {
        let (biller, parent) = (Biller(), count == 0 ? 1 : 99 + UInt64(count))
        var billed = Billed()
        biller.take([.call(2, below: parent)] + Self.steps(count, isUpwards: isUpwards), into: &billed)
        biller.take([.aggregate(1)], into: &billed)
        biller.settleAll(into: &billed)
        #expect(billed.ids == [2])
        #expect(billed.report.passThrough == count)
    }

    @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 17, 33, 300], [0, 1, 3, 4, 5, 8, 33, 300])
    func `a body has the same result as its spans one by one`(others: Int, calls: Int) {
        var random = SeededGenerator(seed: UInt64(others * 1_000 + calls))
        let calls: [TestSpan] = (0..<calls).map { number in
            .call(
                UInt64(number + 1), in: UInt64.random(in: 0...9, using: &random),
                below: UInt64.random(in: 1_000...1_040, using: &random), response: UInt64(number % 7))
        }
        let others: [TestSpan] = (0..<others).map { number in
            .passThrough(
                UInt64(1_000 + number % 40), in: UInt64.random(in: 0...9, using: &random),
                below: UInt64.random(in: 900...1_040, using: &random), isTool: number % 11 == 0)
        }
        let agents: [TestSpan] = (0..<10).map { .aggregate(900 + $0, in: $0 % 5) }
        let biller = Biller()
        var whole = Billed()
        for body in [calls, others, agents] { biller.take(body, into: &whole) }
        biller.settleAll(into: &whole)
        let single = Biller.bill(calls + others + agents)
        #expect(whole.ids == single.ids)
        #expect(whole.report == single.report)
        #expect(whole.inputs == single.inputs)
    }

    @Test(arguments: [(1_023, 1_025), (1_024, 0), (1_025, 1_024), (0, 2_049), (3_000, 10)])
    func `of a body whose keys are made part by part, each span is taken once`(calls: Int, others: Int) {
        let biller = Biller()
        var billed = Billed()
        let spans: [TestSpan] =
            (0..<calls).map { .call(UInt64($0 + 1), in: UInt64($0)) }
            + (0..<others).map { .passThrough(UInt64(100_000 + $0), in: UInt64($0), below: UInt64($0 + 1)) }
        biller.take(spans, into: &billed)
        #expect(biller.levels.waitingSpans == calls)
        biller.take(spans, into: &billed)
        #expect(billed.report.duplicates == calls)
        #expect(billed.report.passThrough == 2 * others)
        biller.settleAll(into: &billed)
        #expect(billed.ids == (0..<calls).map { UInt64($0 + 1) })
    }

    @Test(arguments: [(1, 1), (512, 1), (1_024, 1), (1_025, 2), (3_000, 3)])
    func `a body takes the lock once for each part whose keys are made together`(spans: Int, holds: Int) {
        let log = HoldLog()
        let biller = Biller(onHold: { log.note($0) })
        var billed = Billed()
        biller.take((0..<spans).map { .call(UInt64($0 + 1), in: UInt64($0)) }, into: &billed)
        #expect(log.marks == (0..<holds).flatMap { _ in [true, false] })
    }
}

/// When a biller held its lock.
private final class HoldLog: Sendable {
    private let log = Mutex<[Bool]>([])
    var marks: [Bool] { log.withLock(\.self) }
    func note(_ isHeld: Bool) { log.withLock { $0.append(isHeld) } }
}
