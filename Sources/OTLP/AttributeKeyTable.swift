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
/// holds such decisions; then all of them are forgotten, so that ever new keys cannot crowd the others out for long.
struct AttributeKeyTable: Sendable {
    /// A power of two of slots, mostly less than a sixteenth full: room costs nothing where nobody looks.
    private var slots: [Slot]
    /// The keys one behind the other, for what the words of a slot do not cover.
    private var text: [UInt8]
    private let mask: Int
    private var seed: UInt64 = 0
    /// Whether every listed key stands in the slot that it wants.
    private(set) var isPerfect = false
    private let judge: AttributeKeyJudge?
    /// What the table held before the judge decided anything.
    private let listed: (slots: [Slot], textBytes: Int)
    /// The number of keys that the judge has decided about.
    private(set) var learnedKeys = 0
    /// How often such decisions were forgotten.
    private(set) var timesForgotten = 0
    /// Tells apart tables of different lists.
    let list: Int

    /// A key; a length of 0 marks a free slot.
    private struct Slot {
        var words = KeyWords()
        var offset: UInt32 = 0
        var length: UInt16 = 0
        var id: AttributeKeyID = 0
    }

    /// A table of the keys that are wanted up to now.
    ///
    /// - Parameter keys: The keys.
    /// - Complexity: Linear in the number of keys, beside a bounded number of seeds that are tried.
    init(_ keys: AttributeKeys) {
        var text: [UInt8] = []
        let entries = keys.names.enumerated().map { id, name in
            let (start, length) = (text.count, name.utf8.count)
            text += name.utf8
            return Slot(
                words: KeyWords(text.span, start, length), offset: UInt32(start), length: UInt16(length),
                id: AttributeKeyID(id))
        }
        var count = keys.judge == nil ? 16 : Self.leastJudged
        // Not without limit, should somebody ask for thousands of keys.
        while count < entries.count * (count < 16_384 ? 16 : 2) { count *= 2 }
        var slots = Array(repeating: Slot(), count: count)
        mask = count - 1
        (seed, isPerfect) = Self.findSeed(for: entries, slots: count)
        for entry in entries {
            var index = entry.words.hash(Int(entry.length), seed) & mask
            while slots[index].length > 0 { index = (index + 1) & mask }
            slots[index] = entry
        }
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

    /// A seed with which no two keys want the same of `count` slots, or any seed when a thousand do not do.
    private static func findSeed(for entries: [Slot], slots count: Int) -> (seed: UInt64, isPerfect: Bool) {
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
        // Sound: the mask is one less than the number of slots.
        let index = words.hash(length, seed) & mask
        let slot = unsafe slots.withUnsafeBufferPointer { unsafe $0[index] }
        // Sound: texts of slots lie within `text`.
        if Int(slot.length) == length, slot.words == words,
            unsafe length <= 32 || bytes.holdsUnchecked(text.span, Int(slot.offset), length, at: offset)
        {
            return slot.id == Self.unwanted ? .unwanted : .wanted(slot.id)
        }
        guard judge != nil else { return slot.length == 0 || isPerfect ? .unwanted : .unclear }
        guard slot.length > 0 else { return .unclear }
        // A key whose slot is taken mostly stands in the next one.
        let next = unsafe slots.withUnsafeBufferPointer { unsafe $0[(index &+ 1) & mask] }
        if Int(next.length) == length, next.words == words,
            unsafe length <= 32 || bytes.holdsUnchecked(text.span, Int(next.offset), length, at: offset)
        {
            return next.id == Self.unwanted ? .unwanted : .wanted(next.id)
        }
        return .unclear
    }

    /// The id of slots with keys that the judge does not want.
    private static var unwanted: AttributeKeyID { .max }

    @inline(never)
    private func findFurther(in bytes: Span<UInt8>, at offset: Int, length: Int) -> AttributeKeyID? {
        entry(in: bytes, at: offset, length: length).flatMap { $0 == Self.unwanted ? nil : $0 }
    }

    /// The id in the slot of a key, or `nil` for a key without one.
    private func entry(in bytes: Span<UInt8>, at offset: Int, length: Int) -> AttributeKeyID? {
        guard length > 0 else { return nil }
        let words = KeyWords(bytes, offset, length)
        var index = words.hash(length, seed) & mask
        while slots[index].length > 0 {
            let slot = slots[index]
            if Int(slot.length) == length, slot.words == words,
                length <= 32 || bytes.matches(text.span, from: Int(slot.offset), length: length, at: offset)
            {
                return slot.id
            }
            guard !isPerfect || judge != nil else { return nil }
            index = (index + 1) & mask
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

    /// What is known of a key: `.unclear` only for one that the judge has to decide about.
    func known(in bytes: Span<UInt8>, at offset: Int, length: Int) -> Look {
        guard let id = entry(in: bytes, at: offset, length: length) else {
            return judge == nil || length == 0 ? .unwanted : .unclear
        }
        return id == Self.unwanted ? .unwanted : .wanted(id)
    }

    @inline(never)
    private mutating func identifyFurther(in bytes: Span<UInt8>, at offset: Int, length: Int) -> AttributeKeyID? {
        if let known = entry(in: bytes, at: offset, length: length) { return known == Self.unwanted ? nil : known }
        guard let judge, length > 0 else { return nil }
        let id = judge(bytes, offset..<(offset + length))
        if length <= Self.longestLearned { learn(id ?? Self.unwanted, bytes, offset, length) }
        return id
    }

    /// Whether the judge wants a key that is not listed.
    func judges(in bytes: Span<UInt8>, at offset: Int, length: Int) -> Bool {
        judge.map { $0(bytes, offset..<(offset + length)) != nil } ?? false
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
        var index = words.hash(length, seed) & mask
        while slots[index].length > 0 { index = (index + 1) & mask }
        slots[index] = Slot(words: words, offset: UInt32(text.count), length: UInt16(length), id: id)
        for place in offset..<(offset + length) { text.append(bytes[place]) }
        learnedKeys += 1
    }

    /// The longest key whose decision is kept, in bytes; longer ones are rare.
    private static var longestLearned: Int { 255 }
}

/// What of a key is hashed, and compared first: all of it up to 32 bytes.
///
/// Two words from each end tell keys apart that begin and end alike (`….audio.input_tokens`, `….image.input_tokens`;
/// `….cache_read.input_tokens`, `….cache_read_input_tokens`).
private struct KeyWords: Equatable {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var lastButOne: UInt64 = 0
    var last: UInt64 = 0

    init() {}

    /// The words of a key of any length; one that is shorter than a word is the first.
    init(_ bytes: Span<UInt8>, _ offset: Int, _ length: Int) {
        self.init()
        precondition(offset >= 0 && offset <= bytes.count - length)
        if length >= 8 {
            // Sound: the key lies within the span, and has at least eight bytes.
            unsafe self.init(long: bytes, offset, length)
        } else if offset <= bytes.count - 8 {
            first = bytes.littleEndian64(at: offset) & (1 << UInt64(length * 8) - 1)
        } else {
            for index in 0..<length { first |= UInt64(bytes[offset + index]) << UInt64(index * 8) }
        }
    }

    /// The words of a key of at least eight bytes.
    @unsafe @inline(__always)
    init(long bytes: Span<UInt8>, _ offset: Int, _ length: Int) {
        first = unsafe bytes.uncheckedWord(at: offset)
        last = unsafe bytes.uncheckedWord(at: offset &+ length &- 8)
        if length >= 16 {
            second = unsafe bytes.uncheckedWord(at: offset &+ 8)
            lastButOne = unsafe bytes.uncheckedWord(at: offset &+ length &- 16)
        } else {
            (second, lastButOne) = (first, last)
        }
    }

    /// A number whose lower bits tell keys apart; those in the table are ours, so nobody can make it degenerate.
    @inline(__always)
    func hash(_ length: Int, _ seed: UInt64) -> Int {
        let product = (first &+ second ^ UInt64(truncatingIfNeeded: length))
            .multipliedFullWidth(by: (lastButOne &+ last) ^ seed)
        // All bits of both sides have part in the lower half of the product's upper word.
        return Int(truncatingIfNeeded: product.high)
    }
}
