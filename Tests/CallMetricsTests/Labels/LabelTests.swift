// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing
import TestRooms

/// Labels that settings add to the families of model calls.
@Suite struct LabelTests {
    private static let team = LabelRule(
        name: "team", sources: [.span("llm.team"), .ancestor("llm.team"), .resource("team")])

    /// A span above or below others.
    private func span(
        _ number: UInt8, below parent: UInt8? = nil, _ attributes: [(key: String, value: TraceRequestWriter.Value)]
    ) -> TraceRequestWriter.Span {
        var span = TraceRequestWriter.Span(
            traceID: [UInt8](1...16), spanID: [0, 0, 0, 0, 0, 0, 1, number], attributes: attributes)
        span.parentSpanID = parent.map { [0, 0, 0, 0, 0, 0, 1, $0] } ?? []
        return span
    }

    private func requests(_ spans: [TraceRequestWriter.Span], _ labels: [LabelRule]) throws -> [String] {
        let replayed = try Replayed(labels: labels)
        try replayed.ingest(spans)
        return replayed.samples("llm_requests_total")
    }

    @Test func `a label is an attribute of the call's own span`() throws {
        let replayed = try Replayed(labels: [Self.team])
        try replayed.ingest([chat(1, usage(1_000, 100) + [("llm.team", .string("search"))]), chat(2, usage(10, 1))])
        #expect(
            replayed.samples("llm_requests_total") == [
                #"{model="gpt-4o",operation="chat",team=""} 1"#, #"{model="gpt-4o",operation="chat",team="search"} 1"#,
            ])
        #expect(
            replayed.samples("llm_cost_dollars_total") == [
                #"{model="gpt-4o",operation="chat",team=""} 0.000035"#,
                #"{model="gpt-4o",operation="chat",team="search"} 0.0035"#,
            ])
        // Histograms have it only when asked.
        #expect(
            replayed.samples("llm_request_duration_seconds_count") == [#"{model="gpt-4o",operation="chat"} 2"#])
    }

    @Test(arguments: [false, true])
    func `a label is inherited from the nearest span above that has it`(topFirst: Bool) throws {
        let above = [
            span(10, [("llm.team", .string("far"))]), span(11, below: 10, [("llm.team", .string("near"))]),
            span(12, below: 11, [("gen_ai.operation.name", .string("execute_tool"))]),
        ]
        var call = chat(1, usage(10, 1))
        call.parentSpanID = above[2].spanID
        let spans = topFirst ? above + [call] : [call] + above.reversed()
        #expect(try requests(spans, [Self.team]) == [#"{model="gpt-4o",operation="chat",team="near"} 1"#])
    }

    @Test func `what the call says itself wins over what is above`() throws {
        var call = chat(1, usage(10, 1) + [("llm.team", .string("own"))])
        call.parentSpanID = [0, 0, 0, 0, 0, 0, 1, 10]
        let above = span(10, [("llm.team", .string("above"))])
        #expect(try requests([call, above], [Self.team]) == [#"{model="gpt-4o",operation="chat",team="own"} 1"#])
    }

    @Test(arguments: [
        (CallProperty.provider, "openai"), (.requestModel, "gpt-4o"), (.responseModel, "gpt-4o-2024-08-06"),
        (.dialect, "opentelemetry"), (.bookID, "openai/gpt-4o"), (.tier, "flex"), (.region, "eu"),
    ])
    func `a label is something that was made out about the call`(property: CallProperty, value: String) throws {
        let call = chat(
            1,
            usage(10, 1) + [
                ("gen_ai.response.model", .string("gpt-4o-2024-08-06")),
                ("server.address", .string("eu.api.openai.com")),
                ("openai.response.service_tier", .string("flex")),
            ])
        let lines = try requests([call], [LabelRule(name: "made_out", sources: [.call(property)])])
        #expect(lines == [#"{model="gpt-4o-2024-08-06",operation="chat",made_out="\#(value)"} 1"#])
    }

    @Test func `numbers and flags are written as text`() throws {
        let rules = [
            LabelRule(name: "tenant", sources: [.span("tenant")]), LabelRule(name: "trial", sources: [.span("trial")]),
        ]
        let call = chat(1, usage(10, 1) + [("tenant", .int(42)), ("trial", .bool(true))])
        #expect(try requests([call], rules) == [#"{model="gpt-4o",operation="chat",tenant="42",trial="true"} 1"#])
    }

    @Test func `values over the ceiling become one, and sums stay right`() throws {
        let calls = (1...9).map { chat($0, usage(10, 1) + [("llm.team", .string("team-\($0)"))]) }
        var rule = Self.team
        rule.maxValues = 3
        let lines = try requests(calls, [rule])
        #expect(lines.count == 4)
        #expect(lines.contains(#"{model="gpt-4o",operation="chat",team="__overflow__"} 6"#))
    }

    @Test(arguments: [
        ("span.llm.team", LabelSource.span("llm.team")), ("ancestor.user.id", .ancestor("user.id")),
        ("resource.service.name", .resource("service.name")), ("scope.name", .scope("name")),
        ("call.tier", .call(.tier)), ("call.weather", nil), ("team", nil), ("span.", nil), ("", nil),
    ])
    func `a source is a kind, a dot and a key`(text: String, expected: LabelSource?) {
        #expect(LabelSource(text) == expected)
    }
}
