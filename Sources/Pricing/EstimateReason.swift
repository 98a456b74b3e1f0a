// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// Why a cost is only an estimate.
package enum EstimateReason: String, CaseIterable, Sendable {
    /// The model's name is not in the book; the price is that of a similar name.
    case approximate
    /// The book has no rates for the tier, so that the default ones stand in.
    case noTierRate = "no_tier_rate"
    /// Audio, images or video are billed at the rate of text.
    case modalityFallback = "modality_fallback"
    /// Something besides tokens was counted whose price is not known; it is left out.
    case unknownFee = "unknown_fee"
}

extension RateCard {
    /// Why the card's costs are estimates, where they are some.
    ///
    /// One card has one reason: the first that applies of the model's name, the tier and the tokens. A call that
    /// ``PriceVerdict/isEstimate`` marks has the reason of its card, unless only a fee is not known.
    package var estimateReason: EstimateReason {
        if matched == .approximate { return .approximate }
        return lacksTierRates ? .noTierRate : .modalityFallback
    }

    /// Whether whatever the card says is an estimate.
    var isWhollyEstimated: Bool { lacksTierRates || matched == .approximate }

    /// Why the cost of a usage is only an estimate, or `nil` when it is none.
    package func estimateReason(for usage: TokenUsage) -> EstimateReason? {
        isEstimate(for: usage) ? estimateReason : nil
    }
}
