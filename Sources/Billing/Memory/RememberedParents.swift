// SPDX-License-Identifier: Apache-2.0
import CMemory

/// The parents of spans that do not wait: a bounded memory that forgets the oldest.
///
/// A set of four entries is one cache line, the newest first. A fifth entry evicts one of its set: the oldest one older than the
/// horizon, else the oldest of the sender with the most entries in the set (on a tie, the new entry's own sender). So an entry
/// costs one memory access, nothing is searched or deleted, and no sender evicts more than its share of the entries of others.
///
/// Memory: 16 bytes an entry; the table begins small and grows as soon as an entry would be evicted.
@safe
struct RememberedParents: ~Copyable {
    private struct Entry {
        /// The span's key; its ten highest bits, which the set's number implies, are replaced by bits of the sender.
        ///
        /// The lowest bit says that the span runs a tool.
        var span: UInt64
        /// The parent's key, with the time in the four bits that keys leave free.
        var parent: UInt64
    }

    // Sound: the block holds `sets` sets of four entries, belongs to this table and is only indexed with a set's number
    // shifted to that length plus 0 to 3.
    private var pages: Pages
    private var entries: UnsafeMutablePointer<Entry>
    private var sets: Int
    private var shift: UInt64
    private let most: Int
    private let horizon: UInt64
    /// The sender of the next entries, in the ten highest bits.
    private var sender: UInt64 = 0
    /// The time in quarters of the horizon, modulo 16.
    private var moment: UInt64 = 0
    /// Number of evicted entries.
    private(set) var forgotten: UInt64 = 0
    /// Number of entries.
    private(set) var count = 0

    /// Makes an empty memory.
    ///
    /// - Parameters:
    ///   - most: The largest number of entries, rounded up to a power of two from 4 on.
    ///   - horizon: The age up to which a sender's entries are protected from other senders', in nanoseconds.
    init(most: Int, horizon: UInt64) {
        var rounded = 4
        while rounded < most { rounded *= 2 }
        self.init(most: rounded, sets: min(rounded / 4, Self.fewestSets), horizon: horizon)
    }

    /// Sets the sender of the next entries.
    mutating func write(for peer: UInt64) { sender = peer & Self.senderBits }

    /// Sets the time, in monotonic nanoseconds.
    mutating func pass(to now: UInt64) { moment = now / max(1, horizon / 4) & Self.momentBits }

    /// Prefetches the set of a span.
    @inline(__always)
    func fetch(_ span: UInt64) { unsafe prefetch_line(entries + first(span)) }

    /// The span above one.
    ///
    /// - Returns: Its key, 0 when the span is a root, with the lowest bit set when the span runs a tool; `nil` when that is
    ///   not known.
    @inline(__always)
    func step(from span: UInt64) -> UInt64? {
        let first = first(span)
        for index in first..<first + 4 where holds(index, of: span) {
            return unsafe entries[index].parent & ~Self.momentBits | entries[index].span & Self.toolBit
        }
        return nil
    }

    /// Remembers the span above one.
    ///
    /// - Parameters:
    ///   - span: The key of the one below.
    ///   - parent: That of the one above.
    ///   - isTool: Whether the one below runs a tool.
    @inline(__always)
    mutating func remember(_ span: UInt64, below parent: UInt64, isTool: Bool = false) {
        let first = first(span)
        var last = first
        while last < first + 3, unsafe entries[last].span != 0, !holds(last, of: span) { last += 1 }
        if unsafe entries[last].span == 0 {
            count += 1
        } else if !holds(last, of: span) {
            if sets < most {
                grow()
                return remember(span, below: parent, isTool: isTool)
            }
            forgotten += 1
            last = dispensable(first)
        }
        while last > first {
            unsafe entries[last] = entries[last - 1]
            last -= 1
        }
        let own = span & ~Self.senderBits | sender
        unsafe entries[first] = Entry(span: isTool ? own | Self.toolBit : own, parent: parent | moment)
    }

    @inline(__always)
    private func holds(_ index: Int, of span: UInt64) -> Bool {
        unsafe (entries[index].span ^ span) & ~(Self.senderBits | Self.toolBit) == 0
    }

    /// The index of the entry of a full set that is evicted.
    @inline(__always)
    private func dispensable(_ first: Int) -> Int {
        // Most sets are of one sender, which loses the oldest.
        let oldest = unsafe entries[first + 3].span
        let differences =
            unsafe (entries[first].span ^ oldest) | (entries[first + 1].span ^ oldest)
            | (entries[first + 2].span ^ oldest)
        let isShared = differences & Self.senderBits != 0
        var (found, most) = (first + 3, 0)
        for index in (first..<first + 4).reversed() {
            let age = unsafe (moment &- entries[index].parent) & Self.momentBits
            // Four quarters and the one that has begun. Entries older than sixteen quarters look young again.
            if age > 4 { return index }
            if !isShared { continue }
            let theirs = unsafe entries[index].span & Self.senderBits
            var same = theirs == sender ? 1 : 0
            for other in first..<first + 4 where unsafe (entries[other].span ^ theirs) & Self.senderBits == 0 {
                same += 2
            }
            if same > most { (found, most) = (index, same) }
        }
        return found
    }

    private mutating func grow() {
        var larger = RememberedParents(most: most * 4, sets: sets * 2, horizon: horizon)
        for index in stride(from: sets * 4 - 1, through: 0, by: -1) {
            let entry = unsafe entries[index]
            guard entry.span != 0 else { continue }
            larger.sender = entry.span & Self.senderBits
            larger.moment = entry.parent & Self.momentBits
            // The set's number is the key's highest bits.
            let set = UInt64(truncatingIfNeeded: index / 4) &<< (shift &+ 1)
            larger.remember(
                entry.span & ~(Self.senderBits | Self.toolBit) | set & Self.senderBits,
                below: entry.parent & ~Self.momentBits, isTool: entry.span & Self.toolBit != 0)
        }
        larger.forgotten += forgotten
        (larger.sender, larger.moment) = (sender, moment)
        self = larger
    }

    private init(most: Int, sets: Int, horizon: UInt64) {
        self.most = most / 4
        self.sets = sets
        self.horizon = horizon
        shift = Self.shift(sets)
        pages = Pages(bytes: sets * 4 * MemoryLayout<Entry>.stride)
        unsafe entries = pages.base.bindMemory(to: Entry.self, capacity: sets * 4)
    }

    @inline(__always)
    private func first(_ span: UInt64) -> Int { Int(truncatingIfNeeded: (span &>> 1) &>> shift) &* 4 }

    private static func shift(_ sets: Int) -> UInt64 { UInt64(63 - sets.trailingZeroBitCount) }
    /// The smallest number of sets: the ten replaced bits of a key must be implied by its set.
    private static let fewestSets = 1_024
    private static let senderBits: UInt64 = 0x3FF << 54
    private static let momentBits: UInt64 = 15
    private static let toolBit: UInt64 = 1
}
