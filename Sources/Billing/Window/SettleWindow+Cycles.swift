// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Spans that are their own ancestors, as a sender says that is broken or means harm.
///
/// Marks go round a cycle of parents. So each of its calls seems to be above another one, and none would be counted. One link of the
/// cycle is wrong, and the window cannot know which. So it takes no link of the cycle to make a call an outer one:
///
/// - Each call on the cycle is counted, except one that repeats a call which hangs below it off the cycle.
/// - A call without usage is a part of those with usage, and a span that nothing marks is a part of those that something marks.
/// - An agent is counted only if no call is on its cycle or below. Of several such agents, one is counted.
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
            // Of several agents, the one with the lowest key is counted, in whichever order they come.
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

    /// Whether a call with usage hangs below a span of a cycle without being on the cycle.
    private mutating func isAboveCall(_ number: UInt32, offThe cycle: [UInt64]) -> Bool {
        let line = waiting[number]
        return anyCall(ofTraceOf: number) { window, other in
            let state = window.waiting[other].state
            guard state.contains(.usage), !cycle.contains(window.waiting[other].span),
                state.isDisjoint(with: .unmarked) || line.state.contains(.unmarked)
            else { return false }
            let entry = window.ancestry.entry(into: cycle, from: window.waiting[other].parent, &window.waiting)
            return entry == line.span
        }
    }
}
