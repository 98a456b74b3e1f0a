// SPDX-License-Identifier: Apache-2.0
import CMemory

/// One generation of the recent keys: a word for each of many 64-bit keys.
///
/// Keys and their words are in the order in which they arrived, so that those of one span share a cache line and new ones go
/// where the last ones went. An index finds a key, with open addressing and linear probing, at most about half full. Only the
/// index is read at random positions, and its slots of four bytes take a quarter of the memory that entries would. A slot also
/// holds some bits of its key, so that few look-ups read an entry of another key.
@safe
struct KeyTable: ~Copyable {
    private struct Entry {
        var key: UInt64
        var value: UInt64
    }

    // Sound: the block holds `slots` slots of the index, and behind them room for as many entries, of which only those that
    // are used take memory. It belongs to this table; the index is only used at numbers shifted or masked to its length, and
    // entries at those in the index, which are below `count`, or masked ones.
    private var pages: Pages
    private var index: UnsafeMutablePointer<UInt32>
    private var entries: UnsafeMutablePointer<Entry>
    /// Number of slots of the index, a power of two.
    let slots: Int
    private let shift: UInt64
    /// The bits of a slot's number, and those within a slot that are the number of an entry, from 1 on; the others there are
    /// those of its key.
    private let mask: Int
    /// Number of keys.
    private(set) var count = 0
    /// The tag of new keys, in the bits that keys leave free.
    var tag: UInt64 = 0

    /// Makes an empty table.
    ///
    /// - Parameter slots: A power of two from 1,024 on; about half of them are to be used.
    init(slots: Int) {
        precondition(slots >= 1_024 && slots & (slots - 1) == 0, "a table's slots must be a power of two")
        precondition(slots <= 1 << 32, "a table's slots must be at most 2^32")
        self.slots = slots
        shift = UInt64(64 - slots.trailingZeroBitCount)
        mask = slots - 1
        let indexBytes = slots * MemoryLayout<UInt32>.stride
        pages = Pages(bytes: indexBytes + slots * MemoryLayout<Entry>.stride)
        unsafe index = pages.base.bindMemory(to: UInt32.self, capacity: slots)
        unsafe entries = (pages.base + indexBytes).bindMemory(to: Entry.self, capacity: slots)
    }

    /// Whether it is time to grow or to begin a new generation.
    @inline(__always)
    var isFull: Bool { count >= slots &>> 1 }

    /// The value of an entry that ``find(_:)`` or ``findOrAdd(_:)`` returned.
    @inline(__always)
    subscript(entry: Int) -> UInt64 {
        get { unsafe entries[entry & mask].value }
        nonmutating set { unsafe entries[entry & mask].value = newValue }
    }

    /// Prefetches the slot of a key in the index.
    @inline(__always)
    func fetch(_ key: UInt64) { unsafe prefetch_line(index + slot(of: key)) }

    /// Looks for a key.
    ///
    /// - Returns: Its entry, or `nil` when it is not there.
    @inline(__always)
    func find(_ key: UInt64) -> Int? {
        var slot = slot(of: key)
        while true {
            let word = unsafe index[slot]
            if word == 0 { return nil }
            if let entry = entry(word, key) { return entry }
            slot = (slot &+ 1) & mask
        }
    }

    /// Looks for a key and adds it with the value 0 when it is not there.
    ///
    /// - Returns: Its entry, and whether it was added.
    @inline(__always)
    mutating func findOrAdd(_ key: UInt64) -> (entry: Int, isNew: Bool) {
        var slot = slot(of: key)
        while true {
            let word = unsafe index[slot]
            if word == 0 { return (add(key, at: slot), true) }
            if let entry = entry(word, key) { return (entry, false) }
            slot = (slot &+ 1) & mask
        }
    }

    @inline(__always)
    private mutating func add(_ key: UInt64, at slot: Int) -> Int {
        let entry = count
        // The callers look to it that the table never fills up; a full one would be searched without end.
        precondition(entry < mask, "a table must keep free slots")
        count = entry &+ 1
        unsafe index[slot] = UInt32(truncatingIfNeeded: Int(truncatingIfNeeded: key) & ~mask | count)
        unsafe entries[entry] = Entry(key: key | tag, value: 0)
        return entry
    }

    /// Forgets every key and keeps the memory.
    mutating func removeAll() {
        unsafe index.update(repeating: 0, count: slots)
        count = 0
    }

    /// Makes room for more keys.
    ///
    /// - Parameter slots: The new number of slots, a larger power of two.
    mutating func grow(to slots: Int) {
        var larger = KeyTable(slots: slots)
        for number in 0..<count {
            let entry = unsafe entries[number]
            larger.tag = entry.key & Self.tagBits
            larger[larger.findOrAdd(entry.key & ~Self.tagBits).entry] = entry.value
        }
        larger.tag = tag
        self = larger
    }

    /// A key and its tag, by its position in the order in which keys came.
    @inline(__always)
    func key(at entry: Int) -> (key: UInt64, tag: Int) {
        let word = unsafe entries[entry & mask].key
        return (word & ~Self.tagBits, Int(truncatingIfNeeded: word & Self.tagBits))
    }

    /// The number of tags.
    static let tags = 16
    private static let tagBits: UInt64 = 15

    @inline(__always)
    private func slot(of key: UInt64) -> Int { Int(truncatingIfNeeded: key &>> shift) }

    /// The entry that a slot tells of, if it is that of a key.
    @inline(__always)
    private func entry(_ word: UInt32, _ key: UInt64) -> Int? {
        // Other bits of the key than those that choose the slot, unless the table is larger than any memory.
        let word = Int(word)
        guard UInt32(truncatingIfNeeded: (word ^ Int(truncatingIfNeeded: key)) & ~mask) == 0 else { return nil }
        let entry = (word & mask) &- 1
        return unsafe (entries[entry].key ^ key) & ~Self.tagBits == 0 ? entry : nil
    }
}
