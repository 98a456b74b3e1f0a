// SPDX-License-Identifier: Apache-2.0
import GenAI

/// All rate cards of one model for one tier, region and tenant; each card is made when it is first needed.
struct Tariff: Sendable {
    /// What distinguishes tariffs.
    struct Key: Hashable {
        let match: ModelMatch
        let circumstances: Circumstances
    }

    private struct CardKey: Equatable {
        let price: Int
        let variants: UInt64
        let passedThresholds: Int
    }

    private let model: PriceModel
    private let match: ModelMatch
    /// Variants whose conditions hold but for dates, at most 64.
    private let variants: [Int]
    /// The variant that began first, for calls from before any began.
    private let earliestVariant: Int?
    private let hasTier: Bool
    private let region: String
    private let factors: [PriceMultiplier]
    /// What every rate is multiplied with: the factors of the model, and those that people agreed on.
    private let multipliers: [Int64]
    /// Every threshold of total input that any price or variant of the model knows, ascending.
    private let thresholds: [Int64]
    private var cards: [(key: CardKey, card: RateCard)] = []

    init(model: PriceModel, match: ModelMatch, circumstances: Circumstances) {
        self.model = model
        self.match = match
        hasTier = !circumstances.tier.isEmpty
        // An inference geography that no price of the model names does not change the price.
        let spoken = Set(
            model.multipliers.flatMap(\.when.facts.keys) + model.variants.flatMap(\.when.facts.keys))
        region = circumstances.facts.filter { $0.key != "geo" || spoken.contains($0.key) }
            .sorted { $0.key < $1.key }.map(\.value).joined(separator: ",")
        let variants = Array(circumstances.variants(of: model).prefix(64))
        self.variants = variants
        // Dates of variants say when a row was entered, not when a vendor began.
        let hasUndated = variants.contains { model.variants[$0].entry.days.from == nil }
        earliestVariant =
            hasUndated
            ? nil
            : variants.indices.min { left, right in
                (model.variants[variants[left]].entry.days.from ?? 0)
                    < (model.variants[variants[right]].entry.days.from ?? 0)
            }
        factors = model.multipliers.filter { circumstances.fulfil($0.when) }
        multipliers =
            factors.map(\.billionths)
            + [match.aliasBillionths, match.tenantBillionths].filter { $0 != 1_000_000_000 }
        let tables = model.prices.map(\.table) + variants.map { model.variants[$0].entry.table }
        thresholds = Set(tables.flatMap { $0.above.map(\.over) }).sorted()
    }

    /// The card for a call.
    ///
    /// - Parameters:
    ///   - moment: When the call was made.
    ///   - totalInput: All tokens sent, cached ones included.
    /// - Returns: `nil` when no price was in force.
    mutating func card(at moment: PriceMoment, totalInput: Int64) -> (card: RateCard, index: Int)? {
        guard let price = priceInForce(at: moment) else { return nil }
        let key = CardKey(
            price: price, variants: activeVariants(at: moment, price: price),
            passedThresholds: passedThresholds(totalInput))
        if let index = cards.firstIndex(where: { $0.key == key }) { return (cards[index].card, index) }
        let card = makeCard(key, totalInput: totalInput)
        cards.append((key, card))
        return (card, cards.count - 1)
    }

    private func passedThresholds(_ totalInput: Int64) -> Int {
        var passed = 0
        while passed < thresholds.count, totalInput > thresholds[passed] { passed += 1 }
        return passed
    }

    /// The bounds around a call within which every call has the same card.
    struct Validity {
        var fromNanoseconds: UInt64
        var untilNanoseconds: UInt64
        var totalInput: ClosedRange<Int64>

        static let never = Validity(fromNanoseconds: .max, untilNanoseconds: 0, totalInput: 0...0)
    }

