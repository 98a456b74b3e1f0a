// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Whether a span that nothing marks as a call sums, or is a note about, others of its trace that are not known to be below it.
extension SettleWindow {
    /// Whether the counts of two or more calls may add up to those of a call, some of which may still find their twins.
    mutating func mayBeSum(_ number: UInt32) -> Bool {
        gatherSummands(number)
        if summands.calls.count > 1 { return true }
        guard neighbours.calls.count > 1 else { return false }
        for call in neighbours.calls where ring.waits(call.number) { return true }
        return false
    }

    /// What a span is that sums other calls or is a note about one; `nil` if it is neither.
    mutating func repetition(_ number: UInt32) -> SpanFate.Outcome? {
        guard ring[number].state.contains(.usage), ring[number].tokens > 0 else { return nil }
        gatherSummands(number)
        let process = ring[call: number].resource
        if summands.add(up: ring[number], process: process) { return .repeatsChildren }
        if notes.isOne { return .twin }
        // One count alone agrees too easily.
        guard ring[number].output > 0 else { return nil }
        return notes.isTotal || neighbours.add(up: ring[number], process: process) ? .repeatsChildren : nil
    }

    /// Gathers the counted calls of the trace that a span may sum or be a note about: those whose ways up end at a span that never
    /// arrived, and all others.
    private mutating func gatherSummands(_ number: UInt32) {
        summands.calls.removeAll(keepingCapacity: true)
        neighbours.calls.removeAll(keepingCapacity: true)
        notes = NoteEvidence()
        let trace = ring[ties: number].trace
        let own = end(from: ring[number].parent)
        traceChains.earn(trace)
        let (steps, before) = (traceChains.steps(trace), waySteps)
        var looked = 0
        defer {
            traceChains.spend(looked + waySteps - before, of: trace)
            searchSteps += UInt64(looked + waySteps - before)
        }
        var other = traceChains.newest(trace)
        while ring.remembers(other) {
            guard looked + waySteps - before < steps, summands.calls.count < Summands.most,
                neighbours.calls.count < Summands.most
            else {
                cutSearches += 1
                break
            }
            looked += 1
            if ring[ties: other].trace == trace { gather(other, for: number, own) }
            let next = ring[ties: other].sameTrace
            guard ring.next &- next > ring.next &- other else { break }
            other = next
        }
    }

    private mutating func gather(_ other: UInt32, for number: UInt32, _ own: UInt64) {
        let (line, mine) = (ring[other], ring[number])
        guard other != number, line.span != mine.span, line.state.contains(.usage),
            line.state.isDisjoint(with: .aggregate), !line.state.isOuter,
            ring[ties: other].lead != ring[ties: number].lead, line.start <= mine.end || mine.output == 0
        else { return }
        // One that waits for the second time is in the chain by its new number as well. Of twins, which is counted does not
        // matter here: the sum may lie in the trace of the other one.
        guard let note = recentKeys.value(of: line.span), SpanNote(note).number == other else { return }
        let (lead, process) = (ring[ties: other].lead, ring[call: other].resource)
        if mine.touches(line) {
            let end = end(from: line.parent)
            if end != 0, end != own { summands.take(line, number: other, lead: lead, top: end, process: process) }
        }
        // What has an answer's id of its own is a call.
        guard mine.response == 0 else { return }
        neighbours.take(line, number: other, lead: lead, top: line.parent, process: process)
        notes.compare(candidate(number), mine, with: candidate(other), line, cached: ring[call: other].usage.cached)
    }
}
