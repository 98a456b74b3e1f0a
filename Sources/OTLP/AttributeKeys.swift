// SPDX-License-Identifier: Apache-2.0

/// The number of an attribute key that somebody asked for; see ``AttributeKeys``.
package typealias AttributeKeyID = UInt16

/// The attribute keys that are wanted from spans; every other attribute is passed over by its length.
///
/// Keys are numbered in the order in which they were first asked for. Looking one up compares bytes and makes no string.
package struct AttributeKeys: Sendable {
    /// The keys by number.
    package private(set) var names: [String] = []

    private var text: [UInt8] = []
    /// A power of two of slots, at most a quarter full.
    private var slots: [Slot] = Array(repeating: Slot(), count: 64)
    private var mask: Int { slots.count - 1 }

    /// A key and where its text is; a length of 0 marks a free slot.
    private struct Slot {
        var offset: UInt32 = 0
        var length: UInt16 = 0
        var id: AttributeKeyID = 0
    }

    /// A table that wants nothing yet.
    package init() {}

    /// The number of a key, which is wanted from now on.
    ///
    /// - Parameter name: The attribute's key, 1 to 65,535 bytes; at most 65,535 different ones may be asked for.
    /// - Returns: The number.
    package mutating func id(of name: String) -> AttributeKeyID {
        let bytes = Array(name.utf8)
        precondition(!bytes.isEmpty && bytes.count <= 65_535, "an attribute key has 1 to 65,535 bytes")
        if let known = find(in: bytes.span, at: 0, length: bytes.count) { return known }
        precondition(names.count < 65_535, "more attribute keys than a number can tell apart")
        let slot = Slot(
            offset: UInt32(text.count), length: UInt16(bytes.count), id: AttributeKeyID(names.count))
        names.append(name)
        text += bytes
        if names.count * 4 > slots.count {
            let earlier = slots
            slots = Array(repeating: Slot(), count: slots.count * 2)
            for slot in earlier where slot.length > 0 { insert(slot) }
        }
        insert(slot)
        return slot.id
    }

    /// The number of the key that stands in a body, or `nil` when nobody wants it.
    @inline(__always)
    func find(in bytes: Span<UInt8>, at offset: Int, length: Int) -> AttributeKeyID? {
        // Few senders have shorter keys.
        guard length >= 8 else { return findShort(in: bytes, at: offset, length: length) }
        precondition(offset >= 0 && offset <= bytes.count &- length)
        // Sound: the key lies within the span, and has at least eight bytes.
        let index = unsafe Self.hash(bytes, offset, length) & mask
        // Sound: the mask is one less than the number of slots, and texts of slots lie within `text`.
        let slot = unsafe slots.span[unchecked: index]
        guard slot.length > 0 else { return nil }
        guard Int(slot.length) == length,
            unsafe bytes.holdsUnchecked(text.span, Int(slot.offset), length, at: offset)
        else { return findFurther(in: bytes, at: offset, length: length, behind: index) }
        return slot.id
    }

    @inline(never)
    private func findFurther(
        in bytes: Span<UInt8>, at offset: Int, length: Int, behind first: Int
    ) -> AttributeKeyID? {
        var index = (first + 1) & mask
        while slots[index].length > 0 {
            let slot = slots[index]
            if Int(slot.length) == length,
                bytes.matches(text.span, from: Int(slot.offset), length: length, at: offset)
            {
                return slot.id
            }
            index = (index + 1) & mask
        }
        return nil
    }

    @inline(never)
    private func findShort(in bytes: Span<UInt8>, at offset: Int, length: Int) -> AttributeKeyID? {
        guard length > 0 else { return nil }
        return findFurther(
            in: bytes, at: offset, length: length, behind: (Self.shortHash(bytes, offset, length) & mask) - 1)
    }

    /// Three words tell keys apart that begin and end alike (`….audio.input_tokens`, `….image.input_tokens`).
    ///
    /// The keys in the table are ours, so nobody can make it degenerate.
    @unsafe @inline(__always)
    private static func hash(_ bytes: Span<UInt8>, _ offset: Int, _ length: Int) -> Int {
        let first = unsafe bytes.uncheckedWord(at: offset)
        let middle = unsafe bytes.uncheckedWord(at: offset &+ (length &- 8) >> 1)
        let last = unsafe bytes.uncheckedWord(at: offset &+ length &- 8)
        return Int(truncatingIfNeeded: mix64(first &+ middle ^ UInt64(length), last ^ 0x9E37_79B9_7F4A_7C15))
    }

    private static func shortHash(_ bytes: Span<UInt8>, _ offset: Int, _ length: Int) -> Int {
        var word: UInt64 = 0
        for index in 0..<length { word = word << 8 | UInt64(bytes[offset + index]) }
        return Int(truncatingIfNeeded: mix64(word, 0x9E37_79B9_7F4A_7C15))
    }

    private mutating func insert(_ slot: Slot) {
        let (offset, length) = (Int(slot.offset), Int(slot.length))
        precondition(offset <= text.count - length)
        // Sound: the key lies within the text, and has at least eight bytes.
        let hash =
            unsafe length >= 8 ? Self.hash(text.span, offset, length) : Self.shortHash(text.span, offset, length)
        var index = hash & mask
        while slots[index].length > 0 { index = (index + 1) & mask }
        slots[index] = slot
    }
}
