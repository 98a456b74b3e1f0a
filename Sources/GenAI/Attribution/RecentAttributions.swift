// SPDX-License-Identifier: Apache-2.0
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

    /// The attribution of a label set; `nil` if it is not remembered.
    @inline(__always)
    mutating func attribution(of set: [UInt64]) -> Attribution? {
        let hash = hash(of: set.span)
        if let word = find(set.span, hash, newer.slots.span, newer.words.span) { return Attribution(word: word) }
        return findOlder(set, hash)
    }

    /// Remembers a label set that is not remembered yet.
    mutating func remember(_ set: [UInt64], as attribution: Attribution) {
        keep(set, hash(of: set.span), attribution.word)
    }

    @inline(__always)
    private func hash(of set: Span<UInt64>) -> UInt64 {
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
    private mutating func findOlder(_ set: [UInt64], _ hash: UInt64) -> Attribution? {
        guard let word = find(set.span, hash, older.slots.span, older.words.span) else { return nil }
        keep(set, hash, word)
        return Attribution(word: word)
    }

    private mutating func keep(_ set: [UInt64], _ hash: UInt64, _ word: UInt64) {
        if newer.count == mostInHalf {
            swap(&newer, &older)
            newer.words.removeAll(keepingCapacity: true)
            newer.count = 0
            for slot in newer.slots.indices { newer.slots[slot] = 0 }
        } else if newer.count * 2 == newer.slots.count {
            growSlots()
        }
        newer.words += set
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
