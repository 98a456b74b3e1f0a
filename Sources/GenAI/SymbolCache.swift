// SPDX-License-Identifier: Apache-2.0
import OTLP

/// The symbols of values that one reader has met, found by their bytes without making a string or taking a lock.
///
/// It belongs to one reader and one vocabulary. When it is full it is emptied: it is only a shortcut to the table.
struct SymbolCache: Sendable {
    private struct Entry: Sendable {
        var hash: UInt64
        var place: ByteRange
        var symbol: Symbol
    }

    private let vocabulary: Vocabulary
    private let table: SymbolTable
    /// Texts in lower case that count as absent.
    private let ignored: Set<String>
    /// Senders choose the values, so the hash is salted: nobody can aim at one slot.
    private let salt: UInt64
    private var text: [UInt8] = []
    private var entries: [Entry] = []
    /// The entry that was found last; an empty one before that, and once its text is gone.
    private var latest = Entry(hash: 0, place: ByteRange(), symbol: .absent)
    private var slots: [UInt16]

    /// How many values it holds before it is emptied; a quarter of the slots.
    private static let limit = 2_048

    init(_ vocabulary: Vocabulary, table: SymbolTable, ignoring ignored: Set<String> = []) {
        self.ignored = ignored
        self.vocabulary = vocabulary
        self.table = table
        salt = .random(in: .min ... .max)
        slots = Array(repeating: 0, count: Self.limit * 4)
    }

    /// The symbol of a value that was made here, for example of a number.
    func symbol(of value: String) -> Symbol { table.symbol(for: value, in: vocabulary) }

    /// The symbol of the value at a place in the body; ``Symbol/absent`` for no place.
    @inline(__always)
    mutating func symbol(at place: ByteRange?, in body: Span<UInt8>) -> Symbol {
        guard let place, place.length > 0 else { return .absent }
        // Neighbours mostly share their provider, host and operation: comparing comes before hashing.
        if latest.place.length == place.length,
            body.matches(
                text.span, from: Int(latest.place.offset), length: Int(place.length), at: Int(place.offset))
        {
            return latest.symbol
        }
        guard Int(place.length) <= SymbolTable.longestText else {
            table.noteTooLong(in: vocabulary)
            return .overflow
        }
        let hash = body.hash(at: Int(place.offset), length: Int(place.length), salt: salt)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.hash == hash, entry.place.length == place.length,
                body.matches(
                    text.span, from: Int(entry.place.offset), length: Int(place.length), at: Int(place.offset))
            {
                latest = entry
                return entry.symbol
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return add(place, body, hash, slot)
    }

    private mutating func add(_ place: ByteRange, _ body: Span<UInt8>, _ hash: UInt64, _ slot: Int) -> Symbol {
        let value = place.text(in: body)
        let isIgnored = !ignored.isEmpty && ignored.contains(value.lowercased())
        let symbol = isIgnored ? .absent : table.symbol(for: value, in: vocabulary)
        var slot = slot
        if entries.count == Self.limit {
            text.removeAll(keepingCapacity: true)
            entries.removeAll(keepingCapacity: true)
            latest = Entry(hash: 0, place: ByteRange(), symbol: .absent)
            slots = Array(repeating: 0, count: slots.count)
            slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        }
        let copy = ByteRange(offset: text.count, length: Int(place.length))
        for index in place.indices { text.append(body[index]) }
        entries.append(Entry(hash: hash, place: copy, symbol: symbol))
        slots[slot] = UInt16(entries.count)
        return symbol
    }
}
