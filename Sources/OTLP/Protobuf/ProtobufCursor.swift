// SPDX-License-Identifier: Apache-2.0

/// An offset between two fields of one protobuf message.
///
/// The cursor has offsets only; each call gets the bytes. It never reads at or behind its end.
///
/// - SeeAlso: Protocol Buffers, "Encoding".
@safe
struct ProtobufCursor {
    // Sound: `0 <= offset <= end <= bytes.count` holds from the beginning on, for the bytes that are handed to every call
    // of one cursor. So bytes before `end` are read, and offsets up to it computed, without being checked a second time.
    private(set) var offset: Int
    let end: Int

    /// A cursor at the beginning of the message that fills a part of some bytes.
    @inline(__always)
    init(_ range: Range<Int>, in bytes: Span<UInt8>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        offset = range.lowerBound
        end = range.upperBound
    }

    /// A cursor at the beginning of a message that is known to lie within the bytes.
    @unsafe @inline(__always)
    init(uncheckedBounds bounds: (Int, Int)) { (offset, end) = bounds }

    /// A field's number and wire type; its content follows.
    struct Field {
        let number: UInt32
        let wireType: UInt8
        /// The offset of the field's tag, for error messages.
        let start: Int
    }

    /// Whether a tag of one byte comes next.
    @inline(__always)
    func isBefore(_ tag: UInt8, in bytes: Span<UInt8>) -> Bool {
        guard offset < end else { return false }
        return unsafe bytes[unchecked: offset] == tag
    }

    /// Steps over a tag of one byte if it is this one.
    @inline(__always)
    mutating func step(over tag: UInt8, in bytes: Span<UInt8>) -> Bool {
        guard isBefore(tag, in: bytes) else { return false }
        offset &+= 1
        return true
    }

    /// The next field, or `nil` at the end of the message.
    @inline(__always)
    mutating func nextField(in bytes: Span<UInt8>) throws(OTLPError) -> Field? {
        let start = offset
        guard let tag = try nextTag(in: bytes) else { return nil }
        return Field(number: UInt32(truncatingIfNeeded: tag >> 3), wireType: UInt8(tag & 7), start: start)
    }

    /// The next field's number and wire type as one encoded number, ``Field/tag(_:_:)``; `nil` at the end of the message.
    @inline(__always)
    mutating func nextTag(in bytes: Span<UInt8>) throws(OTLPError) -> UInt64? {
        guard offset < end else { return nil }
        let first = unsafe bytes[unchecked: offset]
        // Field numbers run from 1 to 2^29 - 1; those up to 15 take one byte.
        guard first >= 1 << 3, first < 0x80 else { return try longTag(in: bytes) }
        offset &+= 1
        return UInt64(first)
    }

    @inline(never)
    private mutating func longTag(in bytes: Span<UInt8>) throws(OTLPError) -> UInt64 {
        let start = offset
        let tag = try varint(in: bytes)
        guard tag >> 3 >= 1, tag >> 3 < 1 << 29 else { throw .invalidFieldNumber(offset: start) }
        return tag
    }

    /// A base-128 number of up to ten bytes; bits beyond 64 are dropped, as the encoding says.
    @inline(__always)
    mutating func varint(in bytes: Span<UInt8>) throws(OTLPError) -> UInt64 {
        guard offset < end else { throw .truncated(offset: offset) }
        let first = unsafe bytes[unchecked: offset]
        if first < 0x80 {
            offset &+= 1
            return UInt64(first)
        }
        // Most lengths and counts of tokens have no more than two bytes.
        if end &- offset >= 2 {
            let second = unsafe bytes[unchecked: offset &+ 1]
            if second < 0x80 {
                offset &+= 2
                return UInt64(first & 0x7F) | UInt64(second) << 7
            }
        }
        return try longVarint(in: bytes)
    }

    private mutating func longVarint(in bytes: Span<UInt8>) throws(OTLPError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end {
            let byte = unsafe bytes[unchecked: offset]
            offset &+= 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
            if shift > 63 { throw .varintTooLong(offset: start) }
        }
        throw .truncated(offset: start)
    }

    /// Eight bytes, little-endian.
    @inline(__always)
    mutating func fixed64(in bytes: Span<UInt8>) throws(OTLPError) -> UInt64 {
        guard end &- offset >= 8 else { throw .truncated(offset: offset) }
        let value = unsafe bytes.uncheckedWord(at: offset)
        offset &+= 8
        return value
    }

    /// The content of a length-delimited field, which the cursor steps over.
    @inline(__always)
    mutating func content(in bytes: Span<UInt8>) throws(OTLPError) -> Range<Int> {
        let start = offset
        let length = try varint(in: bytes)
        guard length <= UInt64(bitPattern: Int64(end &- offset)) else { throw .truncated(offset: start) }
        let content = offset
        offset &+= Int(truncatingIfNeeded: length)
        return unsafe Range(uncheckedBounds: (content, offset))
    }

    /// Steps over a field that is not wanted.
    @inline(__always)
    mutating func skip(_ field: Field, in bytes: Span<UInt8>) throws(OTLPError) {
        try skip(field.wireType, start: field.start, in: bytes)
    }

    /// Steps over the content of a field that is not wanted.
    ///
    /// - Parameters:
    ///   - wireType: How it is written.
    ///   - start: Where the field's tag begins, for error messages.
    ///   - bytes: The bytes.
    /// - Throws: ``OTLPError`` when the content is damaged.
    mutating func skip(_ wireType: UInt8, start: Int, in bytes: Span<UInt8>) throws(OTLPError) {
        switch wireType {
        case WireType.varint: _ = try varint(in: bytes)
        case WireType.fixed64: _ = try fixed64(in: bytes)
        case WireType.lengthDelimited: _ = try content(in: bytes)
        case WireType.fixed32:
            guard end - offset >= 4 else { throw .truncated(offset: start) }
            offset += 4
        default: throw .unsupportedWireType(wireType, offset: start)
        }
    }
}

/// The encodings of a field's content.
enum WireType {
    static let varint: UInt8 = 0
    static let fixed64: UInt8 = 1
    static let lengthDelimited: UInt8 = 2
    static let fixed32: UInt8 = 5
}
