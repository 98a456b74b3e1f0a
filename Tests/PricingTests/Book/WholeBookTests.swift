// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import TestData
import Testing

/// The embedded book, priced a second time on paper.
@Suite struct WholeBookTests {
    private static let book = Result { try PriceBook.embedded() }

    /// Together 24,000 usages.
    @Test(arguments: 0..<24 as Range<UInt64>)
    func `any usage of any model at any time costs what its lines cost on paper`(_ seed: UInt64) throws {
        let book = try Self.book.get()
        var random = SeededGenerator(seed: seed)
        var priced = 0
        var met: Set<String> = []
        for _ in 0..<1_000 {
            let asked = try book.model(Int.random(in: 0..<book.modelCount, using: &random))
            let question = Self.question(asked, &random)
            let answer = book.price(question)
            guard case .priced(let card, let cost) = answer.outcome else {
                // The name was found, so it must be the price that is not there.
                guard answer.text == "no_rate" else { continue }
                #expect(
                    PaperPricer(model: asked, tier: question.tier, facts: question.region ?? [:])
                        .cost(question, isFree: false) == nil, "\(asked.id) \(question)")
                continue
            }
            // Some names are those of another model, of a provider that is resold.
            let found = card.modelID == asked.id ? asked : try #require(book.listings(id: card.modelID).first).model
            let paper = PaperPricer(model: found, tier: question.tier, facts: question.region ?? [:])
            let expected = paper.cost(question, isFree: card.basis.isFree)
            #expect(cost.description == expected?.dollars, "\(found.id) \(question)")
            priced += 1
            if card.basis.above != nil { met.insert("above") }
            if !card.basis.variants.isEmpty { met.insert("variant") }
            if !card.basis.multipliers.isEmpty { met.insert("multiplier") }
            if card.basis.entry < card.basis.entries { met.insert("earlier price") }
            if !answer.fees.isEmpty { met.insert("fee") }
            if answer.estimates.contains(.modalityFallback) { met.insert("stand-in") }
        }
        #expect(priced > 700)
        #expect(met == ["above", "variant", "multiplier", "earlier price", "fee", "stand-in"])
    }

    /// A question about a model, with circumstances that have a say in its price more often than not.
    private static func question(_ model: PriceModel, _ random: inout SeededGenerator) -> PriceQuestion {
        var question = PriceQuestion(model: model.names.randomElement(using: &random) ?? model.id)
        question.provider = model.provider
        var facts: [String: String] = [:]
        let conditions = model.variants.map(\.when) + model.multipliers.map(\.when)
        for _ in 0..<2 where Bool.random(using: &random) {
            for (key, value) in conditions.randomElement(using: &random)?.facts ?? [:] { facts[key] = value }
        }
        let tiers = ["", "", "batch", "priority", "flex", "odd"]
        question.tier = facts.removeValue(forKey: "tier") ?? tiers.randomElement(using: &random) ?? ""
        question.region = facts
        if Int.random(in: 0..<4, using: &random) > 0 {
            // 2023 to 2027.
            question.moment = PriceMoment(
                day: Int32.random(in: 19_358..<21_184, using: &random),
                minute: Int16.random(in: 0..<1440, using: &random))
        }
        for tokenClass in TokenClass.allCases where Int.random(in: 0..<3, using: &random) == 0 {
            let bits = Int64.random(in: 0...40, using: &random)
            question.usage[tokenClass] = Int64.random(in: 0..<(2 << bits), using: &random)
        }
        // Next to a threshold more often than chance would have it.
        let steps = model.prices.flatMap { $0.table.above.map(\.over) }
        if let step = steps.randomElement(using: &random), Bool.random(using: &random) {
            let rest = step - question.usage.totalInput + question.usage[.input]
            if rest > 0 { question.usage[.input] = rest + Int64.random(in: 0...1, using: &random) }
        }
        for unit in FeeUnit.allCases where Int.random(in: 0..<4, using: &random) == 0 {
            question.units[unit] = Int64.random(in: 0..<1_000_000_000, using: &random)
        }
        return question
    }
}
