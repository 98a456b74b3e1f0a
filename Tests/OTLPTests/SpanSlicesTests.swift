// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import Testing

/// A body that is read slice by slice has the spans that it has as a whole.
@Suite struct SpanSlicesTests {
    private static let writer = TraceRequestWriter()
    private static let events = Set(RandomRequest.eventNames.sorted().dropLast())

    /// A request whose resources and scopes come in parts, before, among and behind their spans.
    private static func scattered(seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        func shuffled(_ parts: [[UInt8]]) -> [UInt8] { Array(parts.shuffled(using: &random).joined()) }
        func count(_ most: Int) -> Range<Int> { 0..<Int.random(in: 0...most, using: &random) }
        return (0..<Int.random(in: 1...4, using: &random)).flatMap { _ in
            let scopes = count(3).map { _ in
                let parts = count(2).map { _ in
                    writer.field(
                        1,
                        writer.field(1, Array(RandomRequest.text(&random).utf8))
                            + writer.attributes(RandomRequest.attributes(&random), number: 3))
                }
                let spans = count(6).map { _ in writer.field(2, writer.span(RandomRequest.span(&random))) }
                return writer.field(2, shuffled(parts + spans))
            }
            let parts = count(3).map { _ in
                writer.field(1, writer.attributes(RandomRequest.attributes(&random), number: 1))
            }
            return writer.field(1, shuffled(parts + scopes))
        }
    }

