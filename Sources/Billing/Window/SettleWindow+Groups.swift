// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Groups of twins: spans of one call, decided together.
extension SettleWindow {
    /// Decides a group: one of its spans is counted, or none.
    ///
    /// - Parameters:
    ///   - first: The oldest span; it need not have twins.
    ///   - patience: Whether it may wait a second time.
    ///   - outcome: What comes out.
    mutating func settleGroup(_ first: UInt32, _ patience: Patience, _ outcome: inout SettleOutcome) {
        joinParts(first)
        if patience != .none, !waiting[first].state.contains(.deferred), mustWait(first, patience) {
            return deferOldest(&outcome)
        }
        var kept = best(of: first)
        var repetition: SpanFate.Outcome?
        if let call = kept, !waiting[call].state.isDisjoint(with: .unmarked) {
            repetition = decisions.repetition(call, &ancestry, &waiting)
        }
        if repetition != nil { kept = nil }
        let identity = kept.map { waiting[call: $0].identity }
        if let kept { decisions.count(kept, &ancestry, &waiting, &outcome) }
        var member = first
        repeat {
            let next = waiting[member].nextTwin
            if member != kept {
                // Without a mark it is decided like an aggregate.
                let isSum =
                    kept == nil && waiting[member].state.contains(.unmarked) && waiting[member].state.contains(.usage)
                drop(member, isSum ? repetition ?? .repeatsChildren : .twin, inFavourOf: identity, &outcome)
            }
            leave(member, isDropped: member != kept)
            member = next
        } while member != first
    }

    /// The span of a group that is counted for its call; `nil` if the call is counted by other spans.
    private mutating func best(of first: UInt32) -> UInt32? {
        var kept: UInt32?
        var member = first
        repeat {
            let state = waiting[member].state
            if state.contains(.barred) || (state.contains(.usage) && ancestry.isCoveredLate(member, &waiting)) {
                return nil
            }
            if !state.isOuter, kept.map({ isBetter(member, than: $0) }) ?? true { kept = member }
            member = waiting[member].nextTwin
        } while member != first
        guard let call = kept, waiting[call].state.isDisjoint(with: [.usage, .failed]) else { return kept }
        // A part with usage reports it for the call.
        repeat {
            if waiting[member].state.contains(.usage), !waiting[member].state.isOuter { return kept }
            member = waiting[member].nextTwin
        } while member != first
        repeat {
            guard case .none = ancestry.usageAbove(member, &waiting) else { return nil }
            member = waiting[member].nextTwin
        } while member != first
        return kept
    }

    /// Whether the first of two twins has more detail.
    private mutating func isBetter(_ number: UInt32, than otherNumber: UInt32) -> Bool {
        let (one, other) = (waiting[number], waiting[otherNumber])
        if one.state.contains(.unmarked) != other.state.contains(.unmarked) { return other.state.contains(.unmarked) }
        if one.state.contains(.usage) != other.state.contains(.usage) { return one.state.contains(.usage) }
        let (detail, otherDetail) = (one.detail(waiting[call: number]), other.detail(waiting[call: otherNumber]))
        if detail != otherDetail { return detail > otherDetail }
        // The inner one is nearer to what the provider billed.
        if one.duration != other.duration { return one.duration < other.duration }
        return waiting[call: number].identity.spanID < waiting[call: otherNumber].identity.spanID
    }
}
