// SPDX-License-Identifier: Apache-2.0

extension TraceRequestReader {
    /// Reads the wanted attributes of a message.
    ///
    /// - Parameters:
    ///   - range: The message.
    ///   - number: The field number of the attributes.
    ///   - earlier: The attributes of an earlier part of the same message: a message field that occurs twice is one message
    ///     (Protocol Buffers, "Last One Wins"). They must be the last ones in the batch; may be empty.
    ///   - body: The body's bytes.
    ///   - batch: Gets the attributes.
    /// - Returns: The range of all of them in the batch.
    /// - Throws: ``OTLPError`` when the message is damaged.
    mutating func readAttributes(
        of range: Range<Int>, field number: UInt32, after earlier: AttributeRange, _ body: Span<UInt8>,
        _ batch: inout SpanBatch
    ) throws(OTLPError) -> AttributeRange {
        let first = batch.attributes.count - Int(earlier.count)
        var message = ProtobufCursor(range, in: body)
        let tag = UInt8(truncatingIfNeeded: number << 3) | WireType.lengthDelimited
        while true {
            try readAttributes(after: tag, from: first, of: &message, body, &batch)
            guard let field = try message.nextField(in: body) else { break }
            if field.number == number, field.wireType == WireType.lengthDelimited {
                // Its tag was not written in the one byte that it takes.
                guard let record = try readAttribute(message.content(in: body), body) else { continue }
                batch.attributes.append(record)
                batch.limitAttributes(from: first)
            } else {
                try message.skip(field, in: body)
            }
        }
        return AttributeRange(first: UInt32(first), count: UInt32(batch.attributes.count - first))
    }

    /// Reads consecutive attributes.
    ///
    /// - Parameters:
    ///   - tag: The tag before each attribute, in one byte.
    ///   - first: The index at which the attributes of the message begin in the batch.
    ///   - message: The message, at the first attribute; is behind the last one afterwards.
    ///   - body: The body's bytes.
    ///   - batch: Gets the wanted attributes.
    /// - Throws: ``OTLPError`` when one of them is damaged.
    @inline(__always)
    mutating func readAttributes(
        after tag: UInt8, from first: Int, of message: inout ProtobufCursor, _ body: Span<UInt8>,
        _ batch: inout SpanBatch
    ) throws(OTLPError) {
        while message.isBefore(tag, in: body) {
            let room = 16
            let count = batch.readRun(after: tag, of: &message, body, keys, room: room)
            if count < room, message.isBefore(tag, in: body) { try readUnusual(after: tag, of: &message, body, &batch) }
            batch.limitAttributes(from: first)
        }
    }

    /// Reads an attribute that ended a run, mostly because the judge has to decide about its key.
    @inline(never)
    private mutating func readUnusual(
        after tag: UInt8, of message: inout ProtobufCursor, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        guard message.step(over: tag, in: body) else { return }
        guard let record = try readAttribute(message.content(in: body), body) else { return }
        batch.attributes.append(record)
    }

    /// Reads one `KeyValue`.
    ///
    /// - Parameters:
    ///   - range: The message.
    ///   - body: The body's bytes.
    /// - Returns: The attribute, or `nil` when its key is not wanted.
    /// - Throws: ``OTLPError`` when the message is damaged.
    @inline(never)
    mutating func readAttribute(_ range: Range<Int>, _ body: Span<UInt8>) throws(OTLPError) -> AttributeRecord? {
        let (key, value) = try keyAndValue(of: range, body)
        guard let id = keys.identify(in: body, at: key.lowerBound, length: key.count) else { return nil }
        return try record(id, key, value, body)
    }

    private func record(
        _ id: AttributeKeyID, _ key: Range<Int>, _ value: Range<Int>, _ body: Span<UInt8>
    ) throws(OTLPError) -> AttributeRecord {
        AttributeRecord(
            key: id, keyLength: UInt16(clamping: key.count), keyOffset: UInt32(truncatingIfNeeded: key.lowerBound),
            value: try readValue(value, body))
    }

    @inline(__always)
    private func keyAndValue(
        of range: Range<Int>, _ body: Span<UInt8>
    ) throws(OTLPError) -> (key: Range<Int>, value: Range<Int>) {
        // Its fields may come in any order, any number of times, and with unknown ones between them.
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
        return (key, value)
    }

    /// Reads an `AnyValue` without entering lists and maps.
    @inline(never)
    private func readValue(_ range: Range<Int>, _ body: Span<UInt8>) throws(OTLPError) -> AttributeValue {
        try AttributeValue(anyValueAt: range, in: body)
    }
}

extension ByteRange {
    @inline(__always)
    init(_ range: Range<Int>) { self.init(offset: range.lowerBound, length: range.upperBound &- range.lowerBound) }
}
