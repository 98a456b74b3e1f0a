// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

@Suite struct LangfuseDialectTests {
    static func generation(_ more: InterpreterTests.Attributes = []) -> InterpreterTests.Attributes {
        [
            ("langfuse.observation.type", .string("generation")),
            ("langfuse.observation.model.name", .string("gpt-4o")),
        ] + more
    }

    static func usage(_ details: String) throws -> CallUsage {
        let reading = try InterpreterTests.read(
            generation([("langfuse.observation.usage_details", .string(details))]))
        return try #require(reading.call).usage
    }

    @Test func `an OpenAI client's object has the parts inside`() throws {
        let usage = try Self.usage(
            #"{"completion_tokens": 300, "prompt_tokens": 2006, "total_tokens": 2306, "completion_tokens_details": "#
                + #"{"reasoning_tokens": 192}, "prompt_tokens_details": {"audio_tokens": null, "cached_tokens": 1920}}"#
        )
        #expect(usage.totalInput == 2006)
        #expect(usage[.cacheRead] == 1920)
        #expect(usage.totalOutput == 300)
        #expect(usage[.reasoning] == 192)
    }

    @Test func `a flat object has disjoint members on both sides`() throws {
        let usage = try Self.usage(
            #"{"input": 73, "output": 24, "total": 585, "input_cache_read": 448, "output_reasoning": 40}"#)
        #expect(usage.totalInput == 521)
        #expect(usage.totalOutput == 64)
        #expect(usage[.reasoning] == 40)
    }

    @Test func `audio in a flat object lies beside, too`() throws {
        let usage = try Self.usage(#"{"input": 10, "output": 5, "input_audio": 7, "output_audio": 3}"#)
        #expect(usage.totalInput == 17)
        #expect(usage[.inputAudio] == 7)
        #expect(usage.totalOutput == 8)
        #expect(usage[.output] == 5)
    }

    @Test func `Anthropic's names beside a plain input lie beside it`() throws {
        let usage = try Self.usage(
            #"{"input": 25, "output": 412, "cache_read_input_tokens": 4096, "cache_creation_input_tokens": 1000}"#)
        #expect(usage.totalInput == 5121)
        #expect(usage[.cacheWrite] == 1000)
    }

    @Test func `a flat object whose total shows the parts inside is believed`() throws {
        let usage = try Self.usage(#"{"input": 2006, "output": 300, "total": 2306, "input_cache_read": 1920}"#)
        #expect(usage.totalInput == 2006)
        #expect(usage[.cacheRead] == 1920)
    }

    @Test func `a part that was taken out twice comes back by the total`() throws {
        let usage = try Self.usage(
            #"{"input": 0, "output": 10, "total": 5131, "input_cache_read": 4096, "input_cache_creation": 1000, "#
                + #""input_ephemeral_5m_input_tokens": 600, "input_ephemeral_1h_input_tokens": 400}"#)
        #expect(usage.totalInput == 5121)
        #expect(usage[.cacheWrite1h] == 400)
    }

    @Test(arguments: ["span", "event", "tool", "retriever", "evaluator", "guardrail"])
    func `other observations are pass-through spans`(type: String) throws {
        let reading = try InterpreterTests.read([
            ("langfuse.observation.type", .string(type)), ("gen_ai.operation.name", .string("chat")),
        ])
        #expect(reading.spans.calls.isEmpty)
    }

    @Test(arguments: ["agent", "chain"])
    func `agents and chains are aggregates`(type: String) throws {
        let reading = try InterpreterTests.read([("langfuse.observation.type", .string(type))])
        #expect(reading.aggregate != nil)
    }

    @Test func `an error is told by the level`() throws {
        let reading = try InterpreterTests.read(Self.generation([("langfuse.observation.level", .string("ERROR"))]))
        let call = try #require(reading.call)
        #expect(call.hasFailed)
        #expect(reading.text(call.errorType) == "_OTHER")
        #expect(reading.text(call.requestModel) == "gpt-4o")
    }

    @Test(arguments: ["2026-09-21T13:33:20.250000Z", "\"2026-09-21T15:33:20.25+02:00\""])
    func `the first token's time is text, with quotes or without`(time: String) throws {
        let reading = try InterpreterTests.read(
            Self.generation([("langfuse.observation.completion_start_time", .string(time))])
        ) { $0.startNanoseconds = 1_789_997_600_000_000_000 }
        #expect(reading.call?.timeToFirstTokenNanoseconds == 250_000_000)
    }

    @Test(
        arguments: [
            (#"{"input": 7.5e-05, "output": 0.00618}"#, 6_255_000_000_000),
            (#"{"input": 1, "output": 2, "total": 0.5}"#, 500_000_000_000_000), ("{}", nil),
            (#"{"input": 0.5, "note": "about", "estimated": true, "tax": null}"#, 500_000_000_000_000),
            (#"{"a": 4500, "b": 4500}"#, 9_000_000_000_000_000_000),
        ] as [(String, Int64?)])
    func `a cost is its total or the sum of its parts`(details: String, cost: Int64?) throws {
        let reading = try InterpreterTests.read(
            Self.generation([("langfuse.observation.cost_details", .string(details))]))
        #expect(reading.call?.reportedFemtodollars == cost)
        #expect(reading.report.anomalies.prefix(5) == [0, 0, 0, 0, 0])
    }

    @Test(arguments: [
        #"{"a": 9000, "b": 224}"#, #"{"a": 9000, "b": 9000, "c": 9000}"#, #"{"a": 9000, "b": "1e-15"}"#,
        #"{"a": 1, "b": -1}"#, #"{"a": -1}"#, #"{"a": 1, "b": 9001}"#, #"{"a": 20000}"#, #"{"a": "1e999", "b": 1}"#,
    ])
    func `parts that cannot be costs, or are too much together, leave the cost unknown`(details: String) throws {
        let reading = try InterpreterTests.read(
            Self.generation([("langfuse.observation.cost_details", .string(details))]))
        #expect(reading.call?.reportedFemtodollars == nil)
        #expect(reading.report.anomalies.prefix(5) == [0, 0, 0, 1, 0])
    }

    @Test(
        arguments: [
            ("2262-04-11T23:47:16.854775807Z", 7_433_372_036_854_775_807),
            ("2262-04-11T23:47:16.854775808Z", 7_433_372_036_854_775_808),
            ("2270-01-01T00:00:00Z", 7_677_107_200_000_000_000),
            ("2286-11-20T17:46:39.999999999Z", 8_209_999_999_999_999_999), ("2554-07-21T23:34:33.709551615Z", .max),
            ("2554-07-21T23:34:33.709551616Z", nil), ("2554-07-21T23:34:34Z", nil),
            ("9999-12-31T23:59:60.999999999-23:59", nil),
        ] as [(String, Int64?)])
    func `a first token in a far future is no harm`(time: String, nanoseconds: Int64?) throws {
        let reading = try InterpreterTests.read(
            Self.generation([("langfuse.observation.completion_start_time", .string(time))])
        ) { $0.startNanoseconds = 1_790_000_000_000_000_000 }
        #expect(reading.call?.timeToFirstTokenNanoseconds == nanoseconds)
    }

    @Test func `separately named parts whose sum is too large are cut down and counted`() throws {
        let details =
            #"{"output":1000000000,"output_reasoning":1000000000,"output_audio":1000000000,"#
            + #""output_image":1000000000}"#
        let reading = try InterpreterTests.read(
            Self.generation([
                ("langfuse.observation.usage_details", .string(details)),
                ("gen_ai.usage.video.output_tokens", .int(1_000_000_000)),
            ]))
        let usage = try #require(reading.call?.usage)
        #expect(usage.totalOutput == 4_294_967_295)
        #expect(usage[.output] == 294_967_295 && usage[.outputVideo] == 1_000_000_000)
        #expect(reading.report.anomalies.prefix(5) == [0, 0, 0, 0, 1])
    }
}
