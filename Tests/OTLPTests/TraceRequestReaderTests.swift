// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import Testing

@Suite struct TraceRequestReaderTests {
    private static let writer = TraceRequestWriter()
    private static let traceID = [UInt8](1...16)
    private static let spanID = [UInt8](1...8)

    private static func read(_ body: [UInt8], wanting names: [String] = []) throws(OTLPError) -> SpanBatch {
        var keys = AttributeKeys()
        for name in names { _ = keys.id(of: name) }
        var batch = SpanBatch()
        try TraceRequestReader(keys: keys).read(body.span, into: &batch)
        return batch
    }

    @Test func `an empty body has no spans`() throws {
        #expect(try Self.read([]).spans.isEmpty)
    }

    @Test func `a span says who it is, when it ran and how it ended`() throws {
        var span = TraceRequestWriter.Span(traceID: Self.traceID, spanID: Self.spanID)
        span.parentSpanID = [9, 9, 9, 9, 9, 9, 9, 9]
        span.kind = 2
        span.status = 2
        span.startNanoseconds = 5
        span.endNanoseconds = 1 << 63
        span.name = "POST"
        let body = Self.writer.request(spans: [span])
        let read = try #require(try Self.read(body).spans.first)
        #expect(read.traceIDHigh == 0x0102_0304_0506_0708)
        #expect(read.traceIDLow == 0x090A_0B0C_0D0E_0F10)
        #expect(read.spanID == 0x0102_0304_0506_0708)
        #expect(read.parentSpanID == 0x0909_0909_0909_0909)
        #expect(read.kind == .server)
        #expect(read.status == .error)
        #expect(read.startNanoseconds == 5)
        #expect(read.endNanoseconds == Outside(1 << 63))
        #expect(read.name.text(in: body.span) == "POST")
    }

    @Test func `only wanted attributes are kept, with their values`() throws {
        let span = TraceRequestWriter.Span(
            traceID: Self.traceID, spanID: Self.spanID,
            attributes: [
                ("text", .string("grüße")), ("unwanted", .string("prompt")), ("flag", .bool(true)),
                ("number", .int(-3)), ("ratio", .double(0.25)), ("list", .strings(["a"])), ("nothing", .raw([])),
            ])
        let body = Self.writer.request(spans: [span])
        let batch = try Self.read(body, wanting: ["text", "flag", "number", "ratio", "list", "nothing"])
        let values = batch.attributes.map(\.value)
        #expect(batch.attributes.map(\.key) == [0, 1, 2, 3, 4, 5])
        guard case .string(let range) = values[0], case .structured = values[4] else {
            Issue.record("not the kinds that were sent")
            return
        }
        #expect(range.text(in: body.span) == "grüße")
        #expect(values[1] == .bool(true))
        #expect(values[2] == .int(-3))
        #expect(values[3] == .double(0.25))
        #expect(values[5] == .empty)
    }

    @Test func `bytes that are no UTF-8 become replacement characters`() throws {
        let value = Self.writer.field(1, [0x61, 0xFF, 0x62])
        let span = TraceRequestWriter.Span(
            traceID: Self.traceID, spanID: Self.spanID, attributes: [("text", .raw(value))])
        let body = Self.writer.request(spans: [span])
        let batch = try Self.read(body, wanting: ["text"])
        guard case .string(let range)? = batch.attributes.first?.value else {
            Issue.record("no text")
            return
        }
        #expect(range.text(in: body.span) == "a\u{FFFD}b")
    }

    @Test(arguments: [false, true])
    func `resource attributes are found before and behind the spans`(resourceLast: Bool) throws {
        let span = TraceRequestWriter.Span(traceID: Self.traceID, spanID: Self.spanID)
        let body = Self.writer.field(
            1,
            Self.writer.resourceSpans(
                resource: [("service.name", .string("billing"))], scope: "s", spans: [span], resourceLast: resourceLast)
        )
        let batch = try Self.read(body, wanting: ["service.name"])
        let resource = batch.resources[Int(batch.spans[0].resource)]
        #expect(resource.attributes.indices.count == 1)
        #expect(batch.scopes[Int(batch.spans[0].scope)].name.text(in: body.span) == "s")
    }

    @Test func `a resource that comes in two parts has the attributes of both`() throws {
        func resource(_ name: String) -> [UInt8] {
            Self.writer.field(1, Self.writer.attributes([(name, .int(1))], number: 1))
        }
        let body = Self.writer.field(1, resource("a") + resource("b"))
        let batch = try Self.read(body, wanting: ["a", "b"])
        #expect(batch.resources[0].attributes.indices.map { batch.attributes[$0].key } == [0, 1])
    }

    @Test func `a resource and a scope in a thousand parts, with spans between them, take each part once`() throws {
        let w = Self.writer
        let one = w.attributes([("a", .int(1))], number: 1)
        let span = TraceRequestWriter.Span(
            traceID: Self.traceID, spanID: Self.spanID, attributes: [("a", .int(2))])
        let scopeSpans = w.field(2, w.field(1, w.attributes([("a", .int(1))], number: 3)) + w.field(2, w.span(span)))
        let parts = (0..<1_000).flatMap { _ in w.field(1, one) + scopeSpans }
        let batch = try Self.read(w.field(1, parts), wanting: ["a"])
        #expect(batch.resources[0].attributes.count == 1_000)
        #expect(batch.scopes.map(\.attributes.count) == [UInt32](repeating: 1, count: 1_000))
        // The part that stood before all scopes is there a second time, for nobody.
        #expect(batch.attributes.count == 3 * 1_000 + 1)
    }

