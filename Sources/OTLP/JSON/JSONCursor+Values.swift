// SPDX-License-Identifier: Apache-2.0

/// Scalars in the forms of OTLP/JSON. A scalar of another type is skipped and has the default value.
extension JSONCursor {
    /// A string's text, or `nil` for anything else.
    @inline(__always)
    mutating func text(_ body: inout MutableSpan<UInt8>) throws(OTLPError) -> ByteRange? {
        guard peek(in: body.span) == JSONByte.quote else {
            try skipValue(in: body.span)
            return nil
        }
        return body.unescape(try string(in: body.span))
    }

    /// An id of 16 bytes, which OTLP/JSON writes in hexadecimal digits; 0 for anything else.
    mutating func id128(_ body: inout MutableSpan<UInt8>) throws(OTLPError) -> (high: UInt64, low: UInt64) {
        guard let text = try text(&body), text.length == 32, let high = body.span.hex64(at: Int(text.offset)),
            let low = body.span.hex64(at: Int(text.offset) + 16)
        else { return (0, 0) }
        return (high, low)
    }

    /// An id of 8 bytes; 0 for anything else.
    mutating func id64(_ body: inout MutableSpan<UInt8>) throws(OTLPError) -> UInt64 {
        guard let text = try text(&body), text.length == 16 else { return 0 }
        return body.span.hex64(at: Int(text.offset)) ?? 0
    }

    /// A whole number of 64 bits, written as a number or in a string; 0 for anything else.
    mutating func unsigned(_ body: inout MutableSpan<UInt8>) throws(OTLPError) -> UInt64 {
        try anyNumber(&body)?.unsigned ?? 0
    }

    /// An enumeration's value, written as a number or by its name; 0 for anything else.
    mutating func number(
        _ body: inout MutableSpan<UInt8>, orNameIn names: AttributeKeyTable
    ) throws(OTLPError) -> UInt64 {
        guard peek(in: body.span) == JSONByte.quote else { return try unsigned(&body) }
        guard let name = try text(&body) else { return 0 }
        return names.find(in: body.span, at: Int(name.offset), length: Int(name.length)).map(UInt64.init) ?? 0
    }

    /// The content of a `stringValue`.
    @inline(__always)
    mutating func stringValue(in bytes: Span<UInt8>) throws(OTLPError) -> JSONValue {
        guard peek(in: bytes) == JSONByte.quote else {
            try skipValue(in: bytes)
            return JSONValue()
        }
        let text = try string(in: bytes)
        return JSONValue(
            value: .string(ByteRange(offset: text.offset, length: text.length)), isEscaped: text.isEscaped)
    }

    /// The content of an `intValue`; what is no whole number of 64 bits comes as a `Double`.
    mutating func intValue(_ body: inout MutableSpan<UInt8>) throws(OTLPError) -> AttributeValue {
        guard let number = try anyNumber(&body) else { return .empty }
        return number.signed.map { .int(Outside($0)) } ?? .double(Outside(number.double))
    }

    /// The content of a `doubleValue`; the words `NaN` and `Infinity` are numbers that JSON does not have.
    mutating func doubleValue(_ body: inout MutableSpan<UInt8>) throws(OTLPError) -> AttributeValue {
        guard peek(in: body.span) == JSONByte.quote else {
            return try anyNumber(&body).map { .double(Outside($0.double)) } ?? .empty
        }
        guard let text = try text(&body) else { return .empty }
        if let number = Self.number(text, in: body.span) { return .double(Outside(number.double)) }
        // No word is longer, so that no long text is made a string.
        guard text.length <= 9 else { return .empty }
        return switch text.text(in: body.span) {
        case "NaN": .double(Outside(Double.nan))
        case "Infinity": .double(Outside(Double.infinity))
        case "-Infinity": .double(Outside(-Double.infinity))
        default: .empty
        }
    }

    /// The content of a `boolValue`.
    mutating func boolValue(in bytes: Span<UInt8>) throws(OTLPError) -> AttributeValue {
        let first = peek(in: bytes)
        try skipValue(in: bytes)
        return first == JSONByte.t || first == JSONByte.f ? .bool(first == JSONByte.t) : .empty
    }

    /// The range of the value at the cursor, which steps over it.
    mutating func valueRange(in bytes: Span<UInt8>) throws(OTLPError) -> Range<Int> {
        _ = peek(in: bytes)
        let start = offset
        try skipValue(in: bytes)
        return start..<offset
    }

    /// A number, or a string that is one and nothing else; `nil` for anything else.
    private mutating func anyNumber(_ body: inout MutableSpan<UInt8>) throws(OTLPError) -> JSONNumber? {
        switch peek(in: body.span) {
        case JSONByte.minus, JSONByte.zero...JSONByte.nine: return try number(in: body.span)
        default: return try text(&body).flatMap { Self.number($0, in: body.span) }
        }
    }

    /// The number that a text is, if it is one and nothing else.
    private static func number(_ text: ByteRange, in bytes: Span<UInt8>) -> JSONNumber? {
        var content = JSONCursor(text.bytes, of: bytes)
        guard let number = try? content.number(in: bytes), content.offset == content.end else { return nil }
        return number
    }
}
