// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import TestData
import Testing

/// Pydantic AI and Logfire, which come together.
@Suite struct PydanticDialectTests {
    @Test(
        arguments: [
            ("gen_ai.usage.details.cache_read_tokens", .cacheRead),
            ("gen_ai.usage.details.cache_read_input_tokens", .cacheRead),
            ("gen_ai.usage.details.cached_content_tokens", .cacheRead),
            ("gen_ai.usage.details.cache_write_tokens", .cacheWrite),
            ("gen_ai.usage.details.cache_creation_input_tokens", .cacheWrite),
            ("gen_ai.usage.details.reasoning_tokens", .reasoning),
            ("gen_ai.usage.details.thoughts_tokens", .reasoning),
        ] as [(String, TokenClass)])
    func `details are parts of the totals`(key: String, tokenClass: TokenClass) throws {
        let reading = try InterpreterTests.read(
            InterpreterTests.chat([
                ("gen_ai.usage.input_tokens", .int(100)), ("gen_ai.usage.output_tokens", .int(100)), (key, .int(40)),
                ("gen_ai.usage.details.input_tokens", .int(60)),
            ]))
        let call = try #require(reading.call)
        #expect(call.usage[tokenClass] == 40)
        #expect(call.usage.totalInput + call.usage.totalOutput == 200)
    }

    @Test func `an agent that names no operation has no mark of a call`() throws {
        let reading = try InterpreterTests.read([
            ("model_name", .string("o4-mini")), ("gen_ai.usage.input_tokens", .int(1398)),
        ])
        #expect(reading.call == nil)
        #expect(reading.unmarked?.usage.totalInput == 1398)
    }

    @Test func `aggregated usage is never a call's`() throws {
        let sum: InterpreterTests.Attributes = [("gen_ai.aggregated_usage.input_tokens", .int(1398))]
        let call = try #require(try InterpreterTests.read(InterpreterTests.chat(sum)).call)
        #expect(!call.reportsUsage)
        let agent = try InterpreterTests.read([("gen_ai.operation.name", .string("invoke_agent"))] + sum)
        #expect(agent.aggregate?.usage.totalInput == 1398)
    }

    @Test func `of the two halves of a stream the log is the call`() throws {
        let request = InterpreterTests.chat([("request_data", .string(#"{"model":"gpt-4o","stream":true}"#))])
        let first = try InterpreterTests.read(
            request + [("logfire.span_type", .string("span"))], scope: "logfire.openai")
        #expect(first.spans.calls.isEmpty)
        #expect(first.spans.passThrough.count == 1)

        let log = try InterpreterTests.read(
            request + [
                ("logfire.span_type", .string("log")), ("duration", .double(0.5)),
                ("gen_ai.usage.input_tokens", .int(77)), ("gen_ai.usage.output_tokens", .int(19)),
            ], scope: "logfire.openai"
        ) { $0.startNanoseconds = $0.endNanoseconds }
        let call = try #require(log.call)
        #expect(call.usage.totalInput == 77)
        #expect(call.isStream)
        #expect(call.endNanoseconds.subtracting(call.startNanoseconds) == 500_000_000)
    }

    @Test func `a first half that failed, and a plain call, are calls`() throws {
        let span: InterpreterTests.Attributes = InterpreterTests.chat([("logfire.span_type", .string("span"))])
        let failed = try InterpreterTests.read(span, scope: "logfire.openai") { $0.status = 2 }
        #expect(failed.call?.hasFailed == true)
        let plain = try InterpreterTests.read(
            span + [("gen_ai.response.model", .string("gpt-4o-2024-08-06"))], scope: "logfire.openai")
        #expect(plain.call != nil)
        #expect(try InterpreterTests.read(span, scope: "pydantic-ai").call != nil)
    }

    @Test(arguments: [25, 5121])
    func `the provider's own object decides what the input is`(input: Int64) throws {
        let reading = try InterpreterTests.read(
            InterpreterTests.chat([
                ("gen_ai.usage.input_tokens", .int(input)), ("gen_ai.usage.output_tokens", .int(412)),
                (
                    "gen_ai.usage.raw",
                    .string(
                        #"{"cache_creation":{"ephemeral_1h_input_tokens":400,"ephemeral_5m_input_tokens":600},"#
                            + #""cache_creation_input_tokens":1000,"cache_read_input_tokens":4096,"input_tokens":25,"#
                            + #""output_tokens":412}"#)
                ),
            ]), scope: "logfire.anthropic")
        let call = try #require(reading.call)
        #expect(call.usage.totalInput == 5121)
        #expect(call.usage[.cacheWrite1h] == 400)
        #expect(reading.report.anomalies.prefix(5) == [0, 0, 0, 0, 0])
    }

    @Test func `OpenAI's responses have the cache inside the same name`() throws {
        let reading = try InterpreterTests.read(
            InterpreterTests.chat([
                (
                    "gen_ai.usage.raw",
                    .string(
                        #"{"input_tokens":2006,"input_tokens_details":{"cached_tokens":1920},"output_tokens":300,"#
                            + #""output_tokens_details":{"reasoning_tokens":192},"total_tokens":2306}"#)
                )
            ]), scope: "logfire.openai")
        #expect(reading.call?.usage.totalInput == 2006)
        #expect(reading.call?.usage[.reasoning] == 192)
    }
}
