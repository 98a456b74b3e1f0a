// SPDX-License-Identifier: Apache-2.0
import GenAI

/// One model of a price book: the names it answers to and what it costs, in the format `pricebook/1`.
package final class PriceModel: Sendable {
    /// The model's id in the book, such as `openai/gpt-5.5`.
    package let id: String
    /// The provider's id in the book.
    package let provider: String
    /// Exact names in lower case.
    package let names: [String]
    /// Rules for names that are not listed; any of them suffices.
    package let patterns: [NamePattern]
    /// What the model does when it is not chat: `embedding`, `rerank`, ….
    package let kind: String?
    /// Prices; the last one whose conditions hold is in force.
    package let prices: [PriceEntry]
    /// Rates that replace those of the price in force, for calls served in a special way.
    package let variants: [PriceVariant]
    /// Factors on all token rates.
    package let multipliers: [PriceMultiplier]
    /// What the machines cost, for a model on machines of one's own.
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

/// What something costs while some conditions hold.
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
    /// Rates for requests with more input tokens than a threshold, in ascending order of it.
    package var above: [(over: Int64, rates: RateSheet)] = []
    package var fees: [Fee] = []

    /// The rates of a request, those of the highest threshold it passes laid over the base rates.
    ///
    /// - Parameter totalInput: All tokens sent, cached ones included.
    /// - Returns: The stated rates; the step lends only the ones it has.
    package func rates(forTotalInput totalInput: Int64) -> RateSheet {
        guard let step = above.last(where: { totalInput > $0.over }) else { return rates }
        return rates.overlaid(with: step.rates)
    }

    package static func == (left: PriceTable, right: PriceTable) -> Bool {
        left.rates == right.rates && left.fees == right.fees
            && left.above.elementsEqual(right.above) { $0.over == $1.over && $0.rates == $1.rates }
    }
}

/// A price for calls that were served in a special way.
package struct PriceVariant: Sendable, Equatable {
    package let when: PriceCondition
    package var entry: PriceEntry
}

/// A factor on all token rates, in units of 1e-9.
package struct PriceMultiplier: Sendable, Equatable {
    package let when: PriceCondition
    package let billionths: Int64
}

/// Facts about a call that all have to hold, such as `tier: batch` or `data_residency: eu`.
package struct PriceCondition: Sendable, Equatable {
    package let facts: [String: String]

    /// The keys that a book may use.
    package static let keys = [
        "tier", "speed", "route", "search_type", "data_residency", "endpoint", "inference_geo", "geo",
    ]
}