    @Test(
        arguments: [
            ([], [UInt8](1...8)), ([UInt8](1...15), [UInt8](1...8)), ([UInt8](1...16), []), ([UInt8](1...16), [1]),
            ([UInt8](repeating: 0, count: 16), [UInt8](1...8)), ([UInt8](1...16), [UInt8](repeating: 0, count: 8)),
        ] as [([UInt8], [UInt8])])
    func `a span without identity is refused and the others are kept`(traceID: [UInt8], spanID: [UInt8]) throws {
        let bad = TraceRequestWriter.Span(traceID: traceID, spanID: spanID, attributes: [("text", .string("x"))])
        let good = TraceRequestWriter.Span(
            traceID: Self.traceID, spanID: Self.spanID, attributes: [("text", .string("y"))])
        let batch = try Self.read(Self.writer.request(spans: [bad, good]), wanting: ["text"])
        #expect(batch.refused.total == 1)
        #expect(batch.spans.count == 1)
        #expect(batch.spans[0].attributes.indices.count == 1)
    }

    @Test func `unknown fields and wrong wire types are passed over`() throws {
        let span = TraceRequestWriter.Span(traceID: Self.traceID, spanID: Self.spanID)
        let w = Self.writer
        let oddities =
            w.tag(1, 0) + w.varint(7) + w.tag(99, 5) + [1, 2, 3, 4] + w.tag(98, 1) + [UInt8](repeating: 1, count: 8)
            + w.field(97, [1, 2, 3])
        let content = w.field(2, w.field(2, oddities + w.span(span)) + oddities)
        let batch = try Self.read(oddities + w.field(1, content))
        #expect(batch.spans.count == 1)
        #expect(batch.refused.total == 0)
    }

    @Test(
        arguments: [
            ([0x0A], .truncated(offset: 1)),
            ([0x0A, 0x05, 0x00], .truncated(offset: 1)),
            ([0x00], .invalidFieldNumber(offset: 0)),
            ([0x0B], .unsupportedWireType(3, offset: 0)),
            ([0x0C], .unsupportedWireType(4, offset: 0)),
            ([0x0F], .unsupportedWireType(7, offset: 0)),
            ([0x0D, 1, 2], .truncated(offset: 0)),
            ([0x09, 1, 2], .truncated(offset: 1)),
            ([UInt8](repeating: 0xFF, count: 11), .varintTooLong(offset: 0)),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .truncated(offset: 1)),
        ] as [([UInt8], OTLPError)])
    func `a damaged body says where`(body: [UInt8], error: OTLPError) {
        #expect(throws: error) { try Self.read(body) }
    }

    @Test func `nesting costs nothing, however deep`() throws {
        var value = Self.writer.value(.int(1))
        for _ in 0..<10_000 { value = Self.writer.field(5, Self.writer.field(1, value)) }
        let span = TraceRequestWriter.Span(
            traceID: Self.traceID, spanID: Self.spanID, attributes: [("deep", .raw(value))])
        let batch = try Self.read(Self.writer.request(spans: [span]), wanting: ["deep"])
        #expect(batch.attributes.count == 1)
    }

    @Test func `more spans than allowed are refused as a whole`() {
        let spans = (1...5).map { TraceRequestWriter.Span(traceID: Self.traceID, spanID: [0, 0, 0, 0, 0, 0, 0, $0]) }
        let body = Self.writer.request(spans: spans)
        var batch = SpanBatch()
        #expect(throws: OTLPError.tooManySpans(limit: 4)) {
            try TraceRequestReader(keys: AttributeKeys(), maxSpans: 4).read(body.span, into: &batch)
        }
    }

    @Test func `more scopes or resources than allowed are refused as a whole`() {
        var batch = SpanBatch()
        let reader = TraceRequestReader(keys: AttributeKeys(), maxSpans: 4)
        // ResourceSpans with empty ScopeSpans, and empty ResourceSpans.
        let scopes: [UInt8] = [0x0A, 10] + (0..<5).flatMap { _ in [0x12, 0] as [UInt8] }
        let resources = (0..<5).flatMap { _ in [0x0A, 0] as [UInt8] }
        for body in [scopes, resources] {
            #expect(throws: OTLPError.tooManySpans(limit: 4)) { try reader.read(body.span, into: &batch) }
        }
    }

    @Test func `keys that begin and end alike are told apart`() throws {
        let names = ["gen_ai.usage.audio.input_tokens", "gen_ai.usage.image.input_tokens", "a", "b", ""]
        let span = TraceRequestWriter.Span(
            traceID: Self.traceID, spanID: Self.spanID, attributes: names.map { ($0, .int(1)) })
        let batch = try Self.read(Self.writer.request(spans: [span]), wanting: Array(names.dropLast()))
        #expect(batch.attributes.map(\.key) == [0, 1, 2, 3])
    }
}
