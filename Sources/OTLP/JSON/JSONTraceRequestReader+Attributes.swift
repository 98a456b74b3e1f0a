// SPDX-License-Identifier: Apache-2.0

extension JSONTraceRequestReader {
    /// Reads a list of `KeyValue` and appends those whose keys are wanted.
    ///
    /// - Parameters:
    ///   - cursor: Must be before the list; is behind it afterwards.
    ///   - first: The index in the batch of the first attribute of the same message.
    ///   - body: The body's bytes.
    ///   - batch: Gets the attributes.
    /// - Throws: ``OTLPError`` when the list is damaged.
    mutating func readAttributes(
        _ cursor: inout JSONCursor, from first: Int, _ body: inout MutableSpan<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        guard try cursor.enterList(in: body.span) else { return }
        batch.shapes.startList()
        while try cursor.nextElement(in: body.span) {
            if !expectsUsualForms || !batch.readRun(of: &cursor, body.span, keys) {
                try readAttribute(&cursor, &body, &batch)
            }
            batch.limitAttributes(from: first)
        }
    }

    /// Reads an attribute at which a run ended.
    @inline(never)
    private mutating func readAttribute(
        _ cursor: inout JSONCursor, _ body: inout MutableSpan<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        guard try cursor.enterObject(in: body.span) else { return }
        var key: AttributeKeyID?
        var keyRange = ByteRange()
        // Until the key has come, the value may be wanted.
        var mayBeWanted = true
        var value = JSONValue()
        while try cursor.nextMember(in: body.span) {
            switch try attributeField(&cursor, &body) {
            case .key:
                key = nil
                if let text = try cursor.text(&body) {
                    key = keys.identify(in: body.span, at: Int(text.offset), length: Int(text.length))
                    keyRange = text
                }
                mayBeWanted = key != nil
            case .value where mayBeWanted: value = try readValue(&cursor, &body)
            default: try cursor.skipValue(in: body.span)
            }
        }
        guard let key else { return }
        if value.isEscaped, case .string(let range) = value.value {
            let text = JSONStringRange(offset: Int(range.offset), length: Int(range.length), isEscaped: true)
            value.value = .string(body.unescape(text))
        }
        batch.attributes.append(
            AttributeRecord(
                key: key, keyLength: UInt16(clamping: keyRange.length), keyOffset: keyRange.offset, value: value.value))
    }

    /// The meaning of the name at the cursor, mostly one of two.
    @inline(__always)
    private mutating func attributeField(
        _ cursor: inout JSONCursor, _ body: inout MutableSpan<UInt8>
    ) throws(OTLPError) -> JSONField? {
        if cursor.step(over: names.key, in: body.span) { return .key }
        if cursor.step(over: names.value, in: body.span) { return .value }
        return try field(&cursor, &body)
    }

    /// Reads an `AnyValue` without entering lists and maps.
    @inline(__always)
    private mutating func readValue(
        _ cursor: inout JSONCursor, _ body: inout MutableSpan<UInt8>
    ) throws(OTLPError) -> JSONValue {
        var value = JSONValue()
        guard try cursor.enterObject(in: body.span) else { return value }
        while try cursor.nextMember(in: body.span) {
            let member =
                if cursor.step(over: names.stringValue, in: body.span) {
                    try cursor.stringValue(in: body.span)
                } else if cursor.step(over: names.intValue, in: body.span) {
                    JSONValue(value: try cursor.intValue(&body))
                } else {
                    try readUnusualValue(&cursor, &body)
                }
            // Serializers that write every member write null for those that are not set.
            guard case .empty = member.value else {
                value = member
                continue
            }
        }
        return value
    }

    private mutating func readUnusualValue(
        _ cursor: inout JSONCursor, _ body: inout MutableSpan<UInt8>
    ) throws(OTLPError) -> JSONValue {
        switch try field(&cursor, &body) {
        case .stringValue: return try cursor.stringValue(in: body.span)
        case .intValue: return JSONValue(value: try cursor.intValue(&body))
        case .doubleValue: return JSONValue(value: try cursor.doubleValue(&body))
        case .boolValue: return JSONValue(value: try cursor.boolValue(in: body.span))
        case .arrayValue, .kvlistValue, .bytesValue:
            let isNull = cursor.peek(in: body.span) == JSONByte.n
            let range = try cursor.valueRange(in: body.span)
            return JSONValue(value: isNull ? .empty : .structured(ByteRange(range)))
        default:
            try cursor.skipValue(in: body.span)
            return JSONValue()
        }
    }
}

/// An attribute's value; its key may follow it.
struct JSONValue {
    var value = AttributeValue.empty
    /// Whether it is a string whose escapes must be replaced if the key is wanted.
    var isEscaped = false
}
