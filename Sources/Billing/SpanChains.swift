// SPDX-License-Identifier: Apache-2.0

/// Where chains of waiting spans begin, newest first: one number for each hash.
///
/// The chain itself goes through the ring. Nothing is ever taken out: a number that has left the ring ends the chain, and
/// whoever walks along it compares what he looks for.
@safe
struct SpanChains: ~Copyable {
    // Sound: the block holds `mask + 1` numbers, belongs to this value and is only indexed with masked numbers.
    private var pages: Pages
    private var newest: UnsafeMutablePointer<UInt32>
    private let mask: Int

    /// Makes beginnings without chains.
    ///
    /// - Parameter capacity: How many spans wait at most; a power of two.
    init(capacity: Int) {
        pages = Pages(bytes: capacity * MemoryLayout<UInt32>.stride)
        unsafe newest = pages.base.bindMemory(to: UInt32.self, capacity: capacity)
        mask = capacity - 1
    }

    /// The newest of a chain.
    @inline(__always)
    func first(_ hash: UInt64) -> UInt32 { unsafe newest[Int(truncatingIfNeeded: hash) & mask] }

    /// Puts a span in front of a chain.
    ///
    /// - Returns: The one that was in front.
    @inline(__always)
    func prepend(_ number: UInt32, to hash: UInt64) -> UInt32 {
        let place = Int(truncatingIfNeeded: hash) & mask
        let previous = unsafe newest[place]
        unsafe newest[place] = number
        return previous
    }
}