    /// The bounds around a call within which its card holds; where the hour has a say, the minute of the call.
    ///
    /// - Parameters:
    ///   - moment: When the call was made.
    ///   - totalInput: All tokens sent, cached ones included.
    /// - Returns: The bounds.
    func validity(at moment: PriceMoment, totalInput: Int64) -> Validity {
        guard let minute = moment.minute else { return .never }
        let passed = passedThresholds(totalInput)
        let least = passed == 0 ? 0 : thresholds[passed - 1] + 1
        let totalInput = least...(passed == thresholds.count ? .max : thresholds[passed])
        let day = PriceMoment.nanoseconds(ofDay: moment.day)
        let entries = model.prices + variants.map { model.variants[$0].entry }
        if entries.contains(where: { !$0.windows.isEmpty }) {
            let from = day &+ UInt64(minute) * 60_000_000_000
            return Validity(fromNanoseconds: from, untilNanoseconds: from &+ 60_000_000_000, totalInput: totalInput)
        }
        let boundaries = entries.flatMap { [$0.days.from, $0.days.until] }.compactMap(\.self)
        let from = boundaries.filter { $0 <= moment.day }.max() ?? 0
        let until = boundaries.filter { $0 > moment.day }.min()
        return Validity(
            fromNanoseconds: max(PriceMoment.nanoseconds(ofDay: from), PriceMoment.year2020),
            untilNanoseconds: until.map(PriceMoment.nanoseconds(ofDay:)) ?? .max, totalInput: totalInput)
    }

    /// The provider's id in the price book.
    var provider: String { model.provider }

    private func priceInForce(at moment: PriceMoment) -> Int? {
        var index = model.prices.count - 1
        while index >= 0 {
            if model.prices[index].holds(at: moment) { return index }
            index -= 1
        }
        return nil
    }

    /// The active ones of ``variants`` as bits.
    private func activeVariants(at moment: PriceMoment, price: Int) -> UInt64 {
        var active: UInt64 = 0
        for (index, variant) in variants.enumerated() where model.variants[variant].entry.holds(at: moment) {
            active |= 1 << UInt64(index)
        }
        if active == 0, let earliestVariant, let begin = model.variants[variants[earliestVariant]].entry.days.from,
            moment.day < begin,
            let then = priceInForce(at: PriceMoment(day: begin, minute: moment.minute)),
            model.prices[then].table.rates == model.prices[price].table.rates
        {
            active = 1 << UInt64(earliestVariant)
        }
        return active
    }

    private func makeCard(_ key: CardKey, totalInput: Int64) -> RateCard {
        let table = model.prices[key.price].table
        var rates = table.rates(forTotalInput: totalInput)
        var fees = table.fees
        // The first variant that has a rate wins, so the last one is laid down first.
        for (index, variant) in variants.enumerated().reversed() where key.variants & (1 << UInt64(index)) != 0 {
            let own = model.variants[variant].entry.table
            rates = rates.overlaid(with: own.rates(forTotalInput: totalInput))
            for fee in own.fees {
                fees.removeAll { $0.unit == fee.unit }
                fees.append(fee)
            }
        }
        var isSaturated = false
        for tokenClass in TokenClass.allCases {
            guard let rate = rates[tokenClass] else { continue }
            let price = match.isFree ? .zero : multiplied(rate.cost(ofTokens: 1))
            rates[tokenClass] = Rate(femtodollarsPerToken: Int64(clamping: price.femtodollars))
            isSaturated = isSaturated || price.femtodollars > Int128(Int64.max)
        }
        let hourPrice = model.hosted.map { multiplied($0.hourPrice) } ?? .zero
        return RateCard(
            modelID: model.id, provider: model.provider, matched: match.kind, guess: match.guess, rates: rates,
            fees: match.isFree ? [] : fees, lacksTierRates: hasTier && key.variants == 0 && model.hosted == nil,
            isStandard: !hasTier && key.variants == 0 && key.passedThresholds == 0 && !match.isRegional, region: region,
            hourPrice: hourPrice, hosted: model.hosted?.mode, basis: basis(key, totalInput: totalInput),
            isSaturated: isSaturated || hourPrice.isSaturated, kind: model.kind)
    }

    private func basis(_ key: CardKey, totalInput: Int64) -> PriceBasis {
        var basis = PriceBasis()
        let entry = model.prices[key.price]
        (basis.entry, basis.entries) = (key.price + 1, model.prices.count)
        (basis.days, basis.isByHour) = (entry.days, !entry.windows.isEmpty)
        var tables = [entry.table]
        for (index, variant) in variants.enumerated() where key.variants & (1 << UInt64(index)) != 0 {
            basis.variants.append(model.variants[variant].when)
            tables.append(model.variants[variant].entry.table)
        }
        basis.above = tables.flatMap { $0.above.map(\.over) }.filter { totalInput > $0 }.max()
        basis.multipliers = factors
        basis.isFree = match.isFree
        return basis
    }

    private func multiplied(_ price: Dollars) -> Dollars {
        multipliers.reduce(price) { $0.scaled(by: $1, over: 1_000_000_000) }
    }
}
