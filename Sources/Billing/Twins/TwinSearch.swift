// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Searches the waiting calls for twins that share no id: calls of one process with equal counts.
struct TwinSearch: ~Copyable {
    private var matcher = EqualCounts()

    /// Joins a call that is due with its twins.
    ///
    /// Each search is bounded, and so is the total cost of all searches along one chain: a sender cannot make searches
    /// expensive by always sending the same counts. A search that reaches a bound is counted, because a twin that it did not
    /// look at is counted as a call of its own.
    ///
    /// - Parameters:
    ///   - number: The call, which is the oldest span.
    ///   - waiting: The waiting spans.
    ///   - costs: Gets the steps.
    mutating func joinTwins(of number: UInt32, _ waiting: inout WaitingSpans, _ costs: inout SearchCosts) {
        let hash = waiting.countsHash(number)
        let (newest, steps) = waiting.counts(of: hash)
        // An earlier search compared it with all calls that wait now, or it is the only one.
        guard waiting[ties: number].comparedUpTo != newest else { return }
        matcher.begin(steps: steps)
        let hasOtherScope = gather(number, &waiting)
        if waiting[number].output > 0 { matchSiblings(&waiting) }
        if hasOtherScope { matchGathered(&waiting) }
        waiting.spend(matcher.steps, ofCounts: hash)
        costs.add(steps: matcher.steps)
        guard !matcher.isCut else { return costs.addCut() }
        // Until another call joins the chain, searches for these candidates would find the same.
        for candidate in matcher.candidates { waiting.noteCompared(candidate.number, upTo: newest) }
    }

    /// Matches the gathered spans without a mark with the marked calls next to them.
    private mutating func matchSiblings(_ waiting: inout WaitingSpans) {
        guard matcher.candidates.contains(where: \.isUnmarked) else { return }
        matcher.matchSiblings()
        for (call, unmarked) in matcher.siblings where !waiting.join(call, unmarked) { matcher.isCut = true }
    }

    /// Matches the gathered calls whose times touch.
    private mutating func matchGathered(_ waiting: inout WaitingSpans) {
        matcher.chooseTouching()
        guard matcher.candidates.count > 1 else { return }
        matcher.match()
        for (outer, inner) in matcher.pairs {
            guard waiting.join(outer, inner) else {
                matcher.isCut = true
                continue
            }
            // What repeats an outer call is an outer call.
            waiting.takeBelow(outer, from: inner)
        }
    }

    /// Gathers the waiting calls of the process with equal counts, in order of arrival; the call itself is the oldest.
    ///
    /// - Returns: Whether another scope is among them.
    private mutating func gather(_ number: UInt32, _ waiting: inout WaitingSpans) -> Bool {
        let (line, resource) = (waiting[number], waiting[call: number].resource)
        let (scope, tag) = (waiting[call: number].scope, waiting[ties: number].countsTag)
        matcher.candidates.append(EqualCounts.Candidate(number, &waiting))
        var hasOtherScope = false
        var (last, other) = (number, waiting[ties: number].sameCounts)
        while waiting.holds(other), other &- number > last &- number {
            guard matcher.mayLook else { break }
            let next = waiting[ties: other].sameCounts
            waiting.fetch(next)
            if waiting[ties: other].countsTag == tag, waiting.waits(other), waiting[other].hasEqualCounts(line),
                waiting[call: other].resource == resource, waiting[other].state.isDisjoint(with: .aggregate)
            {
                if waiting[call: other].scope != scope { hasOtherScope = true }
                matcher.candidates.append(EqualCounts.Candidate(other, &waiting))
            }
            (last, other) = (other, next)
        }
        return hasOtherScope
    }
}

extension EqualCounts.Candidate {
    /// A waiting call.
    init(_ number: UInt32, _ waiting: inout WaitingSpans) {
        self.init(number, waiting[number], waiting[ties: number], waiting[call: number])
    }
}
