// SPDX-License-Identifier: Apache-2.0

extension TraceRequestReader {
    /// Reads the wanted attributes of a message that has them under one field number.
    ///
    /// - Parameters:
    ///   - range: The message.
    ///   - number: The field number.
    ///   - earlier: Attributes that an earlier part of the same message had: a message field that occurs twice is one
    ///     message (Protocol Buffers, "Last One Wins"). They are the last ones in the batch, or there are none.
    ///   - body: The body's bytes.
    ///   - batch: Gets the attributes.
    /// - Returns: Where all of them are.
    /// - Throws: ``OTLPError`` when the message is damaged.
    func readAttributes(
        of range: Range<Int>, field number: UInt32, after earlier: AttributeRange, _ body: Span<UInt8>,
        _ batch: inout SpanBatch
    ) throws(OTLPError) -> AttributeRange {
        let first = batch.attributes.count - Int(earlier.count)
        var message = ProtobufCursor(range)
        while let field = try message.nextField(in: body) {
            if field.number == number, field.wireType == WireType.lengthDelimited {
                try readAttribute(message.content(in: body), body, &batch)
            } else {
                try message.skip(field, in: body)
            }
        }
        return AttributeRange(first: UInt32(first), count: UInt32(batch.attributes.count - first))
    }

    /// Reads one `KeyValue`; appends it when its key is wanted.
    @inline(__always)
    func readAttribute(
        _ range: Range<Int>, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        // As nearly every sender writes it: a key of less than 128 bytes, then the value, and nothing else.
        if range.count >= 4, body[range.lowerBound] == 0x0A, body[range.lowerBound + 1] < 0x80 {
            let key = range.lowerBound + 2
            let length = Int(body[range.lowerBound + 1])
            if key + length < range.upperBound, body[key + length] == 0x12 {
                var rest = ProtobufCursor(key + length + 1..<range.upperBound)
                let value = try rest.content(in: body)
                if value.upperBound == range.upperBound {
                    guard let id = keys.find(in: body, at: key, length: length) else { return }
                    batch.attributes.append(AttributeRecord(key: id, value: try readValue(value, body)))
                    return
                }
            }
        }
        try readUnusualAttribute(range, body, &batch)
    }

    /// Reads a `KeyValue` whose fields come in any order, any number of times, or beside others.
    private func readUnusualAttribute(
        _ range: Range<Int>, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        var key = 0..<0
        var value = 0..<0
        var message = ProtobufCursor(range)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited): key = try message.content(in: body)
            case (2, WireType.lengthDelimited): value = try message.content(in: body)
            default: try message.skip(field, in: body)
            }
        }
        guard let id = keys.find(in: body, at: key.lowerBound, length: key.count) else { return }
        batch.attributes.append(AttributeRecord(key: id, value: try readValue(value, body)))
    }

    /// Reads an `AnyValue` without entering lists and maps.
    @inline(__always)
    private func readValue(_ range: Range<Int>, _ body: Span<UInt8>) throws(OTLPError) -> AttributeValue {
        // Nearly all values are one text or one integer and nothing else.
        var only = ProtobufCursor(range)
        if only.step(over: 1 << 3 | WireType.lengthDelimited, in: body) {
            let text = try only.content(in: body)
            if text.upperBound == range.upperBound { return .string(ByteRange(text)) }
        } else if only.step(over: 3 << 3 | WireType.varint, in: body) {
            let number = try only.varint(in: body)
            if only.offset == range.upperBound { return .int(Int64(bitPattern: number)) }
        }
        return try readUnusualValue(range, body)
    }

    private func readUnusualValue(_ range: Range<Int>, _ body: Span<UInt8>) throws(OTLPError) -> AttributeValue {
        var value = AttributeValue.empty
        var message = ProtobufCursor(range)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited): value = .string(try ByteRange(message.content(in: body)))
            case (2, WireType.varint): value = .bool(try message.varint(in: body) != 0)
            case (3, WireType.varint): value = .int(Int64(bitPattern: try message.varint(in: body)))
            case (4, WireType.fixed64): value = .double(Double(bitPattern: try message.fixed64(in: body)))
            case (5, WireType.lengthDelimited), (6, WireType.lengthDelimited), (7, WireType.lengthDelimited):
                value = .structured(try ByteRange(message.content(in: body)))
            default: try message.skip(field, in: body)
            }
        }
        return value
    }
}

extension Span<UInt8> {
    /// Eight bytes as a big-endian number, as ids are written.
    @inline(__always)
    func bigEndian64(at offset: Int) -> UInt64 { littleEndian64(at: offset).byteSwapped }
}

extension ByteRange {
    @inline(__always)
    init(_ range: Range<Int>) { self.init(offset: range.lowerBound, length: range.count) }
}
