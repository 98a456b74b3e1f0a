// SPDX-License-Identifier: Apache-2.0
import CMemory

/// A key of whole words that says how to mix them.
protocol WordKey: Equatable, Sendable {
    /// A hash in which each bit depends on the whole key.
    func hash(_ salt: UInt64) -> UInt64
}

/// Numbers keys from 0 on in the order in which they come, without a call to the standard hash for each look.
struct KeyTable<Key: WordKey>: Sendable {
    private(set) var keys: [Key] = []
    /// By the hash of a key: its number plus one, or 0 for a free slot; at least half are free.
    private var slots: [UInt32]
    /// Senders choose the parts of keys, so hashes depend on a secret.
    private let salt: UInt64

    init(salt: UInt64 = .random(in: .min ... .max)) {
        self.salt = salt
        slots = [UInt32](repeating: 0, count: 64)
    }

    var count: Int { keys.count }

    /// Prefetches the slot of a key.
    @inline(__always)
    func fetch(_ key: Key) {
        let slot = Int(truncatingIfNeeded: key.hash(salt)) & (slots.count - 1)
        // Sound: the slot is one of the table, and nothing is read.
        unsafe slots.withUnsafeBufferPointer { slots in
            if let start = slots.baseAddress { unsafe prefetch_line(start + slot) }
        }
    }

    /// The number of a key, and whether it is new.
    @inline(__always)
    mutating func number(of key: Key) -> (number: Int, isNew: Bool) {
        var slot = Int(truncatingIfNeeded: key.hash(salt)) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if keys[number] == key { return (number, false) }
            slot = (slot + 1) & (slots.count - 1)
        }
        keys.append(key)
        if keys.count * 2 > slots.count { grow() } else { slots[slot] = UInt32(keys.count) }
        return (keys.count - 1, true)
    }

    /// The number of a key, or `nil`.
    @inline(__always)
    func known(_ key: Key) -> Int? {
        var slot = Int(truncatingIfNeeded: key.hash(salt)) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if keys[number] == key { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Forgets all keys and keeps the memory.
    mutating func removeAll() {
        guard !keys.isEmpty else { return }
        keys.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = 0 }
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for number in keys.indices {
            var slot = Int(truncatingIfNeeded: keys[number].hash(salt)) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }
}
