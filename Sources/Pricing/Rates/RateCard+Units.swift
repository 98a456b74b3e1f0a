// SPDX-License-Identifier: Apache-2.0
package import GenAI

extension RateCard {
    /// The price of a billed unit; `nil` if the book has none.
    package func price(of unit: BilledUnits.Unit) -> Dollars? {
        if unit == .webSearch, includesSearches { return .zero }
        return fees.first { $0.unit == unit.feeUnit }?.price
    }

    /// The cost of a call's billed units, without those that have no price.
    package func cost(of units: BilledUnits) -> Dollars {
        units.units.reduce(.zero) { $0 + cost(of: $1, count: units[$1]) }
    }

    /// The cost of several calls' billed units: exactly the sum of their costs.
    package func cost(of sums: BilledUnitSums) -> Dollars {
        guard !sums.isEmpty else { return .zero }
        return BilledUnits.Unit.allCases.reduce(.zero) { $0 + cost(of: $1, count: sums[$1]) }
    }

    /// The cost of a number of one unit; zero if the book has no price for it.
    package func cost(of unit: BilledUnits.Unit, count: Int64) -> Dollars {
        (price(of: unit) ?? .zero).times(count)
    }

    /// Whether a call has a billed unit without a price.
    package func lacksFee(for units: BilledUnits) -> Bool { units.units.contains { price(of: $0) == nil } }

    /// Whether a call has a billed unit with a price.
    func hasFee(for units: BilledUnits) -> Bool { units.units.contains { price(of: $0) != nil } }

    /// Whether the fee for an answer includes its searches.
    ///
    /// Perplexity charges either for an answer, by the extent of its searches, or for each search. The book has both figures,
    /// from different sources.
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
