// SPDX-License-Identifier: Apache-2.0

/// The range of a string's content, without its quotes.
struct JSONStringRange {
    var offset: Int
    var length: Int
    /// Whether it has escapes, which have to be replaced before the bytes are the text.
    var isEscaped = false
}

extension JSONCursor {
    /// Reads the string whose quote is at the cursor; checks its escapes and leaves them as they are.
    ///
    /// Control characters are accepted, although RFC 8259 requires escapes for them: some hand-written senders do not escape
    /// them, nothing here depends on them, and a search for them would double the cost.
    @inline(__always)
    mutating func string(in bytes: Span<UInt8>) throws(OTLPError) -> JSONStringRange {
        let start = offset + 1
        // Sound: the end is within the bytes.
        let quote = unsafe bytes.endOfPlainText(from: start, before: end)
        guard quote >= 0 else { return try stringWithEscapes(from: start, in: bytes) }
        offset = quote + 1
        return JSONStringRange(offset: start, length: quote - start)
    }

    /// Reads a string that has escapes or ends within the last bytes.
    private mutating func stringWithEscapes(
        from start: Int, in bytes: Span<UInt8>
    ) throws(OTLPError) -> JSONStringRange {
        var index = start
        var isEscaped = false
        while true {
            // Sound: the end is within the bytes.
            if end >= 16 { index = unsafe bytes.quoteOrBackslash(from: index, before: end) }
            // In very short texts, byte by byte.
            while index < end, bytes[index] != JSONByte.quote, bytes[index] != JSONByte.backslash { index += 1 }
            guard index < end else { throw .jsonCutShort(offset: end) }
            if bytes[index] == JSONByte.quote {
                offset = index + 1
                return JSONStringRange(offset: start, length: index - start, isEscaped: isEscaped)
            }
            isEscaped = true
            index = try endOfEscape(at: index, in: bytes)
        }
    }

    @inline(__always)
    private func endOfEscape(at index: Int, in bytes: Span<UInt8>) throws(OTLPError) -> Int {
        guard index + 1 < end else { throw .jsonCutShort(offset: end) }
        switch bytes[index + 1] {
        case JSONByte.quote, JSONByte.backslash, UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"),
            UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"):
            return index + 2
        case UInt8(ascii: "u"):
            for digit in index + 2..<index + 6 {
                guard digit < end else { throw .jsonCutShort(offset: end) }
                guard bytes[digit].hexValue != nil else { throw .jsonUnexpected(.escape, offset: index) }
            }
            return index + 6
        default: throw .jsonUnexpected(.escape, offset: index)
        }
    }
}
