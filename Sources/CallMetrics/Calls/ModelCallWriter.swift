// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import GenAI
import Notation
import OTLP
import Pricing

/// Writes priced calls into series.
///
/// Calls that share every label and their prices are added up first; their sums go to the series in one step each, before
/// the next scrape. So a call costs the same however many label sets there are. The series of such calls are found once by
/// their labels and reached by a number from then on.
struct ModelCallWriter {
    let families: ModelCallFamilies
    private var views: CallViews?
    private let symbols: SymbolTable
    private let attributions: AttributionTable
    private let labels: ModelLabels

    /// The groups of calls, with their sums.
    var calls: CallGroups
    /// The indices of groups with sums to write, in the order of the first calls in these; the first ``written`` are done.
    private var waiting: [Int] = []
    private var written = 0
    /// The keys of the batch's calls with their hashes, and the indices of their groups.
    private var keysOfBatch: [(key: CallTallyKey, hash: Int)] = []
    private var groupsOfBatch: [Int] = []
    /// The generation of the card numbers in the keys.
    private var generation: UInt64 = 0
    var sources: [CostSource: SeriesID] = [:]
    var estimates: [EstimateReason: SeriesID] = [:]
    /// Whether some card of the present generation charges for time.
    private var chargesTime = false
    /// Whether some card of the present generation is of a model whose machines are paid by the clock.
    private var metersMachines = false
    /// What the batch used of models whose machines are paid by the clock; its price is not known yet.
    var clockUses: [HostedModelMeters.Use] = []
    /// The number of calls whose price did not fit and was cut down.
    var saturatedPrices: UInt64 = 0
    /// The number of calls that were added up.
    private var callsAdded: UInt64 = 0
    /// The card whose prices the gauges of a model show, and the number of the last call that it priced by then.
    var shownPrices: [Symbol: (card: ObjectIdentifier, latest: UInt64)] = [:]
    /// Receives sums by model; `nil` without a receiver.
    let sink: (any ModelSumSink)?
    /// Whether it gets the sums that are written.
    var handsOverSums = true
    /// The sums of the groups that are being written; neighbours of one model are one.
    var sums: [ModelSum] = []

    /// The number of calls of a group above which its sums are written without a scrape: sums of fewer calls always fit.
    private static let mostWaiting: Int64 = 1 << 30

    init(
        families: ModelCallFamilies, views: CallViews?, symbols: SymbolTable, attributions: AttributionTable,
        labels: ModelLabels, groupLimit: Int, sums sink: (any ModelSumSink)? = nil
    ) {
        self.sink = sink
        self.families = families
        self.views = views
        self.symbols = symbols
        self.attributions = attributions
        self.labels = labels
        calls = CallGroups(limit: groupLimit, salt: symbols.salt)
    }

    /// The number of groups whose sums are not written yet.
    var waitingGroups: Int { waiting.count - written }

    /// Adds the calls of a batch up; histograms get them at once, counters with the next ``write(atMost:in:)``.
    ///
    /// - Parameters:
    ///   - batch: The calls and their verdicts.
    ///   - registry: The series.
    ///   - now: The time, in nanoseconds since 1970; `nil` where there is no clock.
    mutating func record(_ batch: borrowing PricedCalls, in registry: inout SeriesRegistry, now: UInt64?) {
        clockUses.removeAll(keepingCapacity: true)
        if generation != batch.generation {
            forget(generation: batch.generation, in: &registry)
        } else if calls.isFull {
            write(in: &registry)
            calls.forgetOlder()
        }
        findGroups(of: batch, in: &registry, now)
        // A span lends its elements instead of copying them.
        let ofBatch = batch.calls.span
        var isLong = false
        for index in ofBatch.indices {
            let group = groupsOfBatch[index]
            if calls.tallies[group].requests == 0 {
                waiting.append(group)
                calls.tallies[group].since = now
            }
            callsAdded += 1
            calls.tallies[group].latest = callsAdded
            calls.tallies[group].add(ofBatch[index])
            isLong = isLong || calls.tallies[group].requests > Self.mostWaiting
            if ofBatch[index].reportedFemtodollars != nil {
                noteClaim(of: ofBatch[index], at: group, in: &registry, now)
            }
            if chargesTime { addTime(of: ofBatch[index], at: group, in: &registry, now) }
            // The histogram exists as soon as there is a call, even if no call has plausible times.
            let durations = durations(of: group, in: &registry, now)
            if let duration = ofBatch[index].plausibleDuration(now: now) {
                registry.observe(duration, in: durations)
                if ofBatch[index].isStream { recordStream(index, batch, lasting: duration, group, in: &registry, now) }
            }
            if views != nil { show(index, batch, group, in: &registry, now) }
        }
        // The end of a minute divides its price among the calls that used the machines, so these must not wait for a scrape.
        if metersMachines || isLong { write(in: &registry) }
    }

    /// Writes sums that wait to the series, in the order of their first calls.
    ///
    /// - Parameters:
    ///   - most: The largest number of groups to write; all groups by default.
    ///   - registry: The series.
    mutating func write(atMost most: Int = .max, in registry: inout SeriesRegistry) {
        let end = written + min(most, waitingGroups)
        let since = written < end ? calls.tallies[waiting[written]].since : nil
        while written < end {
            write(waiting[written], in: &registry)
            written += 1
        }
        if let sink {
            if handsOverSums { sink.add(sums, at: since) }
            sums.removeAll(keepingCapacity: true)
        }
        guard waitingGroups == 0 else { return }
        waiting.removeAll(keepingCapacity: true)
        written = 0
    }

