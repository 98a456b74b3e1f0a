// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Notation
import OTLP
import Pricing

/// Writes priced calls into series.
///
/// Calls that share every label and their prices are added up first, a batch at a time; their sums then go to the series
/// in one step each. The series of such calls are found once by their labels and reached by a number from then on.
struct ModelCallWriter {
    private let families: ModelCallFamilies
    private var view: ConventionsView?
    private let symbols: SymbolTable
    private let attributions: AttributionTable
    private let labels: ModelLabels

    /// The keys that were met, with their tallies and series side by side under the same index.
    private var keys: [CallTallyKey] = []
    private var verdicts: [PriceVerdict] = []
    private var tallies: [CallTally] = []
    private var series: [CallSeries] = []
    private var indices: [CallTallyKey: Int] = [:]
    /// Indices of the keys met last plus one, by their low bits: it spares most calls the hashing.
    private var recent = [UInt32](repeating: 0, count: 1_024)
    /// The tallies that have something in them.
    private var touched: [Int] = []
    /// Whose numbers the cards in the keys are.
    private var generation: UInt64 = 0
    private var sources: [CostSource: SeriesID] = [:]
    private var estimates: [EstimateReason: SeriesID] = [:]
    /// Whether some card of the present generation charges for time.
    private var chargesTime = false
    /// What the batch used of models whose machines are paid by the clock; its price is not known yet.
    private(set) var clockUses: [HostedModelMeters.Use] = []
    /// The number of calls whose price did not fit and was cut down.
    private(set) var saturatedPrices: UInt64 = 0
    /// The card whose prices the gauges of a model show.
    private var shownPrices: [Symbol: ObjectIdentifier] = [:]

    /// How many keys are kept, of about a kilobyte each; when there are more, all are found anew.
    private static let limit = 16_384
    /// More series than calls with one key ever need.
    private static let mostSeries = 128

    init(
        families: ModelCallFamilies, view: ConventionsView?, symbols: SymbolTable, attributions: AttributionTable,
        labels: ModelLabels
    ) {
        self.families = families
        self.view = view
        self.symbols = symbols
        self.attributions = attributions
        self.labels = labels
    }

    /// Adds the calls of a batch to every family that they belong in.
    ///
    /// - Parameters:
    ///   - batch: The calls and their verdicts.
    ///   - registry: The series.
    ///   - now: The time, in nanoseconds since 1970; `nil` where there is no clock.
    mutating func record(_ batch: borrowing PricedCalls, in registry: inout SeriesRegistry, now: UInt64?) {
        clockUses.removeAll(keepingCapacity: true)
        if generation != batch.generation || keys.count > Self.limit { forget(generation: batch.generation) }
        // By way of spans, whose elements are lent instead of copied.
        let (calls, verdicts) = (batch.calls.span, batch.verdicts.span)
        if registry.seriesCount + Self.mostSeries * calls.count > registry.seriesCeiling {
            // The counters of all calls take room before the first histogram does.
            for index in calls.indices {
                let key = CallTallyKey(calls[index], verdicts[index], model: labels.symbol(of: calls[index]))
                _ = group(of: key, index, batch, in: &registry, now)
            }
        }
        for index in calls.indices {
            let key = CallTallyKey(calls[index], verdicts[index], model: labels.symbol(of: calls[index]))
            let group = group(of: key, index, batch, in: &registry, now)
            if tallies[group].requests == 0 { touched.append(group) }
            tallies[group].add(calls[index])
            if calls[index].reportedFemtodollars != nil { noteClaim(of: calls[index], at: group, batch.cards) }
            if chargesTime { addTime(of: calls[index], at: group, batch.cards) }
            if let duration = calls[index].plausibleDuration(now: now) {
                registry.observe(duration, in: series[group].id(.duration, families, in: &registry, now))
                if calls[index].isStream { recordStream(index, batch, lasting: duration, group, in: &registry, now) }
            }
            view?.record(
                calls[index], hidesModel: series[group].model.text == OverflowValue.text, symbols, in: &registry, now)
        }
        for group in touched { write(group, batch.cards, in: &registry, now) }
        touched.removeAll(keepingCapacity: true)
    }

    private mutating func forget(generation: UInt64) {
        self.generation = generation
        keys.removeAll()
        verdicts.removeAll()
        tallies.removeAll()
        series.removeAll()
        indices.removeAll()
        shownPrices.removeAll()
        chargesTime = false
        recent = [UInt32](repeating: 0, count: recent.count)
    }

    /// The index under which calls with a key are added up.
    @inline(__always)
    private mutating func group(
        of key: CallTallyKey, _ index: Int, _ batch: borrowing PricedCalls, in registry: inout SeriesRegistry,
        _ now: UInt64?
    ) -> Int {
        let slot = key.lowBits & (recent.count - 1)
        let candidate = Int(recent[slot]) - 1
        if candidate >= 0, keys[candidate] == key { return candidate }
        let group = if let known = indices[key] { known } else { add(key, index, batch, in: &registry, now) }
        recent[slot] = UInt32(group + 1)
        return group
    }

