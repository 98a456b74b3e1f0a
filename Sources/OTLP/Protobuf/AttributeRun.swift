// SPDX-License-Identifier: Apache-2.0

/// Reads consecutive attributes in the form that nearly every sender writes.
///
/// Reading spends most of its time here. It calls nothing and changes only its own variables, so that they stay in registers. An
/// attribute in another form, or with a key that the table does not know, ends the run.
struct AttributeRun {
    /// The tag of an attribute and that of its key, where the bytes of both are in a word.
    private let tags: UInt32
    private let seed: UInt64
    /// Whether a free slot means that the judge has to decide.
    private let hasJudge: Bool

    /// A reader of runs.
    ///
    /// - Parameters:
    ///   - tag: The tag before each attribute, in one byte.
    ///   - seed: The seed of the table of keys.
    ///   - hasJudge: Whether a judge decides about keys that are not in the table.
    @inline(__always)
    init(after tag: UInt8, seed: UInt64, hasJudge: Bool) {
        tags = UInt32(tag) | UInt32(Self.keyTag) << 16
        self.seed = seed
        self.hasJudge = hasJudge
    }

    /// Reads attributes until the room is full or an attribute has another form.
    ///
    /// - Parameters:
    ///   - message: The message, at the first attribute.
    ///   - body: The body's bytes.
    ///   - slots: The slots of the table of keys, a power of two.
    ///   - text: The text of the table of keys.
    ///   - room: Gets the wanted attributes.
    /// - Returns: The number of wanted attributes, and the rest of the message.
    @unsafe @inline(never)
    func read(
        _ message: ProtobufCursor, in body: Span<UInt8>, _ slots: Span<KeySlot>, _ text: Span<UInt8>,
        into room: UnsafeMutableBufferPointer<AttributeRecord>
    ) -> (count: Int, rest: ProtobufCursor) {
        // Sound: the message lies within the body, and each part is read only once it is known to lie within the message.
        // Slots and text are those of one table.
        guard var next = room.baseAddress else { return (0, message) }
        let (last, end) = unsafe (next + room.count, message.end)
        var offset = message.offset
        while unsafe next < last {
            guard offset <= end &- 4 else { break }
            // The tag, the length, the key's tag and the key's length, in bytes from the lowest one up.
            let head = unsafe body.uncheckedHalfWords(at: offset)
            var layout: Layout
            if mostly(head & 0x80FF_80FF == tags) {
                let keyLength = Int(head >> 24)
                layout = Layout(
                    key: offset &+ 4, keyLength: keyLength, value: offset &+ 6 &+ keyLength,
                    end: offset &+ 2 &+ Int(head >> 8 & 0xFF))
                guard layout.end <= end, layout.value <= layout.end,
                    unsafe body.uncheckedHalfWord(at: layout.value &- 2)
                        == UInt16(Self.valueTag) | UInt16(truncatingIfNeeded: layout.valueLength) << 8
                else { break }
            } else {
                guard let long = unsafe longLayout(at: offset, end, body) else { break }
                layout = long
            }
            guard layout.keyLength >= 8,
                let id = unsafe KeySlot.id(
                    of: layout.key, layout.keyLength, in: body, slots, text, seed, hasJudge: hasJudge)
            else { break }
            if id != KeySlot.unwanted {
                guard let value = unsafe value(at: layout, body) else { break }
                let record = AttributeRecord(
                    key: id, keyLength: UInt16(truncatingIfNeeded: layout.keyLength),
                    keyOffset: UInt32(truncatingIfNeeded: layout.key), value: value)
                unsafe next.initialize(to: record)
                unsafe next += 1
            }
            offset = layout.end
        }
        return (unsafe room.count - (last - next), unsafe ProtobufCursor(uncheckedBounds: (offset, end)))
    }

    private static var keyTag: UInt8 { 1 << 3 | WireType.lengthDelimited }
    private static var valueTag: UInt8 { 2 << 3 | WireType.lengthDelimited }

    /// The offsets of the parts of one attribute.
    private struct Layout {
        var key: Int
        var keyLength: Int
        var value: Int
        /// Where the value ends, and the attribute with it.
        var end: Int

        @inline(__always)
        var valueLength: Int { end &- value }
    }

