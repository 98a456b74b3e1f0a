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
    /// By the lower bits of a key's hash: 0 for a free slot, or the number of the key plus one and bits of its hash.
    ///
    /// At least half are free, so the number leaves the upper bits of a slot to the hash, and few look-ups read another key.
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
        let hash = key.hash(salt)
        let (slot, number) = find(key, hash)
        if let number { return (number, false) }
        keys.append(key)
        if keys.count * 2 > slots.count { grow() } else { slots[slot] = word(keys.count - 1, hash) }
        return (keys.count - 1, true)
    }

    /// The number of a key, or `nil`.
    @inline(__always)
    func known(_ key: Key) -> Int? { find(key, key.hash(salt)).number }

    /// The slot of a key and its number, or the free slot at which the search for it ends.
    @inline(__always)
    private func find(_ key: Key, _ hash: UInt64) -> (slot: Int, number: Int?) {
        let mask = slots.count - 1
        let upper = UInt32(truncatingIfNeeded: hash >> 32)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let word = slots[slot]
            if (word ^ upper) & ~UInt32(truncatingIfNeeded: mask) == 0 {
                let number = Int(word & UInt32(truncatingIfNeeded: mask)) - 1
                if keys[number] == key { return (slot, number) }
            }
            slot = (slot + 1) & mask
        }
        return (slot, nil)
    }

    /// What stands in the slot of a key.
    @inline(__always)
    private func word(_ number: Int, _ hash: UInt64) -> UInt32 {
        let mask = UInt32(truncatingIfNeeded: slots.count - 1)
        return UInt32(truncatingIfNeeded: hash >> 32) & ~mask | UInt32(truncatingIfNeeded: number + 1)
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
            let hash = keys[number].hash(salt)
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = word(number, hash)
        }
    }
}
