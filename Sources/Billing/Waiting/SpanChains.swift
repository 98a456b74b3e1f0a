// SPDX-License-Identifier: Apache-2.0
import CMemory

/// The heads of chains of waiting spans, one per hash, and the steps that searches along each chain may still take.
///
/// The ring holds the number that follows each span in its chain. Spans are never removed: a number that has left the ring is
/// no longer part of the chain, and a search compares each span with what it looks for. Every span adds a fixed number of steps
/// to its chain, and searches use them up, so the cost per span is bounded however long a chain is.
@safe
struct SpanChains: ~Copyable {
    private struct Chain {
        /// The newest span of the chain.
        var newest: UInt32
        /// The steps left; negative when a search took more than there were.
        var steps: Int32
    }

    // Sound: the block holds `mask + 1` chains, belongs to this value and is only indexed with masked numbers.
    private var pages: Pages
    private var chains: UnsafeMutablePointer<Chain>
    private let mask: Int

    /// Makes empty chains.
    ///
    /// - Parameter capacity: The largest number of waiting spans, a power of two.
    init(capacity: Int) {
        pages = Pages(bytes: capacity * MemoryLayout<Chain>.stride)
        unsafe chains = pages.base.bindMemory(to: Chain.self, capacity: capacity)
        mask = capacity - 1
    }

    /// The newest span of a chain.
    @inline(__always)
    func newest(_ hash: UInt64) -> UInt32 { unsafe chains[Int(truncatingIfNeeded: hash) & mask].newest }

    /// Prefetches the head of a chain.
    @inline(__always)
    func fetch(_ hash: UInt64) { unsafe prefetch_line(chains + (Int(truncatingIfNeeded: hash) & mask)) }

    /// Makes a span the newest of a chain.
    ///
    /// - Parameters:
    ///   - number: The span.
    ///   - hash: Its chain.
    ///   - earns: Whether it adds its steps; not when it was in a chain before.
    /// - Returns: The span that was the newest before.
    @inline(__always)
    func add(_ number: UInt32, to hash: UInt64, earns: Bool = true) -> UInt32 {
        let index = Int(truncatingIfNeeded: hash) & mask
        let previous = unsafe chains[index].newest
        unsafe chains[index].newest = number
        if earns { earn(hash) }
        return previous
    }

    /// Empties the chains, which keep the steps they have left.
    func removeSpans() {
        for index in 0...mask { unsafe chains[index].newest = 0 }
    }

    /// Adds the steps of one span to a chain.
    @inline(__always)
    func earn(_ hash: UInt64) {
        let index = Int(truncatingIfNeeded: hash) & mask
        unsafe chains[index].steps = min(chains[index].steps + Self.stepsOfSpan, Self.mostSteps)
    }

    /// The number of steps that a search along a chain may take.
    func steps(_ hash: UInt64) -> Int { unsafe Int(chains[Int(truncatingIfNeeded: hash) & mask].steps) }

    /// Subtracts the steps of a search from a chain.
    func spend(_ steps: Int, of hash: UInt64) {
        let index = Int(truncatingIfNeeded: hash) & mask
        unsafe chains[index].steps = max(chains[index].steps - Int32(clamping: steps), -Self.mostSteps)
    }

    /// The steps that a span adds; a step takes 30 to 100 ns.
    private static let stepsOfSpan: Int32 = 64
    private static let mostSteps: Int32 = 1 << 20
}
