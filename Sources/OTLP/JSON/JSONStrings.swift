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
        var index = start
        while index <= end - 8 {
            // Sound: eight bytes lie between the index and the end.
            let hit = unsafe quoteOrBackslash(bytes.uncheckedWord(at: index))
            if hit != 0 {
                index += hit.trailingZeroBitCount >> 3
                guard unsafe bytes[unchecked: index] == JSONByte.quote else { break }
                offset = index + 1
                return JSONStringRange(offset: start, length: index - start)
            }
            index += 8
        }
        return try stringWithEscapes(from: start, at: index, in: bytes)
    }

    /// Continues at an index in a string that has escapes or ends within the last bytes.
    private mutating func stringWithEscapes(
        from start: Int, at position: Int, in bytes: Span<UInt8>
    ) throws(OTLPError) -> JSONStringRange {
        var index = position
        var isEscaped = false
        while true {
            while index <= end - 8 {
                // Sound: eight bytes lie between the index and the end.
                let hit = unsafe quoteOrBackslash(bytes.uncheckedWord(at: index))
                if hit != 0 {
                    index += hit.trailingZeroBitCount >> 3
                    break
                }
                index += 8
            }
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

extension Span<UInt8> {
    /// The end of a text: the offset of the next quote, if no backslash is before it.
    ///
    /// - Parameters:
    ///   - start: The index of the text's first byte.
    ///   - end: The end of the JSON text; the caller guarantees that it is within the span.
    /// - Returns: The offset of the quote; -1 if there is none, or one of the last bytes before `end` may be it.
    @unsafe @inline(__always)
    func endOfPlainText(from start: Int, before end: Int) -> Int {
        var index = start
        while index <= end &- 8 {
            let hit = unsafe quoteOrBackslash(uncheckedWord(at: index))
            if hit != 0 {
                index &+= hit.trailingZeroBitCount >> 3
                return unsafe self[unchecked: index] == JSONByte.quote ? index : -1
            }
            index &+= 8
        }
        return -1
    }
}

/// The high bit of each byte that is a quote or a backslash, up to the first such byte; those behind it mean nothing.
@inline(__always)
private func quoteOrBackslash(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* UInt64(JSONByte.quote))
    let backslash = word ^ (ones &* UInt64(JSONByte.backslash))
    return (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)) & (ones &* 0x80)
}
