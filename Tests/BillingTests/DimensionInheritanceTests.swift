// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Testing

/// Values of dimensions that calls take over from the spans above them.
@Suite struct DimensionInheritanceTests {
    private static func offer(_ number: UInt32) -> DimensionSet {
        DimensionSet(number: number, seeksAncestors: false, offersToDescendants: true)
    }

    /// Adds numbers, and seeks on until the sum is 7 or more.
    private static func billed(_ spans: [TestSpan]) -> UInt32? {
        let biller = Biller(inheritDimensions: { own, ancestor in
            let sum = own.number + ancestor.number
            return DimensionSet(number: sum, seeksAncestors: sum < 7, offersToDescendants: true)
        })
        var billed = Billed()
        for span in spans { biller.take([span], into: &billed) }
        biller.settleAll(into: &billed)
        return billed.calls.first { $0.identity.spanID == 1 }?.dimensions.number
    }

    private static let seeking = TestSpan.call(1, below: 2) {
        $0.dimensions = DimensionSet(number: 0, seeksAncestors: true, offersToDescendants: false)
    }

    @Test func `a pass-through span above offers, and one above that`() {
        let spans = [
            Self.seeking, .passThrough(2, below: 3, dimensions: Self.offer(1)),
            .passThrough(3, dimensions: Self.offer(2)),
        ]
        for order in spans.orders { #expect(Self.billed(order) == 3) }
    }

    @Test func `an aggregate above offers, with and without usage`() {
        for usage in [nil, 100] as [Int64?] {
            let spans = [
                Self.seeking, .passThrough(2, below: 3),
                .aggregate(3, usage) { $0.dimensions = Self.offer(4) },
            ]
            for order in spans.orders { #expect(Self.billed(order) == 4) }
        }
    }

    @Test func `a call that a tool of another call makes takes over what that one and those above it offer`() {
        let spans: [TestSpan] = [
            Self.seeking, .passThrough(2, below: 3, isTool: true),
            .call(3, below: 4) { $0.dimensions = Self.offer(1) }, .passThrough(4, dimensions: Self.offer(2)),
        ]
        for order in spans.orders { #expect(Self.billed(order) == 3) }
        // A tool within a call of a tool.
        let deeper: [TestSpan] = [
            Self.seeking, .passThrough(2, below: 3, isTool: true), .call(3, below: 4),
            .passThrough(4, below: 5, isTool: true), .call(5, below: 6),
            .aggregate(6, nil) { $0.dimensions = Self.offer(5) },
        ]
        for order in deeper.orders { #expect(Self.billed(order) == 5) }
    }

    @Test func `the nearest come first, and those beyond what is sought are not asked`() {
        let spans: [TestSpan] = [
            Self.seeking, .passThrough(2, below: 3, dimensions: Self.offer(2)),
            .passThrough(3, below: 4, dimensions: Self.offer(5)),
            .passThrough(4, dimensions: Self.offer(50)),
        ]
        for order in spans.orders { #expect(Self.billed(order) == 7) }
    }

    @Test func `a call that does not seek takes nothing over`() {
        #expect(Self.billed([.call(1, below: 2), .passThrough(2, dimensions: Self.offer(1))]) == 0)
    }

    @Test func `a twin's values and those above it are taken over`() {
        let spans: [TestSpan] = [
            .call(1, scope: 1) {
                $0.dimensions = DimensionSet(number: 0, seeksAncestors: true, offersToDescendants: false)
            },
            .call(2, in: 2, below: 3, scope: 2, time: 9...21), .passThrough(3, in: 2, dimensions: Self.offer(6)),
        ]
        for order in spans.orders { #expect(Self.billed(order) == 6) }
    }
}
