// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Finds wanted keys in a body, by comparing bytes and without making strings.
///
/// A seed is searched with which no two keys want the same slot. A look-up then is one slot: what does not match it is
/// not wanted. Without such a seed, which takes hundreds of keys, or keys that differ only between the words that
/// are hashed, a key stands in the first free slot behind the one that it wants.
///
/// Where an ``AttributeKeyJudge`` decides about keys that are not listed, its decisions are kept in the same slots, the unwanted
/// ones too: it is asked once for a key, and a later look costs what it costs for a listed key. At most a quarter of the slots
/// holds such decisions; then all of them are forgotten, so that ever new keys cannot crowd the others out for long. A key
/// is at most ``reach`` slots from the one that it wants, so that no choice of keys makes look-ups long.
struct AttributeKeyTable: Sendable {
    /// A power of two of slots, mostly less than a sixteenth full: slots that no look-up reaches cost nothing.
    private(set) var slots: [KeySlot]
    /// The keys one behind the other, for what the words of a slot do not cover.
    private(set) var text: [UInt8]
    private let mask: Int
    let seed: UInt64
    /// The largest number of slots in which a key is looked for.
    private let reach: Int
    /// Whether every listed key stands in the slot that it wants.
    let isPerfect: Bool
    private let judge: AttributeKeyJudge?
    /// What the table held before the judge decided anything.
    private let listed: (slots: [KeySlot], textBytes: Int)
    /// The number of keys that the judge has decided about.
    private(set) var learnedKeys = 0
    /// How often such decisions were forgotten.
    private(set) var timesForgotten = 0
    /// Tells apart tables of different lists.
    let list: Int

    /// A table of the keys that are wanted up to now.
    ///
    /// - Parameter keys: The keys.
    /// - Complexity: Linear in the number of keys, plus a bounded number of seeds that are tried.
    init(_ keys: AttributeKeys) {
        var text: [UInt8] = []
        let entries = keys.names.enumerated().map { id, name in
            let (start, length) = (text.count, name.utf8.count)
            text += name.utf8
            return KeySlot(
                words: KeyWords(text.span, start, length), offset: UInt32(start), length: UInt16(length),
                id: AttributeKeyID(id))
        }
        var count = keys.judge == nil ? 16 : Self.leastJudged
        // Not without limit, should somebody ask for thousands of keys.
        while count < entries.count * (count < 16_384 ? 16 : 2) { count *= 2 }
        var slots = Array(repeating: KeySlot(), count: count)
        mask = count - 1
        let (seed, isPerfect) = Self.findSeed(for: entries, slots: count)
        (self.seed, self.isPerfect) = (seed, isPerfect)
        var reach = keys.judge == nil ? 1 : Self.reachOfLearned
        for entry in entries {
            var index = entry.words.hash(Int(entry.length), seed) & mask
            var steps = 1
            while slots[index].length > 0 {
                index = (index + 1) & mask
                steps += 1
            }
            slots[index] = entry
            reach = max(reach, steps)
        }
        self.reach = reach
        self.slots = slots
        self.text = text
        listed = (slots, text.count)
        judge = keys.judge
        list = Self.lists.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Numbers the lists of keys of the process.
    private static let lists = Atomic<Int>(0)

    /// The least number of slots where a judge decides, so that the keys of all usual senders find room.
    private static let leastJudged = 4_096

    /// The largest number of slots in which a key that the judge decided about is looked for.
    private static let reachOfLearned = 8

    /// A seed with which no two keys want the same of `count` slots, or any seed when a thousand do not do.
    private static func findSeed(for entries: [KeySlot], slots count: Int) -> (seed: UInt64, isPerfect: Bool) {
        /// The last attempt in which a key wanted the slot.
        var wanted = [UInt16](repeating: 0, count: count)
        var seed: UInt64 = 0
        attempts: for attempt in 1...1_000 as ClosedRange<UInt16> {
            seed = UInt64(attempt) &* 0x9E37_79B9_7F4A_7C15
            for entry in entries {
                let index = entry.words.hash(Int(entry.length), seed) & (count - 1)
                guard wanted[index] != attempt else { continue attempts }
                wanted[index] = attempt
            }
            return (seed, true)
        }
        return (seed, false)
    }

    /// The number of the listed key that stands in a body, or `nil` for another key.
    @inline(__always)
    func find(in bytes: Span<UInt8>, at offset: Int, length: Int) -> AttributeKeyID? {
        precondition(offset >= 0 && length >= 0 && offset <= bytes.count &- length)
        // Sound: the key lies within the span.
        switch unsafe look(in: bytes, at: offset, length: length) {
        case .wanted(let id): return id
        case .unwanted: return nil
        case .unclear: return findFurther(in: bytes, at: offset, length: length)
        }
    }

    /// What one look tells of a key.
    enum Look {
        case wanted(AttributeKeyID)
        case unwanted
        /// It is for ``find(in:at:length:)`` to say.
        case unclear
    }

    /// Looks into the slot that the key in a body would want, which calls nothing.
    ///
    /// - Parameters:
    ///   - bytes: The body's bytes.
    ///   - offset: Where the key begins; the caller has made sure that it lies within the span.
    ///   - length: How many bytes it has.
    /// - Returns: What the slot tells.
    @unsafe @inline(__always)
    func look(in bytes: Span<UInt8>, at offset: Int, length: Int) -> Look {
        // Few senders have shorter keys.
        guard length >= 8 else { return .unclear }
        // Sound: the key has at least eight bytes.
        let words = unsafe KeyWords(long: bytes, offset, length)
        let index = words.hash(length, seed) & mask
        // Sound: the mask is one less than the number of slots.
        let slot = unsafe slots.span[unchecked: index]
        // Sound: texts of slots lie within `text`.
        if slot.hasWords(words, length: length),
            unsafe length <= 32 || bytes.holdsMiddle(text.span, Int(slot.offset), length, at: offset)
        {
            return slot.id == KeySlot.unwanted ? .unwanted : .wanted(slot.id)
        }
        return judge == nil && (slot.length == 0 || isPerfect) ? .unwanted : .unclear
    }

    @inline(never)
    private func findFurther(in bytes: Span<UInt8>, at offset: Int, length: Int) -> AttributeKeyID? {
        entry(in: bytes, at: offset, length: length).flatMap { $0 == KeySlot.unwanted ? nil : $0 }
    }

    /// The id in the slot of a key, or `nil` for a key without one.
    private func entry(in bytes: Span<UInt8>, at offset: Int, length: Int) -> AttributeKeyID? {
        guard length > 0 else { return nil }
        let words = KeyWords(bytes, offset, length)
        let wanted = words.hash(length, seed)
        for step in 0..<reach {
            let slot = slots[(wanted &+ step) & mask]
            guard slot.length > 0 else { return nil }
            if slot.hasWords(words, length: length),
                length <= 32 || bytes.matches(text.span, from: Int(slot.offset), length: length, at: offset)
            {
                return slot.id
            }
        }
        return nil
    }
}

extension AttributeKeyTable {
    /// The number of the key that stands in a body, which the judge is asked for if the key is new; `nil` for an unwanted one.
    @inline(__always)
    mutating func identify(in bytes: Span<UInt8>, at offset: Int, length: Int) -> AttributeKeyID? {
        precondition(offset >= 0 && length >= 0 && offset <= bytes.count &- length)
        // Sound: the key lies within the span.
        switch unsafe look(in: bytes, at: offset, length: length) {
        case .wanted(let id): return id
        case .unwanted: return nil
        case .unclear: return identifyFurther(in: bytes, at: offset, length: length)
        }
    }

