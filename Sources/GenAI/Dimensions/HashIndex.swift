// SPDX-License-Identifier: Apache-2.0

/// An index by 64-bit hashes, whose entries have the numbers 0, 1, 2, … in the order in which they came.
///
/// Entries with equal hashes are taken for equal. The hashes are salted with a secret, so no sender can aim at that. By chance,
/// one new entry in 2^47 meets an equal hash among 131,072.
package struct HashIndex: Sendable {
    /// The hashes, by number.
    private(set) var hashes: [UInt64] = []
    /// For each hash its number plus one, or 0 for a free slot; at least half are free.
    private var slots = [UInt32](repeating: 0, count: 64)

    /// Makes an empty index.
    package init() {}

    /// Removes all entries and keeps the memory.
    mutating func removeAll() {
        hashes.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = 0 }
    }

    /// The number of entries.
    var count: Int { hashes.count }

    /// The bytes of one entry, with its share of free slots.
    static var entryBytes: Int { 8 + 3 * 4 }

    /// The number of a hash; `nil` if it has none.
    package func number(of hash: UInt64) -> UInt32? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = slots[slot] - 1
            if hashes[Int(number)] == hash { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds a hash that has no number yet.
    ///
    /// - Returns: Its number.
    package mutating func append(_ hash: UInt64) -> UInt32 {
        if 2 * (hashes.count + 1) > slots.count {
            slots = [UInt32](repeating: 0, count: 2 * slots.count)
            for number in hashes.indices { enter(hashes[number], number) }
        }
        hashes.append(hash)
        enter(hash, hashes.count - 1)
        return UInt32(hashes.count - 1)
    }

    private mutating func enter(_ hash: UInt64, _ number: Int) {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(number + 1)
    }
}
