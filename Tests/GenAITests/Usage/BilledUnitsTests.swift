// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

/// What spans tell that is billed by the piece, and how and where a call was served.
@Suite struct BilledUnitsTests {
    typealias Unit = BilledUnits.Unit

    /// Calls by two scopes, each with a usage object and where that stands.
    private static let objects: [(key: String, scope: String, mark: InterpreterTests.Attributes)] = [
        ("metadata.usage_object", "litellm", InterpreterTests.chat()),
        ("gen_ai.usage.raw", "logfire.anthropic", InterpreterTests.chat()),
        (
            "langfuse.observation.usage_details", "langfuse-sdk",
            [("langfuse.observation.type", .string("generation")), ("langfuse.observation.model.name", .string("m"))]
        ),
    ]

    @Test(
        arguments: [
            ("gen_ai.usage.server_tool_use.web_search_requests", .webSearch),
            ("gen_ai.usage.web_search_requests", .webSearch),
            ("gen_ai.usage.search_units", .rerankSearch),
            ("anthropic.usage.server_tool_use.web_search_requests", .webSearch),
            ("gen_ai.usage.details.web_search_requests", .webSearch),
            ("gen_ai.usage.details.num_search_queries", .webSearch),
            ("gen_ai.usage.details.server_side_tools_web_search", .webSearch),
            ("gen_ai.usage.details.server_side_tools_code_execution", .codeSession),
            ("gen_ai.usage.details.search_units", .rerankSearch),
        ] as [(String, Unit)])
    func `every spelling of a key is read`(key: String, unit: Unit) throws {
        let call = try #require(try InterpreterTests.read(InterpreterTests.chat([(key, .int(3))])).call)
        #expect(call.units[unit] == 3)
        #expect(call.units.units == [unit])
        #expect(!call.reportsUsage && call.reportsQuantity)
    }

