// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import TestData
import Testing

/// Marks by meaning: attributes that say the type or the kind of a span, in namespaces that no dialect lists.
@Suite struct SpanKindTests {
    private typealias Attributes = InterpreterTests.Attributes

    private static func read(
        _ attributes: InterpreterTests.Attributes, status: UInt64 = 0
    ) throws -> InterpreterTests.Reading {
        try InterpreterTests.read(attributes) {
            $0.kind = 1
            $0.status = status
        }
    }

    @Test(arguments: [
        "acme.span.type", "acme.span.kind", "acme.observation.type", "acme.request.type", "acme.span_kind",
        "acme.observationType",
    ])
    func `a kind beside a model of its namespace marks a call`(key: String) throws {
        for status in [0, 2] as [UInt64] {
            let reading = try Self.read(
                [(key, .string("LLM")), ("acme.model", .string("gpt-4o-mini"))], status: status)
            let call = try #require(reading.call)
            #expect(reading.text(call.model) == "gpt-4o-mini")
            #expect(reading.text(call.operation) == "chat")
            #expect(call.hasFailed == (status == 2) && !call.reportsUsage)
        }
    }

    @Test func `a kind beside a model that the conventions name marks a call`() throws {
        let reading = try Self.read([
            ("acme.span.type", .string("generation")), ("gen_ai.request.model", .string("text-embedding-3-small")),
        ])
        #expect(reading.text(reading.call?.operation) == "embeddings")
    }

    @Test func `the usage of its namespace is the call's`() throws {
        let reading = try Self.read([
            ("acme.observation.type", .string("embedding")), ("acme.model", .string("m")),
            ("acme.usage.input_tokens", .int(70)),
        ])
        #expect(reading.call?.usage.totalInput == 70)
        #expect(reading.text(reading.call?.operation) == "embeddings")
    }

    @Test(arguments: ["agent", "AGENT", "chain", "workflow"])
    func `agents and chains are no calls`(kind: String) throws {
        let reading = try Self.read([
            ("acme.span.kind", .string(kind)), ("gen_ai.usage.input_tokens", .int(70)),
        ])
        #expect(reading.call == nil && reading.unmarked == nil)
        #expect(reading.aggregate?.usage.totalInput == 70)
    }

    private static let others = ["tool", "function", "retriever", "prompt", "evaluator", "evaluation", "guardrail"]

    @Test(arguments: others, ["acme.span.kind", "acme.observation.type", "span.type"])
    func `a kind that is no call leaves out the usage of its own namespace, which is told`(kind: String, key: String)
        throws
    {
        let owner = key == "span.type" ? "" : "acme."
        let reading = try Self.read([
            (key, .string(kind)), ("\(owner)input_tokens", .int(70)), ("\(owner)output_tokens", .int(7)),
            (owner + "model", .string("gpt-4o")), ("gen_ai.usage.reasoning_tokens", .int(3)),
        ])
        #expect(reading.spans.calls.isEmpty)
        #expect(reading.report.unread.first?.spans == 1)
        #expect(reading.report.unread.first?.keys.count == 3)
    }

    @Test(arguments: others, ["request.type", "acme.request.type", "observation.type", "acme.span.type", "span.kind"])
    func `a word of another namespace, or for a request, takes no call away`(kind: String, key: String) throws {
        let gateway: Attributes = [
            ("gen_ai.request.model", .string("gpt-4o")), ("gen_ai.usage.input_tokens", .int(70)),
            ("gen_ai.usage.output_tokens", .int(7)),
        ]
        for attributes in [gateway + [(key, .string(kind))], [(key, .string(kind))] + gateway] {
            let reading = try Self.read(attributes)
            #expect(reading.unmarked?.usage.totalInput == 70)
            #expect(reading.report.unread.isEmpty)
        }
        let words: Attributes = [
            ("acme.model", .string("gpt-4o")), ("acme.usage.input_tokens", .int(70)),
            ("acme.usage.output_tokens", .int(7)), ("other.request.type", .string(kind)),
        ]
        #expect(try Self.read(words).spans.calls.count == 1)
    }

    @Test(arguments: [
        [("user.type", "agent"), ("user.id", "1")], [("order.type", "completion"), ("order.model", "T-shirt")],
        [("job.request.type", "chat"), ("job.id", "1")], [("acme.span.type", "usage"), ("acme.model", "m")],
    ])
    func `other types are no marks`(attributes: [(String, String)]) throws {
        let reading = try Self.read(attributes.map { ($0.0, .string($0.1)) }, status: 2)
        #expect(reading.spans.calls.isEmpty)
    }

    @Test func `a kind without a namespace goes with the model of any`() throws {
        let reading = try Self.read([("span.type", .string("llm")), ("llm.model", .string("m"))], status: 2)
        #expect(reading.call?.hasFailed == true)
        #expect(reading.text(reading.call?.model) == "m")
    }

    @Test(arguments: [(false, 0), (true, 1)])
    func `a failed span with a model is a call where its namespace had usage before`(
        _ hadUsage: Bool, failed: Int
    ) throws {
        func span(_ id: UInt8, _ attributes: Attributes, status: UInt64) -> TraceRequestWriter.Span {
            var span = TraceRequestWriter.Span(
                traceID: [UInt8](1...16), spanID: [UInt8](repeating: id, count: 8), attributes: attributes)
            (span.kind, span.status) = (1, status)
            return span
        }
        let usage: Attributes = [
            ("acme.model", .string("m")), ("acme.usage.input_tokens", .int(5)), ("acme.usage.output_tokens", .int(1)),
        ]
        let body = TraceRequestWriter().request(
            scope: "acme",
            spans: [
                span(1, hadUsage ? usage : [], status: 0), span(2, [("acme.model", .string("m"))], status: 2),
                span(3, [("order.model", .string("T-shirt"))], status: 2),
            ])
        var batch = SpanBatch()
        try TraceRequestReader(keys: Interpreter.keys(), events: Interpreter.eventNames()).read(body.span, into: &batch)
        var interpreter = Interpreter(symbols: SymbolTable())
        var spans = InterpretedSpans()
        _ = interpreter.interpret(batch, body: body.span, into: &spans)
        #expect(spans.calls.count { $0.hasFailed && $0.isUnmarked } == failed)
    }

    @Test func `a dialect's own word stands above`() throws {
        let reading = try Self.read([
            ("gen_ai.operation.name", .string("execute_tool")), ("acme.span.kind", .string("llm")),
            ("gen_ai.request.model", .string("m")),
        ])
        #expect(reading.spans.calls.isEmpty)
    }
}
