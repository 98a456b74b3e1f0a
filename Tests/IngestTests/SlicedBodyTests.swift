// SPDX-License-Identifier: Apache-2.0
import Compression
import GenAI
import Ingest
import OTLP
import TestData
import Testing
import TestRooms

/// Bodies that are larger than a slice are counted as if they were none.
@Suite struct SlicedBodyTests {
    /// Traces of agents over calls, with twins, copies and tools, in no order, of which some spans have no id.
    private static func spans(seed: UInt64, traces: Int = 20) -> [TraceRequestWriter.Span] {
        var random = SeededGenerator(seed: seed)
        var spans: [TraceRequestWriter.Span] = []
        for trace in 0..<traces {
            func span(_ number: UInt8, _ operation: String, below parent: UInt8?) -> TraceRequestWriter.Span {
                let count = Int64.random(in: 1...100_000, using: &random)
                var span = TraceRequestWriter.Span(
                    traceID: [UInt8(trace + 1)] + [UInt8](1...15), spanID: [UInt8](1...7) + [number],
                    attributes: [
                        ("gen_ai.operation.name", .string(operation)),
                        ("gen_ai.request.model", .string(["gpt-4o", "o4-mini", "\"odd\"\\\n"][trace % 3])),
                        ("gen_ai.usage.input_tokens", .int(count)), ("gen_ai.usage.output_tokens", .int(count % 100)),
                    ])
                if let parent { span.parentSpanID = [UInt8](1...7) + [parent] }
                return span
            }
            let agent = span(1, "invoke_agent", below: nil)
            let calls = (2...4).map { span($0, "chat", below: 1) }
            var twin = calls[0]
            twin.spanID[7] = 9
            twin.parentSpanID = calls[0].spanID
            spans += [agent] + calls + [twin, calls[1], span(5, "execute_tool", below: 1)]
            if trace % 5 == 0 { spans.append(TraceRequestWriter.Span(traceID: [], spanID: [])) }
        }
        return spans.shuffled(using: &random)
    }

    /// Two resources of two scopes; one resource stands behind its spans.
    private static func body(_ spans: [TraceRequestWriter.Span]) -> [UInt8] {
        let writer = TraceRequestWriter()
        let half = spans.count / 2
        return writer.field(
            1,
            writer.resourceSpans(
                resource: [("team", .string("search \"1\""))], scope: "a", spans: Array(spans[..<half]),
                resourceLast: true))
            + writer.field(
                1,
                writer.resourceSpans(resource: [("team", .string("ads"))], scope: "b", spans: Array(spans[half...])))
    }

    private static func replayed(_ slice: SliceSize?) throws -> Replayed {
        try Replayed(labels: [LabelRule(name: "team", sources: [.resource("team")])], slice: slice)
    }

    /// What is shown, without how large bodies were.
    private static func shown(_ replayed: Replayed) -> [String] {
        replayed.lines("llm_").filter { !$0.contains("bytes") }
    }

