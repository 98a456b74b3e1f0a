// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Spans that are parts of a call above them: nothing marks them as calls, or they say nothing of tokens.
extension SettleWindow {
    /// A call above a span.
    enum CallAbove {
        case none
        case waiting(UInt32)
        case decided(SpanNote)
    }

    /// Makes each part in a group a twin of the call above it.
    ///
    /// - Parameter first: A span of the group.
    mutating func joinParts(_ first: UInt32) {
        var hasGrown = true
        // What a call brings along may be a part of another.
        for _ in 0..<Self.mostTwins where hasGrown {
            hasGrown = false
            var member = first
            repeat {
                let next = ring[member].nextTwin
                if joinPart(member) { hasGrown = true }
                member = next
            } while member != first
        }
    }

    /// - Returns: Whether the group has grown.
    private mutating func joinPart(_ number: UInt32) -> Bool {
        let state = ring[number].state
        guard state.isDisjoint(with: .barred), !state.isOuter else { return false }
        if state.contains(.unmarked) {
            switch markedAbove(number) {
            case .none: break
            case .waiting(let call): return joinPart(number, to: call)
            case .decided(let note):
                // Its call was counted; a call that was counted without usage leaves the part's usage to be counted.
                if note.has(SpanNote.usage) || !state.contains(.usage) { ring[number].state.insert(.barred) }
                return false
            }
        }
        guard state.isDisjoint(with: [.usage, .failed]), case .waiting(let call) = usageAbove(number) else {
            return false
        }
        return ring[call].state.isOuter ? false : joinPart(number, to: call)
    }

    private mutating func joinPart(_ number: UInt32, to call: UInt32) -> Bool {
        guard ring[ties: call].lead != ring[ties: number].lead else { return false }
        if join(call, number) { return true }
        ring[number].state.insert(.barred)
        return false
    }

    /// The nearest call above a span that something marks as one, and that is not counted by other calls below it.
    private mutating func markedAbove(_ number: UInt32) -> CallAbove {
        var span = ring[number].parent
        for _ in 0..<Self.mostSteps where span != 0 {
            if let word = recentKeys.value(of: span) {
                let note = SpanNote(word)
                if note.has(SpanNote.arrived | SpanNote.call), !note.has(SpanNote.unmarked) {
                    if let waiting = waitingNumber(of: span, note) {
                        if !ring[waiting].state.isOuter { return .waiting(waiting) }
                    } else if !note.has(SpanNote.dropped) {
                        return .decided(note)
                    }
                }
            }
            guard let above = whole(of: span) else { return .none }
            span = above
        }
        return .none
    }

    /// The nearest call above a span that has usage.
    mutating func usageAbove(_ number: UInt32) -> CallAbove {
        var span = ring[number].parent
        for _ in 0..<Self.mostSteps where span != 0 {
            if let word = recentKeys.value(of: span) {
                let note = SpanNote(word)
                if note.has(SpanNote.arrived | SpanNote.call | SpanNote.usage) {
                    return waitingNumber(of: span, note).map { .waiting($0) } ?? .decided(note)
                }
            }
            guard let above = whole(of: span) else { return .none }
            span = above
        }
        return .none
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
            let state = ring[member].state
            if !state.isOuter {
                // Parts join their call when they are due themselves.
                if state.isDisjoint(with: .unmarked), !state.isDisjoint(with: .unmarkedBelow) { return true }
                if state.contains(.usage), !state.isDisjoint(with: [.callBelow, .unmarkedCallBelow]) { return true }
                if state.contains(.unmarked), state.contains(.usage), mayBeSum(member) { return true }
                if state.contains(.nameless) { isNameless = true }
            }
            if ring[call: member].responseModel.or(ring[call: member].requestModel) != .absent { isNamed = true }
            member = ring[member].nextTwin
        } while member != first
        return patience == .full && isNameless && !isNamed && nameAbove(first) == nil
    }

    /// Lets the oldest span wait for the second time, behind all that wait now.
    mutating func deferOldest(_ outcome: inout SettleOutcome) {
        // Its new slot may be that of a span that was counted a moment ago.
        handOver(&outcome)
        let old = ring.oldest
        let isBarred = ring[old].state.contains(.usage) && isCoveredLate(old)
        let twin = leaveTwins(old)
        let (call, number) = (ring[call: old], ring.next)
        var (line, ties) = (ring[old], ring[ties: old])
        ring[old].state.insert(.settled)
        ring.dropSettled()
        line.state.insert(.deferred)
        if isBarred { line.state.insert(.barred) }
        line.arrival = latest
        line.nextTwin = number
        ties.lead = number
        ties.twins = 1
        ties.comparedUpTo = number
        forgetOverwritten()
        unsafe withUnsafePointer(to: call) { call in
            // Sound: the reference is used within this closure.
            _ = unsafe ring.append(CallReference(call), line, ties)
        }
        let slot = recentKeys.note(line.span)
        recentKeys[slot] = recentKeys[slot] & ~0xFFFF_FFFF | UInt64(number)
        if !line.state.contains(.aggregate) { moveMemories(of: old, to: number) }
        if let twin { join(twin, number) }
    }

    /// Updates the chains and the notes about other keys for a call that has moved to a new slot of the ring.
    private mutating func moveMemories(of old: UInt32, to number: UInt32) {
        let line = ring[number]
        if line.response != 0 {
            let slot = recentKeys.note(line.response)
            if ResponseNote(recentKeys[slot]).number == old {
                recentKeys[slot] = recentKeys[slot] & ~0xFFFF_FFFF | UInt64(number)
            }
        }
        if line.parent != 0 {
            let slot = recentKeys.note(line.parent)
            let note = SpanNote(recentKeys[slot])
            if note.has(SpanNote.leaf), !note.has(SpanNote.arrived), note.number == old {
                recentKeys[slot] = note.word & ~0xFFFF_FFFF | UInt64(number)
            }
        }
        if line.state.contains(.inCounts) { chainCounts(number) }
        if line.state.contains(.inTrace) { chainTrace(number) }
    }
}
