// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

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
        var start: Outside<UInt64>
        var end: Outside<UInt64>
        var scope: UInt64
        var trace: UInt64
        var responseID: UInt64
        var responseScheme: UInt8
        var rewritesIDs: Bool
        var responseModel: Symbol
        var requestModel: Symbol
        /// Whether its counts say so little that a twin must be of its trace.
        var needsSameTrace: Bool
        /// The span above it.
        var parent: UInt64
        /// Whether nothing marks it as a call.
        var isUnmarked: Bool
        /// Whether it is counted by spans below it.
        var isOuter: Bool
        /// Its position in the order of scopes.
        fileprivate var depth = 0
        /// The candidate that represents its twins.
        fileprivate var unit = 0
        /// Of a candidate that represents its twins: the outermost of them so far, or -1.
        fileprivate var top = -1

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
            needsSameTrace = line.needsSameTrace
            parent = line.parent
            isUnmarked = line.state.contains(.unmarked)
            isOuter = line.state.isOuter
        }

        /// Whether it names a model.
        var isNamed: Bool { responseModel.or(requestModel) != .absent }

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
        func asksSameModel(as other: Candidate) -> Bool {
            if responseModel != .absent, other.responseModel != .absent {
                return responseModel == other.responseModel || responseModel == other.requestModel
                    || requestModel == other.responseModel
            }
            guard requestModel != .absent, other.requestModel != .absent else { return true }
            return requestModel == other.requestModel || requestModel == other.responseModel
                || responseModel == other.requestModel
        }
    }

    /// The calls to be matched, the call that is due first.
    var candidates: [Candidate] = []
    /// Whether there were more of them than are looked at.
    var isCut = false
    /// The steps that the search has taken: one for each span looked at, and one for as many comparisons as take as long.
    var steps = 0
    /// What was matched: an outer call and one within it.
    private(set) var pairs: [(outer: UInt32, inner: UInt32)] = []
    /// A marked call, and a span without a mark next to it that reports the same call.
    var siblings: [(call: UInt32, unmarked: UInt32)] = []
    private var stepsLeft = 0
    private var scopes: [(scope: UInt64, outwardness: Int)] = []
    /// Indices of the candidates of one scope, and of those that represent the groups matched further inside.
    private var members: [Int] = []
    private var inners: [Int] = []

    /// The largest number of calls that are matched with each other.
    static let most = 32

    /// Begins a search.
    ///
    /// - Parameter steps: The number of steps that gathering candidates may take.
    mutating func begin(steps: Int) {
        candidates.removeAll(keepingCapacity: true)
        isCut = false
        self.steps = 0
        stepsLeft = min(steps, Self.mostLookedAt)
    }

    /// Takes the step for looking at another span; `false` and a cut search when no step is left.
    var mayLook: Bool {
        mutating get {
            isCut = stepsLeft <= 0
            if !isCut { steps += 1 }
            stepsLeft -= 1
            return !isCut
        }
    }

    private static var mostLookedAt: Int { 96 }

    /// Keeps the candidates whose times touch those of the first one, directly or through others; at most ``most``.
    mutating func chooseTouching() {
        var (chosen, grew) = (1, true)
        var (start, end) = (candidates[0].start, candidates[0].end)
        while grew, chosen < Self.most {
            grew = false
            steps += (candidates.count - chosen) / 16
            for index in chosen..<candidates.count where chosen < Self.most {
                let (otherStart, otherEnd) = (candidates[index].start, candidates[index].end)
                guard otherStart <= end, start <= otherEnd else { continue }
                (start, end) = (min(start, otherStart), max(end, otherEnd))
                if chosen != index { candidates.swapAt(chosen, index) }
                chosen += 1
                grew = true
            }
        }
        if chosen == Self.most, candidates[chosen...].contains(where: { $0.start <= end && start <= $0.end }) {
            isCut = true
        }
        candidates.removeLast(candidates.count - chosen)
    }

    /// Matches the candidates; the result is in ``pairs``.
    mutating func match() {
        pairs.removeAll(keepingCapacity: true)
        orderScopes()
        guard scopes.count > 1 else { return }
        for index in candidates.indices {
            let lead = candidates[index].lead
            candidates[index].unit = candidates.firstIndex { $0.lead == lead } ?? index
        }
        for depth in scopes.indices { matchScope(depth) }
    }

    private mutating func orderScopes() {
        scopes.removeAll(keepingCapacity: true)
        for index in candidates.indices {
            let scope = candidates[index].scope
            let depth = scopes.firstIndex { $0.scope == scope } ?? scopes.endIndex
            if depth == scopes.endIndex { scopes.append((scope, 0)) }
            candidates[index].depth = depth
        }
        guard scopes.count > 1 else { return }
        steps += candidates.count * candidates.count / 16
        for outer in candidates.indices {
            let (start, end, depth) = (candidates[outer].start, candidates[outer].end, candidates[outer].depth)
            for inner in candidates.indices {
                guard start <= candidates[inner].start, candidates[inner].end <= end else { continue }
                guard candidates[inner].depth != depth else { continue }
                scopes[depth].outwardness += 1
                scopes[candidates[inner].depth].outwardness -= 1
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
        members.removeAll(keepingCapacity: true)
        for index in candidates.indices where candidates[index].depth == depth { members.append(index) }
        gatherInners(depth)
        steps += (candidates.count + inners.count * members.count) / 8
        for inner in inners {
            let top = candidates[inner].top
            var found: Int?
            for outer in members {
                guard candidates[outer].contains(candidates[top]) else { continue }
                guard candidates[candidates[outer].unit].top < 0, candidates[outer].maySee(candidates[top]),
                    candidates[candidates[outer].unit].maySee(candidates[inner])
                else { continue }
                if let best = found, candidates[best].end <= candidates[outer].end { continue }
                found = outer
            }
            if let found { pair(found, inner) }
        }
        for index in members { candidates[candidates[index].unit].top = index }
    }

    /// Gathers the candidates that represent the groups matched further inside, by the start of their outermost call.
    private mutating func gatherInners(_ depth: Int) {
        inners.removeAll(keepingCapacity: true)
        for index in candidates.indices where candidates[index].unit == index && candidates[index].top >= 0 {
            inners.append(index)
        }
        // A scope shows a call once: a group that has a member in this scope gets no second one.
        for index in members {
            let unit = candidates[index].unit
            if candidates[unit].top >= 0 { inners.removeAll { $0 == unit } }
        }
        steps += inners.count / 2
        inners.sort {
            let (one, other) = (candidates[candidates[$0].top].start, candidates[candidates[$1].top].start)
            return (one, $0) < (other, $1)
        }
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
