// SPDX-License-Identifier: Apache-2.0
import Billing
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
}
