// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import TestData
import Testing
import TestRooms

/// Costs that spans bring along, beside those of the price book.
@Suite struct ReportedCostTests {
    /// A call of a model that costs $0.0035 by the book.
    private func call(
        _ number: UInt8 = 1, provider: String = "openai", model: String = "gpt-4o", cost: Double?
    ) -> TraceRequestWriter.Span {
        var span = chat(number, usage(1_000, 100))
        span.attributes[1].value = .string(provider)
        span.attributes[2].value = .string(model)
        if let cost { span.attributes.append(("gen_ai.usage.cost", .double(cost))) }
        return span
    }

    private func replay(
        _ calls: [TraceRequestWriter.Span], _ policy: ReportedCostPolicy = ReportedCostPolicy()
    ) throws -> Replayed {
        var pricing = PricerConfiguration()
        pricing.reportedCosts = policy
        let replayed = try Replayed(pricing: pricing)
        try replayed.ingest(calls)
        return replayed
    }

    @Test func `the book's figure counts, and the gap to the reported one is shown`() throws {
        let replayed = try replay([call(1, cost: 0.004), call(2, cost: 0.003), call(3, cost: nil)])
        #expect(replayed.samples("llm_cost_dollars_total") == [#"{model="gpt-4o",operation="chat"} 0.0105"#])
        #expect(replayed.samples("llm_cost_by_source_dollars_total") == [#"{source="computed"} 0.0105"#])
        #expect(replayed.samples("llm_reported_cost_dollars_total") == [#"{model="gpt-4o",operation="chat"} 0.007"#])
        #expect(
            replayed.samples("llm_cost_discrepancy_dollars_total") == [
                #"{model="gpt-4o",direction="reported_higher"} 0.0005"#,
                #"{model="gpt-4o",direction="reported_lower"} 0.0005"#,
            ])
    }

    @Test func `a provider whose own figure counts has that one`() throws {
        var policy = ReportedCostPolicy()
        policy.byProvider["openai"] = .reported
        let replayed = try replay([call(1, cost: 0.004), call(2, cost: nil)], policy)
        #expect(replayed.samples("llm_cost_dollars_total") == [#"{model="gpt-4o",operation="chat"} 0.0075"#])
        #expect(
            replayed.samples("llm_cost_by_source_dollars_total") == [
                #"{source="computed"} 0.0035"#, #"{source="reported"} 0.004"#,
            ])
        let classes = replayed.samples("llm_token_cost_dollars_total")
        #expect(classes.contains(#"{model="gpt-4o",operation="chat",token_type="reported"} 0.004"#))
    }

    @Test func `a model that the book does not know has what its span says`() throws {
        let known = try replay([call(model: "acme-9", cost: 0.25)])
        #expect(known.samples("llm_cost_dollars_total") == [#"{model="acme-9",operation="chat"} 0.25"#])
        #expect(known.samples("llm_cost_by_source_dollars_total") == [#"{source="reported"} 0.25"#])
        #expect(known.samples("llm_cost_by_provider_dollars_total") == [#"{provider="openai"} 0.25"#])
        #expect(known.samples("llm_unpriced_requests_total").isEmpty)

        var policy = ReportedCostPolicy()
        policy.unknownModels = .computed
        let strict = try replay([call(model: "acme-9", cost: 0.25)], policy)
        #expect(strict.samples("llm_cost_dollars_total").isEmpty)
        #expect(strict.samples("llm_unpriced_requests_total").count == 1)
        #expect(strict.samples("llm_reported_cost_dollars_total").count == 1)
    }

    @Test func `OpenRouter's own spans are of calls that it sold, whoever they name as provider`() throws {
        let replayed = try Replayed()
        let body = TraceRequestWriter().request(
            scope: "openrouter", spans: [call(model: "openai/gpt-4o", cost: 0.004)])
        _ = try replayed.ingest(body)
        #expect(
            replayed.samples("llm_cost_dollars_total") == [#"{model="openai/gpt-4o",operation="chat"} 0.004"#])
        #expect(replayed.samples("llm_cost_by_provider_dollars_total") == [#"{provider="openrouter"} 0.004"#])
    }

    @Test func `zero beside tokens of an unknown model is no price`() throws {
        let replayed = try replay([call(model: "acme-9", cost: 0)])
        #expect(replayed.samples("llm_cost_dollars_total").isEmpty)
        #expect(
            replayed.samples("llm_unpriced_requests_total") == [
                #"{model="acme-9",provider="openai",reason="unknown_model"} 1"#
            ])
    }

    @Test func `settings name attributes of spans that nobody knows`() throws {
        let attributes: [CustomDialect.Field: [String]] = [
            .model: ["my.model"], .provider: ["my.vendor"], .inputTokens: ["my.in"], .outputTokens: ["my.out"],
            .cost: ["my.cost"],
        ]
        let replayed = try Replayed(attributes: attributes)
        try replayed.ingest([
            TraceRequestWriter.Span(
                traceID: [UInt8](1...16), spanID: [UInt8](1...8),
                attributes: [
                    ("my.model", .string("gpt-4o")), ("my.vendor", .string("openai")), ("my.in", .int(1_000)),
                    ("my.out", .string("100")), ("my.cost", .double(0.0035)),
                ])
        ])
        #expect(replayed.samples("llm_cost_dollars_total") == [#"{model="gpt-4o",operation="chat"} 0.0035"#])
        #expect(replayed.samples("llm_reported_cost_dollars_total").count == 1)
        #expect(replayed.samples("llm_cost_discrepancy_dollars_total").isEmpty)
    }
}
