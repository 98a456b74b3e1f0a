// SPDX-License-Identifier: Apache-2.0
package import GenAI

extension RateCard {
    /// The price of one thing that is billed by the piece; `nil` where the book knows none.
    package func price(of unit: BilledUnits.Unit) -> Dollars? {
        if unit == .webSearch, includesSearches { return .zero }
        return fees.first { $0.unit == unit.feeUnit }?.price
    }

    /// What a call costs that is billed by the piece; what has no known price is left out.
    package func cost(of units: BilledUnits) -> Dollars {
        units.units.reduce(.zero) { $0 + cost(of: $1, count: units[$1]) }
    }

    /// The same of some calls together, to the same digit.
    package func cost(of sums: BilledUnitSums) -> Dollars {
        guard !sums.isEmpty else { return .zero }
        return BilledUnits.Unit.allCases.reduce(.zero) { $0 + cost(of: $1, count: sums[$1]) }
    }

    /// What a number of one thing costs; zero where the book knows no price.
    package func cost(of unit: BilledUnits.Unit, count: Int64) -> Dollars {
        (price(of: unit) ?? .zero).times(count)
    }

    /// Whether a call took something by the piece that the book knows no price of.
    package func lacksFee(for units: BilledUnits) -> Bool { units.units.contains { price(of: $0) == nil } }

    /// Whether a call took something by the piece that the book knows the price of.
    func hasFee(for units: BilledUnits) -> Bool { units.units.contains { price(of: $0) != nil } }

    /// Whether the fee for an answer is already what its searches cost.
    ///
    /// Perplexity charges an answer by how much is searched for it, or each search, but not both; the book has both
    /// figures, one of each source.
    ///
    /// - SeeAlso: Perplexity API documentation, "Pricing" (https://docs.perplexity.ai/getting-started/pricing).
    private var includesSearches: Bool { requestFee != .zero && provider == "perplexity" }
}

extension BilledUnits.Unit {
    /// The unit among the fees of a price book.
    var feeUnit: FeeUnit {
        switch self {
        case .webSearch: .webSearch
        case .fileSearch: .fileSearch
        case .mapsSearch: .mapsSearch
        case .rerankSearch: .rerankSearch
        case .codeSession: .codeSession
        }
    }
}