    private mutating func forget(generation: UInt64, in registry: inout SeriesRegistry) {
        write(in: &registry)
        self.generation = generation
        calls.removeAll()
        shownPrices.removeAll()
        chargesTime = false
        metersMachines = false
    }

    /// Finds the groups of all calls of a batch before any sum changes.
    ///
    /// The counters of all new calls take room before the first histogram does. With thousands of groups each call would wait
    /// for memory; here the calls ask for it together.
    private mutating func findGroups(
        of batch: borrowing PricedCalls, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        keysOfBatch.removeAll(keepingCapacity: true)
        groupsOfBatch.removeAll(keepingCapacity: true)
        let (ofBatch, verdicts) = (batch.calls.span, batch.verdicts.span)
        for index in ofBatch.indices {
            let key = CallTallyKey(ofBatch[index], verdicts[index], model: labels.symbol(of: ofBatch[index]))
            let hash = calls.hash(of: key)
            calls.fetchSlot(hash)
            keysOfBatch.append((key, hash))
        }
        for index in keysOfBatch.indices {
            let (key, hash) = keysOfBatch[index]
            let known = calls.index(of: key, hash: hash)
            let group = known >= 0 ? known : add(key, index, batch, in: &registry, now)
            calls.fetchTally(group)
            let needs = SeriesNeeds(of: ofBatch[index])
            if !calls.made[group].isSuperset(of: needs) { makeSeries(for: needs, at: group, in: &registry, now) }
            groupsOfBatch.append(group)
        }
    }

    /// A function of its own that gets the index of the call, since it copies the call.
    @inline(never)
    private mutating func add(
        _ key: CallTallyKey, _ index: Int, _ batch: borrowing PricedCalls, in registry: inout SeriesRegistry,
        _ now: UInt64?
    ) -> Int {
        let (call, verdict, cards) = (batch.calls[index], batch.verdicts[index], batch.cards)
        let card = verdict.card.map { cards[Int($0)] }
        if let card, card.hourPrice != .zero { chargesTime = true }
        if let card, card.hosted == .capacity { metersMachines = true }
        var (added, addedToHistograms) = (LabelValues(), LabelValues())
        let texts = attributions.texts(of: key.attribution, card: card, symbols: symbols)
        for (rule, text) in zip(attributions.shown, texts) {
            let isKnown = rule.knows(text, symbols)
            added.append(text, isKnown: isKnown)
            if rule.isOnHistograms { addedToHistograms.append(text, isKnown: isKnown) }
        }
        let series = CallSeries(
            of: key, model: labels.text(of: call, verdict, cards),
            pricedProvider: verdict.kind == .unpriced ? nil : card?.provider,
            reason: verdict.reason, symbols: symbols, added: added, addedToHistograms: addedToHistograms)
        let row = sink?.row(of: series.model.text, provider: series.provider.text, card: card) ?? 0
        let group = calls.append(CallGroups.Group(verdict: verdict, card: card, series: series, row: row), key: key)
        makeSeries(for: SeriesNeeds(of: call), at: group, in: &registry, now)
        // Those of every other call are made with it; which one is the latest is known when the sums are written.
        if verdict.kind == .computed, let card, card.hosted != .capacity {
            showPrices(
                card, of: key.model, as: series.model, latest: callsAdded + UInt64(index) + 1, in: &registry)
        }
        return group
    }

    @inline(__always)
    private mutating func durations(of group: Int, in registry: inout SeriesRegistry, _ now: UInt64?) -> SeriesID {
        if let known = calls.durations[group] { return known }
        let series = calls.groups[group].series.id(.duration, families, in: &registry, now)
        calls.durations[group] = series
        return series
    }

    /// A function of its own that gets the index of the call, since it copies the call.
    @inline(never)
    private mutating func show(
        _ index: Int, _ batch: borrowing PricedCalls, _ group: Int, in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        let (verdict, card) = (batch.verdicts[index], calls.groups[group].card)
        views?.record(
            batch.calls[index], verdict, card,
            hidesModel: calls.groups[group].series.model.text == OverflowValue.text, in: &registry, now)
    }

    /// A function of its own that gets the index of the call, since it copies the call.
    @inline(never)
    private mutating func recordStream(
        _ index: Int, _ batch: borrowing PricedCalls, lasting duration: Int64, _ group: Int,
        in registry: inout SeriesRegistry, _ now: UInt64?
    ) {
        let call = batch.calls[index]
        guard let first = call.timeToFirstTokenNanoseconds, first <= duration else { return }
        registry.observe(first, in: calls.groups[group].series.id(.timeToFirstToken, families, in: &registry, now))
        let output = call.usage.totalOutput
        guard output > 1 else { return }
        registry.observe(
            (duration - first) / (output - 1),
            in: calls.groups[group].series.id(.timePerOutputToken, families, in: &registry, now))
    }
}

extension ModelCall {
    /// How long the call took, in nanoseconds; `nil` where the sender's clock was plainly wrong: no start, an end before
    /// the start, or a time before 2020 or later than a day from now (2100 where there is no clock).
    package func plausibleDuration(now: UInt64?) -> Int64? {
        let earliest: UInt64 = 1_577_836_800_000_000_000  // 2020-01-01
        let latest = now.map { $0 &+ 86_400_000_000_000 } ?? 4_102_444_800_000_000_000  // 2100-01-01
        guard startNanoseconds >= Outside(earliest), endNanoseconds <= Outside(latest),
            let duration = endNanoseconds.subtracting(startNanoseconds)?.checked(in: 0...UInt64(Int64.max))
        else { return nil }
        return Int64(duration)
    }
}
