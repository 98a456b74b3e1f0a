// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Finds wanted keys in a body, by comparing bytes and without making strings.
///
/// The hash of a key chooses its home slot. The table looks for a seed with which no two keys have the same home slot. A look-up
/// then reads one slot: a key that does not match it is not wanted. With hundreds of keys, or keys that differ only between the
/// words that are hashed, there may be no such seed; a key is then in the first free slot from its home slot on.
///
/// If an ``AttributeKeyJudge`` decides about keys that are not listed, the table remembers each decision in a slot, also for
/// unwanted keys. The judge is called once for a key; later look-ups cost as much as for a listed key. Decisions fill at most a
/// quarter of the slots; then the table forgets all of them, so that a sender with ever new keys cannot displace the keys of
/// others for long. A key is less than ``reach`` slots from its home slot, so that no choice of keys makes look-ups long.
struct AttributeKeyTable: Sendable {
    /// The slots: a power of two, mostly less than a sixteenth full.
    ///
    /// Slots that no look-up reaches cost nothing.
    private(set) var slots: [KeySlot]
    /// The bytes of all keys, one after the other, to compare what the words of a slot do not cover.
    private(set) var text: [UInt8]
    private let mask: Int
    let seed: UInt64
    /// The largest number of slots in which a key is looked for.
    private let reach: Int
    /// Whether every listed key is in its home slot.
    let isPerfect: Bool
    private let judge: AttributeKeyJudge?
    /// The content of the table before the judge's first decision.
    private let listed: (slots: [KeySlot], textBytes: Int)
    /// The number of keys that the judge has decided about.
    private(set) var learnedKeys = 0
    /// How often such decisions were forgotten.
    private(set) var timesForgotten = 0
    /// Identifies the list of keys: tables of different lists have different numbers.
    let list: Int

    /// Makes a table of the listed keys.
    ///
    /// - Parameter keys: The keys.
    /// - Complexity: Linear in the number of keys, plus a bounded number of seeds that are tried.
    init(_ keys: AttributeKeys) {
        var text: [UInt8] = []
        let entries = keys.names.enumerated().map { id, name in
            let (start, length) = (text.count, name.utf8.count)
            text += name.utf8
            return KeySlot(
                words: KeyEnds(text.span, start, length), offset: UInt32(start), length: UInt16(length),
                id: AttributeKeyID(id))
        }
        var count = keys.judge == nil ? 16 : Self.leastJudged
        // Limited, in case the settings list thousands of keys.
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

    /// The least number of slots of a table with a judge; the keys of all usual senders fit.
    private static let leastJudged = 4_096

    /// The largest number of slots that a look-up reads for a key that the judge decided about.
    private static let reachOfLearned = 8

    /// A seed with which no two keys have the same of `count` home slots; the last of a thousand seeds if none of them does.
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

    /// The number of a key in a body; `nil` if the key is not wanted or not known yet.
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

    /// The result of reading one slot for a key.
    enum Look {
        case wanted(AttributeKeyID)
        case unwanted
        /// Only ``find(in:at:length:)`` can decide.
        case unclear
    }

    /// Reads the home slot of a key in a body.
    ///
    /// This calls nothing.
    ///
    /// - Parameters:
    ///   - bytes: The body's bytes.
    ///   - offset: The index of the key's first byte; the caller guarantees that the key is within the span.
    ///   - length: The length of the key, in bytes.
    /// - Returns: The result.
    @unsafe @inline(__always)
    func look(in bytes: Span<UInt8>, at offset: Int, length: Int) -> Look {
        // Few senders have shorter keys.
        guard length >= 8 else { return .unclear }
        // Sound: the key has at least eight bytes.
        let words = unsafe KeyEnds(long: bytes, offset, length)
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
        let words = KeyEnds(bytes, offset, length)
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
    /// The number of a key in a body; `nil` if the key is not wanted.
    ///
    /// Asks the judge about a new key.
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

    /// Whether a judge decides about keys that are not listed.
    var hasJudge: Bool { judge != nil }

    private mutating func learn(_ id: AttributeKeyID, _ bytes: Span<UInt8>, _ offset: Int, _ length: Int) {
        if learnedKeys >= slots.count / 4 {
            slots = listed.slots
            text.removeLast(text.count - listed.textBytes)
            learnedKeys = 0
            timesForgotten += 1
        }
        let words = KeyEnds(bytes, offset, length)
        guard let index = slot(wanted: words.hash(length, seed)) else { return }
        slots[index] = KeySlot(words: words, offset: UInt32(text.count), length: UInt16(length), id: id)
        for byte in offset..<(offset + length) { text.append(bytes[byte]) }
        learnedKeys += 1
    }

    /// The slot for a new key: the first free one within reach, or else the last one within reach that no listed key has.
    private func slot(wanted: Int) -> Int? {
        var learned: Int?
        for step in 0..<reach {
            let index = (wanted &+ step) & mask
            guard slots[index].length > 0 else { return index }
            if Int(slots[index].offset) >= listed.textBytes { learned = index }
        }
        return learned
    }

    /// The length of the longest key whose decision is remembered, in bytes; longer keys are rare.
    private static var longestLearned: Int { 255 }
}
