// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import TestData
import Testing

@Suite struct InterpreterTests {
    typealias Attributes = [(key: String, value: TraceRequestWriter.Value)]

    /// What one span came to.
    struct Reading {
        var spans: InterpretedSpans
        var report: InterpretationReport
        var symbols: SymbolTable

        /// The call that the span is; `nil` for an aggregate, and for a span that nothing marks as a call.
        var call: ModelCall? { spans.calls.first { !$0.isAggregate && !$0.isUnmarked } }
        var unmarked: ModelCall? { spans.calls.first { $0.isUnmarked } }
        var aggregate: ModelCall? { spans.calls.first { $0.isAggregate } }

        func text(_ symbol: Symbol?) -> String? { symbol.map(symbols.text(of:)) }
    }

    static func read(
        _ attributes: Attributes, scope: String = "test", dialects: [any Dialect] = Dialects.all,
        symbols: SymbolTable = SymbolTable(), _ change: (inout TraceRequestWriter.Span) -> Void = { _ in }
    ) throws -> Reading {
        var span = TraceRequestWriter.Span(
            traceID: [UInt8](1...16), spanID: [UInt8](1...8), attributes: attributes)
        change(&span)
        let body = TraceRequestWriter().request(scope: scope, spans: [span])
        var batch = SpanBatch()
        try TraceRequestReader(keys: Interpreter.keys(of: dialects), events: Interpreter.eventNames(of: dialects))
            .read(body.span, into: &batch)
        var interpreter = Interpreter(dialects: dialects, symbols: symbols)
        var spans = InterpretedSpans()
        let report = interpreter.interpret(batch, body: body.span, into: &spans)
        return Reading(spans: spans, report: report, symbols: symbols)
    }

    static func chat(_ more: Attributes = []) -> Attributes {
        [("gen_ai.operation.name", .string("chat")), ("gen_ai.request.model", .string("gpt-4o"))] + more
    }

    @Test func `a call says what was asked of whom`() throws {
        let reading = try Self.read(
            Self.chat([
                ("gen_ai.response.model", .string("gpt-4o-2024-08-06")), ("gen_ai.provider.name", .string("openai")),
                ("server.address", .string("api.openai.com")), ("openai.response.service_tier", .string("flex")),
            ]))
        let call = try #require(reading.call)
        #expect(reading.text(call.model) == "gpt-4o-2024-08-06")
        #expect(reading.text(call.requestModel) == "gpt-4o")
        #expect(reading.text(call.operation) == "chat")
        #expect(reading.text(call.provider) == "openai")
        #expect(reading.text(call.serverAddress) == "api.openai.com")
        #expect(reading.text(call.tier) == "flex")
        #expect(!call.reportsUsage)
        #expect(!call.hasFailed)
    }

    @Test func `a span that names itself as its parent is a root`() throws {
        let call = try Self.read(Self.chat()) { $0.parentSpanID = $0.spanID }
        #expect(call.call?.parentSpanID == 0)
        let other = try Self.read([("http.route", .string("/"))]) { $0.parentSpanID = $0.spanID }
        #expect(other.spans.passThrough.map(\.parentSpanID) == [0])
    }

    @Test func `the model asked for stands in when none answered`() throws {
        let reading = try Self.read(Self.chat())
        #expect(reading.text(reading.call?.model) == "gpt-4o")
    }

    @Test(
        arguments: [
            ("gen_ai.usage.input_tokens", .input), ("gen_ai.usage.prompt_tokens", .input),
            ("gen_ai.usage.output_tokens", .output), ("gen_ai.usage.completion_tokens", .output),
            ("gen_ai.usage.cache_read.input_tokens", .cacheRead), ("gen_ai.usage.cache_read_input_tokens", .cacheRead),
            ("gen_ai.usage.cache_read_tokens", .cacheRead),
            ("gen_ai.usage.cache_write.input_tokens", .cacheWrite),
            ("gen_ai.usage.cache_creation.input_tokens", .cacheWrite),
            ("gen_ai.usage.cache_creation_input_tokens", .cacheWrite),
            ("gen_ai.usage.cache_write_input_tokens", .cacheWrite), ("gen_ai.usage.cache_write_tokens", .cacheWrite),
            ("anthropic.usage.cache_creation.ephemeral_1h_input_tokens", .cacheWrite1h),
        ] as [(String, TokenClass)])
    func `every spelling of a count is read`(key: String, tokenClass: TokenClass) throws {
        let call = try #require(try Self.read(Self.chat([(key, .int(40))])).call)
        #expect(call.reportsUsage)
        #expect(call.usage[tokenClass] == 40)
    }

    @Test(arguments: [
        "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
    ])
    func `every spelling of reasoning is a part of the output`(key: String) throws {
        let reading = try Self.read(Self.chat([("gen_ai.usage.output_tokens", .int(100)), (key, .int(40))]))
        let call = try #require(reading.call)
        #expect(call.usage[.reasoning] == 40)
        #expect(call.usage[.output] == 60)
    }

