// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The symbols of values that one reader has met, found by their bytes without making a string or taking a lock.
///
/// It belongs to one reader and one vocabulary. When it is full it is emptied: it is only a shortcut to the table.
struct SymbolCache: Sendable {
    private struct Entry: Sendable {
        var hash: UInt64
        var range: ByteRange
        var symbol: Symbol
    }

    /// A recent value, and where its text is.
    private struct Recent: Sendable {
        var ends = TextEnds()
        var offset: UInt32 = 0
        var symbol = Symbol.absent
    }

    private let vocabulary: Vocabulary
    private let table: SymbolTable
    /// Texts in lower case that count as absent.
    private let ignored: Set<String>
    /// Salts the hash, since senders choose the values: none can aim at one slot.
    private let salt: UInt64
    private var text: [UInt8] = []
    private var entries: [Entry] = []
    /// Recent values, by their last bytes and length: most spans repeat the values of earlier ones.
    private var recent: [Recent]
    /// The offset of the text of the entry that was found or added last.
    private var latestOffset: UInt32 = 0
    private var slots: [UInt16]

    /// The number of values at which the cache is emptied; a quarter of the slots.
    private let limit: Int

    /// The number of values that a cache holds.
    enum Size: Int {
        /// For the values of one attribute of calls.
        case usual = 2_048
        /// For the values of all labels that the settings add.
        case large = 16_384

        /// The number of values that are found by some of their bytes, a power of two.
        fileprivate var recents: Int { rawValue / 8 }
    }

    init(_ vocabulary: Vocabulary, table: SymbolTable, ignoring ignored: Set<String> = [], size: Size = .usual) {
        self.ignored = ignored
        self.vocabulary = vocabulary
        self.table = table
        salt = .random(in: .min ... .max)
        limit = size.rawValue
        recent = Array(repeating: Recent(), count: size.recents)
        slots = Array(repeating: 0, count: size.rawValue * 4)
    }

    /// The symbol of a value that was made here, for example of a number.
    func symbol(of value: String) -> Symbol { table.symbol(for: value, in: vocabulary) }

    /// Whether a value is a known one, such as a model that a price book lists.
    func knows(_ range: ByteRange, in body: Span<UInt8>) -> Bool {
        (1...SymbolTable.longestText).contains(Int(range.length)) && table.knows(range.text(in: body), in: vocabulary)
    }

    /// The symbol of a value in the body; ``Symbol/absent`` for no range.
    @inline(__always)
    mutating func symbol(at range: ByteRange?, in body: Span<UInt8>) -> Symbol {
        guard let range, range.length > 0 else { return .absent }
        guard let ends = TextEnds(of: range, in: body) else { return find(range, in: body) }
        let slot =
            Int(truncatingIfNeeded: mix64(ends.last, 0xA076_1D64_78BD_642F ^ UInt64(range.length)))
            & (recent.count - 1)
        let known = recent[slot]
        if known.ends.isEqual(to: ends) {
            let length = Int(range.length)
            guard length > TextEnds.longestWhole else { return known.symbol }
            // Sound: ends of the value were read from the body, and the texts of all recent values lie within `text`.
            if unsafe body.holdsUnchecked(text.span, Int(known.offset), length, at: Int(range.offset)) {
                return known.symbol
            }
        }
        return findAndKeep(range, in: body, ends, slot)
    }

    @inline(never)
    private mutating func findAndKeep(
        _ range: ByteRange, in body: Span<UInt8>, _ ends: TextEnds, _ slot: Int
    ) -> Symbol {
        let symbol = find(range, in: body)
        // The offset of the text is that of the entry, which is there unless the value is too long to be kept.
        guard Int(range.length) <= SymbolTable.longestText else { return symbol }
        recent[slot] = Recent(ends: ends, offset: latestOffset, symbol: symbol)
        return symbol
    }

    private mutating func find(_ range: ByteRange, in body: Span<UInt8>) -> Symbol {
        guard Int(range.length) <= SymbolTable.longestText else {
            table.noteTooLong(in: vocabulary)
            return .overflow
        }
        let hash = body.hash(at: Int(range.offset), length: Int(range.length), salt: salt)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.hash == hash, entry.range.length == range.length,
                body.matches(
                    text.span, from: Int(entry.range.offset), length: Int(range.length), at: Int(range.offset))
            {
                latestOffset = entry.range.offset
                return entry.symbol
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return add(range, body, hash, slot)
    }

    private mutating func add(_ range: ByteRange, _ body: Span<UInt8>, _ hash: UInt64, _ slot: Int) -> Symbol {
        let value = LabelText.read(range, in: body)
        let isIgnored =
            vocabulary.hasAbsentWords && AbsentWords.hold(value)
            || !ignored.isEmpty && ignored.contains(value.lowercased())
        let symbol = isIgnored ? .absent : table.symbol(for: value, in: vocabulary)
        var slot = slot
        if entries.count == limit {
            text.removeAll(keepingCapacity: true)
            entries.removeAll(keepingCapacity: true)
            recent = [Recent](repeating: Recent(), count: recent.count)
            slots = Array(repeating: 0, count: slots.count)
            slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        }
        let copy = ByteRange(offset: text.count, length: Int(range.length))
        for index in range.indices { text.append(body[index]) }
        entries.append(Entry(hash: hash, range: copy, symbol: symbol))
        latestOffset = copy.offset
        slots[slot] = UInt16(entries.count)
        return symbol
    }
}
