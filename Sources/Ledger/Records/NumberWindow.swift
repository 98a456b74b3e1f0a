// SPDX-License-Identifier: Apache-2.0

/// A set of numbers of which most are larger than those before: a bit for each from the first one on.
///
/// Used for numbers of sets of dimensions, which grow as long as the process runs.
struct NumberWindow {
    private var first: UInt32 = 0
    private var bits: [UInt64] = []
    /// Numbers before the first one, or far behind the last.
    private var others: Set<UInt32> = []

    /// Inserts a number.
    ///
    /// - Returns: Whether it is new.
    @inline(__always)
    mutating func insert(_ number: UInt32) -> Bool {
        let index = Int(number &- first)
        guard index < 64 * bits.count else { return insertLater(number) }
        let bit: UInt64 = 1 << UInt64(index & 63)
        guard bits[index >> 6] & bit == 0 else { return false }
        bits[index >> 6] |= bit
        return true
    }

    @inline(never)
    private mutating func insertLater(_ number: UInt32) -> Bool {
        if bits.isEmpty {
            // Sets that were made a little earlier may still come.
            first = number > Self.margin ? number - Self.margin : 0
        }
        let index = Int(number &- first)
        guard index < 64 * bits.count + Self.mostAhead else { return others.insert(number).inserted }
        bits += repeatElement(0, count: max(64, index / 64 + 1 - bits.count))
        return insert(number)
    }

    private static let margin: UInt32 = 16_384
    /// How far behind the last number another one may be: 128 KiB of bits.
    private static let mostAhead = 1 << 20
}
