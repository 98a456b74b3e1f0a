// SPDX-License-Identifier: Apache-2.0

/// OTLP: bytes as spans.
///
/// Reads an `ExportTraceServiceRequest` in one pass over the body. Attributes that nobody asked for, prompts and answers
/// among them, are stepped over by their length; values are never entered, so nesting costs nothing. Fields with an
/// unexpected wire type are passed over like unknown ones. Of a span's events, only the first of each wanted name is kept.
///
/// - SeeAlso: opentelemetry-proto 1.9.0, collector/trace/v1/trace_service.proto and trace/v1/trace.proto.
package struct TraceRequestReader: Sendable {
    let keys: AttributeKeyTable
    let eventNames: AttributeKeyTable
    let wantsEvents: Bool
    let maxSpans: Int

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - keys: The attributes that are wanted, of resources, scopes, spans and events alike.
    ///   - events: The names of the events that are wanted; without any, events are passed over by their length.
    ///   - maxSpans: How many spans one body may hold.
    package init(keys: AttributeKeys, events: AttributeKeys = AttributeKeys(), maxSpans: Int = 524_288) {
        self.keys = AttributeKeyTable(keys)
        eventNames = AttributeKeyTable(events)
        wantsEvents = !events.names.isEmpty
        self.maxSpans = maxSpans
    }

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - body: The inflated request, less than 4 GiB. An empty one has no spans.
    ///   - batch: Is emptied, then holds the spans. After an error its content means nothing.
    /// - Throws: ``OTLPError`` when the body is no such request or is cut short; it never traps on outside bytes.
    /// - Complexity: Linear in the body's length.
    package func read(_ body: Span<UInt8>, into batch: inout SpanBatch) throws(OTLPError) {
        precondition(body.count < 1 << 32, "the ceiling on inflated bytes must stay below 4 GiB")
        batch.removeAll()
        var request = ProtobufCursor(0..<body.count, in: body)
        while let field = try request.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited):
                try readResourceSpans(request.content(in: body), body, &batch)
            default: try request.skip(field, in: body)
            }
        }
    }

    private func readResourceSpans(
        _ range: Range<Int>, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        // Spans refer to their resource by number, so that it may stand behind them in the message.
        let resource = batch.resources.count
        guard resource < maxSpans else { throw .tooManySpans(limit: maxSpans) }
        batch.resources.append(ResourceRecord())
        var message = ProtobufCursor(range, in: body)
        // Its parts mostly stand before the scopes, and are read on the way.
        var isBehindScopes = false
        var hasScopes = false
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited):
                let content = try message.content(in: body)
                if hasScopes {
                    isBehindScopes = true
                } else {
                    try readResource(content, number: resource, body, &batch)
                }
            case (2, WireType.lengthDelimited):
                hasScopes = true
                try readScopeSpans(message.content(in: body), resource: UInt32(resource), body, &batch)
            default: try message.skip(field, in: body)
            }
        }
        guard isBehindScopes else { return }
        // All parts once more, one after the other, so that their attributes follow each other without being moved: a body
        // of nothing but parts would otherwise take time by the square of its length.
        batch.resources[resource] = ResourceRecord()
        message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited):
                try readResource(message.content(in: body), number: resource, body, &batch)
            default: try message.skip(field, in: body)
            }
        }
    }

    private func readResource(
        _ range: Range<Int>, number: Int, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        if batch.resources[number].content == ByteRange() { batch.resources[number].content = ByteRange(range) }
        let attributes = try readAttributes(
            of: range, field: 1, after: batch.resources[number].attributes, body, &batch)
        batch.resources[number].attributes = attributes
    }

    private func readScopeSpans(
        _ range: Range<Int>, resource: UInt32, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        // Empty scopes are two bytes on the wire and many times that here.
        let scope = batch.scopes.count
        guard scope < maxSpans else { throw .tooManySpans(limit: maxSpans) }
        batch.scopes.append(ScopeRecord())
        // Its parts mostly stand before the spans, and are read on the way.
        var isBehindSpans = false
        var hasSpans = false
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited):
                let content = try message.content(in: body)
                if hasSpans {
                    isBehindSpans = true
                } else {
                    try readScope(content, number: scope, body, &batch)
                }
            case (2, WireType.lengthDelimited):
                hasSpans = true
                try readSpan(message.content(in: body), resource: resource, scope: UInt32(scope), body, &batch)
            default: try message.skip(field, in: body)
            }
        }
        if isBehindSpans { try readScopeAgain(range, number: scope, body, &batch) }
    }

    /// Reads all parts of a scope, one after the other, so that their attributes follow each other without being moved.
    private func readScopeAgain(
        _ range: Range<Int>, number: Int, _ body: Span<UInt8>, _ batch: inout SpanBatch
    ) throws(OTLPError) {
        batch.scopes[number] = ScopeRecord()
        var message = ProtobufCursor(range, in: body)
        while let field = try message.nextField(in: body) {
            switch (field.number, field.wireType) {
            case (1, WireType.lengthDelimited): try readScope(message.content(in: body), number: number, body, &batch)
            default: try message.skip(field, in: body)
            }
        }
    }

    private func readScope(
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
