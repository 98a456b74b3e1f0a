// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// What decides the price of a call, as plain memory: calls that share a verdict differ in their counts only, and their
/// costs can be added up as tokens and multiplied once.
package struct PriceVerdict: Sendable {
    package enum Kind: UInt8, Sendable {
        /// The call said nothing that could be priced.
        case nothingToPrice
        /// The card says what the call costs.
        case computed
        /// The span says what the call costs; a card, if there is one, says what it should have cost.
        case reported
        /// The call cost something that is not known.
        case unpriced
    }

    package let kind: Kind
    /// Why some part of what the card says is only an estimate, or `nil`: the first reason of several.
    package let estimate: EstimateReason?
    /// Why no price is known: of a call that is ``Kind/unpriced``, and of one whose own figure stands in for it.
    package let reason: UnpricedReason?
    /// The card's number in ``PricedCalls/cards``; `nil` if no price is known.
    ///
    /// An unpriced call has one only where its price runs with the clock and nobody counts it.
    package let card: UInt32?

    init(
        _ kind: Kind, card: UInt32? = nil, estimate: EstimateReason? = nil, reason: UnpricedReason? = nil
    ) {
        self.kind = kind
        self.card = card
        self.estimate = estimate
        self.reason = reason
    }

    /// Whether some part of what the card says is only an estimate.
    package var isEstimate: Bool { estimate != nil }

    static let nothingToPrice = PriceVerdict(.nothingToPrice)

    static func unpriced(_ reason: UnpricedReason) -> PriceVerdict { PriceVerdict(.unpriced, reason: reason) }
}

/// The calls of one batch and what each cost.
///
/// Calls and verdicts lie side by side, so that pricing moves no call; an element puts the two together.
package struct PricedCalls: RandomAccessCollection, Sendable {
    /// The calls, in the order of the batch.
    package let calls: [ModelCall]
    /// What decides the price of each, under the same index.
    package let verdicts: [PriceVerdict]
    /// Cards, among them those that verdicts refer to; a number means the same card until ``generation`` changes.
    package let cards: RateCards
    /// Changes when numbers are reused for other cards.
    package let generation: UInt64

    init(calls: [ModelCall], verdicts: [PriceVerdict], cards: RateCards, generation: UInt64) {
        precondition(calls.count == verdicts.count)
        self.calls = calls
        self.verdicts = verdicts
        self.cards = cards
        self.generation = generation
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { calls.count }
    package subscript(position: Int) -> PricedCall {
        PricedCall(call: calls[position], outcome: outcome(at: position))
    }

    private func outcome(at index: Int) -> PriceOutcome {
        let (call, verdict) = (calls[index], verdicts[index])
        switch verdict.kind {
        case .nothingToPrice: return .nothingToPrice
        case .unpriced: return .unpriced(verdict.reason ?? .noRate)
        case .reported: return .reported(Dollars(femtodollars: Int128(call.reportedFemtodollars ?? 0)))
        case .computed:
            guard let number = verdict.card else { return .nothingToPrice }
            let card = cards[Int(number)]
            var cost = card.fee(of: call)
            let usage = TokenUsage(call.usage)
            for tokenClass in usage.classes { cost += card.cost(of: tokenClass, in: usage) }
            return .priced(card, cost)
        }
    }
}
