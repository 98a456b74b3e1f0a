// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Spans that are parts of a call above them: nothing marks them as calls, or they say nothing of tokens.
extension SettleWindow {
    /// Makes each part in a group a twin of the call above it.
    ///
    /// - Parameter first: A span of the group.
    mutating func joinParts(_ first: UInt32) {
        var hasGrown = true
        // What a call brings along may be a part of another.
        for _ in 0..<SettleRing.mostTwins where hasGrown {
            hasGrown = false
            var member = first
            repeat {
                let next = waiting[member].nextTwin
                if joinPart(member) { hasGrown = true }
                member = next
            } while member != first
        }
    }

    /// - Returns: Whether the group has grown.
    private mutating func joinPart(_ number: UInt32) -> Bool {
        let state = waiting[number].state
        guard state.isDisjoint(with: .barred), !state.isOuter else { return false }
        if state.contains(.unmarked) {
            switch ancestry.markedAbove(number, &waiting) {
            case .none: break
            case .waiting(let call): return joinPart(number, to: call)
            case .decided(let note):
                // Its call was counted; a call that was counted without usage leaves the part's usage to be counted.
                if note.has(SpanNote.usage) || !state.contains(.usage) { waiting.bar(number) }
                return false
            }
        }
        guard state.isDisjoint(with: [.usage, .failed]), case .waiting(let call) = ancestry.usageAbove(number, &waiting)
        else {
            return false
        }
        return waiting[call].state.isOuter ? false : joinPart(number, to: call)
    }

    private mutating func joinPart(_ number: UInt32, to call: UInt32) -> Bool {
        guard waiting[ties: call].lead != waiting[ties: number].lead else { return false }
        if waiting.join(call, number) { return true }
        waiting.bar(number)
        return false
    }

    /// Whether a group that is due has to wait once more, until spans that arrived later are decided or could have arrived.
    ///
    /// - Parameters:
    ///   - first: The oldest span of the group.
    ///   - patience: What it may wait for.
    /// - Returns: Whether it waits.
    mutating func mustWait(_ first: UInt32, _ patience: Patience) -> Bool {
        var (isNamed, isNameless) = (false, false)
        var member = first
        repeat {
            let state = waiting[member].state
            if !state.isOuter {
                // Parts join their call when they are due themselves.
                if state.isDisjoint(with: .unmarked), !state.isDisjoint(with: .unmarkedBelow) { return true }
                if state.contains(.usage), !state.isDisjoint(with: [.callBelow, .unmarkedCallBelow]) { return true }
                if state.contains(.unmarked), state.contains(.usage), decisions.mayBeSum(member, &ancestry, &waiting) {
                    return true
                }
                if state.contains(.nameless) { isNameless = true }
            }
            if waiting[call: member].responseModel.or(waiting[call: member].requestModel) != .absent { isNamed = true }
            member = waiting[member].nextTwin
        } while member != first
        return patience == .full && isNameless && !isNamed && ancestry.nameAbove(first, &waiting) == nil
    }

    /// Lets the oldest span wait for the second time, behind all that wait now.
    mutating func deferOldest(_ outcome: inout SettleOutcome) {
        // Its new slot may be that of a span that was counted a moment ago.
        decisions.handOver(&waiting, &outcome)
        let old = waiting.oldest
        let isBarred = waiting[old].state.contains(.usage) && ancestry.isCoveredLate(old, &waiting)
        let twin = waiting.leaveTwins(old)
        let (call, number) = (waiting[call: old], waiting.next)
        var (line, ties) = (waiting[old], waiting[ties: old])
        waiting.settle(old)
        waiting.dropSettled()
        line.state.insert(.deferred)
        if isBarred { line.state.insert(.barred) }
        line.arrival = ancestry.latest
        line.nextTwin = number
        ties.lead = number
        ties.twins = 1
        ties.comparedUpTo = number
        forgetOverwritten()
        unsafe withUnsafePointer(to: call) { call in
            // Sound: the reference is used within this closure.
            _ = unsafe waiting.append(CallReference(call), line, ties)
        }
        ancestry.move(line, from: old, to: number)
        if !line.state.contains(.aggregate) { waiting.chainAgain(number) }
        if let twin { waiting.join(twin, number) }
    }
}
