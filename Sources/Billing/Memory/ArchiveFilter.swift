// SPDX-License-Identifier: Apache-2.0
import CMemory

/// A Bloom filter over up to eight generations of keys: which of them may hold a key, with one memory access.
///
/// Each cache line has one word of bits per generation. Most keys are in no generation, and a look-up of such a key reads one
/// line instead of one per generation. Memory: 16 bits per key and generation; pages are touched only once there is a
/// generation.
@safe
struct ArchiveFilter: ~Copyable {
    // Sound: the block holds `mask + 1` lines of eight words, belongs to this filter, and is only indexed with a masked
    // line and a column below eight.
    private var pages: Pages
    private var words: UnsafeMutablePointer<UInt64>
    private let mask: Int

    /// Makes a filter for no generations.
    ///
    /// - Parameter capacity: The number of keys of a generation, a power of two from 64 on.
    init(capacity: Int) {
        let lines = capacity / 4
        let bytes = lines * Self.columns * MemoryLayout<UInt64>.stride
        pages = Pages(bytes: bytes)
        unsafe words = pages.base.bindMemory(to: UInt64.self, capacity: lines * Self.columns)
        mask = lines - 1
    }

    /// The largest number of generations.
    static let columns = 8

    /// Prefetches the line of a key.
    @inline(__always)
    func fetch(_ key: UInt64) { unsafe prefetch_line(words + line(of: key)) }

    /// The columns that may hold a key, a bit for each; the bit of a column that does hold it is always set.
    @inline(__always)
    func columns(of key: UInt64, among columns: UInt8) -> UInt8 {
        let (line, bits) = (line(of: key), RecentFilter.bits(of: key))
        var (found, rest): (UInt8, UInt8) = (0, columns)
        while rest != 0 {
            let column = rest.trailingZeroBitCount
            if unsafe words[line &+ column] & bits == bits { found |= rest & (~rest &+ 1) }
            rest &= rest &- 1
        }
        return found
    }

    /// Fills a column with the bits of the older generation of a filter, in place of its former content.
    func fill(_ column: Int, with filter: borrowing RecentFilter) {
        let column = column & (Self.columns - 1)
        for line in 0...mask { unsafe words[line &* Self.columns &+ column] = filter.olderWord(line) }
        // A table that grew without bounds has more words than there are lines.
        for word in mask + 1..<max(mask + 1, filter.count) {
            unsafe words[(word & mask) &* Self.columns &+ column] |= filter.olderWord(word)
        }
    }

    @inline(__always)
    private func line(of key: UInt64) -> Int { (Int(truncatingIfNeeded: key &>> 10) & mask) &* Self.columns }
}
