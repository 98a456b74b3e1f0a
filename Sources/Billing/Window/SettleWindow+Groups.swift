// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Groups of twins: spans of one call, decided together.
extension SettleWindow {
    /// How many spans a group holds at most; a call is never shown by so many.
    static var mostTwins: UInt32 { 64 }

    /// Makes one group of the groups of two spans.
    ///
    /// - Returns: Whether they are in one group now; it would be too large otherwise.
    @discardableResult
    mutating func join(_ one: UInt32, _ other: UInt32) -> Bool {
        var (large, small) = (ring[ties: one].lead, ring[ties: other].lead)
        guard large != small else { return true }
        if ring[ties: large].twins < ring[ties: small].twins { swap(&large, &small) }
        guard ring[ties: large].twins + ring[ties: small].twins <= Self.mostTwins else { return false }
        ring[ties: large].twins += ring[ties: small].twins
        var member = small
        repeat {
            ring[ties: member].lead = large
            member = ring[member].nextTwin
        } while member != small
        let next = ring[large].nextTwin
        ring[large].nextTwin = ring[small].nextTwin
        ring[small].nextTwin = next
        return true
    }

    /// Takes a span out of its group, whose lead is then another member.
    ///
    /// - Returns: A member that is left, or `nil`.
    mutating func leaveTwins(_ number: UInt32) -> UInt32? {
        let rest = ring[number].nextTwin
        guard rest != number else { return nil }
        let twins = ring[ties: ring[ties: number].lead].twins
        var last = rest
        while true {
            ring[ties: last].lead = rest
            guard ring[last].nextTwin != number else { break }
            last = ring[last].nextTwin
        }
        ring[last].nextTwin = rest
        ring[ties: rest].twins = twins - 1
        return rest
    }

    /// Decides a group: one of its spans is counted, or none.
    ///
    /// - Parameters:
    ///   - first: The oldest span; it need not have twins.
    ///   - patience: Whether it may wait a second time.
    ///   - outcome: What comes out.
    mutating func settleGroup(_ first: UInt32, _ patience: Patience, _ outcome: inout SettleOutcome) {
        joinParts(first)
        if patience != .none, !ring[first].state.contains(.deferred), mustWait(first, patience) {
            return deferOldest(&outcome)
        }
        var kept = best(of: first)
        var repetition: SpanFate.Outcome?
        if let call = kept, !ring[call].state.isDisjoint(with: .unmarked) { repetition = self.repetition(call) }
        if repetition != nil { kept = nil }
        let identity = kept.map { ring[call: $0].identity }
        if let kept { count(kept, &outcome) }
        var member = first
        repeat {
            let next = ring[member].nextTwin
            if member != kept {
                // Without a mark it is decided like an aggregate.
                let isSum = kept == nil && ring[member].state.contains(.unmarked) && ring[member].state.contains(.usage)
                outcome.drop(
                    ring[call: member].identity, isSum ? repetition ?? .repeatsChildren : .twin, inFavourOf: identity,
                    records: recordsFates)
            }
            leave(member, isDropped: member != kept)
            member = next
        } while member != first
    }

    /// The span of a group that stands for its call; `nil` when the call is counted by other spans.
    private mutating func best(of first: UInt32) -> UInt32? {
        var kept: UInt32?
        var member = first
        repeat {
            let state = ring[member].state
            if state.contains(.barred) || (state.contains(.usage) && isCoveredLate(member)) { return nil }
            if !state.isOuter, kept.map({ isBetter(member, than: $0) }) ?? true { kept = member }
            member = ring[member].nextTwin
        } while member != first
        guard let call = kept, ring[call].state.isDisjoint(with: [.usage, .failed]) else { return kept }
        // A part with usage tells it for the call.
        repeat {
            if ring[member].state.contains(.usage), !ring[member].state.isOuter { return kept }
            member = ring[member].nextTwin
        } while member != first
        repeat {
            guard case .none = usageAbove(member) else { return nil }
            member = ring[member].nextTwin
        } while member != first
        return kept
    }

    /// Which of two twins tells more.
    private mutating func isBetter(_ number: UInt32, than otherNumber: UInt32) -> Bool {
        let (one, other) = (ring[number], ring[otherNumber])
        if one.state.contains(.unmarked) != other.state.contains(.unmarked) { return other.state.contains(.unmarked) }
        if one.state.contains(.usage) != other.state.contains(.usage) { return one.state.contains(.usage) }
        let (detail, otherDetail) = (one.detail(ring[call: number]), other.detail(ring[call: otherNumber]))
        if detail != otherDetail { return detail > otherDetail }
        // The inner one is nearer to what the provider billed.
        if one.duration != other.duration { return one.duration < other.duration }
        return ring[call: number].identity.spanID < ring[call: otherNumber].identity.spanID
    }
}
