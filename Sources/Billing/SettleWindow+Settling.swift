// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What happens to a span when it is due.
extension SettleWindow {
    /// Decides spans that are due.
    ///
    /// - Parameters:
    ///   - now: Monotonic nanoseconds.
    ///   - most: How many places to go on at most.
    ///   - outcome: What comes out.
    /// - Returns: Whether more may be due.
    mutating func settleDue(now: UInt64, atMost most: Int, _ outcome: inout SettleOutcome) -> Bool {
        latest = max(latest, now)
        defer { handOver(&outcome) }
        for _ in 0..<most {
            guard ring.count > 0 else { return false }
            let arrival = ring[ring.oldest].arrival
            guard latest - arrival >= configuration.settleNanoseconds else { return false }
            settleNext(mayDefer: true, &outcome)
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
            settleNext(mayDefer: false, &outcome)
        }
        return true
    }

    /// Decides the oldest span, with its group; whoever calls it hands over what was counted before more spans arrive.
    ///
    /// - Parameters:
    ///   - mayDefer: Whether an aggregate may wait a second time.
    ///   - outcome: What comes out.
    mutating func settleNext(mayDefer: Bool, _ outcome: inout SettleOutcome) {
        let number = ring.oldest
        if notebook.isFull { turnNotebook() }
        if lacksChains { completeChains() }
        if ring[number].state.contains(.aggregate) {
            settleAggregate(number, mayDefer: mayDefer, &outcome)
        } else {
            // By the line alone: the call itself lies in memory that was last used when it came.
            if ring[number].state.contains(.inCounts) {
                matchEqualCounts(number)
            } else if lacksChains, census.hasSeveral(keys.resource(ring[call: number].resource)) {
                cutSearches += 1
            }
            if ring[number].nextTwin == number {
                settleSingle(number, &outcome)
            } else {
                settleGroup(number, &outcome)
            }
        }
        ring.dropSettled()
    }

    /// Decides a call that has no twins.
    @inline(__always)
    private mutating func settleSingle(_ number: UInt32, _ outcome: inout SettleOutcome) {
        let state = ring[number].state
        var isDropped = state.isOuter || state.contains(.barred)
        if !isDropped, state.isDisjoint(with: [.usage, .failed]) { isDropped = liesBelowUsage(number) }
        if !isDropped, state.contains(.usage) { isDropped = isCoveredLate(number) }
        if isDropped {
            outcome.drop(ring[call: number].identity, .twin, records: configuration.recordsFates)
        } else {
            count(number, &outcome)
        }
        leave(number, isDropped: isDropped)
    }

    /// Counts a span.
    @inline(__always)
    mutating func count(_ number: UInt32, _ outcome: inout SettleOutcome) {
        outcome.report.counted += 1
        if configuration.recordsFates {
            outcome.report.fates.append(
                SpanFate(identity: ring[call: number].identity, outcome: .counted, inFavourOf: nil))
        }
        if ring[number].nextTwin != number { enrich(number) }
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
        if !line.state.isDisjoint(with: [.usageBelow, .callBelow, .aggregate]) {
            let attribution = ring[call: number].attribution
            if attribution.offersToDescendants {
                offers.remember(line.span, attribution, bounded: !isClockless)
            }
            remember(line.span, below: line.parent)
        }
        if isDropped {
            let slot = notebook.note(line.span)
            notebook[slot] |= SpanNote.dropped
        }
    }

    /// Whether a span lies below a call with usage.
    mutating func liesBelowUsage(_ number: UInt32) -> Bool {
        var span = ring[number].parent
        for _ in 0..<Self.mostSteps where span != 0 {
            if let note = notebook.value(of: span) {
                let note = SpanNote(note)
                if note.has(SpanNote.arrived | SpanNote.call | SpanNote.usage) { return true }
            }
            guard let above = parent(of: span) else { return false }
            span = above
        }
        return false
    }
}