    private static let sizes = [1, 2, 7, 50].map { SliceSize(origins: $0, attributes: 4 * $0) }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `a body in slices is counted as in one piece, in every form`(seed: UInt64) throws {
        let body = Self.body(Self.spans(seed: seed))
        var writer = JSONRequestWriter()
        let json = writer.convert(body)
        let forms: [([UInt8], BodyForm)] = [
            (body, BodyForm()), (try #require(Gzip.compress(body)), BodyForm(coding: .gzip)),
            (json, BodyForm(encoding: .json)),
            (try #require(Gzip.compress(json)), BodyForm(encoding: .json, coding: .gzip)),
        ]
        for (bytes, form) in forms {
            let whole = try Self.replayed(nil)
            let receipt = try whole.ingest(bytes, coding: form.coding, encoding: form.encoding)
            #expect(receipt.rejectedSpans == 4)
            #expect(receipt.acceptedSpans == 140)
            let expected = Self.shown(whole)
            #expect(expected.contains { $0.contains(#"team="ads""#) })
            #expect(expected.contains { $0.hasPrefix(#"llm_cost_exporter_spans_total{outcome="duplicate"} 20"#) })
            for size in Self.sizes {
                let sliced = try Self.replayed(size)
                #expect(try sliced.ingest(bytes, coding: form.coding, encoding: form.encoding) == receipt)
                #expect(Self.shown(sliced) == expected)
            }
        }
    }

    @Test func `a stripped body in slices is counted as in one piece`() throws {
        var spans = Self.spans(seed: 7)
        let prompt = String(repeating: "prose ", count: 3_000)
        for index in spans.indices { spans[index].attributes.append(("gen_ai.input.messages", .string(prompt))) }
        let body = Self.body(spans)
        let whole = try Self.replayed(nil)
        let receipt = try whole.ingest(body)
        let sliced = try Self.replayed(Self.sizes[2])
        var stripper = try #require(sliced.pipeline.stripper(for: BodyArrival(), bytes: body.count))
        #expect(stripper.take(body.span) == body.count)
        #expect(try sliced.pipeline.ingest(stripper.finish(), arrival: BodyArrival()) { _ in true } == receipt)
        #expect(Self.shown(sliced) == Self.shown(whole))
    }

    @Test func `nothing of a body with a wrong last byte is counted, however many slices precede it`() throws {
        let body = Self.body(Self.spans(seed: 1))
        var writer = JSONRequestWriter()
        let json = writer.convert(body)
        let replayed = try Self.replayed(Self.sizes[0])
        #expect(throws: IngestError.self) { try replayed.ingest(body.dropLast()) }
        #expect(throws: IngestError.self) { try replayed.ingest(json.dropLast(), encoding: .json) }
        #expect(throws: IngestError.self) {
            try replayed.ingest(Gzip.compress(Array(json.dropLast())) ?? [], coding: .gzip, encoding: .json)
        }
        #expect(replayed.lines("llm_requests_total").isEmpty)
        #expect(replayed.lines("llm_cost_exporter_spans_total").allSatisfy { $0.hasSuffix(" 0") })
        try replayed.ingest(body)
        #expect(!replayed.lines("llm_requests_total").isEmpty)
    }

    @Test(arguments: [BodyEncoding.protobuf, .json], [ContentCoding.identity, .gzip])
    func `memory for spans is asked for before any is counted`(encoding: BodyEncoding, coding: ContentCoding) throws {
        let body = Self.body(Self.spans(seed: 2))
        var writer = JSONRequestWriter()
        let plain = encoding == .json ? writer.convert(body) : body
        let bytes = coding == .gzip ? try #require(Gzip.compress(plain)) : plain
        let replayed = try Self.replayed(SliceSize(origins: 50, attributes: 1_000))
        let arrival = BodyArrival(form: BodyForm(encoding: encoding, coding: coding))
        var asked: [Int] = []
        _ = try replayed.pipeline.ingest(bytes.span, arrival: arrival) {
            asked.append($0)
            return true
        }
        // Fifty spans of 90 bytes, the calls that they become, and as many that are due; never all 140.
        let inflated = coding == .gzip ? max(64 << 10, plain.count) : encoding == .json ? plain.count : 0
        let largest = try #require(asked.max())
        let spans = largest - inflated
        #expect(spans > 50 * 90)
        #expect(spans < 100_000)

        let refused = try Self.replayed(SliceSize(origins: 50, attributes: 1_000))
        let refusedOne = try #require(asked.firstIndex(of: largest))
        var number = 0
        #expect(throws: IngestError.self) {
            try refused.pipeline.ingest(bytes.span, arrival: arrival) { _ in
                number += 1
                return number <= refusedOne
            }
        }
        #expect(refused.lines("llm_requests_total").isEmpty)
    }

    @Test func `attributes that are left out are counted`() throws {
        var span = Self.spans(seed: 3)[0]
        span.attributes += (0..<2_000).map { ("gen_ai.usage.input_tokens", .int(Int64($0))) }
        let replayed = try Self.replayed(nil)
        try replayed.ingest([span])
        let dropped = 2_000 + 4 - 1_024
        #expect(
            replayed.lines("llm_cost_exporter_attributes_dropped_total") == [
                "llm_cost_exporter_attributes_dropped_total \(dropped)"
            ])
    }
}
