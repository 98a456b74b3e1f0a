// SPDX-License-Identifier: Apache-2.0

extension JSONTraceRequestReader {
    /// Reads a span; a span without ids is counted and left out.
    mutating func readSpan(
        _ cursor: inout JSONCursor, resource: UInt32, scope: UInt32, _ body: inout MutableSpan<UInt8>,
        _ batch: inout SpanBatch
    ) throws(OTLPError) {
        var span = SpanRecord()
        span.resource = resource
        span.scope = scope
        let firstAttribute = batch.attributes.count
        let firstEvent = batch.events.count
        guard try cursor.enterObject(in: body.span) else { return }
        var next = 0
        while try cursor.nextMember(in: body.span) {
            if next < SpanRecord.plainMembers, expectsUsualForms {
                // Sound: the end of the cursor is within the body.
                let behind = unsafe span.readPlainMembers(
                    at: cursor.offset, before: cursor.end, in: body.span, expecting: &next)
                if behind > cursor.offset {
                    cursor.offset = behind
                    continue
                }
            }
            switch try spanField(&cursor, &body, expecting: &next) {
            case .traceId: (span.traceIDHigh, span.traceIDLow) = try cursor.id128(&body)
            case .spanId: span.spanID = try cursor.id64(&body)
            case .parentSpanId: span.parentSpanID = try cursor.id64(&body)
            case .name: span.name = try cursor.text(&body) ?? ByteRange()
            case .attributes: try readAttributes(&cursor, from: firstAttribute, &body, &batch)
            case .kind:
                span.kind = SpanKind(number: try cursor.number(&body, orNameIn: names.kinds))
            case .startTimeUnixNano: span.startNanoseconds = try Outside(cursor.unsigned(&body))
            case .endTimeUnixNano: span.endNanoseconds = try Outside(cursor.unsigned(&body))
            case .status: span.status = try readStatus(&cursor, &body)
            case .events where wantsEvents: try noteEvents(&cursor, after: firstEvent, &body, &batch)
            default: try cursor.skipValue(in: body.span)
            }
        }
        guard
            try batch.complete(&span, firstAttribute: firstAttribute, firstEvent: firstEvent, maxSpans: maxSpans)
        else { return }
        if span.events.count > 0 { try readEvents(span.events, &body, &batch) }
        batch.spans.append(span)
    }

    /// Steps over the name at the cursor and returns its meaning: mostly one of the next members in the usual order.
    ///
    /// - Parameters:
    ///   - cursor: Is at the name.
    ///   - body: The body's bytes.
    ///   - next: The index in ``JSONNames/ofSpan`` of the expected member.
    /// - Returns: The member; `nil` for an unknown name.
    /// - Throws: ``OTLPError`` when there is no name.
    @inline(__always)
    private mutating func spanField(
        _ cursor: inout JSONCursor, _ body: inout MutableSpan<UInt8>, expecting next: inout Int
    ) throws(OTLPError) -> JSONField? {
        for index in next..<min(next + 3, names.ofSpan.count)
        where cursor.step(over: names.ofSpan[index].name, in: body.span) {
            next = index + 1
            return names.ofSpan[index].field
        }
        return try field(&cursor, &body)
    }

    private mutating func readStatus(
        _ cursor: inout JSONCursor, _ body: inout MutableSpan<UInt8>
    ) throws(OTLPError) -> SpanStatus {
        var status = SpanStatus.unset
        guard try cursor.enterObject(in: body.span) else { return status }
        while try cursor.nextMember(in: body.span) {
            switch try field(&cursor, &body) {
            case .code:
                status = SpanStatus(number: try cursor.number(&body, orNameIn: names.codes))
            default: try cursor.skipValue(in: body.span)
            }
        }
        return status
    }

    /// Records the first event of each wanted name, as the protobuf reader does.
    private mutating func noteEvents(
        _ cursor: inout JSONCursor, after first: Int, _ body: inout MutableSpan<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        guard try cursor.enterList(in: body.span) else { return }
        while try cursor.nextElement(in: body.span) {
            var name = ByteRange()
            var time: Outside<UInt64> = 0
            var attributes = 0..<0
            guard try cursor.enterObject(in: body.span) else { continue }
            while try cursor.nextMember(in: body.span) {
                switch try field(&cursor, &body) {
                case .name: name = try cursor.text(&body) ?? ByteRange()
                case .timeUnixNano: time = try Outside(cursor.unsigned(&body))
                case .attributes: attributes = try cursor.valueRange(in: body.span)
                default: try cursor.skipValue(in: body.span)
                }
            }
            let id = eventNames.find(in: body.span, at: Int(name.offset), length: Int(name.length)) ?? otherEvents
            let event = EventRecord(name: id, nameRange: name, timeNanoseconds: time, content: ByteRange(attributes))
            if id != otherEvents {
                batch.note(event, after: first)
            } else if keys.hasJudge {
                batch.noteOther(event, after: first)
            }
        }
    }

    /// Reads the attributes of the recorded events, once those of the span are complete.
    private mutating func readEvents(
        _ events: AttributeRange, _ body: inout MutableSpan<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        for index in events.indices where batch.events[index].content.length > 0 {
            let first = batch.attributes.count
            var cursor = JSONCursor(batch.events[index].content.bytes, of: body.span)
            try readAttributes(&cursor, from: first, &body, &batch)
            batch.events[index].attributes = batch.attributeRange(from: first)
        }
    }
}
