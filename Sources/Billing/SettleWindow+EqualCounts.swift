// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Twins that share no id.
extension SettleWindow {
    /// Finds the twins of a call that is due by equal counts.
    ///
    /// The search is bounded, so that counts that are always the same cost time that is always the same. It is counted where
    /// a bound was reached, since a twin that was not looked at is counted as a call of its own.
    mutating func matchEqualCounts(_ number: UInt32) {
        matcher.candidates.removeAll(keepingCapacity: true)
        matcher.isCut = false
        defer { if matcher.isCut { cutSearches += 1 } }
        guard gatherEqual(number) else { return }
        chooseTouching()
        guard matcher.candidates.count > 1 else { return }
        matcher.match()
        for (outer, inner) in matcher.pairs {
            guard join(outer, inner) else {
                matcher.isCut = true
                continue
            }
            // What repeats an outer call is an outer call.
            ring[outer].state.formUnion(ring[inner].state.intersection([.usageBelow, .callBelow]))
        }
    }

    /// Gathers the waiting calls of the process with equal counts; itself first.
    ///
    /// - Returns: Whether another scope is among them.
    private mutating func gatherEqual(_ number: UInt32) -> Bool {
        let (line, resource) = (ring[number], ring[call: number].resource)
        let scope = ring[call: number].scope
        var other = countChains.first(keys.counts(resource: resource, line))
        var hasOtherScope = false
        var looked = 0
        while ring.holds(other) {
            guard looked < Self.mostLookedAt else {
                matcher.isCut = true
                break
            }
            looked += 1
            if other != number, ring.waits(other), ring[other].hasEqualCounts(line),
                ring[call: other].resource == resource,
                ring[other].state.isDisjoint(with: .aggregate)
            {
                if ring[call: other].scope != scope { hasOtherScope = true }
                if matcher.candidates.isEmpty { matcher.candidates.append(candidate(number)) }
                matcher.candidates.append(candidate(other))
            }
            let next = ring[ties: other].sameCounts
            guard next &- ring.oldest < other &- ring.oldest else { break }
            other = next
        }
        return hasOtherScope
    }

    private mutating func candidate(_ number: UInt32) -> EqualCounts.Candidate {
        EqualCounts.Candidate(number, ring[number], ring[ties: number], ring[call: number])
    }

    /// Leaves those whose times touch, directly or by way of others, the first one's.
    private mutating func chooseTouching() {
        var (chosen, grew) = (1, true)
        var (start, end) = (matcher.candidates[0].start, matcher.candidates[0].end)
        while grew, chosen < EqualCounts.most {
            grew = false
            for index in chosen..<matcher.candidates.count where chosen < EqualCounts.most {
                let (otherStart, otherEnd) = (matcher.candidates[index].start, matcher.candidates[index].end)
                guard otherStart <= end, start <= otherEnd else { continue }
                (start, end) = (min(start, otherStart), max(end, otherEnd))
                matcher.candidates.swapAt(chosen, index)
                chosen += 1
                grew = true
            }
        }
        if chosen == EqualCounts.most,
            matcher.candidates[chosen...].contains(where: { $0.start <= end && start <= $0.end })
        {
            matcher.isCut = true
        }
        matcher.candidates.removeLast(matcher.candidates.count - chosen)
    }

    private static var mostLookedAt: Int { 128 }
}