    @Test func `two spellings of one count are one count, the newer first`() throws {
        let attributes = Self.chat([
            ("gen_ai.usage.prompt_tokens", .int(9)), ("gen_ai.usage.input_tokens", .int(10)),
            ("gen_ai.system", .string("old")), ("gen_ai.provider.name", .string("new")),
        ])
        for order in [attributes, attributes.reversed()] {
            let reading = try Self.read(order)
            #expect(reading.call?.usage[.input] == 10)
            #expect(reading.text(reading.call?.provider) == "new")
        }
    }

    @Test func `an empty value states nothing`() throws {
        let reading = try Self.read(
            Self.chat([("gen_ai.provider.name", .string("")), ("gen_ai.system", .string("openai"))]))
        #expect(reading.text(reading.call?.provider) == "openai")
    }

    @Test(
        arguments: [
            (.int(12), 12), (.double(12), 12), (.string("12"), 12), (.string("12.0"), 12), (.string("\"12\""), 12),
            (.int(0), 0),
            (.int(1_000_000_000), 1_000_000_000),
            (.int(-1), nil), (.double(1.5), nil), (.double(.nan), nil), (.double(1e300), nil), (.string("-3"), nil),
            (.string("twelve"), nil), (.int(1_000_000_001), nil), (.string("99999999999"), nil),
            (.bool(true), nil),
            (.strings(["12"]), nil),
        ] as [(TraceRequestWriter.Value, Int64?)])
    func `a count is read from any number, and refused where it is none`(
        value: TraceRequestWriter.Value, count: Int64?
    ) throws {
        let reading = try Self.read(
            Self.chat([("gen_ai.usage.input_tokens", value), ("gen_ai.usage.output_tokens", .int(1))]))
        let call = try #require(reading.call)
        #expect(call.usage[.input] == count ?? 0)
        #expect(call.usage[.output] == 1)
        #expect(reading.report.anomalies.prefix(5) == [0, 0, count == nil ? 1 : 0, 0, 0])
    }

    @Test(arguments: [
        ("chat", "chat"), ("text_completion", "text_completion"), ("generate_content", "generate_content"),
        ("embeddings", "embeddings"), ("completion", "text_completion"), ("generate", "chat"), ("acompletion", "chat"),
        ("responses", "chat"), ("embedding", "embeddings"), ("rerank", "rerank"), ("speech", "speech"),
        ("image_generation", "image_generation"),
    ])
    func `operations that are calls have the conventions' names`(sent: String, label: String) throws {
        let reading = try Self.read([("gen_ai.operation.name", .string(sent))])
        #expect(reading.text(reading.call?.operation) == label)
    }

    @Test(arguments: [
        "invoke_agent", "invoke_workflow", "agent_step", "execute_event_loop_cycle", "execute_task", "plan", "chain",
    ])
    func `agents, workflows and chains are aggregates and keep what they carry`(operation: String) throws {
        let reading = try Self.read([
            ("gen_ai.operation.name", .string(operation)), ("gen_ai.request.model", .string("gpt-4o")),
            ("gen_ai.usage.input_tokens", .int(10)), ("gen_ai.usage.output_tokens", .int(10)),
        ])
        #expect(reading.call == nil)
        #expect(reading.aggregate?.usage.totalInput == 10)
        #expect(reading.spans.passThrough.isEmpty)
    }

    @Test(arguments: [0, 1]) func `an agent that reports 0 tokens has no usage of its own`(output: Int64) throws {
        let reading = try Self.read([
            ("gen_ai.operation.name", .string("invoke_agent")), ("gen_ai.usage.input_tokens", .int(0)),
            ("gen_ai.usage.output_tokens", .int(output)),
        ])
        #expect(reading.aggregate?.reportsUsage == (output > 0))
    }

    @Test(arguments: ["create_agent", "execute_tool", "retrieval", "fetch_response", "search_memory"])
    func `tools, memories and answers read back are pass-through spans, whatever they carry`(operation: String) throws {
        let reading = try Self.read([
            ("gen_ai.operation.name", .string(operation)), ("gen_ai.request.model", .string("gpt-4o")),
            ("gen_ai.usage.input_tokens", .int(10)), ("gen_ai.usage.output_tokens", .int(10)),
        ])
        #expect(reading.spans.calls.isEmpty)
        #expect(reading.spans.passThrough.count == 1)
        #expect(reading.report.otherSpans == 1)
    }

    @Test func `an operation nobody knows is a call when everything else says so`() throws {
        let full: Attributes = [
            ("gen_ai.operation.name", .string("translate")), ("gen_ai.request.model", .string("m")),
            ("gen_ai.usage.input_tokens", .int(1)),
        ]
        let reading = try Self.read(full)
        #expect(reading.text(reading.call?.operation) == "translate")
        for attributes in [full, [full[0], full[2]]] {
            let other = try Self.read(attributes) { $0.kind = 1 }
            #expect(other.call == nil)
            #expect(other.text(other.unmarked?.operation) == "translate")
        }
        #expect(try Self.read(Array(full[0...1])).spans.calls.isEmpty)
    }

