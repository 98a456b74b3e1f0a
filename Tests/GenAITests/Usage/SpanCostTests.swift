// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

/// Costs that stand in other units than dollars, in objects, or in two parts.
@Suite struct SpanCostTests {
    @Test(
        arguments: [
            // The gateway's fee and what the provider billed, with the sender's own key.
            (
                "{'cost': 0.0000985, 'is_byok': True, 'cost_details': {'upstream_inference_cost': 0.00197}}",
                2_068_500_000_000
            ),
            (#"{"cost": 0, "is_byok": true, "cost_details": {"upstream_inference_cost": 0.00197}}"#, 1_970_000_000_000),
            (
                #"{"cost": 0.001, "is_byok": true, "cost_details": {"upstream_inference_cost": 0.0015}}"#,
                2_500_000_000_000
            ),
            (#"{"is_byok": true, "cost_details": {"upstream_inference_cost": "0.5"}}"#, 500_000_000_000_000),
            // A fee without the rest is not what the call cost.
            (#"{"cost": 0.001, "is_byok": true, "cost_details": {"upstream_inference_cost": null}}"#, nil),
            (#"{"cost": 0.001, "is_byok": true}"#, nil), ("{'cost': 0, 'is_byok': 'true'}", nil),
            // With the gateway's key its figure is the whole one, and the provider's is part of it.
            (
                #"{"cost": 0.092, "is_byok": false, "cost_details": {"upstream_inference_cost": 0.092}}"#,
                92_000_000_000_000
            ),
            (
                #"{"cost": 0.01, "is_byok": false, "cost_details": {"upstream_inference_cost": 0.5}}"#,
                10_000_000_000_000
            ),
            // A figure that holds the provider's already, whatever key was used.
            (#"{"cost": 0.6, "is_byok": true, "cost_details": {"upstream_inference_cost": 0.5}}"#, 600_000_000_000_000),
            // Whose key it was is not said: a fee is a small part of the bill.
            (#"{"cost": 0.001, "cost_details": {"upstream_inference_cost": 0.02}}"#, 21_000_000_000_000),
            (#"{"cost": 0, "costDetails": {"upstreamInferenceCost": 0.02}}"#, 20_000_000_000_000),
            (#"{"cost": 0.02, "cost_details": {"upstream_inference_cost": 0.02}}"#, 20_000_000_000_000),
            (#"{"cost": 0.0199, "cost_details": {"upstream_inference_cost": 0.02}}"#, 19_900_000_000_000),
            // Other units, and a cost that is an object.
            (#"{"cost_in_usd_ticks": 2709000}"#, 270_900_000_000), (#"{"cost_in_nano_usd": 270900}"#, 270_900_000_000),
            (#"{"cost": {"input_tokens_cost": 0.001, "request_cost": 0.005, "total_cost": 0.006}}"#, 6_000_000_000_000),
            // A 0 goes behind another figure, and alone it is what the span says.
            (#"{"cost": 0, "cost_in_usd_ticks": 10}"#, 1_000_000),
            (#"{"cost": 0.5, "cost_in_usd_ticks": 10}"#, 500_000_000_000_000),
            (#"{"cost": 0}"#, 0), (#"{"cost": null, "cost_in_usd_ticks": null}"#, nil),
        ] as [(String, Int64?)])
    func `a provider's usage object states the cost of the call`(_ object: String, _ cost: Int64?) throws {
        let reading = try InterpreterTests.read(InterpreterTests.chat([("metadata.usage_object", .string(object))]))
        #expect(reading.call?.reportedFemtodollars == cost)
        #expect(reading.report.anomalies.allSatisfy { $0 == 0 })
    }

    @Test(
        arguments: [
            (#"{"xai": {"costInUsdTicks": 2709000}}"#, 270_900_000_000), (#"{"xai": {"costInNanoUsd": 5}}"#, 5_000_000),
            (
                #"{"perplexity": {"usage": {"numSearchQueries": 1}, "cost": {"totalCost": 0.0061, "requestCost": 0.005}}}"#,
                6_100_000_000_000
            ),
            (
                #"{"openrouter": {"provider": "Anthropic", "usage": {"cost": 0.0015, "totalTokens": 9}}}"#,
                1_500_000_000_000
            ),
            (
                #"{"openrouter": {"usage": {"cost": 0.0001, "costDetails": {"upstreamInferenceCost": 0.002}}}}"#,
                2_100_000_000_000
            ),
            (#"{"gateway": {"cost": "0.000056", "marketCost": "0.000056"}}"#, 56_000_000_000),
            (#"{"gateway": {"cost": "0", "marketCost": "0.000056"}}"#, 56_000_000_000),
        ] as [(String, Int64)])
    func `the Vercel AI SDK's metadata of the provider states the cost of the call`(_ object: String, _ cost: Int64)
        throws
    {
        let reading = try InterpreterTests.read([
            ("ai.operationId", .string("ai.generateText.doGenerate")), ("ai.model.id", .string("m")),
            ("ai.usage.inputTokens", .int(9)), ("ai.response.providerMetadata", .string(object)),
        ])
        #expect(reading.call?.reportedFemtodollars == cost)
    }

    @Test(
        arguments: [
            ("gen_ai.usage.cost_in_usd_ticks", .int(10), 1_000_000, 0),
            ("gen_ai.usage.cost_in_usd_ticks", .string("15"), 1_500_000, 0),
            ("gen_ai.usage.cost_in_nano_usd", .double(1.5), 1_500_000, 0),
            ("gen_ai.usage.cost_in_usd_ticks", .int(90_000_000_000_000), 9_000_000_000_000_000_000, 0),
            ("gen_ai.usage.cost_in_usd_ticks", .int(90_000_000_000_001), nil, 1),
            ("gen_ai.usage.cost_in_usd_ticks", .int(-1), nil, 1),
            ("gen_ai.usage.cost_in_nano_usd", .double(1e300), nil, 1),
            ("gen_ai.usage.cost_in_nano_usd", .string("x"), nil, 1),
            ("gen_ai.usage.cost_in_usd_ticks", .int(.max), nil, 1),
            ("gen_ai.usage.upstream_inference_cost", .double(0.5), 500_000_000_000_000, 0),
        ] as [(String, TraceRequestWriter.Value, Int64?, UInt64)])
    func `a cost in another unit becomes an integer, or is refused and counted`(
        _ key: String, _ value: TraceRequestWriter.Value, _ cost: Int64?, _ refused: UInt64
    ) throws {
        let reading = try InterpreterTests.read(InterpreterTests.chat([(key, value)]))
        #expect(reading.call?.reportedFemtodollars == cost)
        #expect(reading.report.anomalies.reduce(0, +) == refused)
    }

    @Test func `a fee and a bill that are too large together are refused`() throws {
        let object = #"{"cost": 4000, "is_byok": true, "cost_details": {"upstream_inference_cost": 8999}}"#
        let reading = try InterpreterTests.read(InterpreterTests.chat([("metadata.usage_object", .string(object))]))
        #expect(reading.call?.reportedFemtodollars == nil)
        #expect(reading.report.anomalies.reduce(0, +) == 1)
    }

    @Test(
        arguments: [
            ("litellm.cache_hit", .bool(true), true), ("litellm.cache_hit", .bool(false), false),
            ("gen_ai.cache_hit", .string("True"), true), ("gen_ai.response.cache_hit", .bool(true), true),
            ("llm.cache_hit", .string("no"), false),
        ] as [(String, TraceRequestWriter.Value, Bool)])
    func `a gateway says that it answered from its cache`(
        _ key: String, _ value: TraceRequestWriter.Value, _ isFromCache: Bool
    ) throws {
        let reading = try InterpreterTests.read(InterpreterTests.chat([(key, value), ("gen_ai.usage.cost", .int(0))]))
        #expect(reading.call?.isFromCache == isFromCache)
        #expect(reading.call?.reportedFemtodollars == 0)
    }
}
