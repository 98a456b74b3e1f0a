// SPDX-License-Identifier: Apache-2.0

/// A slot of an ``AttributeKeyTable``: a key and its number.
///
/// The length 0 marks a free slot.
struct KeySlot: Sendable {
    var words = KeyEnds()
    /// The index of the key's first byte in the text of the table.
    var offset: UInt32 = 0
    var length: UInt16 = 0
    var id: AttributeKeyID = 0

    /// The key number of slots whose keys the judge does not want.
    static var unwanted: AttributeKeyID { .max }

    /// The number of a key in a body, from its home slot or the next one: ``unwanted`` for a key that neither the list nor the
    /// judge wants, `nil` if neither slot decides.
    ///
    /// It calls nothing, so that a loop over keys stays in registers.
    ///
    /// - Parameters:
    ///   - key: The index of the key's first byte in the body.
    ///   - length: The length of the key, at least 8 bytes; the caller guarantees that the key is within the body.
    ///   - body: The body.
    ///   - slots: The slots of the table, a power of two.
    ///   - text: The text of the table.
    ///   - seed: The seed of the table.
    ///   - hasJudge: Whether a judge decides about keys that are not in the table.
    /// - Returns: The number.
    @unsafe @inline(__always)
    static func id(
        of key: Int, _ length: Int, in body: Span<UInt8>, _ slots: Span<KeySlot>, _ text: Span<UInt8>, _ seed: UInt64,
        hasJudge: Bool
    ) -> AttributeKeyID? {
        // Sound: the mask is one less than the number of slots, and what the slots refer to is within the text.
        let mask = slots.count &- 1
        let words = unsafe KeyEnds(long: body, key, length)
        let index = words.hash(length, seed) & mask
        let slot = unsafe slots[unchecked: index]
        if mostly(slot.hasWords(words, length: length)) {
            guard unsafe mostly(length <= 32) || body.holdsMiddle(text, Int(slot.offset), length, at: key) else {
                return nil
            }
            return slot.id
        }
        guard slot.length > 0 else { return hasJudge ? nil : unwanted }
        // A key whose slot is taken is mostly in the next one.
        let next = unsafe slots[unchecked: (index &+ 1) & mask]
        guard next.hasWords(words, length: length),
            unsafe length <= 32 || body.holdsMiddle(text, Int(next.offset), length, at: key)
        else { return nil }
        return next.id
    }

    /// Whether the slot's key has these words and this length.
    @inline(__always)
    func hasWords(_ other: KeyEnds, length: Int) -> Bool {
        Int(self.length) == length && words.isEqual(to: other)
    }
}

/// The bytes of a key that are hashed and compared first: at most 32, half from each end.
///
/// Two words from each end tell keys apart that begin and end alike (`….audio.input_tokens`, `….image.input_tokens`;
/// `….cache_read.input_tokens`, `….cache_read_input_tokens`).
struct KeyEnds: Sendable {
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

    /// Whether all four are equal, without a branch for each.
    @inline(__always)
    func isEqual(to other: KeyEnds) -> Bool {
        (first ^ other.first) | (second ^ other.second) | (lastButOne ^ other.lastButOne) | (last ^ other.last) == 0
    }

    /// A number whose lower bits tell keys apart.
    ///
    /// Senders can make keys for which it is 0 whatever the seed, so nothing may depend on few keys sharing one.
    @inline(__always)
    func hash(_ length: Int, _ seed: UInt64) -> Int {
        let product = (first &+ second ^ UInt64(truncatingIfNeeded: length))
            .multipliedFullWidth(by: (lastButOne &+ last) ^ seed)
        // All bits of both sides have part in the lower half of the product's upper word.
        return Int(truncatingIfNeeded: product.high)
    }
}

/// Tells the compiler that a condition nearly always holds, so that it keeps what the other case needs out of registers.
@inline(__always)
func mostly(_ condition: Bool) -> Bool { _fastPath(condition) }

extension Span<UInt8> {
    /// Two bytes as a little-endian number; the caller has made sure that they lie within the span.
    @unsafe @inline(__always)
    func uncheckedHalfWord(at offset: Int) -> UInt16 {
        unsafe UInt16(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self))
    }

    /// Four bytes as a little-endian number; the caller has made sure that they lie within the span.
    @unsafe @inline(__always)
    func uncheckedHalfWords(at offset: Int) -> UInt32 {
        unsafe UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
    }
}
