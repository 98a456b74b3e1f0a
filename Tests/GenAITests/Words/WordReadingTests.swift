// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import TestData
import Testing

/// Usage under keys that no dialect lists is counted by the words of the keys, and nothing else is.
@Suite struct WordReadingTests {
    typealias Value = TraceRequestWriter.Value

    /// The tokens of the one call of a span, by class; empty without a call, or for one without usage.
    private static func tokens(
        _ attributes: InterpreterTests.Attributes, scope: String = "test",
        _ change: (inout TraceRequestWriter.Span) -> Void = { _ in }
    ) throws -> [String: Int64] {
        let reading = try InterpreterTests.read(attributes, scope: scope, change)
        guard let call = reading.spans.calls.first, call.reportsUsage else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: TokenClass.allCases.filter { call.usage[$0] > 0 }.map {
                ($0.name, Int64(call.usage[$0]))
            })
    }

    private static let sides: InterpreterTests.Attributes = [
        ("gen_ai.usage.input_tokens", .int(1000)), ("gen_ai.usage.output_tokens", .int(300)),
    ]

    @Test(
        arguments: [
            ("gen_ai.usage.cached_tokens", ["input": 900, "cache_read": 100, "output": 300]),
            ("gen_ai.usage.input_tokens.cached", ["input": 900, "cache_read": 100, "output": 300]),
            ("gen_ai.usage.thinking_tokens", ["input": 1000, "output": 200, "reasoning": 100]),
            ("gen_ai.usage.audio_input_tokens", ["input": 900, "input_audio": 100, "output": 300]),
            ("gen_ai.usage.ephemeral_1h_input_tokens", ["input": 900, "cache_write_1h": 100, "output": 300]),
            ("acme.usage.reasoning_output_tokens", ["input": 1000, "output": 200, "reasoning": 100]),
            ("gen_ai.usage.max_output_tokens", ["input": 1000, "output": 300]),
            ("gen_ai.usage.remaining_tokens", ["input": 1000, "output": 300]),
            ("session.usage.cached_tokens", ["input": 1000, "output": 300]),
            ("gen_ai.usage.text_input_tokens", ["input": 1000, "output": 300]),
        ] as [(String, [String: Int64])])
    func `a part is counted by its words, on a span of any dialect`(_ row: (key: String, tokens: [String: Int64]))
        throws
    {
        #expect(try Self.tokens(InterpreterTests.chat(Self.sides + [(row.key, .int(100))])) == row.tokens)
        #expect(try Self.tokens(InterpreterTests.chat([(row.key, .string("100"))] + Self.sides)) == row.tokens)
    }

    @Test
    func `the key of the conventions holds before a derived one, and the larger of two derived ones with an anomaly`()
        throws
    {
        let exact = InterpreterTests.chat(Self.sides + [("gen_ai.usage.promptTokens", .int(7))])
        #expect(try Self.tokens(exact) == ["input": 1000, "output": 300])
        let derived = InterpreterTests.chat([
            ("gen_ai.usage.input", .int(40)), ("gen_ai.usage.promptTokens", .int(50)), ("gen_ai.usage.output", .int(9)),
        ])
        #expect(try Self.tokens(derived) == ["input": 50, "output": 9])
        let reading = try InterpreterTests.read(derived)
        let index = try #require(UsageAnomalies.named.firstIndex { $0.name == "conflicting_counts" })
        #expect(reading.report.anomalies[index] == 1)
    }

    @Test(arguments: [Value.int(-1), .string("many"), .double(1.5), .bool(true)])
    func `a value that cannot be read falls through to the next spelling`(_ value: Value) throws {
        let calls: [InterpreterTests.Attributes] = [
            [
                ("gen_ai.usage.input_tokens", value), ("gen_ai.usage.prompt_tokens", .int(20)),
                ("gen_ai.usage.output_tokens", .int(5)),
            ],
            [
                ("gen_ai.usage.input_tokens", value), ("gen_ai.usage.promptTokenCount", .int(20)),
                ("gen_ai.usage.output_tokens", .int(5)),
            ],
            [
                ("gen_ai.usage.promptTokenCount", value), ("gen_ai.usage.input", .int(20)),
                ("gen_ai.usage.output_tokens", .int(5)),
            ],
        ]
        for call in calls {
            #expect(try Self.tokens(InterpreterTests.chat(call)) == ["input": 20, "output": 5])
            #expect(try Self.tokens(InterpreterTests.chat(call.reversed())) == ["input": 20, "output": 5])
        }
    }

    @Test(
        arguments: [
            ("1,200", 1200), ("1,200,300", 1_200_300), ("12,345.0", 12_345), ("7", 7), ("1,20", nil), (",200", nil),
            ("1234,567", nil),
            ("1,,200", nil), ("1,200,", nil), ("1.0,000", nil),
        ] as [(String, Int64?)])
    func `commas may stand between groups of three digits`(_ row: (text: String, count: Int64?)) throws {
        let tokens = try Self.tokens(InterpreterTests.chat([("gen_ai.usage.input_tokens", .string(row.text))]))
        #expect(tokens == row.count.map { ["input": $0] } ?? [:])
    }

    static let object = """
        {"prompt_tokens": 2006, "completion_tokens": 300, "total_tokens": 2306, "prompt_tokens_details": \
        {"cached_tokens": 1920, "audio_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 192, \
        "accepted_prediction_tokens": 7}}
        """
    static let whole: [String: Int64] = ["input": 86, "cache_read": 1920, "output": 108, "reasoning": 192]

    @Test(arguments: [
        ("acme.usage", WordReadingTests.object), ("acme.response.metadata", #"{"usage": \#(WordReadingTests.object)}"#),
        (
            "acme.result",
            #"{"response": {"usage": \#(WordReadingTests.object)}, "id": "r1", "choices": [{"usage": {"prompt_tokens": 1}}]}"#
        ),
        ("acme.responseMetadata", #"{"token_usage": \#(WordReadingTests.object)}"#), ("usage", WordReadingTests.object),
        ("acme.usage.raw", WordReadingTests.object),
        (
            "acme.raw",
            #"{"usageMetadata": {"promptTokenCount": 2006, "candidatesTokenCount": 108, "thoughtsTokenCount": 192, "cachedContentTokenCount": 1920, "totalTokenCount": 2306, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 2006}]}}"#
        ),
    ])
    func `a call's usage may be an object under a key that says so`(_ row: (key: String, text: String)) throws {
        #expect(try Self.tokens(InterpreterTests.chat([(row.key, .string(row.text))])) == Self.whole)
    }

    @Test(
        arguments: [
            ("acme.metrics", #"{"prompt_tokens": 90, "completion_tokens": 7, "tokens": 97, "ttft": 0.4}"#),
            ("acme.llm_metrics", #"{"promptTokens": 90, "completionTokens": 7, "tokens_per_second": 62}"#),
            ("acme.metrics", #"{"type": "json", "value": {"promptTokens": 90, "completionTokens": 7, "cost": 0.5}}"#),
            ("acme.realtime_model_metrics", #"{"input_tokens": 90, "output_tokens": 7, "input_token_details": {}}"#),
        ])
    func `figures that are named for tokens are usage among the metrics of a call`(_ row: (key: String, text: String))
        throws
    {
        #expect(try Self.tokens(InterpreterTests.chat([(row.key, .string(row.text))])) == ["input": 90, "output": 7])
        let keys: InterpreterTests.Attributes = [
            ("acme.metrics.prompt_tokens", .int(90)), ("acme.metrics.completion_tokens", .string("7")),
            ("acme.metrics.input", .int(5)), ("acme.metrics.time_to_first_token", .double(0.5)),
        ]
        #expect(try Self.tokens(InterpreterTests.chat(keys)) == ["input": 90, "output": 7])
    }

    @Test(arguments: [
        ("acme.metrics", #"{"input": 90, "output": 7, "cost": 3.5}"#), ("acme.metrics", #"{"read": 4, "cost": 3.5}"#),
        ("tool.metrics", #"{"input_tokens": 90, "output_tokens": 7}"#),
        ("session.metrics", #"{"input_tokens": 90, "output_tokens": 7}"#),
        ("acme.metrics", #"{"value": {"value": {"input_tokens": 90}}}"#),
        ("acme.metrics", #"{"max_tokens": 90, "tokens_per_second": 7}"#),
    ])
    func `other figures are none, nor those of tools and sums`(_ row: (key: String, text: String)) throws {
        let call = try #require(try InterpreterTests.read(InterpreterTests.chat([(row.key, .string(row.text))])).call)
        #expect(!call.reportsUsage && call.reportedFemtodollars == nil)
    }

    @Test func `the metadata of an owner with usage names its model and provider`() throws {
        let metrics = #"{"prompt_tokens": 90, "completion_tokens": 7}"#
        let metadata = #"{"provider": "anthropic", "temperature": 0.2, "model": "claude-sonnet-4-5"}"#
        for other in ["acme.metadata", "other.metadata", "acme.request.metadata"] {
            let reading = try InterpreterTests.read([
                ("acme.metrics", .string(metrics)), (other, .string(metadata)),
            ])
            #expect(reading.spans.calls.count == (other == "acme.metadata" ? 1 : 0))
            guard other == "acme.metadata" else { continue }
            #expect(reading.text(reading.unmarked?.model) == "claude-sonnet-4-5")
            #expect(reading.text(reading.unmarked?.provider) == "anthropic")
        }
    }

    @Test(arguments: [
        ("gen_ai.model.provider", "acme"), ("llm.vendor_name", "acme"), ("ai.provider", "acme"),
        ("shop.vendor", ""), ("payment.provider", ""), ("tool.model.provider", ""),
    ])
    func `a provider is named by keys about models alone`(_ row: (key: String, provider: String)) throws {
        let reading = try InterpreterTests.read(
            Self.sides + [("gen_ai.request.model", .string("m")), (row.key, .string("acme"))])
        #expect(reading.text(reading.unmarked?.provider) == row.provider)
    }

    @Test(arguments: [
        ("acme.prompt", #"{"usage": \#(WordReadingTests.object)}"#),
        ("acme.input", #"{"usage": \#(WordReadingTests.object)}"#),
        ("acme.message.output", #"{"usage": \#(WordReadingTests.object)}"#),
        ("tool.result", #"{"usage": \#(WordReadingTests.object)}"#),
        ("acme.content.raw", #"{"usage": \#(WordReadingTests.object)}"#),
        ("acme.arguments", #"{"usage": \#(WordReadingTests.object)}"#),
        ("acme.document.metadata", #"{"usage": \#(WordReadingTests.object)}"#),
        ("acme.prompt.usage", WordReadingTests.object),
        ("acme.response", #"{"finish_reason": "stop", "message": {"usage": \#(WordReadingTests.object)}}"#),
        ("acme.response", #"{"finish_reason": "stop", "messages": [{"usage": \#(WordReadingTests.object)}]}"#),
        ("acme.output", #"{"finish_reason": "stop", "content": {"usage": \#(WordReadingTests.object)}}"#),
        ("acme.output", #"{"finish_reason": "stop", "tool": {"usage": \#(WordReadingTests.object)}}"#),
        ("acme.output", #"{"finish_reason": "stop", "input": {"usage": \#(WordReadingTests.object)}}"#),
        ("acme.output", #"[{"usage": \#(WordReadingTests.object)}]"#),
        ("acme.output", #"{"text": "{\"usage\": {\"prompt_tokens\": 2006}}"}"#),
        ("acme.output", #"{"id": "r1", "choices": [], "session_usage": \#(WordReadingTests.object)}"#),
        (
            "acme.output",
            "{\"finish_reason\": \"" + String(repeating: "x", count: 65_536)
                + #"", "usage": \#(WordReadingTests.object)}"#
        ),
        ("acme.text", #"{"usage": \#(WordReadingTests.object)}"#),
    ])
    func `usage that a prompt, a tool or a document quotes is no bill`(_ row: (key: String, text: String)) throws {
        #expect(try Self.tokens(InterpreterTests.chat([(row.key, .string(row.text))])) == [:])
        let withModel: InterpreterTests.Attributes = [("acme.model", .string("gpt-4o")), (row.key, .string(row.text))]
        #expect(try Self.tokens(withModel) == [:])
    }

    /// An `AnyValue` that is a list of keys and values.
    private static func list(_ members: [(key: String, value: [UInt8])]) -> [UInt8] {
        func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
            [number << 3 | 2] + [UInt8(content.count & 0x7F | 0x80), UInt8(content.count >> 7)] + content
        }
        return field(6, members.flatMap { field(1, field(1, Array($0.key.utf8)) + field(2, $0.value)) })
    }

    @Test(arguments: ["acme.usage", "gen_ai.usage", "acme.output"])
    func `a call's usage may be a list of keys and values`(_ key: String) throws {
        func int(_ number: UInt8) -> [UInt8] { [3 << 3, number] }
        let usage = Self.list([
            ("prompt_tokens", int(100)), ("completion_tokens", int(10)),
            ("prompt_tokens_details", Self.list([("cached_tokens", int(60))])), ("max_tokens", int(99)),
            ("message", Self.list([("output_tokens", int(7))])),
        ])
        let text: [UInt8] = [1 << 3 | 2, 4] + Array("stop".utf8)
        let value =
            key.hasSuffix("usage") ? usage : Self.list([("usage", usage), ("input", usage), ("finish_reason", text)])
        #expect(
            try Self.tokens(InterpreterTests.chat([(key, .raw(value))])) == [
                "input": 40, "cache_read": 60, "output": 10,
            ])
        #expect(try Self.tokens(InterpreterTests.chat([("tool.usage", .raw(usage))])) == [:])
        for length in 0..<value.count {
            let cut = [6 << 3 | 2, UInt8(length & 0x7F | 0x80), UInt8(length >> 7)] + value.prefix(length)
            _ = try InterpreterTests.read(InterpreterTests.chat([(key, .raw(cut))]))
        }
    }

    @Test(arguments: [
        #"{"intValue":"60"}"#, #"{"intValue":60,"doubleValue":null}"#, #"{"stringValue":null,"int_value":"60"}"#,
        #"{"intValue":"60","other":1}"#, #"{"other":{"intValue":1},"intValue":60,"kvlistValue":null}"#,
    ])
    func `in JSON, members of a value that are null or unknown leave its count`(_ value: String) throws {
        func member(_ key: String, _ value: String) -> String { #"{"key":"\#(key)","value":\#(value)}"# }
        let usage = [member("input_tokens", #"{"intValue":"100"}"#), member("cache_read_input_tokens", value)]
        let attributes = [
            member("gen_ai.operation.name", #"{"stringValue":"chat"}"#),
            member("acme.usage", #"{"kvlistValue":{"values":[\#(usage.joined(separator: ","))]}}"#),
        ]
        let span =
            #"{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","attributes":[\#(attributes.joined(separator: ","))]}"#
        var body = Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(span)]}]}]}"#.utf8)
        var (batch, spans) = (SpanBatch(), InterpretedSpans())
        var bytes = body.mutableSpan
        try JSONTraceRequestReader(keys: Interpreter.keys(), events: Interpreter.eventNames())
            .read(&bytes, into: &batch)
        var interpreter = Interpreter(symbols: SymbolTable())
        _ = interpreter.interpret(batch, body: body.span, into: &spans)
        let call = try #require(spans.calls.first)
        #expect(call.usage[.cacheRead] == 60 && call.usage[.input] == 40)
    }

    @Test func `two different counts of one kind in an object are an anomaly, too`() throws {
        let index = try #require(UsageAnomalies.named.firstIndex { $0.name == "conflicting_counts" })
        for (other, count) in [(40, 1), (100, 0)] {
            let object = #"{"prompt_tokens": 100, "input_tokens": \#(other), "output_tokens": 5}"#
            let reading = try InterpreterTests.read(InterpreterTests.chat([("acme.usage", .string(object))]))
            #expect(reading.call?.usage.totalInput == 100)
            #expect(reading.report.anomalies[index] == count)
        }
    }

    @Test func `an object whose counts are not the call's tells nothing of it`() throws {
        let other =
            #"{"finish_reason": "stop", "usage": {"prompt_tokens": 9, "completion_tokens": 300, "prompt_tokens_details": {"cached_tokens": 5}}}"#
        #expect(
            try Self.tokens(InterpreterTests.chat(Self.sides + [("acme.output", .string(other))]))
                == ["input": 1000, "output": 300])
        let same =
            #"{"finish_reason": "stop", "usage": {"prompt_tokens": 1000, "completion_tokens": 300, "prompt_tokens_details": {"cached_tokens": 5}}}"#
        #expect(
            try Self.tokens(InterpreterTests.chat(Self.sides + [("acme.output", .string(same))]))
                == ["input": 995, "cache_read": 5, "output": 300])
    }

    @Test(
        arguments: [
            ([("gen_ai.usage.input", .int(-4)), ("gen_ai.usage.output", .int(5))], ["output": 5]),
            ([("gen_ai.usage.output", .int(5)), ("acme.usage.input_tokens", .int(1_000_000_001))], ["output": 5]),
            ([("gen_ai.usage.output", .int(5)), ("gen_ai.usage.promptTokens", .string("-3"))], ["output": 5]),
            ([("acme.usage", .string(#"{"input_tokens": 1e10, "output_tokens": 5}"#))], ["output": 5]),
            ([("acme.usage.input_tokens", .double(1.5))], [:]),
        ] as [(InterpreterTests.Attributes, [String: Int64])])
    func `a number under a usage key that is no sound count is an anomaly`(
        _ row: (attributes: InterpreterTests.Attributes, tokens: [String: Int64])
    ) throws {
        let index = try #require(UsageAnomalies.named.firstIndex { $0.name == "refused_count" })
        let call = InterpreterTests.chat(row.attributes)
        #expect(try Self.tokens(call) == row.tokens)
        #expect(try InterpreterTests.read(call).report.anomalies[index] == 1)
        let sound = InterpreterTests.chat([("gen_ai.usage.input", .int(4)), ("acme.session.tokens", .int(-1))])
        #expect(try InterpreterTests.read(sound).report.anomalies[index] == 0)
    }

    @Test(arguments: [
        (asked: "gpt-4o-mini", named: "gpt-4o-mini-2024-07-18", answered: "gpt-4o-mini-2024-07-18"),
        ("gpt-4o", "gpt-4o-mini-2024-07-18", "gpt-4o"), ("gpt-4o", "gpt-4o", "gpt-4o"),
        ("gpt-4o", "claude-sonnet-4-5", "gpt-4o"),
        ("claude-sonnet-4-5", "claude-sonnet-4-5-latest", "claude-sonnet-4-5-latest"),
    ])
    func `a key that names the asked model with its date names the answering one`(
        _ row: (asked: String, named: String, answered: String)
    ) throws {
        for key in ["gen_ai.model_name", "acme.llm.model"] {
            let reading = try InterpreterTests.read([
                ("gen_ai.operation.name", .string("chat")), ("gen_ai.request.model", .string(row.asked)),
                (key, .string(row.named)), ("gen_ai.usage.input_tokens", .int(4)),
            ])
            #expect(reading.text(reading.call?.model) == row.answered)
        }
    }

    @Test func `tools and agents are not read by words`() throws {
        let usage: InterpreterTests.Attributes = [
            ("acme.model", .string("gpt-4o")), ("acme.usage", .string(Self.object)),
            ("acme.usage.input_tokens", .int(3)),
        ]
        for operation in ["execute_tool", "invoke_agent"] {
            let reading = try InterpreterTests.read([("gen_ai.operation.name", .string(operation))] + usage)
            #expect(reading.spans.calls.allSatisfy { !$0.reportsUsage })
        }
    }

    @Test(
        arguments: [
            [
                ("acme.llm.model", Value.string("m")),
                ("acme.llm.usage", .string(#"{"input_tokens": 30, "output_tokens": 4}"#)),
            ],
            [
                ("acme.llm.model", .string("m")), ("acme.usage.input_tokens", .int(30)),
                ("acme.usage.output_tokens", .int(4)),
            ],
            [
                ("acme.model_name", .string("m")), ("acme.llm.prompt_tokens", .string("30")),
                ("acme.llm.completionTokens", .string("4")),
            ],
            [("llm.model", .string("m")), ("prompt_tokens", .int(30)), ("completion_tokens", .int(4))],
            [("model", .string("m")), ("input_tokens", .string("30")), ("output_tokens", .double(4))],
            [("gen_ai.request.model", .string("m")), ("prompt_tokens", .int(30)), ("completion_tokens", .int(4))],
        ] as [InterpreterTests.Attributes])
    func `a span of no dialect is a call if it names a model and both sides of its usage`(
        _ attributes: InterpreterTests.Attributes
    ) throws {
        for attributes in [attributes, attributes.reversed()] {
            #expect(try Self.tokens(attributes) == ["input": 30, "output": 4])
            let reading = try InterpreterTests.read(attributes)
            #expect(reading.report.readByWords.map(\.spans) == [1])
            #expect(reading.text(reading.spans.calls.first?.model) == "m")
        }
    }

    @Test(
        arguments: [
            [
                ("acme.llm.model", Value.string("m")), ("other.llm.prompt_tokens", .int(30)),
                ("other.llm.completion_tokens", .int(4)),
            ],
            [("acme.llm.model", .string("m")), ("acme.usage.input_tokens", .int(30))],
            [("acme.usage.input_tokens", .int(30)), ("acme.usage.output_tokens", .int(4))],
            [("prompt_tokens", .int(30)), ("completion_tokens", .int(4))],
            [
                ("acme.llm.model", .string("m")), ("acme.turn.token_usage.input_tokens", .int(30)),
                ("acme.turn.token_usage.output_tokens", .int(4)),
            ],
            [
                ("acme.llm.model", .string("m")), ("acme.max.input_tokens", .int(30)),
                ("acme.max.output_tokens", .int(4)),
            ],
            [("tool.model", .string("m")), ("tool.input_tokens", .int(30)), ("tool.output_tokens", .int(4))],
            [("acme.llm.model", .string("m")), ("acme.llm.tokens", .int(30))],
        ] as [InterpreterTests.Attributes])
    func `a span without a model of the same owner, or with one side alone, is no call`(
        _ attributes: InterpreterTests.Attributes
    ) throws {
        let reading = try InterpreterTests.read(attributes)
        #expect(reading.spans.calls.isEmpty)
        #expect(reading.report.readByWords.isEmpty)
    }

    @Test(
        arguments: [
            (
                ["acme.usage.total_cost": 0.5, "acme.usage.input_cost": 0.1, "acme.usage.output_cost": 0.2],
                500_000_000_000_000
            ),
            (["acme.usage.input_cost": 0.1, "acme.usage.output_cost": 0.2], 300_000_000_000_000),
            (["gen_ai.usage.total_cost": 0.25], 250_000_000_000_000),
            (["gen_ai.usage.cost_in_usd_ticks": 2_709_000], 270_900_000_000),
            (["gen_ai.usage.cost_usd_micros": 12], 12_000_000_000), (["gen_ai.usage.input_cost": 0.1], nil),
            (["gen_ai.usage.cost_ticks": 12], nil), (["gen_ai.usage.cost_eur": 12], nil),
        ] as [([String: Double], Int64?)])
    func `costs are read by their words`(_ row: (costs: [String: Double], femtodollars: Int64?)) throws {
        let costs: InterpreterTests.Attributes = row.costs.map { ($0.key, .double($0.value)) }
        let reading = try InterpreterTests.read(InterpreterTests.chat(Self.sides + costs))
        #expect(reading.call?.reportedFemtodollars == row.femtodollars)
    }
}
