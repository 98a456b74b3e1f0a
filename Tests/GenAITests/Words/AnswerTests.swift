// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import TestData
import Testing

/// Usage inside answers: of a provider's whole answer it is the call's, in a model's own text it is not.
@Suite struct AnswerTests {
    private static let usage = #"{"input_tokens": 90000, "output_tokens": 10000}"#

    /// Keys whose value is what the model or a tool said, or what a library keeps of it.
    private static let keys = [
        "output", "llm.output", "app.output", "output.value", "traceloop.entity.output", "langfuse.observation.output",
        "ai.response.object", "result", "final_result", "rag.result", "gen_ai.completion",
        "gen_ai.completion.0.content", "gen_ai.output.messages", "mlflow.spanOutputs", "metadata",
        "user.metadata", "cached.response", "previous_response",
    ]

    private static func call(_ key: String, _ text: String, model: String = "gpt-4o") throws -> ModelCall? {
        let named: InterpreterTests.Attributes = [
            ("gen_ai.operation.name", .string("chat")), ("gen_ai.request.model", .string(model)),
        ]
        return try InterpreterTests.read(named + [(key, .string(text))]).call
    }

    @Test(
        arguments: keys,
        [
            #"{"usage": \#(usage)}"#, #"{"answer": "ok", "usage": \#(usage)}"#,
            #"{"answer": "ok", "usage": \#(usage), "cost": 3.5}"#,
            #"{"id": 7, "type": "report", "status": "done", "data": [], "usage": \#(usage)}"#,
            #"{"question": "which?", "choices": ["a", "b"], "id": "q1", "usage": \#(usage)}"#,
            #"{"content": "text", "role": "analyst", "id": "7", "usage": \#(usage)}"#,
            #"{"output": "text", "id": "7", "object": "report", "usage": \#(usage)}"#,
            #"{"model": "T-800", "usage": \#(usage)}"#, #"{"session": {"usage": \#(usage)}, "usage": \#(usage)}"#,
            #"{"result": {"usage": \#(usage)}}"#, #"[{"finish_reason": "stop", "usage": \#(usage)}]"#,
            // An answer of another model, which the text quotes.
            #"{"id": "c1", "object": "chat.completion", "model": "gpt-4o-mini", "choices": [{}], "usage": \#(usage)}"#,
        ])
    func `an answer that merely contains usage is no bill`(key: String, text: String) throws {
        let call = try #require(try Self.call(key, text))
        #expect(!call.reportsUsage && call.reportedFemtodollars == nil)
    }