    @inline(never)
    private mutating func identifyFurther(in bytes: Span<UInt8>, at offset: Int, length: Int) -> AttributeKeyID? {
        if let known = entry(in: bytes, at: offset, length: length) { return known == KeySlot.unwanted ? nil : known }
        guard let judge, length > 0 else { return nil }
        let id = judge(bytes, offset..<(offset + length))
        if length <= Self.longestLearned { learn(id ?? KeySlot.unwanted, bytes, offset, length) }
        return id
    }

    /// Whether it decides about keys that are not listed.
    var hasJudge: Bool { judge != nil }

    private mutating func learn(_ id: AttributeKeyID, _ bytes: Span<UInt8>, _ offset: Int, _ length: Int) {
        if learnedKeys >= slots.count / 4 {
            slots = listed.slots
            text.removeLast(text.count - listed.textBytes)
            learnedKeys = 0
            timesForgotten += 1
        }
        let words = KeyWords(bytes, offset, length)
        guard let index = place(wanted: words.hash(length, seed)) else { return }
        slots[index] = KeySlot(words: words, offset: UInt32(text.count), length: UInt16(length), id: id)
        for place in offset..<(offset + length) { text.append(bytes[place]) }
        learnedKeys += 1
    }

    /// The slot for a new key: the first free one within reach, or else the last one there that is no listed key's.
    private func place(wanted: Int) -> Int? {
        var learned: Int?
        for step in 0..<reach {
            let index = (wanted &+ step) & mask
            guard slots[index].length > 0 else { return index }
            if Int(slots[index].offset) >= listed.textBytes { learned = index }
        }
        return learned
    }

    /// The longest key whose decision is kept, in bytes; longer ones are rare.
    private static var longestLearned: Int { 255 }
}
