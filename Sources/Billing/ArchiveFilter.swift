// SPDX-License-Identifier: Apache-2.0
import CMemory

/// Tells which of up to eight generations of keys may hold a key, with one access to memory.
///
/// A line of memory has one word of bits for each generation, so that a key that none of them holds, as most, costs one
/// line and not one for each. Memory: 16 bits a key and generation; pages are only taken once there is a generation.
@safe
struct ArchiveFilter: ~Copyable {
    // Sound: the block holds `mask + 1` lines of eight words, belongs to this filter, and is only indexed with a masked
    // line and a column below eight.
    private var pages: Pages
    private var words: UnsafeMutablePointer<UInt64>
    private let mask: Int

    /// Makes a filter for no generations.
    ///
    /// - Parameter capacity: How many keys a generation holds, a power of two from 64 on.
    init(capacity: Int) {
        let lines = capacity / 4
        let bytes = lines * Self.columns * MemoryLayout<UInt64>.stride
        pages = Pages(bytes: bytes)
        unsafe words = pages.base.bindMemory(to: UInt64.self, capacity: lines * Self.columns)
        mask = lines - 1
    }

    /// How many generations there may be.
    static let columns = 8

    /// Asks memory to bring near what tells of a key.
    @inline(__always)
    func fetch(_ key: UInt64) { unsafe prefetch_line(words + line(of: key)) }

    /// Those of some columns that may hold a key, a bit for each; that of one that holds it is always set.
    @inline(__always)
    func columns(of key: UInt64, among columns: UInt8) -> UInt8 {
        let (line, bits) = (line(of: key), KeyTable.filterBits(of: key))
        var (found, rest): (UInt8, UInt8) = (0, columns)
        while rest != 0 {
            let column = rest.trailingZeroBitCount
            if unsafe words[line &+ column] & bits == bits { found |= rest & (~rest &+ 1) }
            rest &= rest &- 1
        }
        return found
    }

    /// Makes a column that of a generation, instead of the one it was of.
    func fill(_ column: Int, with table: borrowing KeyTable) {
        let column = column & (Self.columns - 1)
        for line in 0...mask {
            unsafe words[line &* Self.columns &+ column] = table.filterWord(line)
        }
    }

    @inline(__always)
    private func line(of key: UInt64) -> Int { (Int(truncatingIfNeeded: key &>> 10) & mask) &* Self.columns }
}
