// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Whether a call that nothing marks as one sums calls whose ways up to it are not known.
extension SettleWindow {
    /// Whether at least two calls lie within the time of a call, or touch it, that could be below it.
    mutating func mayBeSum(_ number: UInt32) -> Bool {
        gatherSummands(number)
        return summands.calls.count > 1
    }

    /// Whether the counts of a call are the sum of two or more others.
    mutating func sumsOthers(_ number: UInt32) -> Bool {
        guard ring[number].state.contains(.usage), ring[number].tokens > 0 else { return false }
        gatherSummands(number)
        return summands.add(up: ring[number], process: ring[call: number].resource)
    }

    /// Gathers the counted calls of the trace whose ways up end at a span that never arrived, and that touch a call's time.
    private mutating func gatherSummands(_ number: UInt32) {
        summands.calls.removeAll(keepingCapacity: true)
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
        while ring.remembers(other), summands.calls.count < Summands.most {
            guard looked + waySteps - before < steps else {
                cutSearches += 1
                break
            }
            looked += 1
            if ring[ties: other].trace == trace { gatherSummand(other, for: number, own) }
            let next = ring[ties: other].sameTrace
            guard ring.next &- next > ring.next &- other else { break }
            other = next
        }
    }

    private mutating func gatherSummand(_ other: UInt32, for number: UInt32, _ own: UInt64) {
        let (line, mine) = (ring[other], ring[number])
        guard other != number, line.span != mine.span, line.state.contains(.usage),
            line.state.isDisjoint(with: .aggregate), !line.state.isOuter, mine.touches(line),
            ring[ties: other].lead != ring[ties: number].lead
        else { return }
        // One that waits for the second time is in the chain by its new number as well. Of twins, which is counted does not
        // matter here: the sum may lie in the trace of the other one.
        guard let note = notebook.value(of: line.span), SpanNote(note).number == other else { return }
        let end = end(from: line.parent)
        guard end != 0, end != own else { return }
        summands.take(
            line, number: other, lead: ring[ties: other].lead, end: end, process: ring[call: other].resource)
    }
}
