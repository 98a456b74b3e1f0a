// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Pricing

/// Writes priced calls into series, and remembers which series belong to which model and operation: found once by their
/// labels, reached by a number from then on.
struct ModelCallWriter {
    private let families: ModelCallFamilies
    private var view: ConventionsView?
    private let symbols: SymbolTable

    private var entries: [CallSeries] = []
    /// By the number of a model's symbol: the first of its entries in ``entries``, plus one; the others are linked.
    private var firstEntries: [UInt32] = []
    private var computed: SeriesID?
    private var estimated: SeriesID?

    init(families: ModelCallFamilies, view: ConventionsView?, symbols: SymbolTable) {
        self.families = families
        self.view = view
        self.symbols = symbols
    }

    /// Adds one call to every family that it belongs in.
    ///
    /// - Parameters:
    ///   - priced: The call.
    ///   - registry: The series.
    ///   - now: When the call arrived, in nanoseconds since 1970; `nil` where there is no clock.
    mutating func record(_ priced: PricedCall, in registry: inout SeriesRegistry, now: UInt64?) {
        let index = entry(of: priced.call, in: &registry, now)
        registry.add(1, to: entries[index].requests)
        if priced.call.hasFailed {
            let labels = entries[index].labels + [symbols.text(of: priced.call.errorType)]
            registry.add(1, to: registry.series(families.errors, labels, createdAtNanoseconds: now))
        } else if !priced.call.reportsUsage {
            let series = registry.series(families.withoutUsage, entries[index].labels, createdAtNanoseconds: now)
            registry.add(1, to: series)
        }
        recordTokens(priced.call, index, in: &registry, now)
        recordTimes(priced.call, index, in: &registry, now)
        switch priced.outcome {
        case .priced(let card, let cost): recordCost(priced, card, cost, index, in: &registry, now)
        case .unpriced(let reason): recordUnpriced(priced.call, reason, in: &registry, now)
        case .nothingToPrice: break
        }
        view?.record(priced.call, symbols, in: &registry, now)
    }

    private mutating func recordTokens(
        _ call: ModelCall, _ index: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        guard call.reportsUsage else { return }
        for tokenClass in TokenClass.allCases {
            let tokens = call.usage[tokenClass]
            guard tokens > 0 else { continue }
            let number = Int(tokenClass.rawValue)
            if entries[index].tokens[number] == nil {
                entries[index].tokens[number] = registry.series(
                    families.tokens, entries[index].labels + [tokenClass.name], createdAtNanoseconds: now)
            }
            if let series = entries[index].tokens[number] { registry.add(Int128(tokens), to: series) }
        }
    }

    private mutating func recordTimes(
        _ call: ModelCall, _ index: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        guard let duration = call.plausibleDuration(now: now) else { return }
        registry.observe(duration, in: entries[index].duration)
        guard call.isStream, let first = call.timeToFirstTokenNanoseconds, first <= duration else { return }
        let labels = entries[index].labels
        registry.observe(
            first, in: registry.series(families.timeToFirstToken, labels, createdAtNanoseconds: now))
        let output = call.usage.totalOutput
        guard output > 1 else { return }
        registry.observe(
            (duration - first) / (output - 1),
            in: registry.series(families.timePerOutputToken, labels, createdAtNanoseconds: now))
    }

    private mutating func recordCost(
        _ priced: PricedCall, _ card: RateCard, _ cost: Dollars, _ index: Int, in registry: inout SeriesRegistry,
        _ now: UInt64?
    ) {
        if entries[index].card !== card { show(card, for: index, in: &registry, now) }
        registry.add(cost.femtodollars, to: entries[index].cost)
        if let provider = entries[index].providerCost { registry.add(cost.femtodollars, to: provider) }
        let source = source(isEstimate: card.isEstimate(for: priced.call.usage), in: &registry, now)
        registry.add(cost.femtodollars, to: source)

        for tokenClass in TokenClass.allCases where priced.call.usage[tokenClass] > 0 {
            let number = Int(tokenClass.rawValue)
            if entries[index].tokenCosts[number] == nil {
                entries[index].tokenCosts[number] = registry.series(
                    families.tokenCost, entries[index].labels + [tokenClass.name], createdAtNanoseconds: now)
            }
            guard let series = entries[index].tokenCosts[number] else { continue }
            registry.add(card.cost(of: tokenClass, in: priced.call.usage).femtodollars, to: series)
        }
        if priced.fee != .zero {
            let fees = registry.series(
                families.tokenCost, entries[index].labels + ["fee"], createdAtNanoseconds: now)
            registry.add(priced.fee.femtodollars, to: fees)
        }
    }

