// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Decides whether a span that nothing marks as a call sums, or is a note about, others of its trace that are not known to be
/// below it.
struct SumSearch: ~Copyable {
    /// Calls whose ways up end at a span that never arrived.
    private var summands = Summands(detached: true)
    /// All other calls of the trace.
    private var neighbours = Summands(detached: false)
    private var notes = NoteEvidence()

    /// Whether the counts of two or more calls may add up to those of a call, some of which may still find their twins.
    mutating func mayBeSum(
        _ number: UInt32, _ ancestry: inout Ancestry, _ waiting: inout WaitingSpans, _ costs: inout SearchCosts
    ) -> Bool {
        gather(number, &ancestry, &waiting, &costs)
        if summands.calls.count > 1 { return true }
        guard neighbours.calls.count > 1 else { return false }
        for call in neighbours.calls where waiting.waits(call.number) { return true }
        return false
    }

    /// What a span is that sums other calls or is a note about one; `nil` if it is neither.
    mutating func repetition(
        _ number: UInt32, _ ancestry: inout Ancestry, _ waiting: inout WaitingSpans, _ costs: inout SearchCosts
    ) -> SpanFate.Outcome? {
        guard waiting[number].state.contains(.usage), waiting[number].tokens > 0 else { return nil }
        gather(number, &ancestry, &waiting, &costs)
        let process = waiting[call: number].resource
        if summands.add(up: waiting[number], process: process) { return .repeatsChildren }
        if notes.isOne { return .twin }
        // One count alone agrees too easily.
        guard waiting[number].output > 0 else { return nil }
        return notes.isTotal || neighbours.add(up: waiting[number], process: process) ? .repeatsChildren : nil
    }

    /// Gathers the counted calls of the trace that a span may sum or be a note about.
    private mutating func gather(
        _ number: UInt32, _ ancestry: inout Ancestry, _ waiting: inout WaitingSpans, _ costs: inout SearchCosts
    ) {
        summands.calls.removeAll(keepingCapacity: true)
        neighbours.calls.removeAll(keepingCapacity: true)
        notes = NoteEvidence()
        let trace = waiting[ties: number].trace
        let own = ancestry.end(from: waiting[number].parent, &waiting)
        let chain = waiting.earn(ofTrace: trace)
        let before = ancestry.waySteps
        var (other, looked) = (chain.newest, 0)
        while waiting.remembers(other) {
            guard looked + ancestry.waySteps - before < chain.steps, summands.calls.count < Summands.most,
                neighbours.calls.count < Summands.most
            else {
                costs.addCut()
                break
            }
            looked += 1
            if waiting[ties: other].trace == trace { take(other, for: number, own, &ancestry, &waiting) }
            let next = waiting[ties: other].sameTrace
            guard waiting.next &- next > waiting.next &- other else { break }
            other = next
        }
        let steps = looked + ancestry.waySteps - before
        waiting.spend(steps, ofTrace: trace)
        costs.add(steps: steps)
    }

    private mutating func take(
        _ other: UInt32, for number: UInt32, _ own: UInt64, _ ancestry: inout Ancestry, _ waiting: inout WaitingSpans
    ) {
        let (line, mine) = (waiting[other], waiting[number])
        guard other != number, line.span != mine.span, line.state.contains(.usage),
            line.state.isDisjoint(with: .aggregate), !line.state.isOuter,
            waiting[ties: other].lead != waiting[ties: number].lead, line.start <= mine.end || mine.output == 0
        else { return }
        // A span that waits for the second time is in the chain by its new number as well. Of twins, which is counted does not
        // matter here: the sum may be in the trace of the other one.
        guard let note = ancestry.value(of: line.span), SpanNote(note).number == other else { return }
        let (lead, process) = (waiting[ties: other].lead, waiting[call: other].resource)
        if mine.touches(line) {
            let end = ancestry.end(from: line.parent, &waiting)
            if end != 0, end != own { summands.take(line, number: other, lead: lead, top: end, process: process) }
        }
        // A span with an answer's id of its own is a call.
        guard mine.response == 0 else { return }
        neighbours.take(line, number: other, lead: lead, top: line.parent, process: process)
        notes.compare(
            EqualCounts.Candidate(number, &waiting), mine, with: EqualCounts.Candidate(other, &waiting), line,
            cached: waiting[call: other].usage.cached)
    }
}
