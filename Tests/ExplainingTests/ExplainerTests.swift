// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Explaining
import GenAI
import Pricing
import TestData
import Testing
import TestRooms

@Suite struct ExplainerTests {
    @Test func `a counted call comes with what was reported, its classes and every line of its cost`() throws {
        let explanation = try Explained.explain([
            chat(1, usage(1_000, 100) + [("gen_ai.usage.cache_read.input_tokens", .int(400))])
        ])
        let span = try #require(explanation.spans.first)
        #expect(span.number == 1 && span.outcome == .counted && span.favoured == nil)
        #expect(span.account.kind == .call && span.account.dialect == "opentelemetry")
        #expect(span.name == "chat" && span.scope == "opentelemetry.instrumentation.test")
        #expect(span.account.reported.map(\.name) == ["input", "output", "cache_read"])
        #expect(span.account.reported.map(\.tokens) == [1_000, 100, 400])
        let call = try #require(span.call)
        #expect(call.operation == "chat" && call.provider == "openai" && call.requestModel == "gpt-4o")
        #expect(call.usage[.input] == 600 && call.usage[.cacheRead] == 400 && call.usage[.output] == 100)
        #expect(call.durationNanoseconds == 1_500_000_000)
        let price = try #require(span.price)
        #expect(price.source == .computed && price.why == [] && price.cost?.description == "0.003")
        #expect(price.card?.modelID == "openai/gpt-4o" && price.card?.matched == .exact)
        #expect(price.lines.map(\.cost.description) == ["0.0015", "0.001", "0.0005"])
        #expect(price.computedCost == price.cost)
    }

    @Test(
        arguments: [
            ("acme-9", "openai", .unknownModel), ("gpt-4o", "openai-compatible", .unknownProvider),
        ] as [(String, String, UnpricedReason)])
    func `a call without a price says why`(model: String, provider: String, reason: UnpricedReason) throws {
        var span = chat(1, usage(7, 3))
        span.attributes[1].value = .string(provider)
        span.attributes[2].value = .string(model)
        let explanation = try Explained.explain([span])
        let price = try #require(explanation.spans.first?.price)
        #expect(price.source == .unpriced && price.unpricedReason == reason)
        #expect(price.cost == nil && price.card == nil && price.lines == [])
        #expect(explanation.models.map(\.unpriced) == [1])
    }

    @Test(
        arguments: [
            ("gpt-4o", "nobody-knows", [.providerByModel]), ("claude-opus-4-8-high", "anthropic", [.similarName]),
            ("gpt-4o", "openai", []),
        ] as [(String, String, [PriceExplanation.Why])])
    func `a likely price says why it is only that`(
        model: String, provider: String, why: [PriceExplanation.Why]
    ) throws {
        var span = chat(1, usage(7, 3))
        span.attributes[1].value = .string(provider)
        span.attributes[2].value = .string(model)
        let price = try #require(try Explained.explain([span]).spans.first?.price)
        #expect(price.why == why && price.source == (why.isEmpty ? .computed : .estimated))
    }

    @Test func `where no price is known the cost that the span reports is taken, and the reason is told`() throws {
        var span = chat(1, usage(7, 3) + [("gen_ai.usage.cost", .double(0.25))])
        span.attributes[2].value = .string("acme-9")
        let price = try #require(try Explained.explain([span]).spans.first?.price)
        #expect(price.source == .reported && price.why == [.noPriceInBook] && price.unpricedReason == .unknownModel)
        #expect(price.cost?.description == "0.25")
    }

