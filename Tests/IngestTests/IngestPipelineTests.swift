// SPDX-License-Identifier: Apache-2.0
import Billing
import Compression
import Ingest
import OTLP
import TestData
import Testing
import TestRooms

@Suite struct IngestPipelineTests {
    /// Spans of every kind: calls of several models with any counts, agents, tools, failures.
    private static func spans(_ random: inout SeededGenerator) -> [TraceRequestWriter.Span] {
        let models = ["gpt-4o", "o4-mini", "claude-sonnet-4-5", "gemini-2.5-pro", "nobody-knows"]
        let operations = ["chat", "chat", "embeddings", "invoke_agent", "execute_tool", "generate_content"]
        return (0..<40).map { number in
            func count(_ limit: Int64) -> Int64 { Int64.random(in: 0...limit, using: &random) }
            let input = count(300_000)
            let output = count(5_000)
            var span = TraceRequestWriter.Span(
                traceID: [UInt8](1...16), spanID: [1, 0, 0, 0, 0, 0, 0, UInt8(number + 1)],
                attributes: [
                    ("gen_ai.operation.name", .string(operations.randomElement(using: &random) ?? "")),
                    ("gen_ai.request.model", .string(models.randomElement(using: &random) ?? "")),
                    ("gen_ai.usage.input_tokens", .int(input)), ("gen_ai.usage.output_tokens", .int(output)),
                    ("gen_ai.usage.cache_read.input_tokens", .int(count(input))),
                    ("gen_ai.usage.reasoning.output_tokens", .int(count(output))),
                ])
            span.status = UInt64.random(in: 0...2, using: &random)
            return span
        }
    }

    private static func sum(_ lines: [String]) -> Double {
        lines.reduce(0) { $0 + (Double($1.split(separator: " ").last ?? "") ?? 0) }
    }

