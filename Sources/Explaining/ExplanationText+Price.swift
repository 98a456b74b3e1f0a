// SPDX-License-Identifier: Apache-2.0
import GenAI
import Notation
import Pricing

/// The part of a block that shows what a call costs.
extension ExplanationText {
    /// Describes a price.
    ///
    /// - Parameters:
    ///   - price: The price.
    ///   - claim: What the span says that the call cost.
    ///   - add: Takes the head and the text of a line.
    static func describe(
        _ price: PriceExplanation, claim: Dollars?, _ add: (_ head: String, _ text: String) -> Void
    ) {
        if let card = price.card {
            add("priced as", "\(card.modelID), \(ExplanationSentences.match(card.matched))")
            add("price", entry(of: card))
        }
        var cost = price.cost.map { "$\($0), " } ?? ""
        cost += price.source.rawValue
        if let reason = price.unpricedReason { cost += ", \(reason.rawValue)" }
        for sentence in price.why.map(ExplanationSentences.why) { cost += ": \(sentence)" }
        add("cost", cost)
        if let reason = price.unpricedReason, !price.why.contains(.byTheClock) {
            add("unpriced", ExplanationSentences.reason(reason))
        }
        guard let claim, price.source != .reported else { return }
        add("claimed", "$\(claim) by the span, " + (claim == price.cost ? "the same" : "which does not count"))
    }

    /// The lines of the sum.
    ///
    /// - Parameter price: A price.
    /// - Returns: None where there is nothing to add up.
    static func sum(of price: PriceExplanation) -> [String] {
        guard let sum = price.computedCost, !price.lines.isEmpty || !price.pieces.isEmpty || price.fee != .zero else {
            return []
        }
        var table = TextTable(
            [.text, .number, .decimal, .decimal, .text], heads: ["class", "tokens", "$ per million", "$", ""])
        for line in price.lines {
            let note = line.isEstimate ? "at the rate for text" : line.isStandIn ? "has no rate of its own" : ""
            table.add(
                line.tokenClass.name, "\(line.tokens)", line.rate.dollarsPerMillion, line.cost.description, note)
        }
        for piece in price.pieces {
            let note = piece.price.map { "$\($0) each" } ?? "has no price"
            table.add(piece.unit.name, "\(piece.count)", "", piece.cost.description, note)
        }
        if price.feeOfCall != .zero { table.add("fee", "", "", price.feeOfCall.description, "for the call itself") }
        table.add(
            "sum", "\(price.lines.reduce(0) { $0 + $1.tokens })", "", sum.description,
            price.source == .reported ? "at the prices of the book" : "")
        return table.lines
    }

    private static func entry(of card: RateCard) -> String {
        let basis = card.basis
        var parts = ["\(basis.entry) of \(basis.entries)"]
        switch (basis.days.fromText, basis.days.untilText) {
        case (nil, nil): parts.append("at any time")
        case (let from?, nil): parts.append("from \(from)")
        case (nil, let until?): parts.append("until \(until)")
        case (let from?, let until?): parts.append("from \(from) until \(until)")
        }
        if basis.isByHour { parts.append("at these hours") }
        if let above = basis.above { parts.append("above \(above) input tokens") }
        for variant in basis.variants { parts.append("for \(variant.text)") }
        for factor in basis.multipliers { parts.append("times \(factor.factor) for \(factor.when.text)") }
        if basis.isFree { parts.append("a free route") }
        return parts.joined(separator: ", ")
    }
}
