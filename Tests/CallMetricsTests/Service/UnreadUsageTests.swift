// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import TestData
import Testing
import TestRooms

/// Spans that seem to carry usage of which nothing was read.
@Suite struct UnreadUsageTests {
    typealias Attributes = [(key: String, value: TraceRequestWriter.Value)]

    private static func span(_ number: UInt8, _ attributes: Attributes) -> TraceRequestWriter.Span {
        TraceRequestWriter.Span(
            traceID: [UInt8](1...16), spanID: [0, 0, 0, 0, 0, 0, 1, number], attributes: attributes)
    }

    private static func unread(_ spans: [TraceRequestWriter.Span], scope: String = "acme") throws -> [String] {
        let replayed = try Replayed()
        try replayed.ingest(TraceRequestWriter().request(scope: scope, spans: spans))
        return replayed.samples("llm_cost_exporter_unread_usage_spans_total")
    }

    @Test(
        arguments: [
            [("acme.session.input_tokens", .int(12))],
            [("acme.tokens.burned", .int(12))],
            [("max_output_tokens", .int(4_096))],
            [("acme.remaining_tokens", .double(7))],
            [("acme.raw", .string(#"{"tokens_spent": 812, "plan": "pro"}"#))],
        ] as [Attributes])
    func `a number of tokens that nothing reads is counted by its scope`(attributes: Attributes) throws {
        #expect(try Self.unread([Self.span(1, attributes), Self.span(2, attributes)]) == [#"{scope="acme"} 2"#])
    }

    @Test(
        arguments: [
            [],
            [("http.request.method", .string("POST")), ("http.response.body.size", .int(512))],
            // Nothing of which anything could be lost.
            [("acme.session.input_tokens", .int(0))], [("acme.tokens.burned", .string("many"))],
            // Prompts and answers of tools are not searched.
            [("acme.prompt", .string(#"{"tokens_spent": 812}"#))],
            // A dialect knows the span for a tool's.
            [("gen_ai.operation.name", .string("execute_tool")), ("acme.session.input_tokens", .int(12))],
            // What was asked for is no usage.
            [
                ("gen_ai.operation.name", .string("chat")), ("gen_ai.request.model", .string("gpt-4o")),
                ("gen_ai.request.max_tokens", .int(100)),
            ],
            // Usage was read, whatever else there is.
            [
                ("gen_ai.operation.name", .string("chat")), ("gen_ai.request.model", .string("gpt-4o")),
                ("gen_ai.usage.input_tokens", .int(10)), ("acme.session.input_tokens", .int(12)),
            ],
        ] as [Attributes])
    func `a span without tokens, or whose usage was read, is not`(attributes: Attributes) throws {
        #expect(try Self.unread([Self.span(1, attributes)]).isEmpty)
    }

    @Test func `a call whose usage was not read is told, unless it failed`() throws {
        let attributes: Attributes = [
            ("gen_ai.operation.name", .string("chat")), ("gen_ai.request.model", .string("gpt-4o")),
            ("acme.tokens.burned", .int(12)),
        ]
        var failed = Self.span(2, attributes)
        failed.status = 2
        #expect(try Self.unread([Self.span(1, attributes), failed]) == [#"{scope="acme"} 1"#])
    }

    @Test func `there are at most 64 scopes, and their names are clean`() throws {
        let replayed = try Replayed()
        for number in 0..<100 {
            let span = Self.span(UInt8(number + 1), [("acme.tokens.burned", .int(12))])
            try replayed.ingest(TraceRequestWriter().request(scope: "scope\r-\(number)", spans: [span]))
        }
        let samples = replayed.samples("llm_cost_exporter_unread_usage_spans_total")
        #expect(samples.count == 65)
        #expect(samples.contains("{scope=\"scope\u{FFFD}-0\"} 1"))
        #expect(samples.contains(#"{scope="__overflow__"} 36"#))
    }

    @Test func `a scope is told once, with the keys of its first span`() throws {
        let replayed = try Replayed()
        for number in 0..<3 as Range<UInt8> {
            let span = Self.span(
                number + 1,
                [("acme.tokens.burned", .int(12)), ("acme.name", .string("x")), ("acme.token.total", .int(2))])
            try replayed.ingest(TraceRequestWriter().request(scope: "acme", spans: [span]))
        }
        let first = replayed.metrics.unread.takeNew()
        #expect(first.map(\.name) == ["acme"])
        #expect(first.first?.keys.contains("acme.tokens.burned") == true)
        #expect(replayed.metrics.unread.takeNew().isEmpty)
        #expect(replayed.metrics.unread.scopes.map(\.spans) == [3])
    }
}
