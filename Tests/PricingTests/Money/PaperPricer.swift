// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing

/// What a call of one model costs by the rules of the format, on paper: a second pricer that shares no step with the first.
struct PaperPricer {
    let model: PriceModel
    let tier: String
    let facts: [String: String]

    /// The cost, or `nil` where the model has no price for the question.
    func cost(_ question: PriceQuestion, isFree: Bool) -> Paper? {
        let moment = question.moment
        guard let entry = model.prices.last(where: { $0.holds(at: moment) }) else { return nil }
        let tables = variantTables(at: moment, entry) + [entry.table]
        var sum = Paper("0")
        for tokenClass in TokenClass.allCases where question.usage[tokenClass] != 0 {
            guard let rate = rate(of: tokenClass, tables, question.usage.totalInput) else { return nil }
            if !isFree { sum.add(rate.times(question.usage[tokenClass])) }
        }
        var isCharged = question.usage != TokenUsage()
        if isFree { return isCharged || question.units.isEmpty ? sum : nil }
        var units = question.units
        if units[.request] == nil, price(of: .request, tables) != nil { units[.request] = 1_000_000 }
        for unit in units.units {
            guard let charge = charge(for: unit, units[unit] ?? 0, tables) else { continue }
            sum.add(charge)
            isCharged = true
        }
        return isCharged || units.isEmpty ? sum : nil
    }

    /// The tables of the variants that apply, the strongest first.
    private func variantTables(at moment: PriceMoment, _ entry: PriceEntry) -> [PriceTable] {
        let fitting = model.variants.filter { variant in holds(variant.when) }
        let active = fitting.filter { $0.entry.holds(at: moment) }
        guard active.isEmpty else { return active.map(\.entry.table) }
        // Older calls have the variant that came first, if what it was a variant of cost the same then.
        let begins = fitting.compactMap(\.entry.days.from)
        guard begins.count == fitting.count, let begin = begins.min(), moment.day < begin,
            let first = fitting.first(where: { $0.entry.days.from == begin }),
            let then = model.prices.last(where: { $0.holds(at: PriceMoment(day: begin, minute: moment.minute)) }),
            then.table.rates == entry.table.rates
        else { return [] }
        return [first.entry.table]
    }

    private func holds(_ condition: PriceCondition) -> Bool {
        condition.facts.allSatisfy { $0 == "tier" ? $1 == tier : facts[$0] == $1 }
    }

    /// The rate of a class with all factors, in 1e-15 dollars a token.
    private func rate(of tokenClass: TokenClass, _ tables: [PriceTable], _ totalInput: Int64) -> Paper? {
        for candidate in Self.standIns(for: tokenClass) {
            for table in tables {
                let passed = table.above.filter { $0.over < totalInput }.max { $0.over < $1.over }
                guard let rate = passed?.rates[candidate] ?? table.rates[candidate] else { continue }
                var paper = Paper(String(rate.femtodollarsPerToken))
                for multiplier in model.multipliers where holds(multiplier.when) {
                    paper = paper.times(multiplier.billionths).divided(by: 1_000_000_000)
                }
                return paper
            }
        }
        return nil
    }

    private func price(of unit: FeeUnit, _ tables: [PriceTable]) -> Paper? {
        for table in tables {
            // Of a unit that is priced twice the first one holds.
            if let fee = table.fees.first(where: { $0.unit == unit }) { return Paper("\(fee.price.femtodollars)") }
        }
        return nil
    }

    private func charge(for unit: FeeUnit, _ millionths: Int64, _ tables: [PriceTable]) -> Paper? {
        if let price = price(of: unit, tables) { return price.times(millionths).divided(by: 1_000_000) }
        guard unit == .audioSecond else { return nil }
        if let price = price(of: .inputAudioSecond, tables) { return price.times(millionths).divided(by: 1_000_000) }
        return price(of: .audioHour, tables)?.times(millionths).divided(by: 3_600_000_000)
    }

    /// The class itself and those whose rates stand in for its own, as the format lists them.
    private static func standIns(for tokenClass: TokenClass) -> [TokenClass] {
        switch tokenClass {
        case .input, .output: [tokenClass]
        case .cacheWrite1h, .cacheWrite12h: [tokenClass, .cacheWrite, .input]
        case .cacheReadAudio, .cacheReadImage: [tokenClass, .cacheRead, .input]
        case .cacheRead, .cacheWrite, .inputAudio, .inputImage, .inputVideo: [tokenClass, .input]
        case .reasoning, .outputAudio, .outputImage, .outputVideo: [tokenClass, .output]
        }
    }
}
