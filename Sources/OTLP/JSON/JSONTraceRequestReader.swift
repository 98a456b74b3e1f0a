// SPDX-License-Identifier: Apache-2.0

/// Reads an `ExportTraceServiceRequest` in OTLP/JSON, in one pass over the body, as ``TraceRequestReader`` does in
/// protobuf.
///
/// Text stays in the body; the text of a wanted string with escapes overwrites them. If an object has a name twice, the reader
/// does what the Collector does: the last single value counts, and lists are joined. Scalars of an unexpected type are skipped,
/// like protobuf fields of an unexpected wire type; anything else instead of an object or a list is an error.
///
/// - SeeAlso: OTLP specification 1.9.0, section "JSON Protobuf Encoding"; Protocol Buffers, "ProtoJSON Format".
package struct JSONTraceRequestReader: Sendable {
    var keys: AttributeKeyTable
    let eventNames: AttributeKeyTable
    let wantsEvents: Bool
    /// The name number of events whose names are not wanted and whose attributes may be.
    let otherEvents: AttributeKeyID
    let maxSpans: Int
    let slice: SliceSize
    let names = JSONNames()
    /// Whether to try first the forms in which most exporters write members; affects only the speed.
    var expectsUsualForms = true

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - keys: The wanted attributes of resources, scopes, spans and events.
    ///   - events: The names of the events that are wanted.
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

    /// Reads a body that is one request.
    ///
    /// - Parameters:
    ///   - body: The inflated request, less than 4 GiB. Reading changes it: afterwards it is no longer JSON, and the ranges of
    ///     the batch refer to its new content.
    ///   - batch: Is emptied, then gets the spans, or the last slice of them. Its content is undefined after an error.
    ///   - originsFirst: Whether to read resources and scopes before their spans, which reads each byte once more. Slices need
    ///     this if ``SpanBatch/hasLateOrigins`` is set.
    ///   - take: Gets each slice except the last, and the body's current bytes.
    /// - Throws: ``OTLPError`` if the body is not such a request or is cut short; no bytes make it trap. A body that was read
    ///   without an error is read without an error again, once its original bytes are restored.
    /// - Complexity: Linear in the body's length.
    package func read(
        _ body: inout MutableSpan<UInt8>, into batch: inout SpanBatch, originsFirst: Bool = false,
        _ take: (SpanBatch, Span<UInt8>) -> Void = { _, _ in }
    ) throws(OTLPError) {
        try read(0..<body.count, of: &body, into: &batch, originsFirst: originsFirst, take)
    }

    /// Reads one of the requests that ``requests(in:)`` found in a body.
    ///
    /// - Parameters:
    ///   - range: The indices of the request in the body.
    ///   - body: All bytes, less than 4 GiB. The request is no longer JSON afterwards.
    ///   - batch: Is emptied, then gets the spans, or the last slice of them. Its content is undefined after an error.
    ///   - originsFirst: As for a body that is one request.
    ///   - take: Gets each slice except the last, and the body's current bytes.
    /// - Throws: ``OTLPError`` if the bytes are not such a request or it is cut short; no bytes make it trap.
    /// - Complexity: Linear in the request's length.
    package func read(
        _ range: Range<Int>, of body: inout MutableSpan<UInt8>, into batch: inout SpanBatch, originsFirst: Bool = false,
        _ take: (SpanBatch, Span<UInt8>) -> Void = { _, _ in }
    ) throws(OTLPError) {
        precondition(body.count < 1 << 32, "the ceiling on inflated bytes must stay below 4 GiB")
        // A copy that may learn keys; the batch keeps them.
        var reader = self
        batch.lendKeys(to: &reader.keys)
        defer { batch.keep(&reader.keys) }
        try reader.readRequest(range, of: &body, into: &batch, originsFirst, take)
    }

    private mutating func readRequest(
        _ range: Range<Int>, of body: inout MutableSpan<UInt8>, into batch: inout SpanBatch, _ originsFirst: Bool,
        _ take: (SpanBatch, Span<UInt8>) -> Void
    ) throws(OTLPError) {
        batch.removeAll()
        batch.shapes.removeAll()
        var cursor = JSONCursor(range, of: body.span)
        cursor.stepOverByteOrderMark(in: body.span)
        guard cursor.peek(in: body.span) != 0 || cursor.offset < cursor.end else { throw .jsonEmpty }
        guard try cursor.enterObject(in: body.span) else { throw .jsonUnexpected(.object, offset: cursor.offset - 4) }
        while try cursor.nextMember(in: body.span) {
            guard try field(&cursor, &body) == .resourceSpans else {
                try cursor.skipValue(in: body.span)
                continue
            }
            guard try cursor.enterList(in: body.span) else { continue }
            while try cursor.nextElement(in: body.span) {
                try readResourceSpans(&cursor, &body, &batch, originsFirst, take)
            }
        }
        guard cursor.peek(in: body.span) == 0, cursor.offset == cursor.end else {
            throw .jsonUnexpected(.end, offset: cursor.offset)
        }
    }

    /// Steps over the name at the cursor and returns its meaning.
    @inline(__always)
    func field(_ cursor: inout JSONCursor, _ body: inout MutableSpan<UInt8>) throws(OTLPError) -> JSONField? {
        let name = body.unescape(try cursor.name(in: body.span))
        return names.field(name, in: body.span)
    }

    private mutating func readResourceSpans(
        _ cursor: inout JSONCursor, _ body: inout MutableSpan<UInt8>, _ batch: inout SpanBatch, _ originsFirst: Bool,
        _ take: (SpanBatch, Span<UInt8>) -> Void
    ) throws(OTLPError) {
        if batch.isFull(slice) {
            batch.handOver(continuesResource: false, continuesScope: false) { take($0, body.span) }
        }
        // Spans refer to their resource by number, so that the resource may follow them in the object.
        guard batch.earlier.resources + batch.resources.count < maxSpans else { throw .tooManySpans(limit: maxSpans) }
        var resource = batch.resources.count
        batch.resources.append(ResourceRecord())
        var known: Range<Int>?
        if originsFirst, let range = try valueRange(of: .resource, in: cursor, body.span) {
            known = range
            var there = JSONCursor(range, of: body.span)
            batch.resources[resource] = try readResource(&there, &body, &batch, after: ResourceRecord())
        }
        var hasScopes = false
        guard try cursor.enterObject(in: body.span) else { return }
        while try cursor.nextMember(in: body.span) {
            switch try field(&cursor, &body) {
            case .resource where originsFirst: try cursor.stepOverValue(known, in: body.span)
            case .resource:
                batch.hasLateOrigins = batch.hasLateOrigins || hasScopes
                batch.resources[resource] = try readResource(&cursor, &body, &batch, after: batch.resources[resource])
            case .scopeSpans:
                guard try cursor.enterList(in: body.span) else { continue }
                while try cursor.nextElement(in: body.span) {
                    hasScopes = true
                    try readScopeSpans(&cursor, resource: &resource, &body, &batch, originsFirst, take)
                }
            default: try cursor.skipValue(in: body.span)
            }
        }
    }

    private mutating func readResource(
        _ cursor: inout JSONCursor, _ body: inout MutableSpan<UInt8>, _ batch: inout SpanBatch,
        after earlier: ResourceRecord
    ) throws(OTLPError) -> ResourceRecord {
        var record = ResourceRecord()
        batch.removeLast(earlier.attributes)
        let first = batch.attributes.count
        _ = cursor.peek(in: body.span)
        let start = cursor.offset
        guard try cursor.enterObject(in: body.span) else { return record }
        while try cursor.nextMember(in: body.span) {
            switch try field(&cursor, &body) {
            case .attributes: try readAttributes(&cursor, from: first, &body, &batch)
            default: try cursor.skipValue(in: body.span)
            }
        }
        record.content = ByteRange(start..<cursor.offset)
        record.attributes = batch.attributeRange(from: first)
        return record
    }

    private mutating func readScopeSpans(
        _ cursor: inout JSONCursor, resource: inout Int, _ body: inout MutableSpan<UInt8>, _ batch: inout SpanBatch,
        _ originsFirst: Bool, _ take: (SpanBatch, Span<UInt8>) -> Void
    ) throws(OTLPError) {
        if batch.isFull(slice) {
            batch.handOver(continuesResource: true, continuesScope: false) { take($0, body.span) }
            resource = 0
        }
        // Empty scopes are two bytes on the wire and many times that here.
        guard batch.earlier.scopes + batch.scopes.count < maxSpans else { throw .tooManySpans(limit: maxSpans) }
        var scope = batch.scopes.count
        batch.scopes.append(ScopeRecord())
        var known: Range<Int>?
        if originsFirst, let range = try valueRange(of: .scope, in: cursor, body.span) {
            known = range
            var there = JSONCursor(range, of: body.span)
            batch.scopes[scope] = try readScope(&there, &body, &batch, after: ScopeRecord())
        }
        var hasSpans = false
        guard try cursor.enterObject(in: body.span) else { return }
        while try cursor.nextMember(in: body.span) {
            switch try field(&cursor, &body) {
            case .scope where originsFirst: try cursor.stepOverValue(known, in: body.span)
            case .scope:
                batch.hasLateOrigins = batch.hasLateOrigins || hasSpans
                batch.scopes[scope] = try readScope(&cursor, &body, &batch, after: batch.scopes[scope])
            case .spans:
                guard try cursor.enterList(in: body.span) else { continue }
                while try cursor.nextElement(in: body.span) {
                    hasSpans = true
                    if batch.isFull(slice) {
                        batch.handOver(continuesResource: true, continuesScope: true) { take($0, body.span) }
                        (resource, scope) = (0, 0)
                    }
                    try readSpan(&cursor, resource: UInt32(resource), scope: UInt32(scope), &body, &batch)
                }
            default: try cursor.skipValue(in: body.span)
            }
        }
    }

    private mutating func readScope(
        _ cursor: inout JSONCursor, _ body: inout MutableSpan<UInt8>, _ batch: inout SpanBatch,
        after earlier: ScopeRecord
    ) throws(OTLPError) -> ScopeRecord {
        var record = ScopeRecord()
        batch.removeLast(earlier.attributes)
        let first = batch.attributes.count
        guard try cursor.enterObject(in: body.span) else { return record }
        while try cursor.nextMember(in: body.span) {
            switch try field(&cursor, &body) {
            case .name: record.name = try cursor.text(&body) ?? ByteRange()
            case .version: record.version = try cursor.text(&body) ?? ByteRange()
            case .attributes: try readAttributes(&cursor, from: first, &body, &batch)
            default: try cursor.skipValue(in: body.span)
            }
        }
        record.attributes = batch.attributeRange(from: first)
        return record
    }
}
