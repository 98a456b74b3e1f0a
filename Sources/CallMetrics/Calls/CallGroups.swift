// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CMemory
import GenAI
import OTLP
import Pricing

/// Groups of calls that share every label and their prices, found by what they share.
///
/// There is a ceiling on groups. At the ceiling the writer forgets the groups without a recent call, or half of all groups if
/// most have one. A group that comes back finds its series by their labels.
struct CallGroups {
    /// What is needed of a group when its sums are written, or when it gets its first call.
    struct Group {
        let verdict: PriceVerdict
        /// The card that prices the calls, if one does: its number is valid for one batch.
        let card: RateCard?
        var series: CallSeries
        /// The row of the model, ``ModelSumSink/row(of:provider:card:)``.
        var row = 0
    }

    private(set) var keys: [CallTallyKey] = []
    /// The sums of each group that are not written yet; not in ``groups``, because every call changes one of them.
    var tallies: [CallTally] = []
    /// What each group has made series for.
    var made: [SeriesNeeds] = []
    /// The series of each group's durations, which most calls need; `nil` until the first call with one.
    var durations: [SeriesID?] = []
    var groups: [Group] = []
    /// By the hash of a key: the index of its group plus one, or 0 for a free slot; at least half are free.
    private var slots = [UInt32](repeating: 0, count: 256)
    /// Salts the hash, since senders choose the symbols.
    private let salt: UInt64
    private let limit: Int

    /// Makes an empty collection.
    ///
    /// - Parameters:
    ///   - limit: The number of groups at which ``isFull`` becomes true.
    ///   - salt: A secret of the process.
    init(limit: Int, salt: UInt64) {
        self.limit = limit
        self.salt = salt
    }

    var isFull: Bool { keys.count >= limit }

    /// The number of groups that were forgotten at the ceiling.
    private(set) var forgotten: UInt64 = 0

    /// The hash of a key for ``index(of:hash:)``.
    @inline(__always)
    func hash(of key: CallTallyKey) -> Int { key.hash(salt: salt) }

    /// Prefetches where the index has a key with a hash.
    @inline(__always)
    func fetchSlot(_ hash: Int) {
        unsafe slots.withUnsafeBufferPointer { slots in
            // Sound: a prefetch of any address is; this one is that of a slot.
            if let first = slots.baseAddress { unsafe prefetch_line(first + (hash & (slots.count - 1))) }
        }
    }

    /// Prefetches what a call changes in the sums of a group.
    @inline(__always)
    func fetchTally(_ group: Int) {
        unsafe tallies.withUnsafeBytes { tallies in
            guard let first = tallies.baseAddress else { return }
            // Sound: a prefetch of any address is.
            let tally = unsafe first + group * MemoryLayout<CallTally>.stride
            unsafe prefetch_line(tally)
            unsafe prefetch_line(tally + CallTally.busyBytes - 1)
        }
    }

    /// Looks for the group with a key.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - hash: Its ``hash(of:)``.
    /// - Returns: The index of the group; -1 if there is none.
    @inline(__always)
    func index(of key: CallTallyKey, hash: Int) -> Int {
        let (slots, keys) = (slots.span, keys.span)
        var slot = hash & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if keys[index] == key { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return -1
    }

    /// Adds a group with a key that no other group has, and returns its index.
    mutating func append(_ group: Group, key: CallTallyKey) -> Int {
        keys.append(key)
        tallies.append(CallTally())
        made.append([])
        durations.append(nil)
        groups.append(group)
        if keys.count * 2 > slots.count { makeSlots(count: slots.count * 2) } else { enter(keys.count - 1) }
        return keys.count - 1
    }

    /// Forgets the groups without a recent call, and older ones until half of the ceiling is free; all sums must be written.
    mutating func forgetOlder() {
        // The groups that were added last are kept first.
        var kept: [Int] = []
        for index in keys.indices.reversed() where tallies[index].isRecent && kept.count < limit / 2 {
            kept.append(index)
        }
        kept.reverse()
        forgotten += UInt64(keys.count - kept.count)
        keys = kept.map { keys[$0] }
        groups = kept.map { groups[$0] }
        (made, durations) = (kept.map { made[$0] }, kept.map { durations[$0] })
        tallies = kept.map { _ in CallTally() }
        makeSlots(count: slots.count)
    }

    mutating func removeAll() {
        let forgotten = forgotten
        self = CallGroups(limit: limit, salt: salt)
        self.forgotten = forgotten
    }

    private mutating func makeSlots(count: Int) {
        slots = [UInt32](repeating: 0, count: count)
        for index in keys.indices { enter(index) }
    }

    private mutating func enter(_ index: Int) {
        var slot = keys[index].hash(salt: salt) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(index + 1)
    }
}
