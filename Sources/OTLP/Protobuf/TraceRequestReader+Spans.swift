// SPDX-License-Identifier: Apache-2.0

extension TraceRequestReader {
    /// Reads a span; a span without ids is counted and left out.
    mutating func readSpan(
        _ range: Range<Int>, resource: UInt32, scope: UInt32, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        var span = SpanRecord()
        span.resource = resource
        span.scope = scope
        let firstAttribute = batch.attributes.count
        let firstEvent = batch.events.count
        var message = ProtobufCursor(range, in: body)
        message = Self.readHead(of: message, into: &span, body)
        while true {
            // Attributes are most of a span, and mostly follow each other.
            try readAttributes(after: Self.attributeTag, from: firstAttribute, of: &message, body, &batch)
            let start = message.offset
            guard let tag = try message.nextTag(in: body) else { break }
            switch tag {
            case 1 << 3 | 2:
                let id = try message.content(in: body)
                let hasLength = id.upperBound &- id.lowerBound == 16
                // Sound: the id lies within the body.
                span.traceIDHigh = unsafe hasLength ? body.uncheckedWord(at: id.lowerBound).byteSwapped : 0
                span.traceIDLow = unsafe hasLength ? body.uncheckedWord(at: id.lowerBound &+ 8).byteSwapped : 0
            case 2 << 3 | 2: span.spanID = try readID(&message, body)
            case 4 << 3 | 2: span.parentSpanID = try readID(&message, body)
            case 5 << 3 | 2: span.name = try ByteRange(message.content(in: body))
            case 6 << 3 | 0:
                span.kind = try SpanKind(number: message.varint(in: body))
            case 7 << 3 | 1: span.startNanoseconds = try Outside(message.fixed64(in: body))
            case 8 << 3 | 1: span.endNanoseconds = try Outside(message.fixed64(in: body))
            case 11 << 3 | 2 where wantsEvents:
                try noteEvent(message.content(in: body), after: firstEvent, body, &batch)
            case 15 << 3 | 2: span.status = try readStatus(message.content(in: body), body)
            default: try message.skip(UInt8(tag & 7), start: start, in: body)
            }
        }
        guard
            try batch.complete(&span, firstAttribute: firstAttribute, firstEvent: firstEvent, maxSpans: maxSpans)
        else { return }
        if span.events.count > 0 { try readEvents(span.events, body, &batch) }
        batch.spans.append(span)
    }

    /// Field 9, length-delimited.
    private static let attributeTag: UInt8 = 9 << 3 | WireType.lengthDelimited

    /// An id of eight bytes, or 0 when it has another length.
    @inline(__always)
    private func readID(_ message: inout ProtobufCursor, _ body: Span<UInt8>) throws(OTLPError) -> UInt64 {
        let id = try message.content(in: body)
        guard id.upperBound &- id.lowerBound == 8 else { return 0 }
        // Sound: the id lies within the body.
        return unsafe body.uncheckedWord(at: id.lowerBound).byteSwapped
    }

    private mutating func readStatus(_ range: Range<Int>, _ body: Span<UInt8>) throws(OTLPError) -> SpanStatus {
        var status = SpanStatus.unset
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (3, WireType.varint):
                status = try SpanStatus(number: message.varint(in: body))
            default: try message.skip(field, in: body)
            }
        }
        return status
    }
}
