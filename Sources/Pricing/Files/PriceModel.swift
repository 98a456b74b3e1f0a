// SPDX-License-Identifier: Apache-2.0
import GenAI

/// One model of a price book, with its names and prices, in the format `pricebook/1`.
package final class PriceModel: Sendable {
    /// The model's id in the book, such as `openai/gpt-5.5`.
    package let id: String
    /// The provider's id in the book.
    package let provider: String
    /// Exact names in lower case.
    package let names: [String]
    /// Rules for names that are not listed; a name matches if any of them does.
    package let patterns: [NamePattern]
    /// The purpose of the model, unless it is chat: for example `embedding` or `rerank`.
    package let kind: String?
    /// Prices; the last one that holds at the time of a call applies.
    package let prices: [PriceEntry]
    /// Rates that replace those of the price for calls with certain facts, such as a tier.
    package let variants: [PriceVariant]
    /// Factors on all token rates.
    package let multipliers: [PriceMultiplier]
    /// The price of the machines, for a model on the operator's own machines.
    package let hosted: HostedPrice?

    package init(
        id: String, provider: String, names: [String], patterns: [NamePattern], kind: String?, prices: [PriceEntry],
        variants: [PriceVariant], multipliers: [PriceMultiplier], hosted: HostedPrice? = nil
    ) {
        self.id = id
        self.provider = provider
        self.names = names
        self.patterns = patterns
        self.kind = kind
        self.prices = prices
        self.variants = variants
        self.multipliers = multipliers
        self.hosted = hosted
    }
}

/// A price and the dates and hours at which it holds.
package struct PriceEntry: Sendable, Equatable {
    package var days = DayRange()
    /// Hours at which the price holds; empty means always.
    package var windows: [TimeWindow] = []
    package var table = PriceTable()

    /// Whether the price is in force at a moment.
    package func holds(at moment: PriceMoment) -> Bool {
        guard days.contains(moment.day) else { return false }
        return windows.isEmpty || windows.contains { $0.contains(moment) }
    }
}

/// Rates, the higher rates of long requests, and fees.
package struct PriceTable: Sendable, Equatable {
    package var rates = RateSheet()
    /// Rates for requests with more input tokens than a threshold, in ascending order of the threshold.
    package var above: [(over: Int64, rates: RateSheet)] = []
    package var fees: [Fee] = []

    /// The rates of a request: the base rates, and over them those of the highest threshold that the request exceeds.
    ///
    /// - Parameter totalInput: All tokens sent, cached ones included.
    /// - Returns: The stated rates; classes for which the threshold has no rate keep their base rate.
    package func rates(forTotalInput totalInput: Int64) -> RateSheet {
        guard let step = above.last(where: { totalInput > $0.over }) else { return rates }
        return rates.overlaid(with: step.rates)
    }

    package static func == (left: PriceTable, right: PriceTable) -> Bool {
        left.rates == right.rates && left.fees == right.fees
            && left.above.elementsEqual(right.above) { $0.over == $1.over && $0.rates == $1.rates }
    }
}

/// A price for calls with certain facts, such as a tier.
package struct PriceVariant: Sendable, Equatable {
    package let when: PriceCondition
    package var entry: PriceEntry
}

/// A factor on all token rates, in units of 1e-9.
package struct PriceMultiplier: Sendable, Equatable {
    package let when: PriceCondition
    package let billionths: Int64
}

/// Facts that a call must have, all of them, such as `tier: batch` or `data_residency: eu`.
package struct PriceCondition: Sendable, Equatable {
    package let facts: [String: String]

    /// The keys of facts that a book may use.
    package static let keys = [
        "tier", "speed", "route", "search_type", "data_residency", "endpoint", "inference_geo", "geo",
    ]
}
