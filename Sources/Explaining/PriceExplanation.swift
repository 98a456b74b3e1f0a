// SPDX-License-Identifier: Apache-2.0
package import GenAI
package import Pricing

/// What a call costs, and how that was found out.
package struct PriceExplanation: Sendable {
    /// Where the cost comes from.
    package var source: Source
    /// Why it comes from there, where that does not go without saying.
    package var why: [Why] = []
    /// The cost; `nil` where none is known.
    package var cost: Dollars?
    /// Why the book has no price for the call.
    package var unpricedReason: UnpricedReason?
    /// The model of the book and its rates; `nil` where no price is known.
    package var card: RateCard?
    /// What each class of tokens costs by the card.
    package var lines: [Line] = []
    /// What each thing costs by the card that is billed by the piece.
    package var pieces: [Piece] = []
    /// The charge in addition to tokens: for the call as such, and for all ``pieces``.
    package var fee = Dollars.zero

    /// What is charged for the call as such.
    package var feeOfCall: Dollars { pieces.reduce(fee) { $0 + -$1.cost } }

    /// Where a cost comes from.
    package enum Source: String, CaseIterable, Sendable {
        case computed, estimated, reported, unpriced
        case nothingToPrice = "nothing_to_price"
    }

    /// A reason, in words that do not change.
    package enum Why: String, CaseIterable, Sendable {
        /// The book lists a similar name only, or the same model with another effort.
        case similarName = "price_of_a_similar_name"
        /// Only the start of the model's name identifies the provider.
        case providerByModel = "provider_by_model"
        /// The book has no rates for the tier, so the default ones were taken.
        case noTierRates = "no_rates_for_the_tier"
        /// Tokens that are no text were billed at the rate for text.
        case otherModality = "rate_of_another_modality"
        /// The model is made for another modality than text, and the span does not say how many tokens are of it.
        case untoldModality = "modality_not_told"
        /// Tokens that only the reported total has were taken for thinking that the provider does not show.
        case hiddenReasoning = "hidden_reasoning"
        /// Something that is billed by the piece has no price in the book and was left out.
        case unknownFee = "unknown_fee"
        /// Settings say that what spans of this provider report counts.
        case providerReports = "setting_for_the_provider"
        /// The book has no price, and settings say that what the span reports counts then.
        case noPriceInBook = "no_price_in_the_book"
        /// A gateway answered from its cache, so that no model was paid.
        case fromCache = "answered_from_cache"
        /// The machines are paid by the clock, and there is none here.
        case byTheClock = "paid_by_the_clock"
        /// The call failed and reported no tokens.
        case failedWithoutUsage = "failed_without_usage"
        /// The call reported no tokens.
        case noUsage = "no_usage"
    }

    /// One line of the sum.
    package struct Line: Sendable, Equatable {
        package var tokenClass: TokenClass
        package var tokens: Int64
        package var rate: Rate
        /// Whether the book has no rate of the class itself, so that the rate is that of the class it falls back to.
        package var isStandIn: Bool
        /// Whether that other rate is one of another modality.
        package var isEstimate: Bool
        package var cost: Dollars
    }

    /// What some things cost that are billed by the piece.
    package struct Piece: Sendable, Equatable {
        package var unit: BilledUnits.Unit
        package var count: Int64
        /// What one costs; `nil` where the book has no price.
        package var price: Dollars?
        package var cost: Dollars
    }

    /// What the lines and the fee come to: the cost, or what the book would say where another figure counts.
    package var computedCost: Dollars? {
        card == nil ? nil : lines.reduce(fee) { $0 + $1.cost }
    }
}

extension PriceExplanation {
    /// Explains the price of a call.
    ///
    /// - Parameters:
    ///   - priced: The call and its outcome.
    ///   - verdict: What decided it.
    ///   - cards: The cards that verdicts refer to.
    init(_ priced: PricedCall, _ verdict: PriceVerdict, cards: RateCards) {
        let call = priced.call
        let found = verdict.card.map { cards[Int($0)] }
        // The rates of 0 of such a card would read as free.
        card = found?.hosted == .capacity ? nil : found
        unpricedReason = verdict.kind == .nothingToPrice ? nil : verdict.reason
        switch verdict.kind {
        case .nothingToPrice:
            source = .nothingToPrice
            why = [call.hasFailed ? .failedWithoutUsage : .noUsage]
        case .unpriced: source = .unpriced
        case .reported:
            source = .reported
            let isFree = call.isFromCache && call.reportedFemtodollars == 0
            let unknown: Why = verdict.reason == .noUsage ? .noUsage : .noPriceInBook
            why = [isFree ? .fromCache : verdict.reason == nil ? .providerReports : unknown]
        case .computed: source = verdict.isEstimate ? .estimated : .computed
        }
        if found?.hosted == .capacity { why.append(.byTheClock) }
        switch priced.outcome {
        case .priced(_, let cost), .reported(let cost): self.cost = cost
        case .unpriced, .nothingToPrice: break
        }
        guard let card else { return }
        fee = card.fee(of: call)
        for tokenClass in call.usage.classes {
            guard let rate = card.rate(of: tokenClass) else { continue }
            lines.append(
                Line(
                    tokenClass: tokenClass, tokens: call.usage[tokenClass], rate: rate,
                    isStandIn: card.statedRate(of: tokenClass) == nil, isEstimate: card.isEstimate(for: tokenClass),
                    cost: card.cost(of: tokenClass, in: TokenUsage(call.usage))))
        }
        pieces = call.units.units.map { unit in
            let count = call.units[unit]
            return Piece(
                unit: unit, count: count, price: card.price(of: unit), cost: card.cost(of: unit, count: count))
        }
        guard source == .estimated else { return }
        switch card.guess ?? (card.matched == .approximate ? .approximate : nil) {
        case .approximate?: why.append(.similarName)
        case .providerByModel?: why.append(.providerByModel)
        default: break
        }
        if card.lacksTierRates { why.append(.noTierRates) }
        if lines.contains(where: \.isEstimate) { why.append(.otherModality) }
        if verdict.estimate == .untoldModality { why.append(.untoldModality) }
        if call.guesses.contains(.hiddenReasoning) { why.append(.hiddenReasoning) }
        if pieces.contains(where: { $0.price == nil }) { why.append(.unknownFee) }
    }
}
