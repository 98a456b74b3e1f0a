// SPDX-License-Identifier: Apache-2.0

/// OTLP: reads bytes as spans.
///
/// Reads an `ExportTraceServiceRequest` in one pass over the body. It skips unwanted attributes, such as prompts and answers, by
/// their length, and never enters values, so that nesting costs nothing. It skips fields with an unexpected wire type like
/// unknown fields. It keeps the first event of a span with each wanted name. If a judge decides about keys, it also keeps a few
/// other events that have wanted attributes.
///
/// - SeeAlso: opentelemetry-proto 1.9.0, collector/trace/v1/trace_service.proto and trace/v1/trace.proto.
package struct TraceRequestReader: Sendable {
    var keys: AttributeKeyTable
    let eventNames: AttributeKeyTable
    let wantsEvents: Bool
    /// The name number of events whose names are not wanted and whose attributes may be.
    let otherEvents: AttributeKeyID
    let maxSpans: Int
    let slice: SliceSize

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - keys: The wanted attributes of resources, scopes, spans and events.
    ///   - events: The wanted names of events. If there are none, and no judge, the reader skips all events by their length.
    ///   - maxSpans: The largest number of spans in one body.
    ///   - slice: The part of the body that is in memory as spans at a time.
    package init(
        keys: AttributeKeys, events: AttributeKeys = AttributeKeys(), maxSpans: Int = 524_288,
        slice: SliceSize = .whole
    ) {
        self.keys = AttributeKeyTable(keys)
        eventNames = AttributeKeyTable(events)
        wantsEvents = !events.names.isEmpty || keys.judge != nil
        otherEvents = AttributeKeyID(events.names.count)
        self.maxSpans = maxSpans
        self.slice = slice
    }

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - body: The inflated request, less than 4 GiB. An empty one has no spans.
    ///   - batch: Is emptied, then gets the spans, or the last slice of them. Its content is undefined after an error.
    ///   - originsFirst: Whether to read resources and scopes before their spans, which visits each span once more. Slices need
    ///     this if ``SpanBatch/hasLateOrigins`` is set.
    ///   - take: Gets each slice except the last.
    /// - Throws: ``OTLPError`` if the body is not such a request or is cut short; no bytes make it trap. A body that was read
    ///   without an error is read without an error again.
    /// - Complexity: Linear in the body's length.
    package func read(
        _ body: Span<UInt8>, into batch: inout SpanBatch, originsFirst: Bool = false,
        _ take: (SpanBatch) -> Void = { _ in }
    ) throws(OTLPError) {
        precondition(body.count < 1 << 32, "the ceiling on inflated bytes must stay below 4 GiB")
        // A copy that may learn keys; the batch keeps them.
        var reader = self
        batch.lendKeys(to: &reader.keys)
        defer { batch.keep(&reader.keys) }
        try reader.readRequest(body, into: &batch, originsFirst, take)
    }

    private mutating func readRequest(
        _ body: Span<UInt8>, into batch: inout SpanBatch, _ originsFirst: Bool, _ take: (SpanBatch) -> Void
    ) throws(OTLPError) {
        batch.removeAll()
        var request = ProtobufCursor(0..<body.count, in: body)
        while let field = try request.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited):
                try readResourceSpans(request.content(in: body), body, &batch, originsFirst, take)
            default: try request.skip(field, in: body)
            }
        }
    }

    private mutating func readResourceSpans(
        _ range: Range<Int>, _ body: Span<UInt8>, _ batch: inout SpanBatch, _ originsFirst: Bool,
        _ take: (SpanBatch) -> Void
    ) throws(OTLPError) {
        if batch.isFull(slice) { batch.handOver(continuesResource: false, continuesScope: false, take) }
        // Spans refer to their resource by number, so that the resource may follow them in the message.
        guard batch.earlier.resources + batch.resources.count < maxSpans else { throw .tooManySpans(limit: maxSpans) }
        var resource = batch.resources.count
        batch.resources.append(ResourceRecord())
        if originsFirst { try readResources(in: range, number: resource, body, &batch) }
        var message = ProtobufCursor(range, in: body)
        // Its parts mostly precede the scopes, and are read on the way.
        var isBehindScopes = false
        var hasScopes = false
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited):
                let content = try message.content(in: body)
                if originsFirst { continue }
                if hasScopes {
                    isBehindScopes = true
                } else {
                    try readResource(content, number: resource, body, &batch)
                }
            case (2, WireType.lengthDelimited):
                hasScopes = true
                try readScopeSpans(message.content(in: body), resource: &resource, body, &batch, originsFirst, take)
            default: try message.skip(field, in: body)
            }
        }
        guard isBehindScopes else { return }
        batch.hasLateOrigins = true
        batch.resources[resource] = ResourceRecord()
        try readResources(in: range, number: resource, body, &batch)
    }

    /// Reads all parts of a resource, one after the other, so that their attributes are contiguous without being moved: moving
    /// them would take quadratic time for a body that consists of such parts.
    private mutating func readResources(
        in range: Range<Int>, number: Int, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited):
                try readResource(message.content(in: body), number: number, body, &batch)
            default: try message.skip(field, in: body)
            }
        }
    }

    private mutating func readResource(
        _ range: Range<Int>, number: Int, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        if batch.resources[number].content == ByteRange() { batch.resources[number].content = ByteRange(range) }
        let attributes = try readAttributes(
            of: range, field: 1, after: batch.resources[number].attributes, body, &batch)
        batch.resources[number].attributes = attributes
    }

    private mutating func readScopeSpans(
        _ range: Range<Int>, resource: inout Int, _ body: Span<UInt8>, _ batch: inout SpanBatch, _ originsFirst: Bool,
        _ take: (SpanBatch) -> Void
    ) throws(OTLPError) {
        if batch.isFull(slice) {
            batch.handOver(continuesResource: true, continuesScope: false, take)
            resource = 0
        }
        // Empty scopes are two bytes on the wire and many times that here.
        guard batch.earlier.scopes + batch.scopes.count < maxSpans else { throw .tooManySpans(limit: maxSpans) }
        var scope = batch.scopes.count
        batch.scopes.append(ScopeRecord())
        if originsFirst { try readScopes(in: range, number: scope, body, &batch) }
        // Its parts mostly precede the spans, and are read on the way.
        var isBehindSpans = false
        var hasSpans = false
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited):
                let content = try message.content(in: body)
                if originsFirst { continue }
                if hasSpans {
                    isBehindSpans = true
                } else {
                    try readScope(content, number: scope, body, &batch)
                }
            case (2, WireType.lengthDelimited):
                hasSpans = true
                if batch.isFullOfSpans(slice) {
                    batch.handOver(continuesResource: true, continuesScope: true, take)
                    (resource, scope) = (0, 0)
                }
                try readSpan(
                    message.content(in: body), resource: UInt32(resource), scope: UInt32(scope), body, &batch)
            default: try message.skip(field, in: body)
            }
        }
        guard isBehindSpans else { return }
        batch.hasLateOrigins = true
        batch.scopes[scope] = ScopeRecord()
        try readScopes(in: range, number: scope, body, &batch)
    }

    /// Reads all parts of a scope, one after the other, so that their attributes follow each other without being moved.
    private mutating func readScopes(
        in range: Range<Int>, number: Int, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited): try readScope(message.content(in: body), number: number, body, &batch)
            default: try message.skip(field, in: body)
            }
        }
    }

    private mutating func readScope(
        _ range: Range<Int>, number: Int, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        var record = batch.scopes[number]
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited): record.name = try ByteRange(message.content(in: body))
            case (2, WireType.lengthDelimited): record.version = try ByteRange(message.content(in: body))
            default: try message.skip(field, in: body)
            }
        }
        record.attributes = try readAttributes(of: range, field: 3, after: record.attributes, body, &batch)
        batch.scopes[number] = record
    }
}
