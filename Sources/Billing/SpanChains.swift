// SPDX-License-Identifier: Apache-2.0

/// Where chains of waiting spans begin, one for each hash, and how many steps searches along each may still take.
///
/// The chain itself goes through the ring. Nothing is ever taken out: a number that has left the ring is no part of the
/// chain, and a search compares what it looks for. Searches are paid for by the spans: each brings its chain a number of
/// steps, so that no chain costs more than so many steps a span, however long it is.
@safe
struct SpanChains: ~Copyable {
    private struct Chain {
        /// The newest span of the chain.
        var newest: UInt32
        /// How many steps are left; below 0 when a search took more than there were.
        var steps: Int32
    }

    // Sound: the block holds `mask + 1` chains, belongs to this value and is only indexed with masked numbers.
    private var pages: Pages
    private var chains: UnsafeMutablePointer<Chain>
    private let mask: Int

    /// Makes beginnings without chains.
    ///
    /// - Parameter capacity: How many spans wait at most; a power of two.
    init(capacity: Int) {
        pages = Pages(bytes: capacity * MemoryLayout<Chain>.stride)
        unsafe chains = pages.base.bindMemory(to: Chain.self, capacity: capacity)
        mask = capacity - 1
    }

    /// The newest span of a chain.
    @inline(__always)
    func newest(_ hash: UInt64) -> UInt32 { unsafe chains[Int(truncatingIfNeeded: hash) & mask].newest }

    /// Makes a span the newest of a chain.
    ///
    /// - Returns: The one that was the newest.
    @inline(__always)
    func add(_ number: UInt32, to hash: UInt64) -> UInt32 {
        let place = Int(truncatingIfNeeded: hash) & mask
        let previous = unsafe chains[place].newest
        unsafe chains[place].newest = number
        earn(hash)
        return previous
    }

    /// Brings a chain the steps of one span.
    @inline(__always)
    func earn(_ hash: UInt64) {
        let place = Int(truncatingIfNeeded: hash) & mask
        unsafe chains[place].steps = min(chains[place].steps + Self.stepsOfSpan, Self.mostSteps)
    }

    /// How many steps a search along a chain may take.
    func steps(_ hash: UInt64) -> Int { unsafe Int(chains[Int(truncatingIfNeeded: hash) & mask].steps) }

    /// Takes the steps of a search off a chain.
    func spend(_ steps: Int, of hash: UInt64) {
        let place = Int(truncatingIfNeeded: hash) & mask
        unsafe chains[place].steps = max(chains[place].steps - Int32(clamping: steps), -Self.mostSteps)
    }

    /// What a span brings: of some 30 to 100 ns each.
    private static let stepsOfSpan: Int32 = 64
    private static let mostSteps: Int32 = 1 << 20
}