    @Test(arguments: ["gen_ai.response", "acme.llm.response", "acme.rawResponse", "app.raw", "gen_ai.response.raw"])
    func `usage with input and output under response or raw is the call's, unless a member names another model`(
        key: String
    ) throws {
        for (text, isRead) in [
            (#"{"usage": \#(Self.usage)}"#, true), (#"{"text": "ok", "usage": \#(Self.usage)}"#, true),
            (#"{"raw": {"usage": \#(Self.usage)}}"#, true), (#"{"model": "T-800", "usage": \#(Self.usage)}"#, false),
            (#"{"text": "ok", "usage": {"input_tokens": 90000}}"#, false),
            (#"{"text": "ok", "usage": {"limit": 90000}}"#, false),
        ] {
            #expect(try #require(try Self.call(key, text)).usage.totalInput == (isRead ? 90_000 : 0), "\(text)")
        }
    }

    @Test(arguments: ["output", "langfuse.observation.output", "rag.result", "gen_ai.completion"])
    func `in a text of the model, usage whose total is not its sum is no bill`(key: String) throws {
        for (total, isRead) in [(100_000, key != "gen_ai.completion"), (100_001, false)] {
            let usage = #"{"input_tokens": 90000, "output_tokens": 10000, "total_tokens": \#(total)}"#
            let call = try #require(try Self.call(key, #"{"answer": "ok", "usage": \#(usage)}"#))
            #expect(call.reportsUsage == isRead)
        }
    }

    @Test(
        arguments: ["output", "output.value", "app.llm.response", "result", "gen_ai.response.raw"],
        [
            #"{"id": "c1", "object": "chat.completion", "choices": [{"message": {}}], "usage": \#(usage)}"#,
            #"{"usage": \#(usage), "id": "r1", "object": "response", "output": [{"type": "message"}]}"#,
            #"{"id": "m1", "type": "message", "role": "assistant", "content": [{"text": "hi"}], "usage": \#(usage)}"#,
            #"{"content": [{"text": "hi"}], "stop_reason": "end_turn", "usage": \#(usage)}"#,
            #"{"model": "gpt-4o-2024-08-06", "text": "hi", "usage": \#(usage)}"#,
            #"{"model": "openai/gpt-4o", "usage": \#(usage)}"#,
            #"{"candidates": [{}], "usageMetadata": {"promptTokenCount": 90000, "candidatesTokenCount": 10000}}"#,
            #"{"usageMetadata": {"promptTokenCount": 90000, "candidatesTokenCount": 10000}}"#,
            #"{"output": {"message": {}}, "stopReason": "end_turn", "usage": {"inputTokens": 90000, "outputTokens": 10000}}"#,
            #"{"output": {"message": {}}, "metrics": {"latencyMs": 9}, "usage": {"inputTokens": 90000, "outputTokens": 10000}}"#,
            #"{"$metadata": {"httpStatusCode": 200}, "usage": {"inputTokens": 90000, "outputTokens": 10000}}"#,
            #"{"message": {}, "finishReason": "stop", "usage": \#(usage)}"#,
            #"{'generations': [], 'llm_output': {'token_usage': {'prompt_tokens': 90000, 'completion_tokens': 10000}, 'model_name': 'gpt-4o'}}"#,
            #"{"response": {"choices": [{}], "id": "c1", "usage": \#(usage)}}"#,
        ])
    func `a provider's whole answer tells the usage of a call that has none`(key: String, text: String) throws {
        let call = try #require(try Self.call(key, text))
        #expect(call.usage.totalInput == 90_000)
        #expect(call.usage.totalOutput == 10_000)
    }

    @Test func `in an answer the span's own counts hold, and one with other counts is another's`() throws {
        let answer =
            #"{"finish_reason": "stop", "usage": {"prompt_tokens": %, "completion_tokens": 10, "prompt_tokens_details": {"cached_tokens": 60}}}"#
        for (input, cached) in [(100, 60), (101, 0)] {
            let text = answer.replacing("%", with: "\(input)")
            let reading = try InterpreterTests.read(
                InterpreterTests.chat([
                    ("gen_ai.usage.input_tokens", .int(100)), ("gen_ai.usage.output_tokens", .int(10)),
                    ("gen_ai.response.raw", .string(text)),
                ]))
            #expect(reading.call?.usage.totalInput == 100)
            #expect(reading.call?.usage[.cacheRead] == Int64(cached))
        }
    }

    @Test func `a total above its parts is explained by the provider's answer`() throws {
        let index = try #require(UsageAnomalies.named.firstIndex { $0.name == "total_exceeds_parts" })
        let answer =
            #"{"output": {"message": {}}, "stopReason": "end_turn", "usage": {"inputTokens": %, "outputTokens": 200, "totalTokens": 5240, "cacheReadInputTokens": 3000, "cacheWriteInputTokens": 2000}}"#
        for (input, written) in [(40, 2_000), (41, 0)] {
            let reading = try InterpreterTests.read([
                ("openinference.span.kind", .string("LLM")),
                ("llm.model_name", .string("anthropic.claude-3-5-haiku-20241022-v1:0")),
                ("llm.token_count.prompt", .int(40)), ("llm.token_count.completion", .int(200)),
                ("llm.token_count.total", .int(5_240)),
                ("output.value", .string(answer.replacing("%", with: "\(input)"))),
            ])
            let call = try #require(reading.call)
            #expect(call.usage[.cacheWrite] == Int64(written))
            #expect(call.usage[.input] == 40)
            #expect(reading.report.anomalies[index] == (written == 0 ? 1 : 0))
        }
    }

    @Test(arguments: [
        #"{"#, #"{"usage"#, #"{"usage":"#, #"{"usage": {"#, #"{"usage": {}"#, #"{"choices": ["#, #"{"choices": [{"#,
        #"{"output": {"usage": {"#, #"{"model"#, #"{"model": ""#, #"{"usage": {"input_tokens": 1}, "finish_reason""#,
    ])
    func `a text that is cut off is read as far as it goes`(_ text: String) throws {
        for key in ["output", "output.value"] { #expect(try Self.call(key, text)?.reportsUsage != true) }
    }
}
