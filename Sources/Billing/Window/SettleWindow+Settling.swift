// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What happens to a span when it is due.
extension SettleWindow {
    /// Decides spans that are due.
    ///
    /// - Parameters:
    ///   - now: Monotonic nanoseconds.
    ///   - most: The largest number of spans to decide.
    ///   - outcome: What comes out.
    /// - Returns: Whether more may be due.
    mutating func settleDue(now: UInt64, atMost most: Int, _ outcome: inout SettleOutcome) -> Bool {
        latest = max(latest, now)
        defer { handOver(&outcome) }
        for _ in 0..<most {
            guard ring.count > 0 else { return false }
            let arrival = ring[ring.oldest].arrival
            guard latest - arrival >= configuration.settleNanoseconds else { return false }
            settleNext(.full, &outcome)
        }
        return true
    }

    /// Decides the oldest spans, due or not.
    ///
    /// - Parameters:
    ///   - most: How many at most.
    ///   - outcome: What comes out.
    /// - Returns: Whether more wait.
    mutating func settleOldest(atMost most: Int, _ outcome: inout SettleOutcome) -> Bool {
        defer { handOver(&outcome) }
        for _ in 0..<most {
            guard ring.count > 0 else { return false }
            settleNext(.forOrder, &outcome)
        }
        return true
    }

    /// Decides the oldest span, with its group; whoever calls it hands over what was counted before more spans arrive.
    ///
    /// - Parameters:
    ///   - patience: Whether it may wait a second time.
    ///   - outcome: What comes out.
    mutating func settleNext(_ patience: Patience, _ outcome: inout SettleOutcome) {
        let number = ring.oldest
        if recentKeys.isFull { turnRecentKeys() }
        if evidenceWork.isPending { applyNewEvidence() }
        if lacksChains { completeChains() }
        // Most calls have usage, and need no other decision than to be counted.
        if ring[number].state.isPlain, !lacksChains, ring[number].nextTwin == number, !isCoveredLate(number) {
            count(number, &outcome)
            waiting -= 1
            ring[number].state.insert(.settled)
        } else {
            settleOther(number, patience, &outcome)
        }
        ring.dropSettled()
    }

    /// Decides the oldest span if the decision needs more than whether it has usage.
    @inline(never)
    private mutating func settleOther(_ number: UInt32, _ patience: Patience, _ outcome: inout SettleOutcome) {
        if ring[number].state.contains(.aggregate) {
            settleAggregate(number, patience, &outcome)
        } else {
            // By the line alone: the call itself lies in memory that was last used when it came.
            if ring[number].state.contains(.inCounts) {
                matchEqualCounts(number)
            } else if lacksChains, scopes.hasSeveral(keys.resource(ring[call: number].resource)) {
                cutSearches += 1
            }
            if ring[number].nextTwin == number, ring[number].state.isDisjoint(with: .special) {
                settleSingle(number, patience, &outcome)
            } else {
                settleGroup(number, patience, &outcome)
            }
        }
    }

    /// Decides a call that has no twins.
    private mutating func settleSingle(_ number: UInt32, _ patience: Patience, _ outcome: inout SettleOutcome) {
        let state = ring[number].state
        // Those that say nothing of tokens may be a part of one that does.
        if state.isDisjoint(with: [.usage, .failed, .barred]) { return settleGroup(number, patience, &outcome) }
        if state.contains(.usage), state.contains(.callBelow), !state.contains(.usageBelow) {
            return settleGroup(number, patience, &outcome)
        }
        var isDropped = state.isOuter || state.contains(.barred)
        if !isDropped, state.contains(.usage) { isDropped = isCoveredLate(number) }
        if isDropped {
            outcome.drop(ring[call: number].identity, .twin, records: recordsFates)
        } else {
            count(number, &outcome)
        }
        leave(number, isDropped: isDropped)
    }

    /// Counts a span.
    @inline(__always)
    mutating func count(_ number: UInt32, _ outcome: inout SettleOutcome) {
        outcome.report.counted += 1
        if recordsFates {
            outcome.report.fates.append(
                SpanFate(identity: ring[call: number].identity, outcome: .counted, inFavourOf: nil))
        }
        if !evidence.isEmpty { settleSides(number) }
        if ring[number].nextTwin != number { enrich(number) }
        if !ring[number].state.isDisjoint(with: [.nameless, .unmarkedUsageBelow]) { inheritName(number) }
        if inherit != nil, ring[call: number].attribution.seeksAncestors { inheritAttribution(number) }
        if number != counted.first &+ counted.count { handOver(&outcome) }
        if counted.count == 0 { counted.first = number }
        counted.count += 1
    }

    /// Hands over the spans that were counted: most follow each other, so that many are copied in one step.
    mutating func handOver(_ outcome: inout SettleOutcome) {
        guard counted.count > 0 else { return }
        ring.copy(counted.first, count: Int(counted.count), to: &outcome.calls)
        counted.count = 0
    }

    /// Notes what must outlive the wait of a span that has been decided.
    @inline(__always)
    mutating func leave(_ number: UInt32, isDropped: Bool) {
        let line = ring[number]
        waiting -= 1
        ring[number].state.insert(.settled)
        // Those that others lie below stay a step on the way up.
        if !line.state.isDisjoint(with: [.below, .unmarkedBelow, .aggregate]) {
            offers.remember(line.span, SpanOffer(ring[call: number]), bounded: !isClockless)
            remember(line.span, below: line.parent)
        }
        if isDropped {
            let slot = recentKeys.note(line.span)
            recentKeys[slot] |= SpanNote.dropped
        }
    }
}

/// How long a span that is due may wait on.
enum Patience {
    /// It is decided now, since too many wait.
    case none
    /// Everything has arrived that will: only what must be decided after other spans goes behind them.
    case forOrder
    /// It waits as long again where a span that is still missing may tell more.
    case full
}