    @Test func `names that emitters make up have a ceiling`() throws {
        let symbols = SymbolTable(limits: [.operation: 3])
        var names: [String?] = []
        for index in 0..<6 {
            let reading = try Self.read(
                [
                    ("gen_ai.operation.name", .string("made up \(index)")), ("gen_ai.request.model", .string("m")),
                    ("gen_ai.usage.input_tokens", .int(1)),
                ], symbols: symbols)
            names.append(reading.text(reading.call?.operation))
        }
        #expect(names == ["made up 0", "made up 1", "made up 2", "__overflow__", "__overflow__", "__overflow__"])
        #expect(symbols.overflows(of: .operation) == 3)
    }

    @Test func `before there were operation names a client span with system and model was the call`() throws {
        let attributes: Attributes = [
            ("gen_ai.system", .string("openai")), ("gen_ai.request.model", .string("gpt-4")),
            ("gen_ai.usage.prompt_tokens", .int(5)),
        ]
        let reading = try Self.read(attributes)
        #expect(reading.text(reading.call?.operation) == "chat")
        let other = try Self.read(attributes) { $0.kind = 1 }
        #expect(other.call == nil)
        #expect(other.text(other.unmarked?.operation) == "chat")
    }

    @Test func `a plain span is no call`() throws {
        let reading = try Self.read([("http.request.method", .string("POST")), ("server.address", .string("x"))])
        #expect(reading.call == nil)
        #expect(reading.report.otherSpans == 1)
    }

    @Test func `only status error is a failure, and its type is told`() throws {
        let failed = try Self.read(Self.chat([("error.type", .string("RateLimitError"))])) { $0.status = 2 }
        #expect(failed.call?.hasFailed == true)
        #expect(failed.text(failed.call?.errorType) == "RateLimitError")
        let untold = try Self.read(Self.chat()) { $0.status = 2 }
        #expect(untold.text(untold.call?.errorType) == "_OTHER")
        let fine = try Self.read(Self.chat([("error.type", .string("x"))])) { $0.status = 1 }
        #expect(fine.call?.hasFailed == false)
        #expect(fine.text(fine.call?.errorType) == "")
    }

    @Test func `streams tell the time to their first token in seconds`() throws {
        let stream = try #require(
            try Self.read(
                Self.chat([
                    ("gen_ai.request.stream", .bool(true)), ("gen_ai.response.time_to_first_chunk", .double(0.25)),
                ])
            ).call)
        #expect(stream.isStream)
        #expect(stream.timeToFirstTokenNanoseconds == 250_000_000)
        let plain = try #require(
            try Self.read(
                Self.chat([
                    ("gen_ai.request.stream", .bool(false)), ("gen_ai.response.time_to_first_chunk", .double(-1)),
                ])
            ).call)
        #expect(!plain.isStream)
        #expect(plain.timeToFirstTokenNanoseconds == nil)
    }

    @Test func `Bedrock's own counts leave the cache out`() throws {
        let attributes = Self.chat([
            ("gen_ai.usage.input_tokens", .int(500)), ("gen_ai.usage.cache_read.input_tokens", .int(100)),
        ])
        let bedrock = try Self.read(
            attributes, scope: "opentelemetry.instrumentation.botocore.bedrock-runtime")
        #expect(bedrock.call?.usage.totalInput == 600)
        #expect(try Self.read(attributes).call?.usage.totalInput == 500)
    }

    @Test func `a value that is too long overflows instead of being kept`() throws {
        let symbols = SymbolTable()
        let reading = try Self.read(
            [
                ("gen_ai.operation.name", .string("chat")),
                ("gen_ai.request.model", .string(String(repeating: "m", count: 257))),
            ], symbols: symbols)
        #expect(reading.text(reading.call?.model) == "__overflow__")
        #expect(symbols.overflows(of: .model) == 1)
    }

    @Test func `more values than the cache holds keep their symbols`() throws {
        let symbols = SymbolTable()
        var interpreter = Interpreter(symbols: symbols)
        let reader = TraceRequestReader(keys: Interpreter.keys())
        let spans = (0..<5_000).map { index in
            TraceRequestWriter.Span(
                traceID: [UInt8](1...16), spanID: [UInt8](1...8),
                attributes: [
                    ("gen_ai.operation.name", .string("chat")), ("gen_ai.request.model", .string("model-\(index)")),
                ])
        }
        let body = TraceRequestWriter().request(spans: spans)
        var batch = SpanBatch()
        try reader.read(body.span, into: &batch)
        var first = InterpretedSpans()
        var second = InterpretedSpans()
        _ = interpreter.interpret(batch, body: body.span, into: &first)
        _ = interpreter.interpret(batch, body: body.span, into: &second)
        #expect(first.calls.map(\.model) == second.calls.map(\.model))
        #expect(first.calls.map { symbols.text(of: $0.model) } == (0..<5_000).map { "model-\($0)" })
    }
}
