// SPDX-License-Identifier: Apache-2.0
@testable import GenAI
import TestData
import Testing

/// What one report tells of where its cached tokens and its reasoning lie.
@Suite struct UsageSidesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var report = ReportedUsage()
        var cache: PartSide
        var reasoning: PartSide

        init(
            _ name: String, cache: PartSide = [], reasoning: PartSide = [], counting: ProviderCounting = [],
            _ counts: [(ReportedUsage.Count, Int64)]
        ) {
            testDescription = name
            self.cache = cache
            self.reasoning = reasoning
            report.counting = counting
            for (count, tokens) in counts { report[count] = tokens }
        }
    }

    static let rows = [
        Row("no parts", [(.input, 90), (.output, 20), (.cacheRead, 0), (.reasoning, 0)]),
        Row("cache that may lie on either side", cache: .isMovable, [(.input, 90), (.cacheRead, 50), (.output, 20)]),
        Row(
            "more cache than input", cache: .besideByExcess,
            [(.input, 9), (.cacheRead, 50), (.cacheWrite, 10), (.output, 20)]),
        Row(
            "more cache than input, in a total that is a plain sum", cache: .besideByExcess,
            [(.input, 9), (.cacheRead, 50), (.output, 20), (.total, 29)]),
        Row(
            "the same of a provider that counts it beside", cache: [.besideByExcess, .totalIsPlainSum],
            counting: .cacheBesideInput,
            [(.input, 9), (.cacheRead, 50), (.output, 20), (.total, 29)]),
        Row("cache without any input", [(.cacheRead, 50), (.output, 20)]),
        Row(
            "a total with the cache beside", cache: .besideByTotal,
            [(.input, 90), (.cacheRead, 50), (.output, 20), (.total, 160)]),
        Row(
            "a total with the cache inside", cache: [.isMovable, .insideByTotal],
            [(.input, 90), (.cacheRead, 50), (.output, 20), (.total, 110)]),
        Row(
            "a total that fits neither", cache: .isMovable,
            [(.input, 90), (.cacheRead, 50), (.output, 20), (.total, 123)]),
        Row(
            "a total that adds up with as much reasoning as cache", reasoning: .isMovable,
            [(.input, 90), (.cacheRead, 15), (.output, 20), (.reasoning, 15), (.total, 125)]),
        Row(
            "a total with both beside", cache: .besideByTotal, reasoning: .besideByTotal,
            [(.input, 90), (.cacheRead, 50), (.output, 20), (.reasoning, 15), (.total, 175)]),
        Row(
            "a total with the cache inside and reasoning beside", cache: [.isMovable, .insideByTotal],
            reasoning: .besideByTotal,
            [(.input, 90), (.cacheRead, 50), (.output, 20), (.reasoning, 15), (.total, 125)]),
        Row(
            "a total with the cache beside and the results of tools", cache: .besideByTotal,
            [(.input, 90), (.inputBeside, 7), (.cacheRead, 50), (.output, 20), (.total, 167)]),
        Row(
            "a count that leaves the cache out by name",
            [(.inputUncached, 90), (.cacheRead, 50), (.output, 20)]),
        Row(
            "reasoning that may lie on either side", reasoning: .isMovable,
            [(.input, 9), (.output, 20), (.reasoning, 15)]),
        Row("an output that leaves reasoning out by name", [(.input, 9), (.outputVisible, 20), (.reasoning, 15)]),
        Row("more reasoning than output is a miscount", [(.input, 9), (.output, 20), (.reasoning, 25)]),
        Row(
            "more reasoning than output of a provider that counts it beside", reasoning: .besideByExcess,
            counting: .reasoningBesideOutput, [(.input, 9), (.output, 20), (.reasoning, 25)]),
        Row(
            "a total with reasoning inside", reasoning: [.isMovable, .insideByTotal], counting: .reasoningBesideOutput,
            [(.input, 9), (.output, 20), (.reasoning, 15), (.total, 29)]),
    ]

    @Test(
        arguments: [
            ("gen_ai.usage.reasoning_tokens", "gcp.gemini", nil, 200, 150),
            ("gen_ai.usage.reasoning_tokens", "gcp.gemini", 240, 50, 150),
            ("gen_ai.usage.reasoning_tokens", "openai", nil, 50, 150),
            ("gen_ai.usage.reasoning_tokens", "x_ai", nil, 50, 150),
            ("gen_ai.usage.reasoning.output_tokens", "gcp.gemini", nil, 50, 150),
            ("gen_ai.usage.details.thoughts_tokens", "gcp.gemini", nil, 50, 150),
        ] as [(String, String, Int64?, Int64, Int64)])
    func `thoughts of Gemini are beside the output unless key or total say otherwise`(
        _ key: String, _ provider: String, _ total: Int64?, _ output: Int64, _ reasoning: Int64
    ) throws {
        var attributes: InterpreterTests.Attributes = [
            ("gen_ai.operation.name", .string("chat")), ("gen_ai.provider.name", .string(provider)),
            ("gen_ai.request.model", .string("a-tuned-model")), ("gen_ai.usage.input_tokens", .int(40)),
            ("gen_ai.usage.output_tokens", .int(200)), (key, .int(150)),
        ]
        if let total { attributes.append(("gen_ai.usage.total_tokens", .int(total))) }
        let usage = try #require(try InterpreterTests.read(attributes).spans.calls.first).usage
        #expect(usage[.output] == output)
        #expect(usage[.reasoning] == reasoning)
    }

    @Test(arguments: rows)
    func `a report proves where its parts lie or leaves it open`(row: Row) {
        var report = row.report
        var (usage, anomalies) = (TokenUsage(), UsageAnomalies())
        report.classify(into: &usage, &anomalies)
        #expect(report.sides.cache == row.cache)
        #expect(report.sides.reasoning == row.reasoning)
    }

    @Test func `parts that are moved out come back to the same counts`() {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 1, spanID: 1))
        let before = [
            TokenClass.input: 90, .cacheRead: 20, .cacheReadAudio: 5, .cacheWrite: 10, .cacheWrite1h: 3, .output: 7,
            .reasoning: 4, .inputAudio: 2,
        ]
        for (tokenClass, tokens) in before { call.usage[tokenClass] = Int64(tokens) }
        let own = call.usage
        call.countCache(beside: true)
        call.countReasoning(beside: true)
        call.countCache(beside: true)
        #expect(call.usage[.input] == 90 + 38)
        #expect(call.usage[.output] == 7 + 4)
        #expect(call.usage.totalInput == own.totalInput + 38)
        call.countCache(beside: false)
        call.countReasoning(beside: false)
        #expect(call.usage == own)
        #expect(call.sides.isEmpty)
    }

    @Test(arguments: [
        ("anthropic", "", true, false), ("aws.bedrock", "amazon.nova-pro-v1:0", true, false),
        ("openrouter", "anthropic/claude-sonnet-4.5", true, false), ("gcp.gemini", "tuned-1", false, true),
        ("gcp.vertex_ai", "gemini-2.5-flash", false, true), ("gcp.vertex_ai", "Claude-Opus-4-8", true, false),
        ("x_ai", "", false, true), ("", "grok-4", false, true), ("openai", "gpt-5-mini", false, false),
        ("groq", "openai/gpt-oss-120b", false, false), ("", "", false, false),
    ])
    func `a provider or a model tells how its interface counts`(
        _ provider: String, _ model: String, _ cacheBeside: Bool, _ reasoningBeside: Bool
    ) {
        let counting = ProviderCounting(provider: provider, model: model)
        #expect(counting.contains(.cacheBesideInput) == cacheBeside)
        #expect(counting.contains(.reasoningBesideOutput) == reasoningBeside)
    }

    /// Calls with more reasoning than output.
    @Test(
        arguments: [
            ("gcp.gemini", "gemini-2.5-flash", 120, 800), ("x_ai", "grok-4", 120, 800),
            ("openai", "gpt-5-mini", 0, 120),
            ("deepseek", "deepseek-reasoner", 0, 120),
        ] as [(String, String, Int64, Int64)])
    func `more reasoning than output is beside it only where the provider counts so`(
        _ provider: String, _ model: String, _ output: Int64, _ reasoning: Int64
    ) throws {
        let reading = try InterpreterTests.read([
            ("gen_ai.operation.name", .string("chat")), ("gen_ai.provider.name", .string(provider)),
            ("gen_ai.request.model", .string(model)), ("gen_ai.usage.input_tokens", .int(40)),
            ("gen_ai.usage.tool_use_prompt_tokens", .int(12)), ("gen_ai.usage.output_tokens", .int(120)),
            ("gen_ai.usage.reasoning_tokens", .int(800)),
        ])
        let usage = try #require(reading.spans.calls.first).usage
        #expect(usage[.input] == 52)
        #expect(usage[.output] == output)
        #expect(usage[.reasoning] == reasoning)
        #expect(reading.report.anomalies[1] == (provider == "openai" || provider == "deepseek" ? 1 : 0))
    }
}
