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

    /// One for each model and operation that was met.
    ///
    /// Plain memory, so that reaching into it copies nothing; what holds references lies beside it, under the same
    /// index.
    private var entries: [CallSeries] = []
    /// The series of each entry's token classes, ``TokenClass/count`` for each entry, found when they are first needed.
    private var tokenSeries: [SeriesID?] = []
    private var tokenCostSeries: [SeriesID?] = []
    private var labels: [[String]] = []
    private var cards: [RateCard?] = []
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
    ///   - call: The call.
    ///   - outcome: What became of its price.
    ///   - registry: The series.
    ///   - now: When the call arrived, in nanoseconds since 1970; `nil` where there is no clock.
    mutating func record(
        _ call: borrowing ModelCall, _ outcome: PriceOutcome, in registry: inout SeriesRegistry, now: UInt64?
    ) {
        let index = entry(of: call, in: &registry, now)
        registry.add(1, to: entries[index].requests)
        if call.hasFailed {
            let failure = labels[index] + [symbols.text(of: call.errorType)]
            registry.add(1, to: registry.series(families.errors, failure, createdAtNanoseconds: now))
        } else if !call.reportsUsage {
            let series = registry.series(families.withoutUsage, labels[index], createdAtNanoseconds: now)
            registry.add(1, to: series)
        }
        recordTokens(call, index, in: &registry, now)
        recordTimes(call, index, in: &registry, now)
        switch outcome {
        case .priced(let card, let cost): recordCost(call, card, cost, outcome.fee(of: call), index, in: &registry, now)
        case .unpriced(let reason): recordUnpriced(call, reason, in: &registry, now)
        case .nothingToPrice: break
        }
        view?.record(call, symbols, in: &registry, now)
    }

    private mutating func recordTokens(
        _ call: borrowing ModelCall, _ index: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        guard call.reportsUsage else { return }
        for tokenClass in call.usage.classes {
            let place = index * TokenClass.count + tokenClass.index
            if tokenSeries[place] == nil {
                tokenSeries[place] = registry.series(
                    families.tokens, labels[index] + [tokenClass.name], createdAtNanoseconds: now)
            }
            if let series = tokenSeries[place] { registry.add(Int128(call.usage[tokenClass]), to: series) }
        }
    }

    private mutating func recordTimes(
        _ call: borrowing ModelCall, _ index: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        guard let duration = call.plausibleDuration(now: now) else { return }
        registry.observe(duration, in: entries[index].duration)
        guard call.isStream, let first = call.timeToFirstTokenNanoseconds, first <= duration else { return }
        registry.observe(
            first, in: registry.series(families.timeToFirstToken, labels[index], createdAtNanoseconds: now))
        let output = call.usage.totalOutput
        guard output > 1 else { return }
        registry.observe(
            (duration - first) / (output - 1),
            in: registry.series(families.timePerOutputToken, labels[index], createdAtNanoseconds: now))
    }

    private mutating func recordCost(
        _ call: borrowing ModelCall, _ card: RateCard, _ cost: Dollars, _ fee: Dollars, _ index: Int,
        in registry: inout SeriesRegistry,
        _ now: UInt64?
    ) {
        if cards[index] !== card { show(card, for: index, in: &registry, now) }
        if let own = entries[index].cost { registry.add(cost.femtodollars, to: own) }
        if let provider = entries[index].providerCost { registry.add(cost.femtodollars, to: provider) }
        let source = source(isEstimate: card.isEstimate(for: call.usage), in: &registry, now)
        registry.add(cost.femtodollars, to: source)

        for tokenClass in call.usage.classes {
            let place = index * TokenClass.count + tokenClass.index
            if tokenCostSeries[place] == nil {
                tokenCostSeries[place] = registry.series(
                    families.tokenCost, labels[index] + [tokenClass.name], createdAtNanoseconds: now)
            }
            guard let series = tokenCostSeries[place] else { continue }
            registry.add(card.cost(of: tokenClass, in: call.usage).femtodollars, to: series)
        }
        if fee.femtodollars != 0 {
            let fees = registry.series(
                families.tokenCost, labels[index] + ["fee"], createdAtNanoseconds: now)
            registry.add(fee.femtodollars, to: fees)
        }
    }

    /// Remembers the card of a model and shows its prices.
    private mutating func show(
        _ card: RateCard, for index: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        cards[index] = card
        entries[index].cost = registry.series(families.cost, labels[index], createdAtNanoseconds: now)
        entries[index].providerCost = registry.series(
            families.costByProvider, [card.provider], createdAtNanoseconds: now)
        // Prices of other tiers and lengths would make one gauge jump between them.
        guard card.isStandard else { return }
        for tokenClass in TokenClass.allCases {
            guard let rate = card.statedRate(of: tokenClass) else { continue }
            let series = registry.series(
                families.price, [labels[index][0], card.provider, tokenClass.name])
            // A rate of 1e-15 dollars a token is 1e-9 dollars a million tokens.
            if !series.isOverflow { registry.set(Int128(rate.femtodollarsPerToken), of: series) }
        }
    }

    private mutating func recordUnpriced(
        _ call: borrowing ModelCall, _ reason: UnpricedReason, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        let values = [symbols.text(of: call.model), symbols.text(of: call.provider), reason.rawValue]
        registry.add(1, to: registry.series(families.unpricedRequests, values, createdAtNanoseconds: now))
        for tokenClass in call.usage.classes {
            let series = registry.series(
                families.unpricedTokens, values + [tokenClass.name], createdAtNanoseconds: now)
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
    private mutating func entry(of call: borrowing ModelCall, in registry: inout SeriesRegistry, _ now: UInt64?) -> Int
    {
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
        let values = [symbols.text(of: call.model), symbols.text(of: call.operation)]
        entries.append(
            CallSeries(
                operation: call.operation, next: firstEntries[model],
                requests: registry.series(families.requests, values, createdAtNanoseconds: now),
                duration: registry.series(families.duration, values, createdAtNanoseconds: now)))
        tokenSeries += Array(repeating: nil, count: TokenClass.count)
        tokenCostSeries += Array(repeating: nil, count: TokenClass.count)
        labels.append(values)
        cards.append(nil)
        firstEntries[model] = UInt32(entries.count)
        return entries.count - 1
    }
}

/// The series that every call of one model and operation has.
private struct CallSeries {
    let operation: Symbol
    /// The next entry of the same model, plus one; 0 at the end.
    let next: UInt32
    let requests: SeriesID
    let duration: SeriesID
    /// Only there once a price is known: dollars that are not known are not shown as zero.
    var cost: SeriesID?
    /// Of the provider that the prices shown last belong to.
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
