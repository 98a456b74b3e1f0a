// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// Why a cost is only an estimate.
package enum EstimateReason: String, CaseIterable, Sendable {
    /// The model's name is not in the book; the price is that of a similar name.
    case approximate
    /// No provider is known but the maker of models whose names begin so.
    case providerByModel = "provider_by_model"
    /// The book has no rates for the tier, so that the default ones stand in.
    case noTierRate = "no_tier_rate"
    /// Audio, images or video are billed at the rate of text.
    case modalityFallback = "modality_fallback"
    /// The model is made for audio, images or video, and the span does not tell how many tokens are of them: all are billed
    /// at the rate of text.
    case untoldModality = "untold_modality"
    /// Tokens that only the reported total has are taken for thinking that the provider does not show.
    case hiddenReasoning = "hidden_reasoning"
    /// Something besides tokens was counted whose price is not known; it is left out.
    case unknownFee = "unknown_fee"
}

extension EstimateReason {
    /// The reason's place among all, less than 64.
    package var number: UInt8 {
        switch self {
        case .approximate: 0
        case .noTierRate: 1
        case .modalityFallback: 2
        case .hiddenReasoning: 3
        case .unknownFee: 4
        case .untoldModality: 5
        case .providerByModel: 6
        }
    }
}

extension UsageGuesses {
    /// Why the cost of a call with them is only an estimate, or `nil` when there are none.
    var estimateReason: EstimateReason? { contains(.hiddenReasoning) ? .hiddenReasoning : nil }
}

extension RateCard {
    /// Why the card's costs are estimates, where they are some.
    ///
    /// One card has one reason: the first that applies of the model's name, the tier and the tokens. It is the reason of a
    /// call before those that the call itself has (``ModelCall/guesses``, a fee that is not known).
    package var estimateReason: EstimateReason {
        if let guess { return guess }
        if matched == .approximate { return .approximate }
        return lacksTierRates ? .noTierRate : .modalityFallback
    }

    /// Whether whatever the card says is an estimate.
    var isWhollyEstimated: Bool { lacksTierRates || matched == .approximate || guess != nil }

    /// Why the cost of a usage is only an estimate, or `nil` when it is none.
    ///
    /// - Parameters:
    ///   - usage: The tokens.
    ///   - tellsModality: Whether it was stated how many tokens are audio, images or video, be it none.
    /// - Returns: The first reason that applies.
    package func estimateReason(for usage: TokenUsage, tellsModality: Bool = false) -> EstimateReason? {
        if isWhollyEstimated || usage.classBits & estimated != 0 { return estimateReason }
        return untoldModality.holds(for: usage, isTold: tellsModality) ? .untoldModality : nil
    }
}
