// SPDX-License-Identifier: Apache-2.0
import Billing
import Foundation
import GenAI
import TestData
import Testing

/// What is counted against what is true, over random trees of marked and unmarked spans.
///
/// `UNMARKED_WORLDS=10000` sets how many worlds are tried; each is tried in four orders.
@Suite struct UnmarkedWorldTests {
    private static let worlds = ProcessInfo.processInfo.environment["UNMARKED_WORLDS"].flatMap(Int.init) ?? 400

    @Test(arguments: 0..<4)
    func `no token is counted twice and none is lost, in any order within the window`(part: Int) {
        for seed in part * Self.worlds / 4..<(part + 1) * Self.worlds / 4 {
            var world = UnmarkedWorld(seed: UInt64(seed))
            for order in 0..<4 {
                let spans = world.spans(order: order)
                let billed = Biller.bill(spans)
                #expect(Ledger(billed.calls) == world.ledger, "seed \(seed), order \(order)")
                #expect(billed.report.decided == spans.count)
            }
        }
    }

    @Test func `spans that are no calls and have none below change nothing`() {
        for seed in 0..<Self.worlds / 4 {
            var world = UnmarkedWorld(seed: UInt64(seed))
            #expect(Ledger(Biller.bill(world.spansWithSteps()).calls) == world.ledger, "seed \(seed)")
        }
    }

    @Test func `the clock changes nothing while spans arrive as they end`() {
        for seed in 0..<Self.worlds / 4 {
            let world = UnmarkedWorld(seed: UInt64(seed))
            let biller = Biller()
            var billed = Billed()
            var now: UInt64 = 0
            for span in world.spans {
                now = max(now, span.end ?? now)
                biller.take([span], now: now, into: &billed)
                biller.settle(now: now, into: &billed)
            }
            for step in 1...5 as ClosedRange<UInt64> {
                biller.settle(now: now + step * 10 * second, into: &billed)
            }
            #expect(Ledger(billed.calls) == world.ledger, "seed \(seed)")
            #expect(biller.levels.waitingSpans == 0)
        }
    }
}
