// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import TestData
import Testing

/// What is counted against what is true, over many generated worlds.
@Suite struct GeneratedWorldTests {
    @Test(arguments: 0..<50)
    func `what is counted is what the provider bills, in any order within the window`(row: Int) {
        for seed in row * 200..<(row + 1) * 200 {
            var world = GeneratedWorld(seed: UInt64(seed))
            for order in 0..<4 {
                let spans = world.spans(order: order)
                let billed = Self.bill(spans)
                #expect(Ledger(billed.calls) == world.ledger, "seed \(seed), order \(order)")
                #expect(billed.report.decided == spans.count)
            }
        }
    }

    /// Takes spans in as bodies of a few each.
    private static func bill(_ spans: [TestSpan]) -> Billed {
        let biller = Biller()
        var billed = Billed()
        for span in spans { biller.take([span], into: &billed) }
        biller.settleAll(into: &billed)
        return billed
    }
}
