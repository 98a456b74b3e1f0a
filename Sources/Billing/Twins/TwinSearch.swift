// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// Twins that share no id.
extension SettleWindow {
    /// Finds the twins of a call that is due by equal counts.
    ///
    /// Each search is bounded, and so is the total cost of all searches along one chain: a sender cannot make searches
    /// expensive by always sending the same counts. A search that reaches a bound is counted, because a twin that it did not
    /// look at is counted as a call of its own.
    mutating func matchEqualCounts(_ number: UInt32) {
        let hash = countsHash(number)
        let newest = countChains.newest(hash)
        // An earlier search compared it with all calls that wait now, or it is the only one.
        guard ring[ties: number].comparedUpTo != newest else { return }
        matcher.begin(steps: countChains.steps(hash))
        defer {
            countChains.spend(matcher.steps, of: hash)
            searchSteps += UInt64(matcher.steps)
            if matcher.isCut { cutSearches += 1 }
        }
        let hasOtherScope = gatherEqual(number)
        if ring[number].output > 0 { matchSiblings() }
        if hasOtherScope { matchGathered() }
        // Until another call joins the chain, searches for these candidates would find the same.
        guard !matcher.isCut else { return }
        for candidate in matcher.candidates { ring[ties: candidate.number].comparedUpTo = newest }
    }

    /// Matches the gathered spans without a mark with the marked calls beside them.
    private mutating func matchSiblings() {
        guard matcher.candidates.contains(where: \.isUnmarked) else { return }
        matcher.matchSiblings()
        for (call, unmarked) in matcher.siblings where !join(call, unmarked) { matcher.isCut = true }
    }

    /// Matches the gathered calls whose times touch.
    private mutating func matchGathered() {
        matcher.chooseTouching()
        guard matcher.candidates.count > 1 else { return }
        matcher.match()
        for (outer, inner) in matcher.pairs {
            guard join(outer, inner) else {
                matcher.isCut = true
                continue
            }
            // What repeats an outer call is an outer call.
            ring[outer].state.formUnion(ring[inner].state.intersection([.below, .unmarkedBelow]))
        }
    }

    /// Gathers the waiting calls of the process with equal counts, in order of arrival; the call itself is the oldest.
    ///
    /// - Returns: Whether another scope is among them.
    private mutating func gatherEqual(_ number: UInt32) -> Bool {
        let (line, resource) = (ring[number], ring[call: number].resource)
        let (scope, tag) = (ring[call: number].scope, ring[ties: number].countsTag)
        matcher.candidates.append(candidate(number))
        var hasOtherScope = false
        var (last, other) = (number, ring[ties: number].sameCounts)
        while ring.holds(other), other &- number > last &- number {
            guard matcher.mayLook else { break }
            let next = ring[ties: other].sameCounts
            ring.fetch(next)
            if ring[ties: other].countsTag == tag, ring.waits(other), ring[other].hasEqualCounts(line),
                ring[call: other].resource == resource, ring[other].state.isDisjoint(with: .aggregate)
            {
                if ring[call: other].scope != scope { hasOtherScope = true }
                matcher.candidates.append(candidate(other))
            }
            (last, other) = (other, next)
        }
        return hasOtherScope
    }

    mutating func candidate(_ number: UInt32) -> EqualCounts.Candidate {
        EqualCounts.Candidate(number, ring[number], ring[ties: number], ring[call: number])
    }
}
