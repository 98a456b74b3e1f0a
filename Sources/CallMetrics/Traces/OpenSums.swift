// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Open traces or sessions, found by a hash of their id.
struct OpenSums {
    var sums: [OpenSum] = []
    /// By hash: the index of a sum plus one, or 0 for a free slot; at least half are free.
    private var slots = [UInt32](repeating: 0, count: 256)
    /// The index that was found last, since the calls of a trace often come together; -1 for none.
    private var last = -1
    /// A lower bound of the latest calls of all sums.
    private(set) var earliest = UInt64.max
    private let salt: UInt64

    /// Makes an empty collection.
    ///
    /// - Parameter salt: A secret, since senders choose the ids.
    init(salt: UInt64) { self.salt = salt }

    var count: Int { sums.count }

    @inline(__always)
    func hash(_ high: UInt64, _ low: UInt64) -> UInt64 { mix64(low ^ salt, high ^ 0xA076_1D64_78BD_642F) }

    /// The index of the sum with an id, valid until sums are removed; -1 if there is none.
    @inline(__always)
    mutating func index(_ high: UInt64, _ low: UInt64) -> Int {
        if last >= 0, sums[last].low == low, sums[last].high == high { return last }
        var slot = Int(truncatingIfNeeded: hash(high, low)) & (slots.count - 1)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if sums[index].low == low, sums[index].high == high {
                last = index
                return index
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return -1
    }

    /// Adds a sum whose id no other one has, and returns its index.
    @discardableResult
    mutating func append(_ sum: OpenSum) -> Int {
        sums.append(sum)
        earliest = min(earliest, sum.latest)
        if sums.count * 2 > slots.count { makeSlots(slots.count * 2) } else { enter(sums.count - 1) }
        last = sums.count - 1
        return last
    }

    /// Removes the sums whose latest call is not later than a moment.
    ///
    /// - Returns: The removed sums, ordered by their latest call.
    mutating func remove(upTo moment: UInt64) -> [OpenSum] {
        guard earliest <= moment else { return [] }
        var (removed, next) = ([OpenSum](), UInt64.max)
        sums.removeAll { sum in
            if sum.latest <= moment {
                removed.append(sum)
                return true
            }
            next = min(next, sum.latest)
            return false
        }
        earliest = next
        guard !removed.isEmpty else { return [] }
        last = -1
        makeSlots(slots.count)
        // Nearly in order already. Those of one moment stay in the order of their first calls, as in every process that has the
        // same sums.
        removed.sort { $0.latest < $1.latest }
        return removed
    }

    /// Removes the half with the oldest latest calls, or more if many had their latest call at the same time.
    mutating func removeOlderHalf() -> [OpenSum] { remove(upTo: sums.map(\.latest).sorted()[(sums.count - 1) / 2]) }

    private mutating func makeSlots(_ count: Int) {
        slots = [UInt32](repeating: 0, count: count)
        for index in sums.indices { enter(index) }
    }

    private mutating func enter(_ index: Int) {
        var slot = Int(truncatingIfNeeded: hash(sums[index].high, sums[index].low)) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(index + 1)
    }
}
