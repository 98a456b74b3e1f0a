// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// Whether an aggregate repeats its calls, or stands for calls that nobody saw.
extension SettleWindow {
    /// Decides an aggregate with usage.
    ///
    /// - Parameters:
    ///   - number: The aggregate, which is the oldest span.
    ///   - patience: Whether it may wait a second time.
    ///   - outcome: What comes out.
    mutating func settleAggregate(_ number: UInt32, _ patience: Patience, _ outcome: inout SettleOutcome) {
        let line = ring[number]
        var fate = SpanFate.Outcome.counted
        if !line.state.isDisjoint(with: [.usageBelow, .unmarkedUsageBelow, .barred])
            || !configuration.countChildlessAgents
            || (line.response != 0 && (recentKeys.value(of: line.response) ?? 0) != 0)
        {
            fate = .repeatsChildren
        } else if mayBeAboveCalls(number) {
            if patience == .full, !line.state.contains(.deferred) { return deferOldest(&outcome) }
            fate = .repeatsChildren
        } else if beganBeforeMemory(line) {
            fate = .unproven
        }
        guard fate == .counted else {
            outcome.drop(ring[call: number].identity, fate, records: recordsFates)
            return leave(number, isDropped: true)
        }
        if line.response != 0 {
            let call = ring[call: number]
            let slot = recentKeys.note(line.response)
            recentKeys[slot] =
                ResponseNote(number: number, scope: call.scope, reportsUsage: true, end: call.endNanoseconds).word
        }
        count(number, &outcome)
        leave(number, isDropped: false)
    }

    /// Whether what lies below an aggregate may have been forgotten.
    ///
    /// Clocks of senders are compared with nothing but themselves: how long it ran counts back from its arrival.
    private mutating func beganBeforeMemory(_ line: WaitingLine) -> Bool {
        guard recentKeys.forgotten.total > 0 else { return false }
        let waits: UInt64 = line.state.contains(.deferred) ? 2 : 1
        // An age that does not fit is older than the memory.
        guard let waited = Outside(configuration.settleNanoseconds).multiplied(by: waits),
            let back = waited.adding(Outside(line.duration)), let began = Outside(line.arrival).subtracting(back)
        else { return true }
        return began < Outside(recentKeys.memoryBegan(for: line.span))
    }

    /// Whether a call with usage may lie below the aggregate without a known way up to it.
    ///
    /// A call whose way up ends at a span that never arrived may lie below any aggregate of its trace, unless the
    /// aggregate's own way up leads there too.
    private mutating func mayBeAboveCalls(_ number: UInt32) -> Bool {
        let (line, trace) = (ring[number], ring[ties: number].trace)
        let own = end(from: line.parent)
        // An aggregate adds steps to the chain, too. When they are used up, it counts as repeating its calls, as it does
        // whenever that is unknown.
        traceChains.earn(trace)
        let steps = traceChains.steps(trace)
        let before = waySteps
        var looked = 0
        defer {
            traceChains.spend(looked + waySteps - before, of: trace)
            searchSteps += UInt64(looked + waySteps - before)
        }
        var other = traceChains.newest(trace)
        while looked < Self.mostCallsOfTrace, ring.remembers(other) {
            guard looked + waySteps - before < steps else {
                cutSearches += 1
                return true
            }
            looked += 1
            if ring[ties: other].trace == trace, mayBeAbove(other, line, own) { return true }
            let next = ring[ties: other].sameTrace
            guard ring.next &- next > ring.next &- other else { break }
            other = next
        }
        for rank in 0..<Self.tops {
            guard let top = recentKeys.value(of: keys.top(rank, of: trace)), top != 0 else { return false }
            // The first call of a trace is found by the mark it left; it may be outside the aggregate's time.
            if rank == 0, let note = recentKeys.value(of: top).map({ SpanNote($0) }), note.has(SpanNote.leaf),
                ring.remembers(note.number), ring[ties: note.number].trace == trace,
                ring[note.number].parent == top
            {
                if mayBeAbove(note.number, line, own) { return true }
                continue
            }
            let end = end(from: top & ~1)
            if end != 0, end != own || top & 1 == 1 { return true }
        }
        return false
    }

    private static var mostCallsOfTrace: Int { 128 }

    /// Whether an aggregate may be above one call.
    private mutating func mayBeAbove(_ number: UInt32, _ line: WaitingLine, _ own: UInt64) -> Bool {
        guard ring[number].state.contains(.usage), line.contains(ring[number]) else { return false }
        let end = end(from: ring[number].parent)
        return end != 0 && end != own
    }

    /// Notes of a decided call what must outlive its slot of the ring, which another span is about to take.
    @inline(__always)
    mutating func forgetOverwritten() {
        guard let number = ring.overwritten else { return }
        if hasTopToNote(number) { rememberTop(of: ring[ties: number].trace, from: ring[number].parent) }
    }

    /// Whether the way up from a call is not known to its end, nor where it begins noted for its trace.
    @inline(__always)
    private func hasTopToNote(_ number: UInt32) -> Bool {
        let line = ring[number]
        return line.state.intersection([.inTrace, .wayKnown]) == .inTrace && !line.isTop
    }

    /// Asks memory to bring near what ``forgetOverwritten()`` needs some calls later.
    @inline(__always)
    func fetchOverwritten(ahead steps: Int) {
        guard let number = ring.overwritten(ahead: steps), hasTopToNote(number) else { return }
        recentKeys.fetchNoted(keys.top(0, of: ring[ties: number].trace))
    }

    /// Remembers a call with usage that has just arrived and whose way up is not known to its end.
    ///
    /// One word for the trace says where the first one's way up begins, and outlives the wait; all of them go into a chain
    /// while they are remembered.
    @inline(__always)
    mutating func noteTop(_ number: UInt32, _ top: UInt64, _ parent: UInt64) {
        let slot = recentKeys.note(top)
        if recentKeys[slot] == 0 { recentKeys[slot] = parent }
        // Most traces have one such call.
        if recentKeys[slot] == parent { ring[number].classesAndTop |= WaitingLine.topBit }
        ring[number].state.insert(.inTrace)
        chainTrace(number)
    }

    /// Remembers where the way up from a decided call with usage ends, for aggregates of the trace that come later.
    @inline(never)
    mutating func rememberTop(of trace: UInt64, from parent: UInt64) {
        var mine: UInt64?
        for rank in 0..<Self.tops {
            let slot = recentKeys.note(keys.top(rank, of: trace))
            let there = recentKeys[slot]
            if there == 0 {
                recentKeys[slot] = mine ?? parent
                return
            }
            if there == parent || there == mine { return }
            let end = mine ?? end(from: parent)
            guard end != 0 else { return }
            mine = end
            // What was an end then may be known further up by now.
            let theirs = self.end(from: there & ~1)
            recentKeys[slot] = theirs == 0 ? end : theirs | there & 1
            if theirs == 0 || theirs == end { return }
            // More ends than are remembered: the trace counts as unknown from now on.
            if rank == Self.tops - 1 { recentKeys[slot] |= 1 }
        }
    }

    /// How many ends of ways up are remembered of a trace.
    private static var tops: Int { 4 }
}