    /// A function of its own that gets the index of the call, since it copies the call.
    @inline(never)
    private mutating func add(
        _ key: CallTallyKey, _ index: Int, _ batch: borrowing PricedCalls, in registry: inout SeriesRegistry,
        _ now: UInt64?
    ) -> Int {
        let (call, verdict, cards) = (batch.calls[index], batch.verdicts[index], batch.cards)
        keys.append(key)
        verdicts.append(verdict)
        tallies.append(CallTally())
        let card = verdict.card.map { cards[Int($0)] }
        if let card, card.hourPrice != .zero { chargesTime = true }
        var (added, addedToHistograms) = (LabelValues(), LabelValues())
        let texts = attributions.texts(of: key.attribution, card: card, symbols: symbols)
        for (rule, text) in zip(attributions.rules, texts) {
            let isKnown = rule.knows(text, symbols)
            added.append(text, isKnown: isKnown)
            if rule.isOnHistograms { addedToHistograms.append(text, isKnown: isKnown) }
        }
        series.append(
            CallSeries(
                of: key, model: labels.text(of: call, verdict, cards),
                pricedProvider: verdict.kind == .unpriced ? nil : card?.provider,
                reason: verdict.reason, symbols: symbols, added: added, addedToHistograms: addedToHistograms))
        indices[key] = keys.count - 1
        takeRoom(for: TokenUsage(call.usage), card, at: keys.count - 1, in: &registry, now)
        return keys.count - 1
    }

    /// Makes the series of requests, tokens and dollars of new calls: near the ceiling they take room before histograms, so
    /// that the bill keeps its labels longest.
    private mutating func takeRoom(
        for usage: TokenUsage, _ card: RateCard?, at group: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        var members: [CallSeriesMember] = [.requests]
        members += usage.classes.map { .tokens($0) }
        switch verdicts[group].kind {
        case .computed where card?.hosted == .capacity: members += [.cost]
        case .computed: members += [.cost] + usage.classes.map { .tokenCost($0) }
        case .reported: members += [.cost, .claimedCost]
        case .unpriced: members += [.unpricedRequests] + usage.classes.map { .unpricedTokens($0) }
        case .nothingToPrice: break
        }
        for member in members { _ = series[group].id(member, families, in: &registry, now) }
    }

    private mutating func noteClaim(of call: borrowing ModelCall, at group: Int, _ cards: RateCards) {
        guard let claimed = call.reportedFemtodollars else { return }
        tallies[group].claims += 1
        tallies[group].claimed += Dollars(femtodollars: Int128(claimed))
        guard let number = verdicts[group].card, cards[Int(number)].hosted != .capacity,
            let cost = try? cards[Int(number)].cost(of: TokenUsage(call.usage))
        else { return }
        let gap = Dollars(femtodollars: Int128(claimed)) + -(cost + cards[Int(number)].fee(of: call))
        if gap > .zero { tallies[group].claimedMore += gap } else { tallies[group].claimedLess += -gap }
    }

    private mutating func addTime(of call: borrowing ModelCall, at group: Int, _ cards: RateCards) {
        guard verdicts[group].kind == .computed, let number = verdicts[group].card else { return }
        tallies[group].timeCost += cards[Int(number)].timeCost(of: call)
    }

    /// A function of its own that gets the index of the call, since it copies the call.
    @inline(never)
    private mutating func recordStream(
        _ index: Int, _ batch: borrowing PricedCalls, lasting duration: Int64, _ group: Int,
        in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        let call = batch.calls[index]
        guard let first = call.timeToFirstTokenNanoseconds, first <= duration else { return }
        registry.observe(first, in: series[group].id(.timeToFirstToken, families, in: &registry, now))
        let output = call.usage.totalOutput
        guard output > 1 else { return }
        registry.observe(
            (duration - first) / (output - 1),
            in: series[group].id(.timePerOutputToken, families, in: &registry, now))
    }

