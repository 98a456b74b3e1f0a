// SPDX-License-Identifier: Apache-2.0

extension TraceRequestReader {
    /// Reads the fields before the attributes, in the form in which nearly every sender writes them: in the order of their
    /// numbers, with ids of full length and a name of less than 128 bytes.
    ///
    /// Each group of fields takes one comparison of tags and lengths instead of one step per field.
    ///
    /// - Parameters:
    ///   - message: The span, at its first field.
    ///   - span: Gets the fields.
    ///   - body: The body's bytes.
    /// - Returns: The rest of the span: the first field in another form, or the attributes.
    @inline(__always)
    static func readHead(
        of message: ProtobufCursor, into span: inout SpanRecord, _ body: Span<UInt8>
    ) -> ProtobufCursor {
        // Sound: the message lies within the body, and each part is read only once it is known to lie within the message.
        let end = message.end
        var offset = message.offset
        guard mostly(end &- offset >= 28), unsafe body.uncheckedHalfWord(at: offset) == Self.traceIDHead,
            unsafe body.uncheckedHalfWord(at: offset &+ 18) == Self.spanIDHead
        else { return message }
        span.traceIDHigh = unsafe body.uncheckedWord(at: offset &+ 2).byteSwapped
        span.traceIDLow = unsafe body.uncheckedWord(at: offset &+ 10).byteSwapped
        span.spanID = unsafe body.uncheckedWord(at: offset &+ 20).byteSwapped
        offset &+= 28
        if end &- offset >= 10, unsafe body.uncheckedHalfWord(at: offset) == Self.parentHead {
            span.parentSpanID = unsafe body.uncheckedWord(at: offset &+ 2).byteSwapped
            offset &+= 10
        } else if end &- offset >= 2, unsafe body.uncheckedHalfWord(at: offset) == Self.rootHead {
            offset &+= 2
        }
        if end &- offset >= 2, unsafe body[unchecked: offset] == 5 << 3 | WireType.lengthDelimited {
            let length = unsafe Int(body[unchecked: offset &+ 1])
            if length < 0x80, length <= end &- offset &- 2 {
                span.name = ByteRange(offset: offset &+ 2, length: length)
                offset &+= 2 &+ length
            }
        }
        if end &- offset >= 20, unsafe body[unchecked: offset] == 6 << 3 | WireType.varint,
            unsafe body[unchecked: offset &+ 1] < 0x80,
            unsafe body[unchecked: offset &+ 2] == 7 << 3 | WireType.fixed64,
            unsafe body[unchecked: offset &+ 11] == 8 << 3 | WireType.fixed64
        {
            span.kind = unsafe SpanKind(number: UInt64(body[unchecked: offset &+ 1]))
            span.startNanoseconds = unsafe Outside(body.uncheckedWord(at: offset &+ 3))
            span.endNanoseconds = unsafe Outside(body.uncheckedWord(at: offset &+ 12))
            offset &+= 20
        }
        return unsafe ProtobufCursor(uncheckedBounds: (offset, end))
    }

    /// The tags and lengths of ids of full length, as little-endian numbers of two bytes.
    private static var traceIDHead: UInt16 { UInt16(1 << 3 | WireType.lengthDelimited) | 16 << 8 }
    private static var spanIDHead: UInt16 { UInt16(2 << 3 | WireType.lengthDelimited) | 8 << 8 }
    private static var parentHead: UInt16 { UInt16(4 << 3 | WireType.lengthDelimited) | 8 << 8 }
    /// Some senders write an empty parent id for a root.
    private static var rootHead: UInt16 { UInt16(4 << 3 | WireType.lengthDelimited) }
}
