// SPDX-License-Identifier: Apache-2.0
import CMemory

/// One generation of the notebook: a word for each of many 64-bit keys.
///
/// Open addressing with linear probing, at most about half full. The free low bits of a key number the use of the table,
/// so that it is emptied by counting on; a bit for each key beside it answers most questions for keys that are not there.
@safe
struct KeyTable: ~Copyable {
    private struct Entry {
        var key: UInt64
        var value: UInt64
    }

    // Sound: the block holds `slots` entries and behind them four bits for each, belongs to this table, and both parts are
    // only indexed with numbers shifted or masked to their length. One block, so that both lie in large pages.
    private var pages: Pages
    private var entries: UnsafeMutablePointer<Entry>
    private var filter: UnsafeMutablePointer<UInt64>
    /// How many places there are, a power of two.
    private(set) var slots: Int
    private var shift: UInt64
    /// How many keys there are.
    private(set) var count = 0
    private var generation: UInt64 = 1

    /// The bits of a key that are the table's own.
    static let generationBits: UInt64 = 15

    /// Makes an empty table.
    ///
    /// - Parameter slots: A power of two from 1,024 on; about half of them are to be used.
    init(slots: Int) {
        precondition(slots >= 1_024 && slots & (slots - 1) == 0, "a table's slots must be a power of two")
        self.slots = slots
        shift = UInt64(64 - slots.trailingZeroBitCount)
        // Four bits a slot are eight a key.
        pages = Pages(bytes: slots * MemoryLayout<Entry>.stride + slots / 2)
        unsafe entries = pages.base.bindMemory(to: Entry.self, capacity: slots)
        unsafe filter = (pages.base + slots * MemoryLayout<Entry>.stride).bindMemory(
            to: UInt64.self, capacity: slots / 16)
    }

    /// Whether it is time to grow or to begin a new generation.
    @inline(__always)
    var isFull: Bool { count >= slots / 2 }

    /// The value of a slot that ``find(_:)`` or ``findOrAdd(_:)`` told.
    @inline(__always)
    subscript(slot: Int) -> UInt64 {
        get { unsafe entries[slot & (slots - 1)].value }
        nonmutating set { unsafe entries[slot & (slots - 1)].value = newValue }
    }

    /// Asks memory to bring near where the key would be.
    @inline(__always)
    func fetch(_ key: UInt64) { unsafe prefetch_line(entries + place(of: key)) }

    /// Asks memory to bring near where the key's bits would be.
    @inline(__always)
    func fetchFilter(_ key: UInt64) { unsafe prefetch_line(filter + bit(of: key).word) }

    /// Whether a key may be there; `false` is certain.
    @inline(__always)
    func mayHold(_ key: UInt64) -> Bool {
        let (word, mask) = bit(of: key)
        return unsafe filter[word] & mask == mask
    }

    /// Looks for a key.
    ///
    /// - Returns: Its slot, or `nil` when it is not there.
    @inline(__always)
    func find(_ key: UInt64) -> Int? {
        guard mayHold(key) else { return nil }
        let wanted = key | generation
        var slot = place(of: key)
        while true {
            let there = unsafe entries[slot].key
            if there == wanted { return slot }
            guard there & Self.generationBits == generation else { return nil }
            slot = (slot + 1) & (slots - 1)
        }
    }

    /// Looks for a key and adds it with the value 0 when it is not there.
    ///
    /// - Returns: Its slot, and whether it was added.
    @inline(__always)
    mutating func findOrAdd(_ key: UInt64) -> (slot: Int, isNew: Bool) {
        let wanted = key | generation
        var slot = place(of: key)
        while true {
            let there = unsafe entries[slot].key
            if there == wanted { return (slot, false) }
            guard there & Self.generationBits == generation else { break }
            slot = (slot + 1) & (slots - 1)
        }
        unsafe entries[slot] = Entry(key: wanted, value: 0)
        let (word, mask) = bit(of: key)
        unsafe filter[word] |= mask
        count += 1
        // The callers look to it that the table never fills up; a full one would be searched without end.
        precondition(count < slots, "a table must keep free slots")
        return (slot, true)
    }

    /// Forgets every key and keeps the memory.
    mutating func removeAll() {
        generation += 1
        if generation > Self.generationBits {
            // Only now may entries of an earlier use carry the number of the coming one.
            unsafe entries.update(repeating: Entry(key: 0, value: 0), count: slots)
            generation = 1
        }
        unsafe filter.update(repeating: 0, count: slots / 16)
        count = 0
    }

    /// Makes room for more keys.
    ///
    /// - Parameter slots: How many slots there are to be, a larger power of two.
    mutating func grow(to slots: Int) {
        var larger = KeyTable(slots: slots)
        for slot in 0..<self.slots {
            let entry = unsafe entries[slot]
            guard entry.key & Self.generationBits == generation else { continue }
            larger[larger.findOrAdd(entry.key & ~Self.generationBits).slot] = entry.value
        }
        self = larger
    }

    @inline(__always)
    private func place(of key: UInt64) -> Int { Int(truncatingIfNeeded: key &>> shift) }

    @inline(__always)
    private func bit(of key: UInt64) -> (word: Int, mask: UInt64) {
        // Three bits in one word: of a hundred keys that are not there four are looked for in vain; with one bit it is
        // twelve. Other bits of the key than those that choose the slot, so that neighbours there are none here.
        let mask: UInt64 = 1 &<< ((key &>> 4) & 63) | 1 &<< ((key &>> 28) & 63) | 1 &<< ((key &>> 34) & 63)
        return (Int(truncatingIfNeeded: key &>> 10) & (slots / 16 - 1), mask)
    }
}
