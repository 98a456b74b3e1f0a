// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// The reason for which a cost is an estimate.
package enum EstimateReason: String, CaseIterable, Sendable {
    /// The model's name is not in the book; the price is that of a similar name.
    case approximate
    /// The provider is unknown; the price is that of the maker, which the beginning of the model's name identifies.
    case providerByModel = "provider_by_model"
    /// The book has no rates for the tier; the price is that of the default tier.
    case noTierRate = "no_tier_rate"
    /// Audio, images or video are billed at the rate of text.
    case modalityFallback = "modality_fallback"
    /// The model is made for audio, images or video, and the span does not state their tokens: all tokens are billed at the
    /// rate of text.
    case untoldModality = "untold_modality"
    /// Tokens that are only in the reported total count as reasoning that the provider does not show.
    case hiddenReasoning = "hidden_reasoning"
    /// The call has billed units whose price is unknown; the cost is without them.
    case unknownFee = "unknown_fee"
}

extension EstimateReason {
    /// The reason's index among all reasons, from 0 to 63.
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
    /// The reason for which the cost of a call with these guesses is an estimate; `nil` if there are none.
    var estimateReason: EstimateReason? { contains(.hiddenReasoning) ? .hiddenReasoning : nil }
}

extension RateCard {
    /// The reason for which costs of the card are estimates, if they are.
    ///
    /// A card has one reason: the first that applies, in the order model's name, tier, tokens. It takes precedence over the
    /// reasons that a call itself has (``ModelCall/guesses``, an unknown fee).
    package var estimateReason: EstimateReason {
        if let guess { return guess }
        if matched == .approximate { return .approximate }
        return lacksTierRates ? .noTierRate : .modalityFallback
    }

    /// Whether all costs of the card are estimates.
    var isWhollyEstimated: Bool { lacksTierRates || matched == .approximate || guess != nil }

    /// The reason for which the cost of a usage is an estimate, or `nil`.
    ///
    /// - Parameters:
    ///   - usage: The tokens.
    ///   - tellsModality: Whether the span states the tokens of audio, images or video, even if none.
    /// - Returns: The first reason that applies.
    package func estimateReason(for usage: TokenUsage, tellsModality: Bool = false) -> EstimateReason? {
        if isWhollyEstimated || usage.classBits & estimated != 0 { return estimateReason }
        return untoldModality.holds(for: usage, isTold: tellsModality) ? .untoldModality : nil
    }
}