    /// Remembers the card of a model and shows its prices.
    private mutating func show(
        _ card: RateCard, for index: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        entries[index].card = card
        entries[index].providerCost = registry.series(
            families.costByProvider, [card.provider], createdAtNanoseconds: now)
        // Prices of other tiers and lengths would make one gauge jump between them.
        guard card.isStandard else { return }
        for tokenClass in TokenClass.allCases {
            guard let rate = card.statedRate(of: tokenClass) else { continue }
            let series = registry.series(
                families.price, [entries[index].labels[0], card.provider, tokenClass.name])
            // A rate of 1e-15 dollars a token is 1e-9 dollars a million tokens.
            if !series.isOverflow { registry.set(Int128(rate.femtodollarsPerToken), of: series) }
        }
    }

    private mutating func recordUnpriced(
        _ call: ModelCall, _ reason: UnpricedReason, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        let labels = [symbols.text(of: call.model), symbols.text(of: call.provider), reason.rawValue]
        registry.add(1, to: registry.series(families.unpricedRequests, labels, createdAtNanoseconds: now))
        for tokenClass in TokenClass.allCases where call.usage[tokenClass] > 0 {
            let series = registry.series(
                families.unpricedTokens, labels + [tokenClass.name], createdAtNanoseconds: now)
            registry.add(Int128(call.usage[tokenClass]), to: series)
        }
    }

    private mutating func source(isEstimate: Bool, in registry: inout SeriesRegistry, _ now: UInt64?) -> SeriesID {
        if let known = isEstimate ? estimated : computed { return known }
        let series = registry.series(
            families.costBySource, [isEstimate ? "estimated" : "computed"], createdAtNanoseconds: now)
        if isEstimate { estimated = series } else { computed = series }
        return series
    }

    /// The entry of a call's model and operation, made when there is none.
    private mutating func entry(of call: ModelCall, in registry: inout SeriesRegistry, _ now: UInt64?) -> Int {
        let model = Int(call.model.number)
        if model >= firstEntries.count {
            firstEntries += Array(repeating: 0, count: model + 1 - firstEntries.count)
        }
        var next = firstEntries[model]
        while next != 0 {
            let index = Int(next) - 1
            if entries[index].operation == call.operation { return index }
            next = entries[index].next
        }
        let labels = [symbols.text(of: call.model), symbols.text(of: call.operation)]
        entries.append(
            CallSeries(
                operation: call.operation, next: firstEntries[model], labels: labels,
                requests: registry.series(families.requests, labels, createdAtNanoseconds: now),
                cost: registry.series(families.cost, labels, createdAtNanoseconds: now),
                duration: registry.series(families.duration, labels, createdAtNanoseconds: now)))
        firstEntries[model] = UInt32(entries.count)
        return entries.count - 1
    }
}

/// The series of one model and operation; those that not every call has are found when they are first needed.
private struct CallSeries {
    let operation: Symbol
    /// The next entry of the same model, plus one; 0 at the end.
    let next: UInt32
    /// The values of the labels `model` and `operation`.
    let labels: [String]
    let requests: SeriesID
    let cost: SeriesID
    let duration: SeriesID
    /// By token class.
    var tokens = InlineArray<15, SeriesID?>(repeating: nil)
    var tokenCosts = InlineArray<15, SeriesID?>(repeating: nil)
    /// The prices that were shown last, and the provider they belong to.
    var card: RateCard?
    var providerCost: SeriesID?
}

extension ModelCall {
    /// How long the call took, in nanoseconds; `nil` where the sender's clock was plainly wrong: no start, an end before
    /// the start, or a time before 2020 or later than a day from now (2100 where there is no clock).
    func plausibleDuration(now: UInt64?) -> Int64? {
        let earliest: UInt64 = 1_577_836_800_000_000_000  // 2020-01-01
        let latest = now.map { $0 + 86_400_000_000_000 } ?? 4_102_444_800_000_000_000  // 2100-01-01
        guard startNanoseconds >= earliest, startNanoseconds <= endNanoseconds, endNanoseconds <= latest else {
            return nil
        }
        return Int64(endNanoseconds - startNanoseconds)
    }
}