    @Test func `a call that a gateway answered from its cache costs what the gateway says, and the reason is told`()
        throws
    {
        let facts =
            [("gen_ai.usage.cost", .int(0)), ("gen_ai.cache_hit", .bool(true))] as [(String, TraceRequestWriter.Value)]
        let price = try #require(try Explained.explain([chat(1, usage(1_000, 100) + facts)]).spans.first?.price)
        #expect(price.source == .reported && price.why == [.fromCache] && price.unpricedReason == nil)
        #expect(price.cost == .zero && price.computedCost != .zero)
        let model = try #require(
            try Explained.explain([chat(1, usage(1_000, 100) + facts.prefix(1))]).spans.first?.price)
        #expect(model.source == .computed && model.cost == model.computedCost)
    }

    @Test func `a setting that prefers the cost of spans is named, and the book's figure stands beside it`() throws {
        var policy = ReportedCostPolicy()
        policy.byProvider["openai"] = .reported
        let explained = try Explained(reportedCosts: policy)
        try explained.ingest([chat(1, usage(1_000, 100) + [("gen_ai.usage.cost", .double(0.25))])])
        let price = try #require(explained.settle().spans.first?.price)
        #expect(price.source == .reported && price.why == [.providerReports] && price.unpricedReason == nil)
        #expect(price.cost?.description == "0.25" && price.computedCost?.description == "0.0035")
    }

    @Test(
        arguments: [
            ("moonlight", [.noTierRates], .estimated), ("default", [], .computed), ("batch", [], .computed),
        ] as [(String, [PriceExplanation.Why], PriceExplanation.Source)])
    func `an estimate says what is missing`(
        tier: String, why: [PriceExplanation.Why], source: PriceExplanation.Source
    ) throws {
        let span = chat(1, usage(10, 1) + [("openai.request.service_tier", .string(tier))])
        let price = try #require(try Explained.explain([span]).spans.first?.price)
        #expect(price.why == why && price.source == source)
        #expect(price.card?.basis.variants.map(\.text) == (tier == "batch" ? ["tier=batch"] : []))
    }

    @Test func `what is billed by the piece has its own lines beside the tokens'`() throws {
        let explained = try Explained.explain([
            chat(
                1,
                usage(1_000, 0) + [
                    ("gen_ai.usage.web_search_requests", .int(2)), ("gen_ai.usage.search_units", .int(3)),
                    ("anthropic.usage.inference_geo", .string("us")),
                ])
        ])
        let span = try #require(explained.spans.first)
        #expect(span.call?.units.units == [.webSearch, .rerankSearch] && span.call?.inferenceGeo == "us")
        let price = try #require(span.price)
        #expect(price.pieces.map(\.unit) == [.webSearch, .rerankSearch] && price.pieces.map(\.count) == [2, 3])
        #expect(price.pieces.map { $0.price == nil } == [false, true])
        #expect(price.fee == price.pieces.reduce(.zero) { $0 + $1.cost } && price.feeOfCall == .zero)
        #expect(price.source == .estimated && price.why == [.unknownFee])
        #expect(price.computedCost == price.cost)
    }

    @Test func `a count of pieces that cannot be is told`() throws {
        let explained = try Explained.explain([
            chat(1, usage(1, 0) + [("gen_ai.usage.web_search_requests", .int(-2))])
        ])
        let account = try #require(explained.spans.first?.account)
        #expect(account.anomalies == .refusedCount)
        #expect(account.refused.map(\.name) == ["web_search"] && account.refused.map(\.reason) == [.negative])
    }

    @Test(
        arguments: [
            (.int(-1), .negative), (.double(1.5), .fractional), (.double(.nan), .notANumber),
            (.int(2_000_000_000_000), .tooLarge), (.string("-3"), .negative), (.string("many"), .notANumber),
            (.string("0.5"), .fractional), (.bool(true), .notANumber),
        ] as [(TraceRequestWriter.Value, RefusedNumber.Reason)])
    func `a count that is left out says why`(value: TraceRequestWriter.Value, reason: RefusedNumber.Reason) throws {
        let explanation = try Explained.explain([chat(1, usage(10, 1) + [("gen_ai.usage.reasoning_tokens", value)])])
        let account = try #require(explanation.spans.first?.account)
        #expect(account.refused.map(\.name) == ["reasoning"] && account.refused.map(\.reason) == [reason])
        #expect(account.anomalies == .refusedCount)
    }

    @Test func `more cached tokens than input is told`() throws {
        let explanation = try Explained.explain([
            chat(1, usage(10, 1) + [("gen_ai.usage.cache_read.input_tokens", .int(400))])
        ])
        #expect(explanation.spans.first?.account.anomalies == .exclusiveCache)
    }

    @Test func `a failed call and one without usage say that there is nothing to price`() throws {
        var failed = chat(1, [("error.type", .string("RateLimitError"))])
        failed.status = 2
        let explanation = try Explained.explain([failed, chat(2)])
        #expect(explanation.spans.map(\.price?.why) == [[.failedWithoutUsage], [.noUsage]])
        #expect(explanation.spans.first?.call?.errorType == "RateLimitError")
        #expect(explanation.models.map(\.failed) == [1])
        #expect(explanation.models.map(\.withoutUsage) == [1])
    }

    @Test(arguments: [(10, 20, 2), (20, 10, 1), (10, 10, 1)] as [(Int64, Int64, Int)])
    func `of a span that is sent twice the copy that tells more stands`(
        first: Int64, second: Int64, standing: Int
    ) throws {
        let explained = try Explained()
        try explained.ingest([chat(1, usage(first, 1))])
        try explained.ingest([chat(1, usage(second, 1))])
        let spans = explained.settle().spans
        #expect(spans.filter { $0.outcome == .counted }.map(\.number) == [standing])
        #expect(spans.filter { $0.outcome == .duplicate }.map(\.favoured) == [.span(standing)])
        #expect(spans[standing - 1].repeatedBy == [3 - standing])
    }

    @Test func `an agent names the calls that it repeats, and a tool between them is a step`() throws {
        var agent = chat(1, usage(30, 3))
        agent.attributes[0].value = .string("invoke_agent")
        var tool = chat(2)
        tool.attributes = [("gen_ai.operation.name", .string("execute_tool"))]
        tool.parentSpanID = agent.spanID
        var call = chat(3, usage(30, 3))
        call.parentSpanID = tool.spanID
        let spans = try Explained.explain([agent, tool, call]).spans
        #expect(spans.map(\.outcome) == [.repeatsChildren, .notAModelCall, .counted])
        #expect(spans.map(\.account.kind) == [.aggregate, .neither, .call])
        #expect(spans.map(\.favoured) == [.below([3]), nil, nil])
        #expect(spans.map(\.repeatedBy) == [[], [], [1]])
    }

    @Test func `a counted twin shows what it has from the other, and the other names it`() throws {
        var outer = chat(1, usage(30, 3) + [("gen_ai.response.id", .string("chatcmpl-1"))])
        outer.attributes += [("openai.request.service_tier", .string("flex")), ("gen_ai.request.stream", .bool(true))]
        let inner = chat(
            2,
            usage(30, 3) + [
                ("gen_ai.response.id", .string("chatcmpl-1")), ("gen_ai.usage.cache_read.input_tokens", .int(20)),
            ])
        let explained = try Explained()
        try explained.ingest([outer], scope: "framework")
        try explained.ingest([inner], scope: "library")
        let spans = explained.settle().spans
        #expect(spans.map(\.outcome) == [.twin, .counted])
        #expect(spans.map(\.favoured) == [.span(2), nil])
        #expect(spans[1].learned == ["tier", "stream"])
        #expect(spans[1].call?.tier == "flex")
        #expect(spans[1].repeatedBy == [1])
    }

    @Test func `outcomes add up to the spans received, those without ids included`() throws {
        var other = chat(3)
        other.attributes = []
        let explanation = try Explained.explain([
            chat(1, usage(1, 1)), chat(1, usage(1, 1)), other, TraceRequestWriter.Span(traceID: [], spanID: []),
        ])
        let outcomes = explanation.outcomes.filter { $0.spans > 0 }
        #expect(outcomes.map(\.name) == ["counted", "duplicate", "not_a_model_call", "invalid"])
        #expect(outcomes.map(\.spans) == [1, 1, 1, 1])
        #expect(explanation.spans.count == 3)
    }

    @Test func `usage without the mark of a call has no dialect`() throws {
        var span = chat(1)
        span.attributes = usage(5, 1)
        let explained = try #require(try Explained.explain([span]).spans.first)
        #expect(explained.account.kind == .call && explained.account.dialect == nil)
    }

    @Test(arguments: [("short", "short"), (String(repeating: "ü", count: 81), String(repeating: "ü", count: 79) + "…")])
    func `names of spans are cut, since they may carry text of users`(name: String, shown: String) throws {
        var span = chat(1)
        span.name = name
        #expect(try Explained.explain([span]).spans.first?.name == shown)
    }

    @Test func `labels that settings add are told with their values`() throws {
        let rule = LabelRule(name: "team", sources: [.span("llm.team")])
        let explained = try Explained(labels: [rule])
        try explained.ingest([chat(1, [("llm.team", .string("search"))])])
        let labels = try #require(explained.settle().spans.first?.call?.labels)
        #expect(labels.map(\.name) == ["team"] && labels.map(\.value) == ["search"])
    }
}
