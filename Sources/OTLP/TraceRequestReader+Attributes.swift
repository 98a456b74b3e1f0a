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

    /// Reads attributes that follow each other.
    ///
    /// - Parameters:
    ///   - tag: The tag that stands before each, in one byte.
    ///   - first: The index at which the attributes of the message begin in the batch.
    ///   - message: The message that has them; stands behind them afterwards.
    ///   - body: The body's bytes.
    ///   - batch: Gets those that are wanted.
    /// - Throws: ``OTLPError`` when one of them is damaged.
    @inline(__always)
    mutating func readAttributes(
        after tag: UInt8, from first: Int, of message: inout ProtobufCursor, _ body: Span<UInt8>,
        _ batch: inout SpanBatch
    ) throws(OTLPError) {
        while message.isBefore(tag, in: body) {
            // One step into the array for many costs less than one for each.
            let start = message
            var isNew = false
            try batch.attributes.append(addingCapacity: 16) { (records) throws(OTLPError) in
                try unsafe records.withUnsafeMutableBufferPointer { (room, count) throws(OTLPError) in
                    (count, message, isNew) = try unsafe readRun(after: tag, of: start, body, into: room)
                }
            }
            if isNew { try readNewAttribute(after: tag, of: &message, body, &batch) }
            batch.limitAttributes(from: first)
        }
    }

    /// Reads attributes that follow each other, until there is no room for another wanted one.
    ///
    /// Only values go in and out, so that they can be kept in registers. It also stops before an attribute whose key
    /// the judge has to decide about.
    @unsafe @inline(never)
    private func readRun(
        after tag: UInt8, of message: ProtobufCursor, _ body: Span<UInt8>,
        into room: UnsafeMutableBufferPointer<AttributeRecord>
    ) throws(OTLPError) -> (count: Int, end: ProtobufCursor, isNew: Bool) {
        var message = message
        var count = 0
        while count < room.count {
            let start = message
            let record: AttributeRecord?
            if let plain = message.plainAttribute(after: tag, in: body) {
                // Sound: the key lies within the message.
                switch unsafe keys.look(in: body, at: plain.key, length: plain.keyLength) {
                case .wanted(let id):
                    record = AttributeRecord(
                        key: id, keyLength: UInt16(truncatingIfNeeded: plain.keyLength),
                        keyOffset: UInt32(truncatingIfNeeded: plain.key),
                        value: try readPlainValue(plain.value, message.offset, body))
                case .unwanted: continue
                case .unclear:
                    let found = try readKnownAttribute(plain.start..<message.offset, body)
                    if found.isNew { return (count, start, true) }
                    record = found.record
                }
            } else if message.step(over: tag, in: body) {
                let found = try readKnownAttribute(message.content(in: body), body)
                if found.isNew { return (count, start, true) }
                record = found.record
            } else {
                break
            }
            guard let record else { continue }
            // Sound: there is room.
            unsafe room.initializeElement(at: count, to: record)
            count &+= 1
        }
        return (count, message, false)
    }

    /// Reads one attribute whose key the judge has to decide about.
    @inline(never)
    private mutating func readNewAttribute(
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

    /// Reads one `KeyValue` whose key has been decided about.
    ///
    /// - Returns: The attribute, or `nil` when its key is not wanted; whether the judge has to decide about the key.
    @inline(never)
    private func readKnownAttribute(
        _ range: Range<Int>, _ body: Span<UInt8>
    ) throws(OTLPError) -> (record: AttributeRecord?, isNew: Bool) {
        let (key, value) = try keyAndValue(of: range, body)
        switch keys.known(in: body, at: key.lowerBound, length: key.count) {
        case .wanted(let id): return (try record(id, key, value, body), false)
        case .unwanted: return (nil, false)
        case .unclear: return (nil, true)
        }
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
        // Its fields may come in any order, any number of times, and beside others.
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

    /// Reads an `AnyValue` that lies within the body and has less than 128 bytes.
    ///
    /// What is wanted is mostly a text or a whole number.
    @inline(__always)
    private func readPlainValue(_ start: Int, _ end: Int, _ body: Span<UInt8>) throws(OTLPError) -> AttributeValue {
        // Sound: it lies within the body.
        let range = unsafe Range(uncheckedBounds: (start, end))
        guard end &- start >= 2 else { return try readValue(range, body) }
        // Sound: it has at least two bytes.
        let head = unsafe body.uncheckedHalfWord(at: start)
        if head == UInt16(1 << 3 | WireType.lengthDelimited) | UInt16(truncatingIfNeeded: end &- start &- 2) << 8 {
            return .string(ByteRange(offset: start &+ 2, length: end &- start &- 2))
        }
        if UInt8(truncatingIfNeeded: head) == 3 << 3 | WireType.varint {
            var number = unsafe ProtobufCursor(uncheckedBounds: (start &+ 1, end))
            let value = try number.varint(in: body)
            if number.offset == end { return .int(Outside(Int64(bitPattern: value))) }
        }
        return try readValue(range, body)
    }

    /// Reads an `AnyValue` without entering lists and maps.
    @inline(never)
    private func readValue(_ range: Range<Int>, _ body: Span<UInt8>) throws(OTLPError) -> AttributeValue {
        try AttributeValue(anyValueAt: range, in: body)
    }
}

extension Span<UInt8> {
    /// Two bytes as a little-endian number; the caller has made sure that they lie within the span.
    @unsafe @inline(__always)
    func uncheckedHalfWord(at offset: Int) -> UInt16 {
        unsafe UInt16(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self))
    }
}

extension ByteRange {
    @inline(__always)
    init(_ range: Range<Int>) { self.init(offset: range.lowerBound, length: range.upperBound &- range.lowerBound) }
}