    /// The parts of an attribute of 128 bytes or more; `nil` for anything but a key followed by a value.
    @unsafe @inline(__always)
    private func longLayout(at offset: Int, _ end: Int, _ body: Span<UInt8>) -> Layout? {
        guard unsafe UInt32(body[unchecked: offset]) == tags & 0xFF,
            let size = unsafe number(at: offset &+ 1, end, body), size.value <= UInt64(end &- size.end), size.value >= 4
        else { return nil }
        let attributeEnd = size.end &+ Int(truncatingIfNeeded: size.value)
        guard unsafe body[unchecked: size.end] == Self.keyTag else { return nil }
        let keyLength = unsafe Int(body[unchecked: size.end &+ 1])
        let key = size.end &+ 2
        guard keyLength < 0x80, keyLength <= attributeEnd &- key &- 2,
            unsafe body[unchecked: key &+ keyLength] == Self.valueTag,
            let value = unsafe number(at: key &+ keyLength &+ 1, attributeEnd, body),
            value.value == UInt64(attributeEnd &- value.end)
        else { return nil }
        return Layout(key: key, keyLength: keyLength, value: value.end, end: attributeEnd)
    }

    /// A value of one field; `nil` for another one, which is rare or damaged.
    @unsafe @inline(__always)
    private func value(at layout: Layout, _ body: Span<UInt8>) -> AttributeValue? {
        let length = layout.valueLength
        guard length >= 2 else { return nil }
        let head = unsafe body.uncheckedHalfWord(at: layout.value)
        if mostly(length < 130), head == UInt16(Self.textTag) | UInt16(truncatingIfNeeded: length &- 2) << 8 {
            return .string(ByteRange(offset: layout.value &+ 2, length: length &- 2))
        }
        if UInt8(truncatingIfNeeded: head) == 3 << 3 | WireType.varint {
            guard let number = unsafe number(at: layout.value &+ 1, layout.end, body), number.end == layout.end else {
                return nil
            }
            return .int(Outside(Int64(bitPattern: number.value)))
        }
        return unsafe unusualValue(at: layout, head, body)
    }

    @unsafe @inline(__always)
    private func unusualValue(at layout: Layout, _ head: UInt16, _ body: Span<UInt8>) -> AttributeValue? {
        switch UInt8(truncatingIfNeeded: head) {
        case Self.textTag:
            guard let text = unsafe number(at: layout.value &+ 1, layout.end, body),
                text.value == UInt64(layout.end &- text.end)
            else { return nil }
            return .string(ByteRange(offset: text.end, length: layout.end &- text.end))
        case 4 << 3 | WireType.fixed64 where layout.valueLength == 9:
            return .double(Outside(Double(bitPattern: unsafe body.uncheckedWord(at: layout.value &+ 1))))
        case 2 << 3 | WireType.varint where layout.valueLength == 2 && head < 0x8000: return .bool(head >= 0x100)
        default: return nil
        }
    }

    private static var textTag: UInt8 { 1 << 3 | WireType.lengthDelimited }

    /// A number of up to nine bytes; `nil` if it has more or does not end before `end`.
    @unsafe @inline(__always)
    private func number(at offset: Int, _ end: Int, _ body: Span<UInt8>) -> (value: UInt64, end: Int)? {
        var (value, shift, index) = (0 as UInt64, 0 as UInt64, offset)
        while index < end, shift < 63 {
            let byte = unsafe body[unchecked: index]
            index &+= 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return (value, index) }
            shift &+= 7
        }
        return nil
    }
}

extension SpanBatch {
    /// Reads a run of attributes.
    ///
    /// - Parameters:
    ///   - tag: The tag before each, in one byte.
    ///   - message: The message, at the first attribute; is behind the run afterwards.
    ///   - body: The body's bytes.
    ///   - keys: The table of keys.
    ///   - room: The largest number of wanted ones.
    /// - Returns: The number of wanted ones.
    @inline(__always)
    mutating func readRun(
        after tag: UInt8, of message: inout ProtobufCursor, _ body: Span<UInt8>, _ keys: AttributeKeyTable, room: Int
    ) -> Int {
        let run = AttributeRun(after: tag, seed: keys.seed, hasJudge: keys.hasJudge)
        let (slots, text, start) = (keys.slots.span, keys.text.span, message)
        var count = 0
        // One step into the array for many costs less than one for each.
        attributes.append(addingCapacity: room) { records in
            unsafe records.withUnsafeMutableBufferPointer { records, initialized in
                (count, message) = unsafe run.read(start, in: body, slots, text, into: records)
                initialized = count
            }
        }
        return count
    }
}
