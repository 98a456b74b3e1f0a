// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// The prices of one model under one set of circumstances, ready for multiplication.
///
/// Each combination of price in force, length, tier and region is made once; all calls that share it share the card.
package final class RateCard: Sendable {
    /// The model's id in the price book.
    package let modelID: String
    /// The provider's id in the price book.
    package let provider: String
    /// How the model was found.
    package let matched: MatchKind
    /// Why everything at these prices is an estimate although the model was found, or `nil`.
    package let guess: EstimateReason?
    /// The region as far as it decides prices, such as `eu` or `regional`; empty where it does not.
    package let region: String
    /// What is charged per unit of anything but tokens.
    package let fees: [Fee]
    /// Whether the call was served in a tier for which the book has no rates, so that these are only the default ones.
    package let lacksTierRates: Bool
    /// Whether these are the prices of an ordinary call: of the default tier, and below every threshold.
    package let isStandard: Bool
    /// Which of the model's prices these are.
    package let basis: PriceBasis
    /// Whether multipliers made some price so large that it was cut down to the largest one.
    package let isSaturated: Bool
    /// Rates in units of 1e-15 dollars per token; 0 where there is none.
    private let rates: InlineArray<15, Int64>
    /// Bits of the classes that the book states a rate for.
    private let stated: UInt16
    /// Bits of the classes that have no rate at all.
    let missing: UInt16
    /// Bits of the classes that are billed at the rate of another modality.
    let estimated: UInt16
    /// Whether plain counts may hold another modality.
    let untoldModality: UntoldModality
    /// What is charged for the call as such.
    package let requestFee: Dollars
    /// What an hour of the call costs, on machines that are paid for by time; otherwise zero.
    package let hourPrice: Dollars
    /// How the price of machines of one's own became the card's; `nil` for prices of a vendor.
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

    /// The rate at which a class is billed, fallbacks included; `nil` when there is none.
    package func rate(of tokenClass: TokenClass) -> Rate? {
        let index = Int(tokenClass.rawValue)
        return missing & (1 << UInt16(index)) != 0 ? nil : Rate(femtodollarsPerToken: rates[index])
    }

    /// The rate that the book states for a class itself; `nil` where it states none, whether or not another stands in.
    package func statedRate(of tokenClass: TokenClass) -> Rate? {
        stated & (1 << UInt16(tokenClass.rawValue)) == 0 ? nil : rate(of: tokenClass)
    }

    /// What the tokens of one class cost, a line of a call's cost; zero where the class has no rate.
    package func cost(of tokenClass: TokenClass, in usage: TokenUsage) -> Dollars {
        Rate(femtodollarsPerToken: rates[Int(tokenClass.rawValue)]).cost(ofTokens: usage[tokenClass])
    }

    /// The sum of all lines, without fees.
    ///
    /// - Throws: ``UnpricedReason/invalidUsage`` for a count below zero or from 2^50, ``UnpricedReason/noRate`` when
    ///   there are tokens of a class without a rate.
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

    /// Whether tokens of a class are billed at the rate of another modality, which is only an estimate.
    package func isEstimate(for tokenClass: TokenClass) -> Bool {
        estimated & (1 << UInt16(tokenClass.rawValue)) != 0
    }

}
