// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// Makes priced calls again from recorded prices, without a price book.
///
/// All batches share their cards, so that a number means one card in all of them.
package struct RecordedPrices {
    /// The price of one call.
    package struct Price: Sendable {
        package var kind: PriceVerdict.Kind
        package var estimate: EstimateReason?
        package var reason: UnpricedReason?
        package var card: RateCard?

        package init(
            kind: PriceVerdict.Kind, estimate: EstimateReason? = nil, reason: UnpricedReason? = nil,
            card: RateCard? = nil
        ) {
            (self.kind, self.estimate, self.reason, self.card) = (kind, estimate, reason, card)
        }
    }

    private var cards = RateCards()
    private var numbers: [ObjectIdentifier: UInt32] = [:]

    package init() {}

    /// Makes a batch of calls.
    ///
    /// - Parameters:
    ///   - calls: The calls.
    ///   - prices: The price of each, at the same index.
    /// - Returns: The batch.
    package mutating func batch(_ calls: [ModelCall], _ prices: [Price]) -> PricedCalls {
        let verdicts = prices.map { price in
            PriceVerdict(
                price.kind, card: price.card.map { number(of: $0) }, estimate: price.estimate, reason: price.reason)
        }
        // No pricer gets as far as this generation.
        return PricedCalls(calls: calls, verdicts: verdicts, cards: cards, generation: .max)
    }

    private mutating func number(of card: RateCard) -> UInt32 {
        if let known = numbers[ObjectIdentifier(card)] { return known }
        let number = cards.append(card)
        numbers[ObjectIdentifier(card)] = number
        return number
    }
}
