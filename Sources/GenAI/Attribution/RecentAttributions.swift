// SPDX-License-Identifier: Apache-2.0
import CMemory
import OTLP

/// The label sets that one reader has met, with their attributions.
///
/// Most spans have the labels of an earlier one. For these the reader needs neither the lock nor the hashing of the
/// ``AttributionTable``. At the ceiling, the memory forgets its older half; if senders have more label sets than it holds, the
/// reader asks the table for some of them again.
struct RecentAttributions: Sendable {
    /// Label sets of one age, and the index by their hashes.
    private struct Half: Sendable {
        /// The words of each label set, and behind them its attribution in one word.
        var words: [UInt64] = []
        /// The number of label sets.
        var count = 0
        /// For each label set its index plus one and the high bits of its hash, or 0 for a free slot; at least half are free.
        var slots = [UInt64](repeating: 0, count: 64)
    }

    private let width: Int
    private let mostInHalf: Int
    /// Salts the hash, so that no sender can choose values whose hashes are equal.
    private let salt: UInt64
    private var newer = Half()
    private var older = Half()

    /// The bits of a slot that are an index plus one.
    private static var indexMask: UInt64 { 0xFF_FFFF }

    /// Makes an empty memory.
    ///
    /// - Parameters:
    ///   - width: The number of words of a label set.
    ///   - most: The largest number of label sets that it remembers, 2 to 33,554,429; half of it, rounded down, in each half.
    ///   - salt: A secret of the process.
    init(width: Int, most: Int, salt: UInt64) {
        precondition(most >= 2 && most / 2 < Int(Self.indexMask), "a label set has an index of 24 bits")
        self.width = width
        mostInHalf = most / 2
        self.salt = salt
    }

    /// The number of label sets that it remembers.
    var count: Int { newer.count + older.count }

    /// Looks for a label set.
    ///
    /// - Parameters:
    ///   - set: The label set.
    ///   - hash: Its ``hash(of:)``.
    /// - Returns: Its attribution; `nil` if it is not remembered.
    @inline(__always)
    mutating func attribution(of set: Span<UInt64>, hash: UInt64) -> Attribution? {
        if let word = find(set, hash, newer.slots.span, newer.words.span) { return Attribution(word: word) }
        return findOlder(set, hash)
    }

    /// Prefetches where the index has a label set with a hash.
    @inline(__always)
    func fetchSlot(_ hash: UInt64) {
        unsafe newer.slots.withUnsafeBufferPointer { slots in
            // Sound: a prefetch of any address is; this one is that of a slot.
            if let first = slots.baseAddress { unsafe prefetch_line(first + Int(hash & UInt64(slots.count - 1))) }
        }
    }

    /// Prefetches the words of the label set that the index probably has for a hash.
    @inline(__always)
    func fetchSet(_ hash: UInt64) {
        let slot = newer.slots[Int(hash & UInt64(newer.slots.count - 1))]
        unsafe newer.words.withUnsafeBufferPointer { words in
            let word = (Int(slot & Self.indexMask) - 1) * (width + 1)
            // Sound: a prefetch of any address is.
            if let first = words.baseAddress { unsafe prefetch_line(first + word) }
        }
    }

    /// Remembers a label set that is not remembered yet.
    ///
    /// - Parameters:
    ///   - set: The label set.
    ///   - hash: Its ``hash(of:)``.
    ///   - attribution: Its attribution.
    mutating func remember(_ set: Span<UInt64>, hash: UInt64, as attribution: Attribution) {
        keep(set, hash, attribution.word)
    }

    /// The hash of a label set; each of its bits depends on the whole set.
    @inline(__always)
    func hash(of set: Span<UInt64>) -> UInt64 {
        var state = salt
        for index in set.indices { state = mix64(state ^ set[index], 0xA076_1D64_78BD_642F) }
        return mix64(state, 0x8EBC_6AF0_9C88_C6E3)
    }

    /// The word behind a label set; `nil` if the label set is not there.
    @inline(__always)
    private func find(
        _ set: Span<UInt64>, _ hash: UInt64, _ slots: Span<UInt64>, _ words: Span<UInt64>
    ) -> UInt64? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            if (slots[slot] ^ hash) & ~Self.indexMask == 0 {
                let first = (Int(slots[slot] & Self.indexMask) - 1) * (width + 1)
                var word = 0
                while word < width, words[first + word] == set[word] { word += 1 }
                if word == width { return words[first + width] }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    @inline(never)
    private mutating func findOlder(_ set: Span<UInt64>, _ hash: UInt64) -> Attribution? {
        guard let word = find(set, hash, older.slots.span, older.words.span) else { return nil }
        keep(set, hash, word)
        return Attribution(word: word)
    }

    private mutating func keep(_ set: Span<UInt64>, _ hash: UInt64, _ word: UInt64) {
        if newer.count == mostInHalf {
            swap(&newer, &older)
            newer.words.removeAll(keepingCapacity: true)
            newer.count = 0
            for slot in newer.slots.indices { newer.slots[slot] = 0 }
        } else if newer.count * 2 == newer.slots.count {
            growSlots()
        }
        for index in set.indices { newer.words.append(set[index]) }
        newer.words.append(word)
        newer.count += 1
        enter(hash, newer.count - 1)
    }

    private mutating func growSlots() {
        newer.slots = [UInt64](repeating: 0, count: newer.slots.count * 2)
        for index in 0..<newer.count {
            let first = index * (width + 1)
            enter(hash(of: newer.words.span.extracting(first..<first + width)), index)
        }
    }

    private mutating func enter(_ hash: UInt64, _ index: Int) {
        var slot = Int(truncatingIfNeeded: hash) & (newer.slots.count - 1)
        while newer.slots[slot] != 0 { slot = (slot + 1) & (newer.slots.count - 1) }
        newer.slots[slot] = hash & ~Self.indexMask | UInt64(index + 1)
    }
}

extension Attribution {
    /// The attribution in one word.
    fileprivate var word: UInt64 {
        UInt64(number) | (seeksAncestors ? 1 << 32 : 0) | (offersToDescendants ? 1 << 33 : 0)
    }

    fileprivate init(word: UInt64) {
        self.init(
            number: UInt32(truncatingIfNeeded: word), seeksAncestors: word & 1 << 32 != 0,
            offersToDescendants: word & 1 << 33 != 0)
    }
}
