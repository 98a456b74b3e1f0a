// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Spans that are their own ancestors, as a sender says that is broken or means harm.
///
/// Marks go round a cycle of parents, so each of its calls seems to be above another one, and none would be counted. Which link
/// of the cycle is wrong nobody can know. So none of them makes a call an outer one: each call on the cycle is counted, except
/// one that repeats a call which hangs below it and is not on the cycle itself. Calls without usage are parts of those with
/// usage, and spans that nothing marks parts of those that something marks. An agent is counted only if no call is on its cycle or
/// below, and of several agents one.
///
/// Cycles of more than ``Ancestry/mostSteps`` spans are not found: their calls are dropped as outer ones.
extension SettleWindow {
    /// Takes the marks of a span that is due from it if they only came round a cycle of parents.
    ///
    /// - Parameter number: The span, which seems to be above a call.
    mutating func openCycle(_ number: UInt32) {
        let line = waiting[number]
        guard line.state.isDisjoint(with: .wayKnown), let cycle = ancestry.cycle(through: line.span, &waiting),
            isCounted(line, amongThoseOf: cycle),
            line.state.contains(.aggregate) || !isAboveCall(number, offThe: cycle)
        else { return }
        let isMarked = line.state.isDisjoint(with: .unmarked)
        waiting.forgetBelow(number, isMarked ? .below : [.below, .unmarkedBelow])
        // The span remains a step of the cycle for those that are due later.
        ancestry.remember(line.span, offer: SpanOffer(waiting[call: number]))
        ancestry.remember(line.span, below: line.parent, &waiting)
    }

    /// Whether a span is counted beside the others of its cycle.
    private mutating func isCounted(_ line: WaitingLine, amongThoseOf cycle: [UInt64]) -> Bool {
        if line.state.contains(.aggregate) {
            guard line.state.isDisjoint(with: [.callBelow, .unmarkedBelow]) else { return false }
            // Of several agents, any will do that is the same in each order of arrival.
            return cycle.allSatisfy { span in
                span >= line.span || !SpanNote(ancestry.value(of: span) ?? 0).has(SpanNote.arrived | SpanNote.usage)
            }
        }
        return cycle.allSatisfy { span in
            let note = SpanNote(ancestry.value(of: span) ?? 0)
            guard note.has(SpanNote.arrived | SpanNote.call) else { return true }
            if note.has(SpanNote.usage) != line.state.contains(.usage) { return line.state.contains(.usage) }
            return line.state.isDisjoint(with: .unmarked) || note.has(SpanNote.unmarked)
        }
    }

    /// Whether a call with usage hangs below one of a cycle without being on the cycle.
    private mutating func isAboveCall(_ number: UInt32, offThe cycle: [UInt64]) -> Bool {
        let (line, trace) = (waiting[number], waiting[ties: number].trace)
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
            let state = waiting[other].state
            if waiting[ties: other].trace == trace, state.contains(.usage), !cycle.contains(waiting[other].span),
                state.isDisjoint(with: .unmarked) || line.state.contains(.unmarked),
                ancestry.entry(into: cycle, from: waiting[other].parent, &waiting) == line.span
            {
                return true
            }
            let next = waiting[ties: other].sameTrace
            guard waiting.next &- next > waiting.next &- other else { break }
            other = next
        }
        return false
    }
}
