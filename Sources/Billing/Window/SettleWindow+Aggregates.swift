// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// Whether an aggregate repeats its calls, or is counted for calls that no span reported.
extension SettleWindow {
    /// Decides an aggregate with usage.
    ///
    /// - Parameters:
    ///   - number: The aggregate, which is the oldest span.
    ///   - patience: Whether it may wait a second time.
    ///   - outcome: What comes out.
    mutating func settleAggregate(_ number: UInt32, _ patience: Patience, _ outcome: inout SettleOutcome) {
        let line = waiting[number]
        var fate = SpanFate.Outcome.counted
        if !line.state.isDisjoint(with: [.usageBelow, .unmarkedUsageBelow, .barred])
            || !configuration.countChildlessAgents
            || (line.response != 0 && (ancestry.value(of: line.response) ?? 0) != 0)
        {
            fate = .repeatsChildren
        } else if mayBeAboveCalls(number) {
            if patience == .full, !line.state.contains(.deferred) { return deferOldest(&outcome) }
            fate = .repeatsChildren
        } else if beganBeforeMemory(line) {
            fate = .unproven
        }
        guard fate == .counted else {
            drop(number, fate, &outcome)
            return leave(number, isDropped: true)
        }
        if line.response != 0 {
            let call = waiting[call: number]
            ancestry.setResponse(
                line.response,
                ResponseNote(number: number, scope: call.scope, reportsUsage: true, end: call.endNanoseconds))
        }
        decisions.count(number, &ancestry, &waiting, &outcome)
        leave(number, isDropped: false)
    }

    /// Whether calls below an aggregate may have been forgotten.
    ///
    /// A sender's clock is compared only with itself: the time that the aggregate ran is subtracted from its arrival.
    private mutating func beganBeforeMemory(_ line: WaitingLine) -> Bool {
        guard !ancestry.isComplete else { return false }
        let waits: UInt64 = line.state.contains(.deferred) ? 2 : 1
        // An age that does not fit is older than the memory.
        guard let waited = Outside(configuration.settleNanoseconds).multiplied(by: waits),
            let back = waited.adding(Outside(line.duration)), let began = Outside(line.arrival).subtracting(back)
        else { return true }
        return began < Outside(ancestry.memoryBegan(for: line.span))
    }

    /// Whether a call with usage may be below the aggregate without a known way up to it.
    ///
    /// A call whose way up ends at a span that never arrived may be below any aggregate of its trace, unless the
    /// aggregate's own way up leads there too.
    private mutating func mayBeAboveCalls(_ number: UInt32) -> Bool {
        let (line, trace) = (waiting[number], waiting[ties: number].trace)
        let own = ancestry.end(from: line.parent, &waiting)
        if anyCall(ofTraceOf: number, { $0.mayBeAbove($1, line, own) }) { return true }
        let before = ancestry.waySteps
        defer {
            waiting.spend(ancestry.waySteps - before, ofTrace: trace)
            decisions.add(steps: ancestry.waySteps - before)
        }
        for rank in 0..<Ancestry.tops {
            guard let top = ancestry.value(of: ancestry.topKey(rank, of: trace)), top != 0 else { return false }
            // The first call of a trace is found by the mark it left; it may be outside the aggregate's time.
            if rank == 0, let note = ancestry.value(of: top).map({ SpanNote($0) }), note.has(SpanNote.leaf),
                waiting.remembers(note.number), waiting[ties: note.number].trace == trace,
                waiting[note.number].parent == top
            {
                if mayBeAbove(note.number, line, own) { return true }
                continue
            }
            let end = ancestry.end(from: top & ~1, &waiting)
            if end != 0, end != own || top & 1 == 1 { return true }
        }
        return false
    }

    /// Searches the calls of a span's trace, the newest first, for one that counts against the span.
    ///
    /// - Parameters:
    ///   - number: The span. It adds steps to those of its trace, as calls do.
    ///   - isMeant: Whether a call, by its number, is one.
    /// - Returns: Whether there is one. When the steps of the trace are used up, that is unknown, and the answer is `true`.
    mutating func anyCall(
        ofTraceOf number: UInt32, _ isMeant: (inout SettleWindow, UInt32) -> Bool
    ) -> Bool {
        let trace = waiting[ties: number].trace
        let (newest, steps) = waiting.earn(ofTrace: trace)
        let before = ancestry.waySteps
        var looked = 0
        defer {
            waiting.spend(looked + ancestry.waySteps - before, ofTrace: trace)
            decisions.add(steps: looked + ancestry.waySteps - before)
        }
        var other = newest
        while looked < Self.mostCallsOfTrace, waiting.remembers(other) {
            guard looked + ancestry.waySteps - before < steps else {
                decisions.addCutSearch()
                return true
            }
            looked += 1
            if waiting[ties: other].trace == trace, isMeant(&self, other) { return true }
            let next = waiting[ties: other].sameTrace
            guard waiting.next &- next > waiting.next &- other else { break }
            other = next
        }
        return false
    }

    /// The largest number of calls of a trace that one search looks at.
    private static var mostCallsOfTrace: Int { 128 }

    /// Whether an aggregate may be above one call.
    private mutating func mayBeAbove(_ number: UInt32, _ line: WaitingLine, _ own: UInt64) -> Bool {
        guard waiting[number].state.contains(.usage), line.contains(waiting[number]) else { return false }
        let end = ancestry.end(from: waiting[number].parent, &waiting)
        return end != 0 && end != own
    }

    /// Keeps those facts of a decided call that are needed after another span has taken its slot in the ring.
    @inline(__always)
    mutating func forgetOverwritten() {
        guard let number = waiting.overwritten() else { return }
        if waiting[number].hasTopToNote {
            ancestry.rememberTop(of: waiting[ties: number].trace, from: waiting[number].parent, &waiting)
        }
    }

    /// Prefetches what ``forgetOverwritten()`` needs some calls later.
    @inline(__always)
    mutating func fetchOverwritten(ahead steps: Int) {
        guard let number = waiting.overwritten(ahead: steps), waiting[number].hasTopToNote else { return }
        ancestry.fetchTop(of: waiting[ties: number].trace)
    }

    /// Remembers a call with usage that has just arrived and whose way up is not known to its end.
    ///
    /// One word for the trace says where the first one's way up begins, and outlives the wait; all of them go into a chain
    /// while they are remembered.
    @inline(__always)
    mutating func noteTop(_ number: UInt32, _ top: UInt64, _ parent: UInt64) {
        if ancestry.noteTop(top, parent) { waiting.noteTop(number) }
        waiting.chainTrace(number)
    }
}
