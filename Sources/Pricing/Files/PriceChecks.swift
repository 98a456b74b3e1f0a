// SPDX-License-Identifier: Apache-2.0
import Documents
import GenAI

/// Finds mistakes in prices whose format is right.
enum PriceChecks {
    /// Refuses prices that never apply or that have neither rates nor fees.
    ///
    /// - Parameters:
    ///   - prices: The prices of one model.
    ///   - node: The list from which they were read.
    /// - Throws: ``DocumentError`` for the first mistake.
    static func check(_ prices: [PriceEntry], _ node: DocumentNode) throws(DocumentError) {
        let items = try node.sequence()
        guard !prices.isEmpty else {
            throw node.unacceptable("list at least one price, such as {rates: {input: \"2\"}}")
        }
        var latest: Int32?
        for (price, item) in zip(prices, items) {
            let entry = try item.mapping()
            if price.table.rates == RateSheet(), price.table.fees.isEmpty {
                throw item.unacceptable("have rates or fees")
            }
            if let from = price.days.from, let until = price.days.until, until <= from {
                throw (entry["until"] ?? item).unexpected("be after from, since the day itself no longer counts")
            }
            // The last matching entry wins, so an entry with an earlier date would hide one with a later date for ever.
            guard price.windows.isEmpty, let from = price.days.from else { continue }
            if let latest, from <= latest {
                throw (entry["from"] ?? item).unexpected("be later than the date before it, since the last price wins")
            }
            latest = from
        }
    }

    /// Refuses multipliers whose product is implausible.
    ///
    /// Multipliers whose conditions have the same keys apply to one call only if they have the same values; all others can apply
    /// together.
    ///
    /// - Parameters:
    ///   - multipliers: The multipliers of one model.
    ///   - node: The list from which they were read.
    /// - Throws: ``DocumentError`` if those that can apply to one call multiply a price by more than 1000.
    static func check(_ multipliers: [PriceMultiplier], _ node: DocumentNode) throws(DocumentError) {
        let one = Dollars(femtodollars: 1_000_000_000)
        var products: [[String: String]: Dollars] = [:]
        for multiplier in multipliers {
            products[multiplier.when.facts] = products[multiplier.when.facts, default: one]
                .scaled(by: multiplier.billionths, over: 1_000_000_000)
        }
        var largest: [Set<String>: Dollars] = [:]
        for (facts, product) in products {
            largest[Set(facts.keys)] = max(largest[Set(facts.keys), default: one], product)
        }
        let together = largest.values.sorted().reduce(one) { together, product in
            together.scaled(by: Int64(clamping: product.femtodollars), over: 1_000_000_000)
        }
        guard together.femtodollars > 1000 * one.femtodollars else { return }
        let factor = DecimalText.text(of: together.femtodollars, decimals: 9)
        throw node.unacceptable(
            "multiply a price by at most 1000 together; those that can apply to one call make \(factor), so "
                + "correct a factor or its condition")
    }

    /// Finds suspicious figures in a model that may be right.
    ///
    /// - Parameter model: A model that was read.
    /// - Returns: One sentence for each.
    static func warnings(_ model: PriceModel) -> [String] {
        var warnings: [String] = []
        for price in model.prices {
            let rates = price.table.rates
            if let cached = rates[.cacheRead], let plain = rates[.input], cached > plain {
                warnings.append("\(model.id): reading from the cache costs more than plain input")
            }
            if let write = rates[.cacheWrite], let cached = rates[.cacheRead], write < cached,
                write.femtodollarsPerToken > 0
            {
                warnings.append("\(model.id): writing to the cache costs less than reading from it")
            }
            if model.hosted == nil, rates[.output] == nil, rates[.input] != nil, model.kind == nil {
                warnings.append("\(model.id): there is no rate for output, so calls with output stay unpriced")
            }
        }
        // Several prices of a model may have the same flaw.
        var told: Set<String> = []
        return warnings.filter { told.insert($0).inserted }
    }
}
