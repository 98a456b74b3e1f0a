// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import Testing

@Suite struct EventTests {
    private static let writer = TraceRequestWriter()

    private static func request(
        _ events: [TraceRequestWriter.Event], among: Bool = false, spanID: [UInt8] = [UInt8](1...8)
    ) -> [UInt8] {
        var span = TraceRequestWriter.Span(
            traceID: [UInt8](1...16), spanID: spanID, attributes: [("own", .int(1)), ("own", .int(2))])
        span.events = events
        span.eventsAmongAttributes = among
        return writer.request(spans: [span])
    }

    private static func read(_ body: [UInt8], events: Set<String>) throws(OTLPError) -> SpanBatch {
        let reader = TraceRequestReader(keys: FirstReader.table(["own", "score"]), events: FirstReader.table(events))
        var batch = SpanBatch()
        try reader.read(body.span, into: &batch)
        return batch
    }

    @Test(arguments: [false, true])
    func `the first event of each wanted name is kept, wherever it stands`(among: Bool) throws {
        let body = Self.request(
            [
                .init("noise", attributes: [("score", .int(9))]),
                .init("b", nanoseconds: 7, attributes: [("score", .int(3)), ("label", .string("good"))]),
                .init("a", nanoseconds: 8), .init("b", nanoseconds: 9, attributes: [("score", .int(4))]),
            ], among: among)
        let batch = try Self.read(body, events: ["a", "b"])
        let span = try #require(batch.spans.first)
        #expect(span.events.indices.map { batch.events[$0].name } == [1, 0])
        #expect(span.events.indices.map { batch.events[$0].timeNanoseconds } == [7, 8])
        #expect(span.attributes.indices.map { batch.attributes[$0].value } == [.int(1), .int(2)])
        let scores = batch.events[0].attributes.indices.map { batch.attributes[$0].value }
        #expect(scores == [.int(3)])
        #expect(batch.events[1].attributes.indices.isEmpty)
    }

    @Test func `thousands of events leave one record for each wanted name`() throws {
        let noise = (0..<4_000).map { TraceRequestWriter.Event($0.isMultiple(of: 2) ? "a" : "chunk") }
        let batch = try Self.read(Self.request(noise), events: ["a"])
        #expect(batch.events.count == 1)
    }

    @Test func `without wanted names there are no events`() throws {
        let batch = try Self.read(Self.request([.init("a"), .init("b")]), events: [])
        #expect(batch.events.isEmpty)
        #expect(batch.spans[0].events.indices.isEmpty)
    }

    @Test func `a refused span leaves no events, and neither does the body before`() throws {
        var batch = try Self.read(Self.request([.init("a")]), events: ["a"])
        #expect(batch.events.count == 1)
        let reader = TraceRequestReader(keys: AttributeKeys(), events: FirstReader.table(["a"]))
        let body = Self.request([.init("a")], spanID: [])
        try reader.read(body.span, into: &batch)
        #expect(batch.refused.total == 1)
        #expect(batch.events.isEmpty)
    }

    @Test func `a damaged event is an error where events are wanted`() throws {
        let w = Self.writer
        let event = w.field(2, Array("a".utf8)) + w.tag(3, 2) + [9, 1]
        let body = w.field(1, w.field(2, w.field(2, w.field(11, event))))
        #expect(throws: OTLPError.self) { try Self.read(body, events: ["a"]) }
        #expect(throws: Never.self) { try Self.read(body, events: []) }
    }

    @Test func `a resource says where its message lies, in the first part if it has two`() throws {
        let w = Self.writer
        let resource = w.attributes([("own", .int(1))], number: 1)
        let body = w.field(1, w.field(1, resource) + w.field(1, [])) + w.field(1, [])
        let batch = try Self.read(body, events: [])
        let content = batch.resources[0].content
        #expect(Array(body[Int(content.offset)..<Int(content.offset + content.length)]) == resource)
        #expect(batch.resources[1].content == ByteRange())
    }
}
