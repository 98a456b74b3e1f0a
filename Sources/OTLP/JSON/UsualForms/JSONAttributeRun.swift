// SPDX-License-Identifier: Apache-2.0

/// Reads attributes of a JSON list in the form that nearly every sender writes: `{"key":"…","value":{"stringValue":"…"}}`,
/// without white space, escapes or other members.
///
/// The value may also be an integer, or an unwanted fraction or list of texts.
///
/// Most of the time of reading JSON is spent here. The run recognises an attribute that is written like the expected one of an
/// earlier span by comparing the bytes of both (``JSONAttributeShapes``). Of any other attribute, it compares the text between
/// key and value in words instead of parsing it. An attribute in another form ends the run.
struct JSONAttributeRun {
    private let seed: UInt64
    private let hasJudge: Bool

    /// A reader of runs.
    ///
    /// - Parameter keys: The table of keys.
    @inline(__always)
    init(_ keys: AttributeKeyTable) { (seed, hasJudge) = (keys.seed, keys.hasJudge) }

    /// Reads attributes until the room is full or an attribute has another form.
    ///
    /// - Parameters:
    ///   - start: The index of the first attribute.
    ///   - end: The end of the JSON text.
    ///   - body: The body's bytes.
    ///   - slots: The slots of the table of keys, a power of two.
    ///   - text: The text of the table of keys.
    ///   - shapes: How earlier attributes of the body are written.
    ///   - room: Gets the wanted attributes.
    /// - Returns: The number of wanted attributes, and the offset behind the last attribute of the run; `start` if there is none.
    @unsafe @inline(never)
    func read(
        from start: Int, to end: Int, in body: Span<UInt8>, _ slots: Span<KeySlot>, _ text: Span<UInt8>,
        _ shapes: inout JSONAttributeShapes, into room: UnsafeMutableBufferPointer<AttributeRecord>
    ) -> (count: Int, end: Int) {
        // Sound: `end` lies within the body, and nothing is read behind it. Slots and text are those of one table.
        let most = room.count
        var (offset, behind, count) = (start, start, 0)
        while count < most {
            let place = shapes.expected
            var shape = shapes[place]
            var content = offset &+ Int(shape.length)
            if unsafe shape.length > 0 && end &- offset >= Self.leastForShapes
                && body.holdsTwice(offset, Int(shape.start), length: Int(shape.length))
            {
                shapes.step(to: place)
            } else {
                guard unsafe read(&shape, &content, at: offset, before: end, body, slots, text) else { break }
                shapes.remember(shape)
            }
            guard
                let value = unsafe body.value(
                    shape.form, at: content, before: end, isWanted: shape.key != KeySlot.unwanted),
                unsafe body.uncheckedHalfWord(at: value.end) == Self.behindValue
            else { break }
            if shape.key != KeySlot.unwanted {
                let record = AttributeRecord(
                    key: shape.key, keyLength: shape.keyLength,
                    keyOffset: UInt32(truncatingIfNeeded: offset &+ Self.beforeKeyText), value: value.value)
                unsafe room.initializeElement(at: count, to: record)
                count &+= 1
            }
            behind = value.end &+ 2
            guard behind < end, unsafe body[unchecked: behind] == JSONByte.comma else { break }
            offset = behind &+ 1
        }
        return (count, behind)
    }

    /// Reads an attribute up to the content of its value.
    ///
    /// - Parameters:
    ///   - shape: Gets the form and the key.
    ///   - content: Gets the offset of the content.
    ///   - offset: Where the attribute begins.
    ///   - end: The end of the JSON text.
    ///   - body: The body's bytes.
    ///   - slots: The slots of the table of keys.
    ///   - text: The text of the table of keys.
    /// - Returns: Whether it is written in a form that runs read.
    @unsafe @inline(__always)
    private func read(
        _ shape: inout JSONAttributeShape, _ content: inout Int, at offset: Int, before end: Int, _ body: Span<UInt8>,
        _ slots: Span<KeySlot>, _ text: Span<UInt8>
    ) -> Bool {
        guard end &- offset >= Self.least, unsafe body.uncheckedWord(at: offset) == Self.beforeKey else { return false }
        let key = offset &+ Self.beforeKeyText
        let keyEnd = unsafe body.endOfPlainText(from: key, before: end)
        let length = keyEnd &- key
        guard length >= 8, end &- keyEnd >= Self.leastBehindKey,
            unsafe body.uncheckedWord(at: keyEnd) == Self.behindKey,
            unsafe body.uncheckedWord(at: keyEnd &+ 4) == Self.beforeType,
            let id = unsafe KeySlot.id(of: key, length, in: body, slots, text, seed, hasJudge: hasJudge),
            let (form, skipped) = unsafe body.valueForm(at: keyEnd &+ 12, before: end)
        else { return false }
        content = keyEnd &+ 12 &+ skipped
        shape = unsafe JSONAttributeShape(from: offset, to: content, keyLength: length, form, id, body)
        return true
    }

    // Eight characters each, as they are loaded from a body.

    private static var beforeKey: UInt64 { 0x223A_2279_656B_227B }  // {"key":"
    private static var behindKey: UInt64 { 0x6575_6C61_7622_2C22 }  // ","value
    private static var beforeType: UInt64 { 0x227B_3A22_6575_6C61 }  // alue":{"
    /// The two brackets that end a value and its attribute.
    private static var behindValue: UInt16 { 0x7D7D }

    /// The number of bytes before the text of a key.
    private static var beforeKeyText: Int { 8 }
    /// No attribute has fewer bytes.
    private static var least: Int { 36 }
    /// No fewer bytes follow a key: `","value":{"intValue":1}}`.
    private static var leastBehindKey: Int { 26 }
    /// The number of bytes of the longest shape, and of a few behind it.
    private static var leastForShapes: Int { JSONAttributeShapes.longest + 32 }
}

extension SpanBatch {
    /// Reads a run of attributes from the one at the cursor on.
    ///
    /// - Parameters:
    ///   - cursor: Is behind the last of them afterwards.
    ///   - body: The body's bytes.
    ///   - keys: The table of keys.
    /// - Returns: Whether there was any; otherwise the cursor stays.
    @inline(__always)
    mutating func readRun(of cursor: inout JSONCursor, _ body: Span<UInt8>, _ keys: AttributeKeyTable) -> Bool {
        Self.readRun(of: &cursor, body, keys, &shapes, into: &attributes)
    }

    @inline(__always)
    private static func readRun(
        of cursor: inout JSONCursor, _ body: Span<UInt8>, _ keys: AttributeKeyTable,
        _ shapes: inout JSONAttributeShapes, into attributes: inout [AttributeRecord]
    ) -> Bool {
        _ = cursor.peek(in: body)
        let (start, end) = (cursor.offset, cursor.end)
        let run = JSONAttributeRun(keys)
        let (slots, text) = (keys.slots.span, keys.text.span)
        // One access to the array for many attributes costs less than one for each.
        attributes.append(addingCapacity: 16) { records in
            unsafe records.withUnsafeMutableBufferPointer { records, initialized in
                (initialized, cursor.offset) = unsafe run.read(
                    from: start, to: end, in: body, slots, text, &shapes, into: records)
            }
        }
        return cursor.offset > start
    }
}
