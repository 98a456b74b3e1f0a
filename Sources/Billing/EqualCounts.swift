// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Finds which calls with equal counts are one call that several scopes saw, the one within the time of the other.
///
/// Two calls may have equal counts by chance, so each inner one is matched with one outer one: scopes are put in order by
/// who contains whom more often, and from the innermost outwards the calls of each scope are matched one to one with the
/// calls seen further inside.
struct EqualCounts {
    /// A call that may be matched.
    struct Candidate {
        var number: UInt32
        /// The twins it has already.
        var lead: UInt32
        var start: UInt64
        var end: UInt64
        var scope: UInt64
        var trace: UInt64
        var responseID: UInt64
        var responseScheme: UInt8
        var rewritesIDs: Bool
        var responseModel: Symbol
        var requestModel: Symbol
        /// Whether its counts say so little that a twin must be of its trace.
        var needsSameTrace: Bool
        /// Its place in the order of scopes.
        fileprivate var depth = 0
        /// Which of the candidates stands for its twins.
        fileprivate var unit = 0
        /// For one that stands for its twins: the outermost of them so far, or -1.
        fileprivate var top = -1
        fileprivate var isTried = false

        init(_ number: UInt32, _ line: WaitingLine, _ ties: WaitingTies, _ call: borrowing ModelCall) {
            self.number = number
            lead = ties.lead
            start = line.start
            end = line.end
            scope = call.scope
            trace = ties.trace
            responseID = call.responseID
            responseScheme = call.responseIDScheme
            rewritesIDs = call.rewritesResponseIDs
            responseModel = call.responseModel
            requestModel = call.requestModel
            needsSameTrace = line.state.contains(.usage) && line.output == 0
        }

        fileprivate func contains(_ other: Candidate) -> Bool { start <= other.start && other.end <= end }

        fileprivate func maySee(_ other: Candidate) -> Bool {
            if needsSameTrace && trace != other.trace { return false }
            if responseID != 0, other.responseID != 0, responseID != other.responseID, responseScheme != 0,
                responseScheme == other.responseScheme, !rewritesIDs, !other.rewritesIDs
            {
                return false
            }
            return asksSameModel(as: other)
        }

        /// Names of one model differ in manner, so an answer's name may also equal what the other asked for.
        private func asksSameModel(as other: Candidate) -> Bool {
            if responseModel != .absent, other.responseModel != .absent {
                return responseModel == other.responseModel || responseModel == other.requestModel
                    || requestModel == other.responseModel
            }
            guard requestModel != .absent, other.requestModel != .absent else { return true }
            return requestModel == other.requestModel || requestModel == other.responseModel
                || responseModel == other.requestModel
        }
    }

    /// Those that are to be matched, at most ``most``.
    var candidates: [Candidate] = []
    /// Whether there were more of them than are looked at.
    var isCut = false
    /// What was matched: an outer call and one within it.
    private(set) var pairs: [(outer: UInt32, inner: UInt32)] = []
    private var scopes: [(scope: UInt64, outwardness: Int)] = []

    /// How many are matched with each other, at most.
    static let most = 32

    /// Matches the candidates; the result is in ``pairs``.
    mutating func match() {
        pairs.removeAll(keepingCapacity: true)
        orderScopes()
        guard scopes.count > 1 else { return }
        for index in candidates.indices {
            candidates[index].unit = candidates.firstIndex { $0.lead == candidates[index].lead } ?? index
        }
        for depth in scopes.indices { matchScope(depth) }
    }

    private mutating func orderScopes() {
        scopes.removeAll(keepingCapacity: true)
        for index in candidates.indices {
            let scope = candidates[index].scope
            let place = scopes.firstIndex { $0.scope == scope } ?? scopes.endIndex
            if place == scopes.endIndex { scopes.append((scope, 0)) }
            candidates[index].depth = place
        }
        guard scopes.count > 1 else { return }
        for outer in candidates {
            for inner in candidates where outer.depth != inner.depth && outer.contains(inner) {
                scopes[outer.depth].outwardness += 1
                scopes[inner.depth].outwardness -= 1
            }
        }
        scopes.sort { ($0.outwardness, $0.scope) < ($1.outwardness, $1.scope) }
        for index in candidates.indices {
            let scope = candidates[index].scope
            candidates[index].depth = scopes.firstIndex { $0.scope == scope } ?? 0
        }
    }

    /// Matches the calls of one scope with what was seen further inside: each inner one, by its start, takes the free outer
    /// one that ends first and still contains it, which gives the most pairs.
    private mutating func matchScope(_ depth: Int) {
        while let inner = nextInner(depth) {
            candidates[inner].isTried = true
            let top = candidates[candidates[inner].top]
            var found: Int?
            for index in candidates.indices where candidates[index].depth == depth {
                let outer = candidates[index]
                guard candidates[outer.unit].top < 0, outer.contains(top), outer.maySee(top),
                    candidates[outer.unit].maySee(candidates[inner])
                else { continue }
                if let best = found, candidates[best].end <= outer.end { continue }
                found = index
            }
            if let found { pair(found, inner) }
        }
        for index in candidates.indices {
            candidates[index].isTried = false
            if candidates[index].depth == depth { candidates[candidates[index].unit].top = index }
        }
    }

    /// The one of the calls further inside that begins first, of those that were not tried at this depth.
    private func nextInner(_ depth: Int) -> Int? {
        var first: Int?
        for index in candidates.indices {
            let unit = candidates[index]
            guard unit.unit == index, unit.top >= 0, !unit.isTried else { continue }
            // What this scope shows already is not shown a second time by it.
            if candidates.contains(where: { $0.unit == index && $0.depth == depth }) { continue }
            if let best = first, candidates[candidates[best].top].start <= candidates[unit.top].start { continue }
            first = index
        }
        return first
    }

    private mutating func pair(_ outer: Int, _ inner: Int) {
        pairs.append((candidates[outer].number, candidates[candidates[inner].top].number))
        let unit = candidates[outer].unit
        if candidates[inner].responseID == 0 {
            candidates[inner].responseID = candidates[unit].responseID
            candidates[inner].responseScheme = candidates[unit].responseScheme
        }
        for index in candidates.indices where candidates[index].unit == unit { candidates[index].unit = inner }
    }
}
