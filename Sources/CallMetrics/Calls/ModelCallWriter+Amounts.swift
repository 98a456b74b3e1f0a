// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Pricing

extension ModelCallWriter {
    /// Moves the sums of a group to its series.
    mutating func write(_ group: Int, in registry: inout SeriesRegistry) {
        let (key, verdict, card) = (calls.keys[group], calls.groups[group].verdict, calls.groups[group].card)
        let tally = calls.tallies[group]
        calls.tallies[group] = CallTally()
        calls.tallies[group].isRecent = true
        let (now, seriesCount) = (tally.since, registry.seriesCount)
        defer { assert(registry.seriesCount == seriesCount, "series are made when calls are recorded") }
        func add(_ amount: Int128, _ member: CallSeriesMember) {
            registry.add(amount, to: calls.groups[group].series.id(member, families, in: &registry, now))
        }
        func add(_ amount: Dollars, _ member: CallSeriesMember) { add(amount.femtodollars, member) }

        add(Int128(tally.requests), .requests)
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
            guard let card else { return }
            if card.hosted == .capacity {
                addSum(of: tally, at: group)
                return noteUse(of: card, tally.usage, at: group, in: &registry, now)
            }
            showPrices(
                card, of: key.model, as: calls.groups[group].series.model, latest: tally.latest, in: &registry)
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
            addSum(of: tally, at: group, cost: cost, saved: savings + -premium)
        case .reported:
            add(tally.claimed, .claimedCost)
            add(tally.claimed, .cost)
            add(tally.claimed, .providerCost)
            addToSource(tally.claimed, .reported, in: &registry, now)
            addSum(of: tally, at: group, cost: tally.claimed)
        case .unpriced:
            add(Int128(tally.requests), .unpricedRequests)
            for tokenClass in tally.usage.classes { add(Int128(tally.usage[tokenClass]), .unpricedTokens(tokenClass)) }
            addSum(of: tally, at: group)
        case .nothingToPrice: addSum(of: tally, at: group)
        }
    }

    /// Adds what was added up to the sums of its model.
    private mutating func addSum(
        of tally: borrowing CallTally, at group: Int, cost: Dollars = .zero, saved: Dollars = .zero
    ) {
        guard sink != nil else { return }
        var sum = ModelSum(row: calls.groups[group].row)
        sum.calls = tally.requests
        if calls.keys[group].hasFailed { sum.failures = tally.requests }
        switch calls.groups[group].verdict.reasonForUnknownCost {
        case nil: break
        case .noUsage: sum.withoutUsage = tally.requests
        default: sum.unpriced = tally.requests
        }
        (sum.input, sum.output) = (tally.usage.totalInput, tally.usage.totalOutput)
        for tokenClass in ModelSum.cachedClasses { sum.cached.saturate(adding: tally.usage[tokenClass]) }
        (sum.cost, sum.saved) = (cost, saved)
        if let last = sums.indices.last, sums[last].row == sum.row { sums[last].add(sum) } else { sums.append(sum) }
    }

    /// Notes tokens whose price is known when the minute is over, and makes their series now.
    private mutating func noteUse(
        of card: RateCard, _ usage: TokenUsage, at group: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        let payer = HostedModelMeters.Payer(
            cost: calls.groups[group].series.id(.cost, families, in: &registry, now),
            fee: calls.groups[group].series.id(.fee, families, in: &registry, now))
        clockUses.append(HostedModelMeters.Use(of: card.modelID, by: payer, usage))
    }

    mutating func addToSource(
        _ cost: Dollars, _ source: CostSource, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        Self.add(cost, to: families.costBySource, source, &sources, in: &registry, now)
    }

    mutating func addToEstimates(
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

    /// Shows the prices of a model: those of its latest call.
    mutating func showPrices(
        _ card: RateCard, of model: Symbol, as name: ModelText, latest: UInt64, in registry: inout SeriesRegistry
    ) {
        // Prices of other tiers and lengths would make one gauge jump between them.
        // Tokens that are paid for otherwise are not free.
        guard card.isStandard, card.hosted?.chargesTokens != false else { return }
        let shown = shownPrices[model]
        guard latest > shown?.latest ?? 0 else { return }
        shownPrices[model] = (ObjectIdentifier(card), latest)
        guard shown?.card != ObjectIdentifier(card) else { return }
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
enum CostSource: String, CaseIterable {
    case computed, estimated, reported
}
