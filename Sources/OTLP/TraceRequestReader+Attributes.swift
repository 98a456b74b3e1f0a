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
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            if field.number == number, field.wireType == WireType.lengthDelimited {
                if let attribute = try readAttribute(message.content(in: body), body) {
                    batch.attributes.append(attribute)
                }
            } else {
                try message.skip(field, in: body)
            }
        }
        return AttributeRange(first: UInt32(first), count: UInt32(batch.attributes.count - first))
    }

    /// Reads one `KeyValue`.
    ///
    /// - Parameters:
    ///   - range: The message.
    ///   - body: The body's bytes.
    /// - Returns: The attribute, or `nil` when its key is not wanted.
    /// - Throws: ``OTLPError`` when the message is damaged.
    @inline(__always)
    func readAttribute(_ range: Range<Int>, _ body: Span<UInt8>) throws(OTLPError) -> AttributeRecord? {
        // As nearly every sender writes it: a key of less than 128 bytes, then the value, and nothing else.
        var message = ProtobufCursor(range, in: body)
        guard let key = message.shortContent(after: 1 << 3 | WireType.lengthDelimited, in: body),
            message.step(over: 2 << 3 | WireType.lengthDelimited, in: body)
        else { return try readUnusualAttribute(range, body) }
        let value = try message.content(in: body)
        guard value.upperBound == range.upperBound else { return try readUnusualAttribute(range, body) }
        guard let id = keys.find(in: body, at: key.lowerBound, length: key.count) else { return nil }
        return AttributeRecord(key: id, value: try readValue(value, body))
    }

    /// Reads a `KeyValue` whose fields come in any order, any number of times, or beside others.
    @inline(never)
    private func readUnusualAttribute(_ range: Range<Int>, _ body: Span<UInt8>) throws(OTLPError) -> AttributeRecord? {
        var key = 0..<0
        var value = 0..<0
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited): key = try message.content(in: body)
            case (2, WireType.lengthDelimited): value = try message.content(in: body)
            default: try message.skip(field, in: body)
            }
        }
        guard let id = keys.find(in: body, at: key.lowerBound, length: key.count) else { return nil }
        return AttributeRecord(key: id, value: try readValue(value, body))
    }

    /// Reads an `AnyValue` without entering lists and maps.
    @inline(__always)
    private func readValue(_ range: Range<Int>, _ body: Span<UInt8>) throws(OTLPError) -> AttributeValue {
        // Nearly all values are one text or one integer and nothing else.
        var only = ProtobufCursor(range, in: body)
        if only.step(over: 1 << 3 | WireType.lengthDelimited, in: body) {
            let text = try only.content(in: body)
            if text.upperBound == range.upperBound { return .string(ByteRange(text)) }
        } else if only.step(over: 3 << 3 | WireType.varint, in: body) {
            let number = try only.varint(in: body)
            if only.offset == range.upperBound { return .int(Int64(bitPattern: number)) }
        }
        return try readUnusualValue(range, body)
    }

    @inline(never)
    private func readUnusualValue(_ range: Range<Int>, _ body: Span<UInt8>) throws(OTLPError) -> AttributeValue {
        var value = AttributeValue.empty
        var message = ProtobufCursor(range, in: body)
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

/// Wanted attributes of one span on their way into the batch: one step into an array for all costs less than one for each.
struct AttributeRun {
    private var records = InlineArray<16, AttributeRecord>(repeating: AttributeRecord(key: 0, value: .empty))
    private var count = 0

    /// Takes an attribute; those before it go into the batch when there is no room.
    @inline(__always)
    mutating func append(_ record: AttributeRecord, before batch: inout SpanBatch) {
        if count == records.count { flush(into: &batch) }
        records[count] = record
        count &+= 1
    }

    /// Moves what is there into the batch.
    @inline(__always)
    mutating func flush(into batch: inout SpanBatch) {
        let taken = records.span.extracting(first: count)
        unsafe taken.withUnsafeBufferPointer { unsafe batch.attributes.append(contentsOf: $0) }
        count = 0
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
