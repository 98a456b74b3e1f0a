// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Pricing

/// Makes the series of calls when the calls are recorded, before their sums are written.
///
/// So the series of a call, and the time at which each began, follow from the calls and their order alone. Sums are written
/// before scrapes, and a process that counts the calls of an earlier one again has not been scraped at the same moments.
extension ModelCallWriter {
    /// Makes what a group lacks.
    ///
    /// Counters take room before histograms do, requests, tokens and dollars first, so that near the ceiling the bill keeps its
    /// labels longest.
    @inline(never)
    mutating func makeSeries(
        for needs: SeriesNeeds, at group: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        let new = needs.subtracting(calls.made[group])
        calls.made[group].formUnion(new)
        let (classes, units) = (new.classes, new.units)
        let (key, verdict, card) = (calls.keys[group], calls.groups[group].verdict, calls.groups[group].card)
        let isFirst = new.contains(.every)
        var members: [CallSeriesMember] = isFirst ? [.requests] : []
        members += classes.map { .tokens($0) }
        switch verdict.kind {
        case .computed where card?.hosted == .capacity: if isFirst { members += [.cost, .fee] }
        case .computed: members += (isFirst ? [.cost] : []) + classes.map { .tokenCost($0) }
        case .reported: if isFirst { members += [.cost, .claimedCost] }
        case .unpriced: members += (isFirst ? [.unpricedRequests] : []) + classes.map { .unpricedTokens($0) }
        case .nothingToPrice: break
        }
        members += units.map { .units($0) }
        if isFirst {
            if key.hasFailed { members.append(.errors) } else if !key.reportsUsage { members.append(.withoutUsage) }
        }
        switch verdict.kind {
        case .computed:
            guard let card, card.hosted != .capacity else { break }
            if isFirst { members.append(.providerCost) }
            let asksFee = isFirst && !key.hasFailed && card.requestFee != .zero
            if asksFee || units.contains(where: { card.cost(of: $0, count: 1) != .zero }) { members.append(.fee) }
            var one = TokenUsage()
            for tokenClass in classes { one[tokenClass] = 1 }
            let (savings, premium) = card.cacheEconomics(of: one)
            if savings > .zero { members.append(.cacheSavings) }
            if premium > .zero { members.append(.cacheWritePremium) }
        case .reported: if isFirst { members.append(.providerCost) }
        case .unpriced, .nothingToPrice: break
        }
        for member in members { _ = calls.groups[group].series.id(member, families, in: &registry, now) }
        if isFirst { makeSources(of: verdict, card, in: &registry, now) }
    }

    /// Makes the series of where the cost of a group comes from.
    private mutating func makeSources(
        of verdict: PriceVerdict, _ card: RateCard?, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        switch verdict.kind {
        case .computed where card?.hosted != .capacity:
            addToSource(.zero, verdict.isEstimate ? .estimated : .computed, in: &registry, now)
            if let reason = verdict.estimate { addToEstimates(.zero, reason, in: &registry, now) }
        case .reported: addToSource(.zero, .reported, in: &registry, now)
        case .computed, .unpriced, .nothingToPrice: break
        }
    }

    /// Adds the cost that a call claims.
    mutating func noteClaim(
        of call: borrowing ModelCall, at group: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        guard let claimed = call.reportedFemtodollars else { return }
        _ = calls.groups[group].series.id(.reportedCost, families, in: &registry, now)
        calls.tallies[group].claims += 1
        calls.tallies[group].claimed += Dollars(femtodollars: Int128(claimed))
        guard let card = calls.groups[group].card, card.hosted != .capacity,
            let cost = try? card.cost(of: TokenUsage(call.usage))
        else { return }
        let gap = Dollars(femtodollars: Int128(claimed)) + -(cost + card.fee(of: call))
        if gap != .zero {
            let side: CallSeriesMember = gap > .zero ? .reportedHigher : .reportedLower
            _ = calls.groups[group].series.id(side, families, in: &registry, now)
        }
        if gap > .zero { calls.tallies[group].claimedMore += gap } else { calls.tallies[group].claimedLess += -gap }
    }

    /// Adds what the time of a call costs.
    mutating func addTime(
        of call: borrowing ModelCall, at group: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        guard calls.groups[group].verdict.kind == .computed, let card = calls.groups[group].card else { return }
        let cost = card.timeCost(of: call)
        guard cost != .zero else { return }
        _ = calls.groups[group].series.id(.fee, families, in: &registry, now)
        calls.tallies[group].timeCost += cost
    }
}
