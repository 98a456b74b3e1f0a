// SPDX-License-Identifier: Apache-2.0

/// An offset between two parts of a JSON text.
///
/// The cursor has offsets only; each call gets the bytes. It never reads at or behind its end. It is as strict about the
/// structure as RFC 8259. A scanner of our own needs no dependency, builds no tree, and leaves wanted text in the body, as the
/// protobuf reader does.
///
/// - SeeAlso: RFC 8259.
struct JSONCursor {
    var offset: Int
    let end: Int
    /// Whether the cursor is right behind an opening bracket, where no comma may stand.
    private var isBehindBracket = false

    /// A cursor at the beginning of the JSON text that fills `range` of `bytes`.
    init(_ range: Range<Int>, of bytes: Span<UInt8>) {
        // Everything that is read without a check relies on this.
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        offset = range.lowerBound
        end = range.upperBound
    }

    /// Skips white space and returns the next byte, which the cursor is then at; 0, with which no value begins, at the end.
    @inline(__always)
    mutating func peek(in bytes: Span<UInt8>) -> UInt8 {
        if offset < end {
            // Sound: the offset lies before the end, and the end within the bytes.
            let byte = unsafe bytes[unchecked: offset]
            if byte > JSONByte.space { return byte }
            // Senders write no space, or one behind each comma and colon.
            if byte == JSONByte.space, offset + 1 < end {
                let next = unsafe bytes[unchecked: offset + 1]
                if next > JSONByte.space {
                    offset += 1
                    return next
                }
            }
        }
        return peekBehindSpace(in: bytes)
    }

    private mutating func peekBehindSpace(in bytes: Span<UInt8>) -> UInt8 {
        while offset < end {
            switch bytes[offset] {
            case JSONByte.space, 0x09, 0x0A, 0x0D: offset += 1
            case let byte: return byte
            }
        }
        return 0
    }

    /// Steps over a byte if it is the next one.
    @inline(__always)
    mutating func step(over byte: UInt8, in bytes: Span<UInt8>) -> Bool {
        guard peek(in: bytes) == byte else { return false }
        offset += 1
        return true
    }

    /// Enters an object; `false` for `null`, which is stepped over.
    @inline(__always)
    mutating func enterObject(in bytes: Span<UInt8>) throws(OTLPError) -> Bool {
        try enter(JSONByte.openObject, .object, in: bytes)
    }

    /// Enters a list; `false` for `null`, which is stepped over.
    @inline(__always)
    mutating func enterList(in bytes: Span<UInt8>) throws(OTLPError) -> Bool {
        try enter(JSONByte.openList, .list, in: bytes)
    }

    @inline(__always)
    private mutating func enter(
        _ bracket: UInt8, _ part: JSONPart, in bytes: Span<UInt8>
    ) throws(OTLPError) -> Bool {
        guard step(over: bracket, in: bytes) else {
            guard peek(in: bytes) == JSONByte.n else { throw failure(part) }
            try stepOverLiteral("null", in: bytes)
            return false
        }
        isBehindBracket = true
        return true
    }

    /// Goes to the next element of the list that was entered; leaves the list and returns `false` behind the last one.
    @inline(__always)
    mutating func nextElement(in bytes: Span<UInt8>) throws(OTLPError) -> Bool {
        try next(closing: JSONByte.closeList, in: bytes)
    }

    /// Goes to the next name of the object that was entered; leaves the object and returns `false` behind the last one.
    @inline(__always)
    mutating func nextMember(in bytes: Span<UInt8>) throws(OTLPError) -> Bool {
        guard try next(closing: JSONByte.closeObject, in: bytes) else { return false }
        guard peek(in: bytes) == JSONByte.quote else { throw failure(.name) }
        return true
    }

    @inline(__always)
    private mutating func next(closing bracket: UInt8, in bytes: Span<UInt8>) throws(OTLPError) -> Bool {
        let byte = peek(in: bytes)
        let isFirst = isBehindBracket
        isBehindBracket = false
        if byte == bracket {
            offset += 1
            return false
        }
        if isFirst { return true }
        guard byte == JSONByte.comma else { throw failure(.commaOrBracket) }
        offset += 1
        return true
    }

    /// The name at the cursor, which is behind the name's colon afterwards.
    @inline(__always)
    mutating func name(in bytes: Span<UInt8>) throws(OTLPError) -> JSONStringRange {
        let name = try string(in: bytes)
        guard step(over: JSONByte.colon, in: bytes) else { throw failure(.colon) }
        return name
    }

    /// Steps over a name and its colon if they are at the cursor without escapes or white space.
    @inline(__always)
    mutating func step(over name: JSONName, in bytes: Span<UInt8>) -> Bool {
        guard offset <= end - max(8, name.count) else { return false }
        // Sound: at least eight bytes, and as many as the name has, lie between the offset and the end.
        guard unsafe bytes.uncheckedWord(at: offset) & name.mask == name.first,
            unsafe bytes.uncheckedWord(at: offset + name.lastOffset) & name.mask == name.last
        else { return false }
        offset += name.count
        return true
    }

    /// Steps over `true`, `false` or `null`.
    mutating func stepOverLiteral(_ literal: StaticString, in bytes: Span<UInt8>) throws(OTLPError) {
        for index in 0..<literal.utf8CodeUnitCount {
            guard offset + index < end else { throw .jsonCutShort(offset: end) }
            // Sound: the index lies within the literal.
            guard unsafe bytes[offset + index] == literal.utf8Start[index] else { throw failure(.value) }
        }
        offset += literal.utf8CodeUnitCount
    }

    /// The error for a part that is not at the cursor: another byte, or the end of the text.
    func failure(_ part: JSONPart) -> OTLPError {
        offset < end ? .jsonUnexpected(part, offset: offset) : .jsonCutShort(offset: end)
    }
}

/// The bytes that give a JSON text its structure.
enum JSONByte {
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let openObject = UInt8(ascii: "{")
    static let closeObject = UInt8(ascii: "}")
    static let openList = UInt8(ascii: "[")
    static let closeList = UInt8(ascii: "]")
    static let n = UInt8(ascii: "n")
    static let t = UInt8(ascii: "t")
    static let f = UInt8(ascii: "f")
    static let minus = UInt8(ascii: "-")
    static let zero = UInt8(ascii: "0")
    static let nine = UInt8(ascii: "9")
}