    /// Moves what was added up to the series.
    private mutating func write(
        _ group: Int, _ cards: RateCards, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        let (key, verdict, tally) = (keys[group], verdicts[group], tallies[group])
        tallies[group] = CallTally()
        func add(_ amount: Int128, _ member: CallSeriesMember) {
            registry.add(amount, to: series[group].id(member, families, in: &registry, now))
        }
        func add(_ amount: Dollars, _ member: CallSeriesMember) { add(amount.femtodollars, member) }

        add(Int128(tally.requests), .requests)
        // A histogram is there as soon as there is a call, even when no call's clock could be believed.
        _ = series[group].id(.duration, families, in: &registry, now)
        if key.hasFailed {
            add(Int128(tally.requests), .errors)
        } else if !key.reportsUsage {
            add(Int128(tally.requests), .withoutUsage)
        }
        for tokenClass in tally.usage.classes { add(Int128(tally.usage[tokenClass]), .tokens(tokenClass)) }
        if !tally.units.isEmpty {
            for unit in BilledUnits.Unit.allCases where tally.units[unit] > 0 {
                add(Int128(tally.units[unit]), .units(unit))
            }
        }
        if tally.claims > 0 {
            add(tally.claimed, .reportedCost)
            if tally.claimedMore > .zero { add(tally.claimedMore, .reportedHigher) }
            if tally.claimedLess > .zero { add(tally.claimedLess, .reportedLower) }
        }

        switch verdict.kind {
        case .computed:
            guard let number = verdict.card else { return }
            let card = cards[Int(number)]
            if card.hosted == .capacity { return noteUse(of: card, tally.usage, at: group, in: &registry, now) }
            showPrices(card, of: key.model, as: series[group].model, in: &registry)
            var cost = Dollars.zero
            for tokenClass in tally.usage.classes {
                let line = card.cost(of: tokenClass, in: tally.usage)
                cost += line
                add(line, .tokenCost(tokenClass))
            }
            let answers = key.hasFailed ? .zero : card.requestFee.times(tally.requests)
            let fee = answers + tally.timeCost + card.cost(of: tally.units)
            if fee != .zero { add(fee, .fee) }
            cost += fee
            add(cost, .cost)
            add(cost, .providerCost)
            if card.isSaturated || cost.isSaturated { saturatedPrices += UInt64(tally.requests) }
            addToSource(cost, verdict.isEstimate ? .estimated : .computed, in: &registry, now)
            if let reason = verdict.estimate { addToEstimates(cost, reason, in: &registry, now) }
            let (savings, premium) = card.cacheEconomics(of: tally.usage)
            if savings > .zero { add(savings, .cacheSavings) }
            if premium > .zero { add(premium, .cacheWritePremium) }
        case .reported:
            add(tally.claimed, .claimedCost)
            add(tally.claimed, .cost)
            add(tally.claimed, .providerCost)
            addToSource(tally.claimed, .reported, in: &registry, now)
        case .unpriced:
            add(Int128(tally.requests), .unpricedRequests)
            for tokenClass in tally.usage.classes { add(Int128(tally.usage[tokenClass]), .unpricedTokens(tokenClass)) }
        case .nothingToPrice: break
        }
    }

    /// Notes tokens that are priced when the minute is over; makes their series now.
    private mutating func noteUse(
        of card: RateCard, _ usage: TokenUsage, at group: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        let payer = HostedModelMeters.Payer(
            cost: series[group].id(.cost, families, in: &registry, now),
            fee: series[group].id(.fee, families, in: &registry, now))
        clockUses.append(HostedModelMeters.Use(of: card.modelID, by: payer, usage))
    }

    private mutating func addToSource(
        _ cost: Dollars, _ source: CostSource, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        Self.add(cost, to: families.costBySource, source, &sources, in: &registry, now)
    }

    private mutating func addToEstimates(
        _ cost: Dollars, _ reason: EstimateReason, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        Self.add(cost, to: families.estimatedCost, reason, &estimates, in: &registry, now)
    }

    /// Adds to the series of a family whose one label is a word of ours.
    private static func add<Word: RawRepresentable<String> & Hashable>(
        _ cost: Dollars, to family: FamilyID, _ word: Word, _ known: inout [Word: SeriesID],
        in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        let series = known[word] ?? registry.series(family, [word.rawValue], createdAtNanoseconds: now)
        known[word] = series
        registry.add(cost.femtodollars, to: series)
    }

    /// Shows the prices of a model, those of the card that held last.
    private mutating func showPrices(
        _ card: RateCard, of model: Symbol, as name: ModelText, in registry: inout SeriesRegistry
    ) {
        // Prices of other tiers and lengths would make one gauge jump between them.
        // Tokens that are paid for otherwise are not free.
        guard card.isStandard, card.hosted?.chargesTokens != false, shownPrices[model] != ObjectIdentifier(card) else {
            return
        }
        shownPrices[model] = ObjectIdentifier(card)
        var labels = LabelValues()
        labels.append(name)
        labels.append(card.provider)
        for tokenClass in TokenClass.allCases {
            guard let rate = card.statedRate(of: tokenClass) else { continue }
            let gauge = registry.series(families.price, labels.adding(tokenClass.name))
            // A rate of 1e-15 dollars a token is 1e-9 dollars a million tokens.
            if !gauge.isOverflow { registry.set(Int128(rate.femtodollarsPerToken), of: gauge) }
        }
    }
}

/// Where the figure of a cost came from, as value of the `source` label.
enum CostSource: String {
    case computed, estimated, reported
}

extension ModelCall {
    /// How long the call took, in nanoseconds; `nil` where the sender's clock was plainly wrong: no start, an end before
    /// the start, or a time before 2020 or later than a day from now (2100 where there is no clock).
    func plausibleDuration(now: UInt64?) -> Int64? {
        let earliest: UInt64 = 1_577_836_800_000_000_000  // 2020-01-01
        let latest = now.map { $0 &+ 86_400_000_000_000 } ?? 4_102_444_800_000_000_000  // 2100-01-01
        guard startNanoseconds >= Outside(earliest), endNanoseconds <= Outside(latest),
            let duration = endNanoseconds.subtracting(startNanoseconds)?.checked(in: 0...UInt64(Int64.max))
        else { return nil }
        return Int64(duration)
    }
}