    private static let sizes = [
        SliceSize(origins: 1, attributes: .max), SliceSize(origins: 2, attributes: 3),
        SliceSize(origins: 3, attributes: .max), SliceSize(origins: .max / 2, attributes: 1),
    ]

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `slices of a request have the spans of the whole, wherever its resources and scopes stand`(
        seed: UInt64
    ) throws {
        let body = Self.scattered(seed: seed)
        let keys = try #require(SecondReader.read(body)).keys
        let whole = try FirstReader.read(body, wanting: keys, events: Self.events)
        for size in Self.sizes {
            #expect(try FirstReader.readSlices(of: body, size, wanting: keys, events: Self.events) == whole)
        }
        var spelling = JSONRequestWriter.Spelling()
        spelling.anyOrder = true
        spelling.escapesAll = seed % 2 == 0
        spelling.oddMembers = seed % 3 == 0
        var writer = JSONRequestWriter(spelling, seed: seed)
        let json = writer.convert(body)
        let wholeJSON = try FirstReader.readJSON(json, wanting: keys, events: Self.events)
        for size in Self.sizes {
            #expect(try FirstReader.readSlices(ofJSON: json, size, wanting: keys, events: Self.events) == wholeJSON)
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `a damaged request is read in slices as far as it is as a whole`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let body = Self.scattered(seed: seed)
        let keys: Set<String> = ["k", "ak", "gen_ai.request.model"]
        func damaged(_ body: [UInt8]) -> [UInt8] {
            var body = body
            for _ in 0..<Int.random(in: 1...4, using: &random) where !body.isEmpty {
                body[Int.random(in: body.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            return body
        }
        func outcome(_ read: () throws(OTLPError) -> [String]) -> Result<[String], OTLPError> {
            do throws(OTLPError) { return .success(try read()) } catch { return .failure(error) }
        }
        let bytes = damaged(body)
        let whole = outcome { () throws(OTLPError) in
            try FirstReader.read(bytes, wanting: keys, events: Self.events)
        }
        var writer = JSONRequestWriter(JSONRequestWriter.Spelling(), seed: seed)
        let json = damaged(writer.convert(body))
        let wholeJSON = outcome { () throws(OTLPError) in
            try FirstReader.readJSON(json, wanting: keys, events: Self.events)
        }
        for size in Self.sizes {
            let slices = outcome { () throws(OTLPError) in
                try FirstReader.readSlices(of: bytes, size, wanting: keys, events: Self.events)
            }
            #expect(slices == whole)
            let slicesOfJSON = outcome { () throws(OTLPError) in
                try FirstReader.readSlices(ofJSON: json, size, wanting: keys, events: Self.events)
            }
            #expect(slicesOfJSON == wholeJSON)
        }
    }

    @Test(
        arguments: [
            #""scopeSpans":[{"spans":[S,S,S],"scope":{"name":"a\"b"}},{"spans":[S]}],"resource":{"attributes":[A]}"#,
            #""resource":{"attributes":[]},"scopeSpans":[{"spans":[S,S]}],"res\u006furce":{"attributes":[A]}"#,
            #""scopeSpans":[{"sc\u006fpe":{"name":"\"\\\n"},"spans":[S],"scope":null}],"resource":null"#,
            #""scopeSpans":[],"scopeSpans":[{"spans":[S],"spans":[S],"scope":{"name":"x"},"scope":{"name":"\"y"}}]"#,
        ])
    func `JSON whose escapes stand in resources and scopes behind their spans is read twice`(members: String) throws {
        let span = #"{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001","name":"\"\t"}"#
        let attribute = #"{"key":"k","value":{"stringValue":"\"quoted\" \\ \u00e9"}}"#
        let text = members.replacing("S]", with: span + "]").replacing("S,", with: span + ",")
            .replacing("A]", with: attribute + "]")
        let body = Array(#"{"resourceSpans":[{\#(text)},{\#(text)}]}"#.utf8)
        let whole = try FirstReader.readJSON(body, wanting: ["k"])
        #expect(whole.count >= 2)
        for size in Self.sizes {
            #expect(try FirstReader.readSlices(ofJSON: body, size, wanting: ["k"]) == whole)
        }
    }

    @Test func `the deepest nesting allowed in JSON is also allowed after spans`() throws {
        let depth = 9_999
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let span = #"{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001"}"#
        let body = Array(
            #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(span),\#(span)],"scope":{"x":\#(deep)}}]}]}"#.utf8)
        for size in Self.sizes {
            #expect(try FirstReader.readSlices(ofJSON: body, size, wanting: []).count == 2)
        }
    }

    @Test func `a batch is as large as a slice, however many spans the body has`() throws {
        let span = Self.writer.field(
            2,
            Self.writer.span(
                TraceRequestWriter.Span(
                    traceID: [UInt8](repeating: 1, count: 16), spanID: [UInt8](repeating: 1, count: 8),
                    attributes: [("a", .int(1)), ("b", .int(2))])))
        let spans = Array(repeatElement(span, count: 20_000).joined())
        let reader = TraceRequestReader(
            keys: FirstReader.table(["a", "b"]), slice: SliceSize(origins: 100, attributes: 1_000))
        var batch = SpanBatch()
        let body = Self.writer.field(1, Self.writer.field(2, spans))
        var (largest, count) = (0, 0)
        try reader.read(body.span, into: &batch) { slice in
            largest = max(largest, slice.memoryBytes)
            count += slice.spans.count
        }
        #expect(count + batch.spans.count == 20_000)
        #expect(batch.earlierSlices == 199)
        #expect(largest < 64 << 10)
    }

    @Test func `empty scopes and resources fill slices, and are counted over all of them`() throws {
        let reader = TraceRequestReader(
            keys: AttributeKeys(), maxSpans: 1_000, slice: SliceSize(origins: 10, attributes: 10))
        var batch = SpanBatch()
        func read(_ scopes: Int, _ resources: Int) throws {
            let content = [UInt8](repeatElement([0x12, 0], count: scopes).joined())
            let rest = [UInt8](repeatElement([0x0A, 0], count: resources).joined())
            try reader.read((Self.writer.field(1, content) + rest).span, into: &batch)
        }
        try read(1_000, 999)
        #expect(batch.memoryBytes < 4_096)
        #expect(throws: OTLPError.tooManySpans(limit: 1_000)) { try read(1_001, 0) }
        #expect(throws: OTLPError.tooManySpans(limit: 1_000)) { try read(0, 1_000) }
    }

    @Test func `a span has at most 1024 attributes, and those left out are counted`() throws {
        func span(_ attributes: Int) -> TraceRequestWriter.Span {
            var span = TraceRequestWriter.Span(
                traceID: [UInt8](repeating: 1, count: 16), spanID: [UInt8](repeating: 1, count: 8))
            span.attributes = (0..<attributes).map { ("a", .int(Int64($0))) }
            span.events = [TraceRequestWriter.Event("exception", attributes: span.attributes)]
            return span
        }
        let body = Self.writer.request(spans: [span(3), span(3_000), span(1_024)])
        var batch = SpanBatch()
        let (keys, events) = (FirstReader.table(["a"]), FirstReader.table(["exception"]))
        try TraceRequestReader(keys: keys, events: events).read(body.span, into: &batch)
        func check() {
            #expect(batch.spans.map(\.attributes.count) == [3, 1_024, 1_024])
            #expect(batch.events.map(\.attributes.count) == [3, 1_024, 1_024])
            #expect(batch.droppedAttributes == 2 * (3_000 - 1_024))
            #expect(batch.attributes[Int(batch.spans[2].attributes.first)].value == .int(0))
        }
        check()
        var writer = JSONRequestWriter()
        var json = writer.convert(body)
        var bytes = json.mutableSpan
        try JSONTraceRequestReader(keys: keys, events: events).read(&bytes, into: &batch)
        check()
    }
}
