// SPDX-License-Identifier: Apache-2.0
import CMemory

/// A Bloom filter over the two newest generations of keys: which of them may hold a key, with one memory access.
///
/// The words of bits of both generations are next to each other. Most keys that arrive are in neither, which one cache line
/// shows, and a new key's own bits go into the same line. Memory: 2 bytes a key and generation.
@safe
struct RecentFilter: ~Copyable {
    // Sound: the block holds `count` pairs of words, a power of two, belongs to this filter, and is only indexed with the
    // index of a pair, which is even and masked to that length, plus 0 or 1.
    private var pages: Pages
    private var words: UnsafeMutablePointer<UInt64>
    /// The bits of the index of a pair.
    private let mask: Int
    /// Which word of a pair is that of the newest generation.
    private var newest = 0

    /// Makes a filter for no keys.
    ///
    /// - Parameter slots: The number of slots of a generation, a power of two from 8 on.
    init(slots: Int) {
        let pairs = slots / 8
        pages = Pages(bytes: pairs * 2 * MemoryLayout<UInt64>.stride)
        unsafe words = pages.base.bindMemory(to: UInt64.self, capacity: pairs * 2)
        mask = (pairs - 1) * 2
    }

    /// Number of words of each generation.
    var count: Int { mask / 2 + 1 }

    /// Prefetches the line of a key.
    @inline(__always)
    func fetch(_ key: UInt64) { unsafe prefetch_line(words + pair(of: key)) }

    /// Whether the newest generation and the one before may hold a key; `false` is certain.
    @inline(__always)
    func mayHold(_ key: UInt64) -> (newest: Bool, older: Bool) {
        let (pair, bits) = (pair(of: key), Self.bits(of: key))
        return unsafe (words[pair ^ newest] & bits == bits, words[pair ^ newest ^ 1] & bits == bits)
    }

    /// Notes a key that the newest generation holds from now on.
    ///
    /// - Returns: Whether the one before may hold it; `false` is certain.
    @inline(__always)
    func add(_ key: UInt64) -> Bool {
        let (pair, bits) = (pair(of: key), Self.bits(of: key))
        unsafe words[pair ^ newest] |= bits
        return unsafe words[pair ^ newest ^ 1] & bits == bits
    }

    /// Makes the newest generation the older one, and forgets the keys of the one before.
    mutating func turn() {
        newest ^= 1
        for pair in stride(from: 0, through: mask, by: 2) { unsafe words[pair ^ newest] = 0 }
    }

    /// One word of the generation before the newest.
    func olderWord(_ number: Int) -> UInt64 { unsafe words[2 * number & mask ^ newest ^ 1] }

    @inline(__always)
    private func pair(of key: UInt64) -> Int { Int(truncatingIfNeeded: key &>> 9) & mask }

    /// The three bits of a key in one word of a filter.
    ///
    /// With three bits, about one in a hundred absent keys is looked up in vain. They are chosen by other bits of the key than
    /// the slot is, so that keys in neighbouring slots do not share them.
    @inline(__always)
    static func bits(of key: UInt64) -> UInt64 {
        1 &<< ((key &>> 4) & 63) | 1 &<< ((key &>> 28) & 63) | 1 &<< ((key &>> 34) & 63)
    }
}
