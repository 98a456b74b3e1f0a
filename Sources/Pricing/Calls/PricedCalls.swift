// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// How a call is priced, as plain memory.
///
/// The costs of calls with the same verdict differ only by their counts, so that their tokens can be added up and multiplied
/// once.
package struct PriceVerdict: Sendable {
    package enum Kind: UInt8, Sendable {
        /// The call reports nothing to price: it costs nothing, or an unknown amount.
        case nothingToPrice
        /// The cost follows from the card.
        case computed
        /// The cost is the reported one; the computed cost follows from the card, if there is one.
        case reported
        /// The cost is unknown.
        case unpriced
    }

    package let kind: Kind
    /// The first reason for which a part of the card's cost is an estimate, or `nil`.
    package let estimate: EstimateReason?
    /// The reason for which no price is known, for an ``Kind/unpriced`` call and for a call whose reported cost is used
    /// instead; for a call with ``Kind/nothingToPrice``, the reason for which its cost is not known.
    package let reason: UnpricedReason?
    /// The card's number in ``PricedCalls/cards``; `nil` if no price is known.
    ///
    /// An unpriced call has a card only if its model is billed by the clock and no capacity meter runs.
    package let card: UInt32?

    init(
        _ kind: Kind, card: UInt32? = nil, estimate: EstimateReason? = nil, reason: UnpricedReason? = nil
    ) {
        self.kind = kind
        self.card = card
        self.estimate = estimate
        self.reason = reason
    }

    /// Whether a part of the card's cost is an estimate.
    package var isEstimate: Bool { estimate != nil }

    /// The reason for which the cost of a call with this verdict is not known; `nil` if it is known.
    @inline(__always)
    package var reasonForUnknownCost: UnpricedReason? {
        switch kind {
        case .computed, .reported: nil
        case .unpriced: reason ?? .noRate
        case .nothingToPrice: reason
        }
    }

    /// The verdict on a call that reports nothing to price and costs nothing.
    static let nothingToPrice = PriceVerdict(.nothingToPrice)
    /// The verdict on a call that succeeded and reports nothing to price: the provider bills tokens that the span does not have.
    static let noUsage = PriceVerdict(.nothingToPrice, reason: .noUsage)

    static func unpriced(_ reason: UnpricedReason) -> PriceVerdict { PriceVerdict(.unpriced, reason: reason) }

    /// What a call with this verdict costs; 0 if the clock pays for the machines of its model.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - cards: The cards of its batch.
    /// - Returns: The cost, or `nil` if it is not known.
    @inline(__always)
    package func cost(of call: borrowing ModelCall, _ cards: RateCards) -> Dollars? {
        switch kind {
        case .unpriced: return nil
        case .nothingToPrice: return reason == nil ? .zero : nil
        case .reported: return Dollars(femtodollars: Int128(call.reportedFemtodollars ?? 0))
        case .computed:
            guard let card, case let card = cards[Int(card)], card.hosted != .capacity else { return .zero }
            let tokens = try? card.cost(of: TokenUsage(call.usage))
            return (tokens ?? .zero) + card.fee(of: call)
        }
    }
}

/// The calls of one batch and what each cost.
///
/// Calls and verdicts are in two arrays, so that pricing moves no call; an element combines the two.
package struct PricedCalls: RandomAccessCollection, Sendable {
    /// The calls, in the order of the batch.
    package let calls: [ModelCall]
    /// The verdict of each call, at the same index.
    package let verdicts: [PriceVerdict]
    /// The cards that verdicts refer to, among others.
    ///
    /// A number means the same card until ``generation`` changes.
    package let cards: RateCards
    /// Changes when numbers are reused for other cards.
    package let generation: UInt64

    /// No calls.
    package static let none = PricedCalls(calls: [], verdicts: [], cards: RateCards(), generation: .max)

    /// Combines calls with their verdicts.
    ///
    /// - Parameters:
    ///   - calls: The calls.
    ///   - verdicts: The verdict of each, at the same index.
    ///   - cards: The cards that verdicts refer to.
    ///   - generation: That of the numbers; `.max` for batches that each have cards of their own.
    package init(calls: [ModelCall], verdicts: [PriceVerdict], cards: RateCards, generation: UInt64) {
        precondition(calls.count == verdicts.count)
        self.calls = calls
        self.verdicts = verdicts
        self.cards = cards
        self.generation = generation
    }

    /// Some of the calls, with their prices.
    ///
    /// - Parameter indices: Their indices, in the order that they are to have.
    /// - Returns: The batch.
    package func subset(at indices: [Int]) -> PricedCalls {
        PricedCalls(
            calls: indices.map { calls[$0] }, verdicts: indices.map { verdicts[$0] }, cards: cards,
            generation: generation)
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
