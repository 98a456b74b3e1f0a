// SPDX-License-Identifier: Apache-2.0

/// Reads attributes of a JSON list in the form that nearly every sender writes: `{"key":"…","value":{"stringValue":"…"}}`,
/// without white space, escapes or other members.
///
/// The value may also be a number.
///
/// Reading JSON spends most of its time here: the text between key and value is compared in words instead of being parsed. It
/// calls nothing, so that its variables stay in registers; anything else ends the run.
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
    ///   - room: Gets the wanted attributes.
    /// - Returns: The number of wanted attributes, and the offset behind the last attribute of the run; `start` if there is none.
    @unsafe @inline(never)
    func read(
        from start: Int, to end: Int, in body: Span<UInt8>, _ slots: Span<KeySlot>, _ text: Span<UInt8>,
        into room: UnsafeMutableBufferPointer<AttributeRecord>
    ) -> (count: Int, end: Int) {
        // Sound: `end` lies within the body, and nothing is read behind it. Slots and text are those of one table.
        let most = room.count
        var (offset, behind, count) = (start, start, 0)
        while count < most {
            guard end &- offset >= Self.least, unsafe body.uncheckedWord(at: offset) == Self.beforeKey else { break }
            let key = offset &+ 8
            let keyEnd = unsafe body.endOfPlainText(from: key, before: end)
            let length = keyEnd &- key
            guard length >= 8, end &- keyEnd >= Self.leastBehindKey,
                unsafe body.uncheckedWord(at: keyEnd) == Self.behindKey,
                unsafe body.uncheckedWord(at: keyEnd &+ 4) == Self.beforeType
            else { break }
            guard let id = unsafe KeySlot.id(of: key, length, in: body, slots, text, seed, hasJudge: hasJudge),
                let value = unsafe value(at: keyEnd &+ 12, before: end, isWanted: id != KeySlot.unwanted, body),
                unsafe body.uncheckedHalfWord(at: value.end) == Self.behindValue
            else { break }
            if id != KeySlot.unwanted {
                let record = AttributeRecord(
                    key: id, keyLength: UInt16(truncatingIfNeeded: length),
                    keyOffset: UInt32(truncatingIfNeeded: key), value: value.value)
                unsafe room.initializeElement(at: count, to: record)
                count &+= 1
            }
            behind = value.end &+ 2
            guard behind < end, unsafe body[unchecked: behind] == JSONByte.comma else { break }
            offset = behind &+ 1
        }
        return (count, behind)
    }

    /// A value from the name of its type on, and the offset behind its content, where two bytes follow; `nil` for one that is
    /// written in another way.
    @unsafe @inline(__always)
    private func value(
        at type: Int, before end: Int, isWanted: Bool, _ body: Span<UInt8>
    ) -> (value: AttributeValue, end: Int)? {
        let name = unsafe body.uncheckedWord(at: type)
        switch name {
        case Self.stringType:
            guard unsafe body.uncheckedWord(at: type &+ 6) == Self.behindStringType else { return nil }
            let content = type &+ 14
            let contentEnd = unsafe body.endOfPlainText(from: content, before: end)
            guard contentEnd >= content, end &- contentEnd >= 3 else { return nil }
            return (.string(ByteRange(offset: content, length: contentEnd &- content)), contentEnd &+ 1)
        case Self.intType:
            // The digits may be in quotes.
            let isQuoted =
                unsafe body.uncheckedHalfWord(at: type &+ 9) == UInt16(JSONByte.colon) | UInt16(JSONByte.quote) << 8
            guard unsafe isQuoted || body[unchecked: type &+ 9] == JSONByte.colon,
                unsafe body[unchecked: type &+ 8] == JSONByte.quote,
                let digits = unsafe digits(at: type &+ (isQuoted ? 11 : 10), before: end, body)
            else { return nil }
            let behind = isQuoted ? digits.end &+ 1 : digits.end
            guard end &- behind >= 2, unsafe !isQuoted || body[unchecked: digits.end] == JSONByte.quote else {
                return nil
            }
            return (.int(Outside(Int64(bitPattern: digits.value))), behind)
        case Self.doubleType:
            // Even an unwanted number must be well formed.
            guard !isWanted, unsafe body.uncheckedWord(at: type &+ 5) == Self.behindDoubleType,
                var behind = unsafe digits(at: type &+ 13, before: end, body)?.end
            else { return nil }
            if unsafe behind < end && body[unchecked: behind] == UInt8(ascii: ".") {
                let fraction = behind &+ 1
                behind = fraction
                while behind < end, unsafe body[unchecked: behind] &- JSONByte.zero <= 9 { behind &+= 1 }
                guard behind > fraction else { return nil }
            }
            return end &- behind >= 2 ? (.empty, behind) : nil
        case Self.listType:
            guard !isWanted, let behind = unsafe endOfTexts(at: type, before: end, body) else { return nil }
            return (.empty, behind)
        default: return nil
        }
    }

    /// The offset behind a list of texts, where two bytes follow; `nil` for any other list.
    ///
    /// - Parameters:
    ///   - type: Where `arrayValue` begins.
    ///   - end: Where the JSON text ends.
    ///   - body: The body's bytes.
    /// - Returns: The offset.
    @unsafe @inline(__always)
    private func endOfTexts(at type: Int, before end: Int, _ body: Span<UInt8>) -> Int? {
        var offset = type &+ 23
        guard end &- offset >= Self.least, unsafe body.uncheckedWord(at: type &+ 8) == Self.behindListType,
            unsafe body.uncheckedWord(at: type &+ 15) == Self.beforeTexts
        else { return nil }
        while true {
            guard unsafe body.uncheckedWord(at: offset) == Self.beforeText,
                unsafe body.uncheckedWord(at: offset &+ 8) == Self.beforeTextsContent
            else { return nil }
            let text = unsafe body.endOfPlainText(from: offset &+ 16, before: end)
            guard text >= 0, end &- text >= Self.least, unsafe body[unchecked: text &+ 1] == JSONByte.closeObject else {
                return nil
            }
            offset = text &+ 3
            let separator = unsafe body[unchecked: text &+ 2]
            if separator == JSONByte.comma { continue }
            // The list ends, and with it the object that it is in.
            guard separator == JSONByte.closeList, unsafe body[unchecked: offset] == JSONByte.closeObject else {
                return nil
            }
            return offset &+ 1
        }
    }

    /// A number of one to eighteen digits, without a zero before others, and the offset behind it.
    @unsafe @inline(__always)
    private func digits(at start: Int, before end: Int, _ body: Span<UInt8>) -> (value: UInt64, end: Int)? {
        var (value, index) = (0 as UInt64, start)
        while index < end {
            let digit = unsafe body[unchecked: index] &- JSONByte.zero
            guard digit <= 9 else { break }
            value = value &* 10 &+ UInt64(digit)
            index &+= 1
        }
        let count = index &- start
        let first = unsafe body[unchecked: start]
        guard count == 1 || count > 1 && count <= 18 && first != JSONByte.zero else { return nil }
        return (value, index)
    }

    // Eight characters each, as they are loaded from a body.

    private static var beforeKey: UInt64 { 0x223A_2279_656B_227B }  // {"key":"
    private static var behindKey: UInt64 { 0x6575_6C61_7622_2C22 }  // ","value
    private static var beforeType: UInt64 { 0x227B_3A22_6575_6C61 }  // alue":{"
    private static var stringType: UInt64 { 0x6156_676E_6972_7473 }  // stringVa
    private static var behindStringType: UInt64 { 0x223A_2265_756C_6156 }  // Value":"
    private static var intType: UInt64 { 0x6575_6C61_5674_6E69 }  // intValue
    private static var doubleType: UInt64 { 0x6156_656C_6275_6F64 }  // doubleVa
    private static var behindDoubleType: UInt64 { 0x3A22_6575_6C61_5665 }  // eValue":
    private static var listType: UInt64 { 0x6C61_5679_6172_7261 }  // arrayVal
    private static var behindListType: UInt64 { 0x6176_227B_3A22_6575 }  // ue":{"va
    private static var beforeTexts: UInt64 { 0x5B3A_2273_6575_6C61 }  // alues":[
    private static var beforeText: UInt64 { 0x676E_6972_7473_227B }  // {"string
    private static var beforeTextsContent: UInt64 { 0x223A_2265_756C_6156 }  // Value":"
    /// The two brackets that end a value and its attribute.
    private static var behindValue: UInt16 { 0x7D7D }

    /// No attribute has fewer bytes.
    private static var least: Int { 36 }
    /// No fewer bytes follow a key: `","value":{"intValue":1}}`.
    private static var leastBehindKey: Int { 26 }
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
        _ = cursor.peek(in: body)
        let (start, end) = (cursor.offset, cursor.end)
        let run = JSONAttributeRun(keys)
        let (slots, text) = (keys.slots.span, keys.text.span)
        // One step into the array for many costs less than one for each.
        attributes.append(addingCapacity: 16) { records in
            unsafe records.withUnsafeMutableBufferPointer { records, initialized in
                (initialized, cursor.offset) = unsafe run.read(
                    from: start, to: end, in: body, slots, text, into: records)
            }
        }
        return cursor.offset > start
    }
}
