// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The chains along which decisions search the waiting calls: those with equal counts, and those of one trace.
///
/// Only calls of processes with several instrumentation scopes are in the chains of counts, since calls of other processes have
/// no twins with equal counts.
struct CallChains: ~Copyable {
    private let keys: SpanKeys
    private var counts: SpanChains
    private var traces: SpanChains
    private var scopes = ProcessScopes()
    /// Whether waiting calls are missing from the chains because they arrived before the second scope of their process.
    private(set) var isIncomplete = false
    /// The number of the next span at the last rebuild of all chains.
    private var rebuiltUpTo: UInt32

    /// Makes empty chains.
    ///
    /// - Parameters:
    ///   - keys: The hashes that select chains.
    ///   - capacity: The number of slots of the ring.
    ///   - first: The number of the first span.
    init(keys: SpanKeys, capacity: Int, first: UInt32) {
        self.keys = keys
        counts = SpanChains(capacity: capacity)
        traces = SpanChains(capacity: capacity)
        rebuiltUpTo = first
    }

    /// Prefetches the head of the chain of a trace.
    @inline(__always)
    func fetch(trace: UInt64) { traces.fetch(trace) }

    /// Adds a call to the chain of its counts, if its process has several scopes.
    @inline(__always)
    mutating func takeScope(of number: UInt32, _ ring: inout SettleRing) {
        // Among marked calls, spans that nothing marks may be twins although their scope is the same.
        let scope = ring[call: number].scope ^ (ring[number].state.contains(.unmarked) ? Self.unmarkedScope : 0)
        switch scopes.note(keys.resource(ring[call: number].resource), scope: scope) {
        case .one: return
        case .several: addToCounts(number, &ring)
        // Once in the life of a process, and at most once for each entry of the table.
        case .second:
            addToCounts(number, &ring)
            isIncomplete = true
        }
    }

    private static var unmarkedScope: UInt64 { 0x9E37_79B9_7F4A_7C15 }

    /// Whether a process may have shown calls through several scopes.
    @inline(__always)
    func hasSeveralScopes(_ resource: UInt64) -> Bool { scopes.hasSeveral(keys.resource(resource)) }

    /// Adds a call to the chain of its counts.
    ///
    /// - Parameters:
    ///   - number: The call; nothing happens for an aggregate.
    ///   - ring: The ring.
    ///   - earns: Whether the call adds its steps to the chain; not if it was in a chain before.
    mutating func addToCounts(_ number: UInt32, _ ring: inout SettleRing, earns: Bool = true) {
        guard !ring[number].state.contains(.aggregate) else { return }
        let hash = countsHash(number, &ring)
        ring[ties: number].countsTag = UInt32(truncatingIfNeeded: hash >> 32)
        ring[ties: number].sameCounts = 0
        let previous = counts.add(number, to: hash, earns: earns)
        if previous != number, ring.remembers(previous) { ring[ties: previous].sameCounts = number }
        ring[number].state.insert(.inCounts)
    }

    /// Moves the calls that are in chains of counts to the chains of their counts as they are now.
    ///
    /// Chains keep the steps they have left: a sender that makes counts change buys no further searches by it.
    mutating func updateCounts(_ ring: inout SettleRing) {
        counts.removeSpans()
        var number = ring.oldest
        while number != ring.next {
            if ring.waits(number), ring[number].state.contains(.inCounts) {
                ring[ties: number].comparedUpTo = number
                addToCounts(number, &ring, earns: false)
            }
            number &+= 1
        }
    }

    /// Adds a call to the chain of its trace.
    mutating func addToTrace(_ number: UInt32, _ ring: inout SettleRing) {
        ring[ties: number].sameTrace = traces.add(number, to: ring[ties: number].trace)
    }

    /// Adds the calls that arrived before the second scope of their process.
    ///
    /// This goes through all waiting spans, and senders choose the names of processes and scopes. So with many waiting spans it
    /// happens again only once an eighth of their number have arrived; a call decided before then counts as a cut search.
    mutating func complete(_ ring: inout SettleRing) {
        guard ring.count <= Self.fewWait || Int(ring.next &- rebuiltUpTo) >= ring.count / 8 else { return }
        rebuild(&ring)
    }

    private static var fewWait: Int { 4_096 }

    /// Adds all waiting calls to new chains, from the oldest on, since chains are in the order of numbers.
    mutating func rebuild(_ ring: inout SettleRing) {
        counts = SpanChains(capacity: ring.capacity)
        traces = SpanChains(capacity: ring.capacity)
        var number = ring.oldestRemembered
        while number != ring.next {
            if ring.waits(number), hasSeveralScopes(ring[call: number].resource) { addToCounts(number, &ring) }
            if ring[number].state.contains(.inTrace) { addToTrace(number, &ring) }
            number &+= 1
        }
        isIncomplete = false
        rebuiltUpTo = ring.next
    }

    /// The hash that selects the chain of a call's counts.
    mutating func countsHash(_ number: UInt32, _ ring: inout SettleRing) -> UInt64 {
        keys.counts(resource: ring[call: number].resource, trace: ring[ties: number].trace, ring[number])
    }

    /// The newest call of a chain of counts, and the number of steps that a search along it may take.
    mutating func counts(of hash: UInt64) -> (newest: UInt32, steps: Int) { (counts.newest(hash), counts.steps(hash)) }

    /// Subtracts the steps of a search from a chain of counts.
    mutating func spend(_ steps: Int, ofCounts hash: UInt64) { counts.spend(steps, of: hash) }

    /// Adds the steps of one search to the chain of a trace.
    ///
    /// - Returns: The newest call of the chain, and the number of steps that a search along it may take.
    mutating func earn(ofTrace trace: UInt64) -> (newest: UInt32, steps: Int) {
        traces.earn(trace)
        return (traces.newest(trace), traces.steps(trace))
    }

    /// Subtracts the steps of a search from the chain of a trace.
    mutating func spend(_ steps: Int, ofTrace trace: UInt64) { traces.spend(steps, of: trace) }
}
