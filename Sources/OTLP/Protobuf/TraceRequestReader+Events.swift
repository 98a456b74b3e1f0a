// SPDX-License-Identifier: Apache-2.0

extension TraceRequestReader {
    /// Records an event of a span if it is the first with a wanted name, or may have wanted attributes.
    ///
    /// ``readEvents(_:_:_:)`` reads its attributes later: now they would interrupt the range of the span's own attributes.
    /// A span has at most one record for each wanted name.
    ///
    /// - Parameters:
    ///   - range: The `Span.Event`.
    ///   - first: The index of the span's first event in the batch.
    ///   - body: The body's bytes.
    ///   - batch: Gets the event.
    /// - Throws: ``OTLPError`` when the message is damaged.
    mutating func noteEvent(
        _ range: Range<Int>, after first: Int, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        var name = 0..<0
        var time: Outside<UInt64> = 0
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.fixed64): time = try Outside(message.fixed64(in: body))
            case (2, WireType.lengthDelimited): name = try message.content(in: body)
            default: try message.skip(field, in: body)
            }
        }
        let id = eventNames.find(in: body, at: name.lowerBound, length: name.count) ?? otherEvents
        let event = EventRecord(
            name: id, nameRange: ByteRange(name), timeNanoseconds: time, content: ByteRange(range))
        if id != otherEvents {
            batch.note(event, after: first)
        } else if keys.hasJudge {
            batch.noteOther(event, after: first)
        }
    }

    /// Reads the attributes of the recorded events of a span whose own attributes are complete.
    ///
    /// - Parameters:
    ///   - events: The span's events.
    ///   - body: The body's bytes.
    ///   - batch: Gets the attributes.
    /// - Throws: ``OTLPError`` when an attribute is damaged.
    mutating func readEvents(
        _ events: AttributeRange, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        for index in events.indices {
            batch.events[index].attributes = try readAttributes(
                of: batch.events[index].content.bytes, field: 3, after: AttributeRange(), body, &batch)
        }
    }
}

extension SpanBatch {
    /// Appends an event of the span whose events begin at `first`, unless the span has one of that name.
    mutating func note(_ event: EventRecord, after first: Int) {
        // Bounded by the wanted names, which are few.
        for index in first..<events.count where events[index].name == event.name { return }
        events.append(event)
    }

    /// Appends an event whose name is not wanted.
    ///
    /// If a span has many, only the first and the last ones stay.
    ///
    /// Senders write the usage of an answer into the last event of a stream.
    mutating func noteOther(_ event: EventRecord, after first: Int) {
        var others = 0
        var second = -1
        for index in first..<events.count where events[index].name == event.name {
            others += 1
            if others == 2 { second = index }
        }
        if others >= Self.mostOtherEvents {
            events.remove(at: second)
        }
        events.append(event)
    }

    /// The number of events of one span that are kept without a wanted name.
    private static var mostOtherEvents: Int { 8 }
}