    @Test(
        arguments: [
            (
                #"{"input_tokens": 5, "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 7}}"#,
                .webSearch
            ),
            (#"{"input_tokens": 5, "server_tool_use": {"web_search_requests": 2}, "speed": null}"#, .webSearch),
            ("{'prompt_tokens': 5, 'prompt_tokens_details': {'web_search_requests': 2}}", .webSearch),
            (
                "{'prompt_tokens': 5, 'prompt_tokens_details': {'cached_tokens': None, "
                    + "'google_maps_grounding_requests': 2}}", .mapsSearch
            ),
            (#"{"prompt_tokens": 5, "num_search_queries": 2, "citation_tokens": 9}"#, .webSearch),
            (#"{"input_tokens": 5, "server_side_tool_usage_details": {"web_search_calls": 2}}"#, .webSearch),
            (#"{"input_tokens": 5, "server_side_tool_usage_details": {"file_search_calls": 2}}"#, .fileSearch),
            (
                #"{"input_tokens": 5, "server_side_tool_usage_details": {"code_interpreter_calls": 2}}"#, .codeSession
            ),
            (#"{"billed_units": {"input_tokens": 5, "search_units": 2}}"#, .rerankSearch),
        ] as [(String, Unit)])
    func `a provider's usage object tells them wherever it stands`(object: String, unit: Unit) throws {
        for (key, scope, mark) in Self.objects {
            let reading = try InterpreterTests.read(mark + [(key, .string(object))], scope: scope)
            let call = try #require(reading.call)
            #expect(call.units[unit] == 2, "\(key)")
            #expect(call.units.units == [unit], "\(key)")
            #expect(call.usage.totalInput == 5, "\(key)")
        }
    }

    @Test func `the Vercel AI SDK has them in the provider's metadata`() throws {
        let metadata = """
            {"anthropic":{"usage":{"input_tokens":5,"service_tier":"standard","speed":"fast","inference_geo":"us",\
            "server_tool_use":{"web_search_requests":4}}}}
            """
        let span: InterpreterTests.Attributes = [
            ("ai.operationId", .string("ai.generateText.doGenerate")), ("ai.model.id", .string("m")),
        ]
        let reading = try InterpreterTests.read(span + [("ai.response.providerMetadata", .string(metadata))])
        let call = try #require(reading.call)
        #expect(call.units[.webSearch] == 4)
        #expect(reading.text(call.inferenceGeo) == "us")
        #expect(reading.text(call.tier) == "fast")
        let perplexity = #"{"perplexity":{"usage":{"citationTokens":5286,"numSearchQueries":1},"images":null}}"#
        let other = try InterpreterTests.read(span + [("ai.response.providerMetadata", .string(perplexity))])
        #expect(other.call?.units[.webSearch] == 1)
        let flex = #"{"openai":{"responseId":"r","serviceTier":"flex"}}"#
        let tier = try InterpreterTests.read(span + [("ai.response.providerMetadata", .string(flex))])
        #expect(tier.text(tier.call?.tier) == "flex")
    }

    @Test func `OpenInference has them in the metadata of a call`() throws {
        let reading = try InterpreterTests.read([
            ("openinference.span.kind", .string("LLM")), ("llm.model_name", .string("m")),
            ("llm.token_count.prompt", .int(1)),
            ("metadata", .string(#"{"stop_details": {"a": [1]}, "server_tool_use": {"web_search_requests": 2}}"#)),
        ])
        #expect(reading.call?.units[.webSearch] == 2)
    }

    @Test func `settings name attributes for each`() throws {
        let dialects: [any Dialect] =
            [
                CustomDialect([
                    .model: ["m"], .inputTokens: ["in"], .webSearches: ["web"], .fileSearches: ["files"],
                    .mapsSearches: ["maps"], .searchUnits: ["rerank"], .codeSessions: ["code"], .inferenceGeo: ["geo"],
                    .speed: ["speed"],
                ])
            ] + Dialects.all
        let counts: InterpreterTests.Attributes = [
            ("m", .string("gpt-4o")), ("web", .int(1)), ("files", .string("2")), ("maps", .double(3)),
            ("rerank", .int(4)), ("code", .int(5)), ("geo", .string("eu")), ("speed", .string("Fast")),
        ]
        let reading = try InterpreterTests.read(counts + [("in", .int(1))], dialects: dialects)
        let call = try #require(reading.call)
        #expect(Unit.allCases.map { call.units[$0] } == [1, 2, 3, 4, 5])
        #expect(reading.text(call.inferenceGeo) == "eu")
        #expect(reading.text(call.tier) == "Fast")
        // They make no call of a span that nothing else marks.
        #expect(try InterpreterTests.read(counts, dialects: dialects).spans.calls.isEmpty)
    }

    @Test(
        arguments: [
            (.int(0), 0, false), (.int(4_095), 4_095, false), (.string("7"), 7, false), (.double(2), 2, false),
            (.int(4_096), 0, true), (.int(-1), 0, true), (.double(1.5), 0, true), (.string("many"), 0, true),
            (.int(.max), 0, true), (.bool(true), 0, true),
        ] as [(TraceRequestWriter.Value, Int64, Bool)])
    func `a count that cannot be is left out and counted`(
        value: TraceRequestWriter.Value, count: Int64, isRefused: Bool
    ) throws {
        let reading = try InterpreterTests.read(
            InterpreterTests.chat([
                ("gen_ai.usage.web_search_requests", value), ("gen_ai.usage.search_units", .int(3)),
            ]))
        let call = try #require(reading.call)
        #expect(call.units[.webSearch] == count)
        #expect(call.units[.rerankSearch] == 3)
        let place = try #require(UsageAnomalies.named.firstIndex { $0.name == "refused_count" })
        #expect(reading.report.anomalies[place] == (isRefused ? 1 : 0))
    }

    @Test func `every fact has a bit of its own`() { #expect(Fact.allCases.count <= 128) }

    @Test func `counts do not touch each other`() {
        var units = BilledUnits()
        for unit in Unit.allCases { units[unit] = .max }
        #expect(Unit.allCases.allSatisfy { units[$0] == BilledUnits.largest })
        for unit in Unit.allCases {
            units[unit] = -1
            #expect(units[unit] == 0)
            #expect(units.units.count == Unit.count - Int(unit.rawValue) - 1)
        }
        #expect(units == BilledUnits() && units.word == 0)
    }

    @Test func `an agent that carries the sum of its searches is no call`() throws {
        let reading = try InterpreterTests.read([
            ("gen_ai.operation.name", .string("invoke_agent")), ("gen_ai.usage.input_tokens", .int(9)),
            ("gen_ai.usage.web_search_requests", .int(3)),
        ])
        #expect(reading.call == nil)
        #expect(reading.aggregate?.units[.webSearch] == 3)
    }

    @Test(
        arguments: [
            ("fast", nil, nil, "fast"), ("FAST", "standard", nil, "FAST"), ("fast", "auto", nil, "fast"),
            ("fast", nil, "default", "fast"), ("standard", "priority", nil, "priority"), ("standard", nil, nil, ""),
            ("fast", "priority", nil, "priority"), ("fast", nil, "flex", "flex"), ("slow", nil, nil, ""),
        ] as [(String, String?, String?, String)])
    func `a fast answer is a tier where no other is named`(
        speed: String, answered: String?, asked: String?, tier: String
    ) throws {
        var attributes = InterpreterTests.chat([("anthropic.usage.speed", .string(speed))])
        if let answered { attributes.append(("openai.response.service_tier", .string(answered))) }
        if let asked { attributes.append(("openai.request.service_tier", .string(asked))) }
        let reading = try InterpreterTests.read(attributes)
        #expect(reading.text(reading.call?.tier) == tier)
    }

    @Test(arguments: [
        ("us", "us"), ("eu", "eu"), ("global", ""), ("not_available", ""), ("Not_Available", ""), ("", ""),
    ])
    func `the place is told where one was kept to`(said: String, place: String) throws {
        let object = #"{"input_tokens": 5, "inference_geo": "\#(said)", "service_tier": "batch"}"#
        for (key, scope, mark) in Self.objects {
            let reading = try InterpreterTests.read(mark + [(key, .string(object))], scope: scope)
            #expect(reading.text(reading.call?.inferenceGeo) == place, "\(key)")
            #expect(reading.text(reading.call?.tier) == "batch", "\(key)")
        }
    }
}
