// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

@Suite struct LiteLLMDialectTests {
    static let object =
        "{'completion_tokens': 412, 'prompt_tokens': 5121, 'total_tokens': 5533, 'completion_tokens_details': "
        + "{'reasoning_tokens': 12, 'text_tokens': 400}, 'prompt_tokens_details': {'audio_tokens': None, "
        + "'cached_tokens': 4096, 'cache_creation_tokens': 1000, 'cache_creation_token_details': "
        + "{'ephemeral_5m_input_tokens': 600, 'ephemeral_1h_input_tokens': 400}}, 'iterations': None}"

    static func request(_ more: InterpreterTests.Attributes = []) -> InterpreterTests.Attributes {
        InterpreterTests.chat([("llm.request.type", .string("completion"))] + more)
    }

    @Test func `parts are read out of what Python printed`() throws {
        let reading = try InterpreterTests.read(
            Self.request([
                ("gen_ai.usage.input_tokens", .int(5121)), ("gen_ai.usage.output_tokens", .int(412)),
                ("metadata.usage_object", .string(Self.object)),
                ("hidden_params", .string(#"{"model_id": null, "response_cost": 0.0121338, "x": {"y": [1, 2]}}"#)),
            ]), scope: "litellm")
        let call = try #require(reading.call)
        #expect(call.usage.totalInput == 5121)
        #expect(call.usage[.cacheRead] == 4096)
        #expect(call.usage[.cacheWrite] == 600)
        #expect(call.usage[.cacheWrite1h] == 400)
        #expect(call.usage[.reasoning] == 12)
        #expect(call.reportedFemtodollars == 12_133_800_000_000)
        #expect(call.rewritesResponseIDs)
    }

    @Test func `the raw request below is no call`() throws {
        let reading = try InterpreterTests.read(
            [("llm.openai.usage", .string(Self.object)), ("llm.openai.model", .string("gpt-4o"))], scope: "litellm")
        #expect(reading.spans.calls.isEmpty)
    }

    @Test func `zeros of a stream say nothing, those of a plain call do`() throws {
        let zeros: InterpreterTests.Attributes = [
            ("gen_ai.usage.input_tokens", .int(0)), ("gen_ai.usage.output_tokens", .int(0)),
        ]
        let stream = try InterpreterTests.read(
            Self.request(zeros + [("llm.is_streaming", .string("True"))]), scope: "litellm")
        #expect(stream.call?.reportsUsage == false)
        let plain = try InterpreterTests.read(
            Self.request(zeros + [("llm.is_streaming", .string("False"))]), scope: "litellm")
        #expect(plain.call?.reportsUsage == true)
        #expect(try InterpreterTests.read(Self.request(zeros)).call?.reportsUsage == true)
    }

    @Test func `names of its own functions are calls`() throws {
        let names = [
            ("atranscription", "transcription"), ("aembedding", "embeddings"), ("new_function", "new_function"),
        ]
        for (name, operation) in names {
            let reading = try InterpreterTests.read(
                [("gen_ai.operation.name", .string(name)), ("gen_ai.request.model", .string("m"))], scope: "litellm"
            ) { $0.kind = 1 }
            #expect(reading.text(reading.call?.operation) == operation)
        }
    }
}