    @Test(arguments: 0..<25 as Range<UInt64>)
    func `neither order nor the split into bodies changes anything`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let spans = Self.spans(&random)
        let whole = try Replayed()
        try whole.ingest(spans)
        let shuffled = try Replayed()
        for span in spans.shuffled(using: &random) { try shuffled.ingest([span]) }
        // What is remembered of bodies differs; what is counted of spans does not.
        #expect(
            shuffled.lines("llm_").filter { !$0.contains("bytes") }
                == whole.lines("llm_").filter { !$0.contains("bytes") })
    }

    @Test func `a small body goes to a worker while many decided calls wait to be counted`() throws {
        var ingest = IngestConfiguration()
        ingest.countingSlice = 0
        ingest.mostUncounted = 4
        let replayed = try Replayed(clock: HandClock(), ingest: ingest)
        func takesNow(_ number: UInt8) throws -> Bool {
            let body = TraceRequestWriter().request(spans: [chat(number, usage(1, 1))])
            return try replayed.pipeline.ingestNow(body.span, arrival: BodyArrival()) { _ in true } != nil
        }
        try replayed.ingest((1...3).map { chat($0, usage(1, 1)) })
        #expect(try takesNow(4))
        replayed.letTimePass(seconds: 60)
        // It decides the first four, and leaves them.
        #expect(try takesNow(5))
        #expect(replayed.pipeline.uncounted.calls == 4)
        #expect(try !takesNow(6))
        replayed.pass(seconds: 0)
        #expect(try takesNow(6))
        #expect(replayed.samples("llm_requests_total") == [#"{model="gpt-4o",operation="chat"} 6"#])
    }

    @Test func `a body whose prompts were left out while it came counts like the whole`() throws {
        var random = SeededGenerator(seed: 11)
        var spans = Self.spans(&random)
        let prompt = String(repeating: "prose ", count: 6_000)
        for index in spans.indices { spans[index].attributes.append(("gen_ai.input.messages", .string(prompt))) }
        let body = TraceRequestWriter().request(spans: spans)
        let (whole, stripped) = (try Replayed(), try Replayed())
        let receipt = try whole.pipeline.ingest(body.span, arrival: BodyArrival()) { _ in true }

        var stripper = try #require(stripped.pipeline.stripper(for: BodyArrival(), bytes: body.count))
        #expect(stripper.take(body.span) == body.count)
        let request = stripper.finish()
        #expect(request.bytes.count < body.count / 10)
        #expect(try stripped.pipeline.ingest(request, arrival: BodyArrival()) { _ in true } == receipt)
        #expect(receipt.acceptedSpans == spans.count)
        #expect(stripped.lines("llm_") == whole.lines("llm_"))
    }

    @Test(arguments: [
        (BodyForm(coding: .gzip), 2 << 20), (BodyForm(encoding: .json), 2 << 20), (BodyForm(), (1 << 20) - 1),
        (BodyForm(), (64 << 20) + 1),
    ])
    func `a body that is small, too large or needed as it came is not stripped`(form: BodyForm, bytes: Int) throws {
        let stripper = try Replayed().pipeline.stripper(for: BodyArrival(form: form), bytes: bytes)
        #expect(stripper.map { _ in true } == nil)
    }

    @Test(arguments: 0..<25 as Range<UInt64>)
    func `every view of the dollars is the same dollars, and every token sent is in one class`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let spans = Self.spans(&random)
        var billing = BillingConfiguration()
        billing.countChildlessAgents = false
        let replayed = try Replayed(billing: billing)
        try replayed.ingest(spans)
        var sent: Int64 = 0
        for span in spans {
            guard case .string(let operation) = span.attributes[0].value,
                ["chat", "embeddings", "generate_content"].contains(operation),
                case .int(let input) = span.attributes[2].value, case .int(let output) = span.attributes[3].value
            else { continue }
            sent += input + output
        }
        #expect(Self.sum(replayed.lines("llm_tokens_used_total{")) == Double(sent))
        let cost = Self.sum(replayed.lines("llm_cost_dollars_total{"))
        #expect(cost > 0)
        for view in ["llm_token_cost_dollars_total{", "llm_cost_by_source_", "llm_cost_by_provider_"] {
            #expect(abs(Self.sum(replayed.lines(view)) - cost) < 1e-9)
        }
    }

    @Test func `a body that is sent twice is counted once`() throws {
        var random = SeededGenerator(seed: 1)
        let body = TraceRequestWriter().request(spans: Self.spans(&random))
        let once = try Replayed()
        try once.ingest(body)
        let twice = try Replayed()
        try twice.ingest(body)
        try twice.ingest(body)
        for family in ["llm_tokens_used_total", "llm_cost_dollars_total", "llm_requests_total"] {
            #expect(once.lines(family) == twice.lines(family))
        }
        let duplicates = twice.lines(#"llm_cost_exporter_spans_total{outcome="duplicate"}"#)
        #expect(Self.sum(duplicates) > 0)
    }

    @Test func `the fates of spans add up to the spans received`() throws {
        var random = SeededGenerator(seed: 2)
        let spans = Self.spans(&random) + [TraceRequestWriter.Span(traceID: [], spanID: [])]
        let replayed = try Replayed()
        let receipt = try replayed.ingest(TraceRequestWriter().request(spans: spans))
        #expect(receipt.acceptedSpans == 40)
        #expect(receipt.rejectedSpans == 1)
        #expect(receipt.message.hasPrefix("1 spans without a trace id"))
        #expect(Self.sum(replayed.lines("llm_cost_exporter_spans_total{")) == 41)
    }

    @Test func `nothing of a body that is cut short is counted`() throws {
        var random = SeededGenerator(seed: 3)
        let body = TraceRequestWriter().request(spans: Self.spans(&random))
        let replayed = try Replayed()
        #expect(throws: IngestError.self) { try replayed.ingest(Array(body.dropLast())) }
        #expect(replayed.lines("llm_requests_total").isEmpty)
        #expect(Self.sum(replayed.lines("llm_cost_exporter_spans_total{")) == 0)
        try replayed.ingest(body)
        #expect(!replayed.lines("llm_requests_total").isEmpty)
    }

    @Test func `gzip and identity come to the same`() throws {
        var random = SeededGenerator(seed: 4)
        let body = TraceRequestWriter().request(spans: Self.spans(&random))
        let plain = try Replayed()
        try plain.ingest(body)
        let zipped = try Replayed()
        try zipped.ingest(try #require(Gzip.compress(body)), coding: .gzip)
        #expect(plain.text == zipped.text)
    }

    @Test(arguments: [ContentCoding.identity, .gzip])
    func `an empty body is taken, whatever its coding`(coding: ContentCoding) throws {
        let replayed = try Replayed()
        #expect(try replayed.ingest([], coding: coding).acceptedSpans == 0)
    }

    @Test func `bodies at many benches at once lose nothing`() async throws {
        let replayed = try Replayed()
        let pipeline = replayed.pipeline
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 as Range<UInt8> {
                group.addTask {
                    for number in 0..<50 as Range<UInt8> {
                        var span = chat(number, usage(10, 1))
                        span.traceID[0] = task + 1
                        let body = Gzip.compress(TraceRequestWriter().request(spans: [span])) ?? []
                        let receipt = try? pipeline.ingest(
                            body.span, arrival: BodyArrival(form: BodyForm(coding: .gzip)), reserve: { _ in true })
                        guard receipt?.acceptedSpans == 1 else { return false }
                    }
                    return true
                }
            }
            for await succeeded in group { #expect(succeeded) }
        }
        #expect(Self.sum(replayed.lines("llm_tokens_used_total{")) == 8 * 50 * 11)
    }
}
