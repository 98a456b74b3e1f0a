// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// A rate card: the rates and fees of one model for one combination of price in force, input length, tier and region.
///
/// Each combination is made once; all its calls share the card.
package final class RateCard: Sendable {
    /// The model's id in the price book.
    package let modelID: String
    /// The provider's id in the price book.
    package let provider: String
    /// How the model was found.
    package let matched: MatchKind
    /// The reason for which all costs are estimates although the model was found, or `nil`.
    package let guess: EstimateReason?
    /// The region, such as `eu` or `regional`, if prices depend on it; otherwise empty.
    package let region: String
    /// The prices of billed units.
    package let fees: [Fee]
    /// Whether the book has no rates for the tier, so that these are those of the default tier.
    package let lacksTierRates: Bool
    /// Whether these are the prices of an ordinary call: of the default tier, and below every threshold.
    package let isStandard: Bool
    /// The model's prices from which the card was made.
    package let basis: PriceBasis
    /// Whether multipliers made some price so large that it was cut down to the largest one.
    package let isSaturated: Bool
    /// Rates in units of 1e-15 dollars per token; 0 where there is none.
    private let rates: InlineArray<15, Int64>
    /// The classes for which the book states a rate, as bits.
    private let stated: UInt16
    /// The classes without any rate, as bits.
    let missing: UInt16
    /// The classes that are billed at the rate of another modality, as bits.
    let estimated: UInt16
    /// Whether plain counts may include another modality.
    let untoldModality: UntoldModality
    /// The fee for each call.
    package let requestFee: Dollars
    /// The price of an hour of the call, for models that are billed by time; otherwise zero.
    package let hourPrice: Dollars
    /// How calls share the price of the operator's own machines; `nil` for a vendor's prices.
    package let hosted: HostedPrice.Mode?

    package init(
        modelID: String, provider: String, matched: MatchKind, guess: EstimateReason? = nil, rates: RateSheet,
        fees: [Fee], lacksTierRates: Bool,
        isStandard: Bool = true, region: String = "", hourPrice: Dollars = .zero, hosted: HostedPrice.Mode? = nil,
        basis: PriceBasis = PriceBasis(), isSaturated: Bool = false, kind: String? = nil
    ) {
        untoldModality = UntoldModality(modelID: modelID, kind: kind, rates: rates)
        self.isSaturated = isSaturated
        self.hourPrice = hourPrice
        self.hosted = hosted
        self.region = region
        self.basis = basis
        self.modelID = modelID
        self.provider = provider
        self.matched = matched
        self.guess = guess
        self.fees = fees
        self.lacksTierRates = lacksTierRates
        self.isStandard = isStandard
        requestFee = fees.first { $0.unit == .request }?.price ?? .zero
        var values = InlineArray<15, Int64>(repeating: 0)
        var stated: UInt16 = 0
        var missing: UInt16 = 0
        var estimated: UInt16 = 0
        for tokenClass in TokenClass.allCases {
            let bit = UInt16(1) << UInt16(tokenClass.rawValue)
            if rates[tokenClass] != nil { stated |= bit }
            guard let billed = rates.billed(tokenClass) else {
                missing |= bit
                continue
            }
            values[Int(tokenClass.rawValue)] = billed.rate.femtodollarsPerToken
            if billed.isEstimate { estimated |= bit }
        }
        self.rates = values
        self.stated = stated
        self.missing = missing
        self.estimated = estimated
    }

    /// Makes a card again that was recorded; what explains its prices is not recorded.
    package init(recorded card: RecordedCard) {
        modelID = card.modelID
        provider = card.provider
        matched = MatchKind(rawValue: card.matched) ?? .exact
        guess = EstimateReason(rawValue: card.guess)
        region = card.region
        hosted = HostedPrice.Mode(rawValue: card.hosted)
        lacksTierRates = card.flags & 1 != 0
        isStandard = card.flags & 2 != 0
        isSaturated = card.flags & 4 != 0
        (stated, missing, estimated) = (card.stated, card.missing, card.estimated)
        untoldModality = UntoldModality(plain: card.untold)
        basis = PriceBasis()
        hourPrice = Dollars(femtodollars: card.hourPrice)
        fees = card.fees.compactMap { fee in
            FeeUnit(rawValue: fee.unit).map { Fee(unit: $0, price: Dollars(femtodollars: fee.price)) }
        }
        requestFee = fees.first { $0.unit == .request }?.price ?? .zero
        var values = InlineArray<15, Int64>(repeating: 0)
        for index in values.indices where index < card.rates.count { values[index] = card.rates[index] }
        rates = values
    }

    /// The card as plain values.
    package var recorded: RecordedCard {
        var card = RecordedCard()
        (card.modelID, card.provider, card.region) = (modelID, provider, region)
        (card.matched, card.guess, card.hosted) = (matched.rawValue, guess?.rawValue ?? "", hosted?.rawValue ?? "")
        card.flags = (lacksTierRates ? 1 : 0) | (isStandard ? 2 : 0) | (isSaturated ? 4 : 0)
        (card.stated, card.missing, card.estimated) = (stated, missing, estimated)
        card.untold = untoldModality.plain
        for index in rates.indices { card.rates[index] = rates[index] }
        card.hourPrice = hourPrice.femtodollars
        card.fees = fees.map { ($0.unit.rawValue, $0.price.femtodollars) }
        return card
    }

    /// Whether all tokens, pieces and calls are free.
    package var isFree: Bool {
        stated != 0 && rates.indices.allSatisfy { rates[$0] == 0 } && fees.allSatisfy { $0.price == .zero }
            && hourPrice == .zero
    }

    /// The rate at which a class is billed, including fallbacks; `nil` if there is none.
    package func rate(of tokenClass: TokenClass) -> Rate? {
        let index = Int(tokenClass.rawValue)
        return missing & (1 << UInt16(index)) != 0 ? nil : Rate(femtodollarsPerToken: rates[index])
    }

    /// The rate that the book states for the class itself; `nil` if it states none, even if a fallback has one.
    package func statedRate(of tokenClass: TokenClass) -> Rate? {
        stated & (1 << UInt16(tokenClass.rawValue)) == 0 ? nil : rate(of: tokenClass)
    }

    /// The cost of the tokens of one class; zero if the class has no rate.
    package func cost(of tokenClass: TokenClass, in usage: TokenUsage) -> Dollars {
        Rate(femtodollarsPerToken: rates[Int(tokenClass.rawValue)]).cost(ofTokens: usage[tokenClass])
    }

    /// The cost of all tokens, without fees.
    ///
    /// - Throws: ``UnpricedReason/invalidUsage`` for a count below zero or from 2^50, ``UnpricedReason/noRate`` for tokens of a
    ///   class without a rate.
    package func cost(of usage: TokenUsage) throws(UnpricedReason) -> Dollars {
        var sum: Int128 = 0
        var allBits: Int64 = 0
        for tokenClass in usage.classes {
            let tokens = usage[tokenClass]
            let index = Int(tokenClass.rawValue)
            guard missing & (1 << UInt16(index)) == 0 else { throw .noRate }
            allBits |= tokens
            // Fifteen products of 50 and 63 bits fit; sums of larger ones are not used.
            sum &+= Int128(tokens) * Int128(rates[index])
        }
        guard allBits >> 50 == 0 else { throw .invalidUsage }
        return Dollars(femtodollars: sum)
    }

    /// Whether tokens of a class are billed at the rate of another modality, which is an estimate.
    package func isEstimate(for tokenClass: TokenClass) -> Bool {
        estimated & (1 << UInt16(tokenClass.rawValue)) != 0
    }

}
