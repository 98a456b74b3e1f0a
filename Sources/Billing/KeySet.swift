// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A set of non-zero 64-bit keys that are random already: open addressing with linear probing in one zeroed block, so
/// that memory is taken as keys come.
@safe
struct KeySet: ~Copyable {
    // Sound: the block is allocated here with `slots` zeroed words, never leaves this type, is only indexed with numbers
    // masked to its length, and is freed once, in `deinit`.
    private let keys: UnsafeMutablePointer<UInt64>
    private let mask: Int
    private(set) var count = 0

    /// Makes an empty set.
    ///
    /// - Parameter slots: A power of two; at most half of them may be filled.
    init(slots: Int) {
        precondition(slots > 1 && slots & (slots - 1) == 0, "the number of slots must be a power of two")
        let bytes = slots * MemoryLayout<UInt64>.stride
        let block = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let block = unsafe block, unsafe block != MAP_FAILED else {
            preconditionFailure("no memory for \(slots) keys")
        }
        // Keys fall anywhere: with ordinary pages most look-ups would first have to look for their page.
        unsafe madvise(block, bytes, MADV_HUGEPAGE)
        unsafe keys = block.bindMemory(to: UInt64.self, capacity: slots)
        mask = slots - 1
    }

    deinit { unsafe munmap(keys, (mask + 1) * MemoryLayout<UInt64>.stride) }

    /// The word at which a search for the key begins.
    @inline(__always)
    func firstWord(for key: UInt64) -> UInt64 { unsafe keys[Int(truncatingIfNeeded: key) & mask] }

    /// Whether the key is there.
    func contains(_ key: UInt64) -> Bool { unsafe keys[slot(of: key)] == key }

    /// Adds a key; returns whether it was not there.
    ///
    /// The set must be less than half full.
    mutating func insert(_ key: UInt64) -> Bool {
        let slot = slot(of: key)
        guard unsafe keys[slot] != key else { return false }
        precondition(count <= mask / 2, "a key set may be half full at most")
        unsafe keys[slot] = key
        count += 1
        return true
    }

    /// Forgets every key; the block's pages are kept.
    mutating func removeAll() {
        unsafe keys.update(repeating: 0, count: mask + 1)
        count = 0
    }

    /// Where the key is, or else the free slot where it would be.
    private func slot(of key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: key) & mask
        while unsafe keys[slot] != 0, unsafe keys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }
}
