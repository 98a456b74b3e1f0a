// SPDX-License-Identifier: Apache-2.0

/// A place inside one protobuf message, between its fields.
///
/// The cursor holds offsets only; the bytes are handed to each call. It never reads at or behind its end.
///
/// - SeeAlso: Protocol Buffers, "Encoding".
struct ProtobufCursor {
    private(set) var offset: Int
    let end: Int

    /// A cursor at the beginning of the message that fills `range`.
    init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    /// A field's number and how it is written; its content comes next.
    struct Field {
        let number: UInt32
        let wireType: UInt8
        /// Where the field's tag begins, for error messages.
        let start: Int
    }

    /// Steps over a tag of one byte if it is this one.
    @inline(__always)
    mutating func step(over tag: UInt8, in bytes: Span<UInt8>) -> Bool {
        guard offset < end, bytes[offset] == tag else { return false }
        offset += 1
        return true
    }

    /// The next field, or `nil` at the end of the message.
    @inline(__always)
    mutating func nextField(in bytes: Span<UInt8>) throws(OTLPError) -> Field? {
        guard offset < end else { return nil }
        let start = offset
        let tag = try varint(in: bytes)
        let number = tag >> 3
        // Field numbers run from 1 to 2^29 - 1.
        guard number >= 1, number < 1 << 29 else { throw .invalidFieldNumber(offset: start) }
        return Field(number: UInt32(truncatingIfNeeded: number), wireType: UInt8(tag & 7), start: start)
    }

    /// A base-128 number of up to ten bytes; bits beyond 64 are dropped, as the encoding says.
    @inline(__always)
    mutating func varint(in bytes: Span<UInt8>) throws(OTLPError) -> UInt64 {
        guard offset < end else { throw .truncated(offset: offset) }
        let first = bytes[offset]
        if first < 0x80 {
            offset += 1
            return UInt64(first)
        }
        return try longVarint(in: bytes)
    }

    private mutating func longVarint(in bytes: Span<UInt8>) throws(OTLPError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end {
            let byte = bytes[offset]
            offset += 1
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
        guard end - offset >= 8 else { throw .truncated(offset: offset) }
        let value = bytes.littleEndian64(at: offset)
        offset += 8
        return value
    }

    /// The content of a length-delimited field, which the cursor steps over.
    @inline(__always)
    mutating func content(in bytes: Span<UInt8>) throws(OTLPError) -> Range<Int> {
        let start = offset
        let length = try varint(in: bytes)
        guard length <= UInt64(end - offset) else { throw .truncated(offset: start) }
        let content = offset..<offset + Int(length)
        offset = content.upperBound
        return content
    }

    /// Steps over a field that is not wanted.
    @inline(__always)
    mutating func skip(_ field: Field, in bytes: Span<UInt8>) throws(OTLPError) {
        switch field.wireType {
        case WireType.varint: _ = try varint(in: bytes)
        case WireType.fixed64: _ = try fixed64(in: bytes)
        case WireType.lengthDelimited: _ = try content(in: bytes)
        case WireType.fixed32:
            guard end - offset >= 4 else { throw .truncated(offset: field.start) }
            offset += 4
        default: throw .unsupportedWireType(field.wireType, offset: field.start)
        }
    }
}

/// How a field's content is written.
enum WireType {
    static let varint: UInt8 = 0
    static let fixed64: UInt8 = 1
    static let lengthDelimited: UInt8 = 2
    static let fixed32: UInt8 = 5
}
