// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

@Suite struct OpenInferenceDialectTests {
    static func llm(_ more: InterpreterTests.Attributes = []) -> InterpreterTests.Attributes {
        [("openinference.span.kind", .string("LLM"))] + more
    }

    @Test func `a call has its counts, parts included`() throws {
        let reading = try InterpreterTests.read(
            Self.llm([
                ("llm.model_name", .string("gpt-4o-2024-08-06")), ("llm.system", .string("openai")),
                ("llm.invocation_parameters", .string(#"{"model": "gpt-4o", "stream": false}"#)),
                ("llm.token_count.prompt", .int(100)), ("llm.token_count.completion", .int(50)),
                ("llm.token_count.prompt_details.cache_read", .int(40)),
                ("llm.token_count.prompt_details.cache_write", .int(10)),
                ("llm.token_count.prompt_details.audio", .int(5)),
                ("llm.token_count.completion_details.reasoning", .int(20)),
                ("llm.token_count.completion_details.audio", .int(3)), ("llm.cost.total", .double(0.25)),
            ]))
        let call = try #require(reading.call)
        #expect(call.usage.totalInput == 100)
        #expect(call.usage[.cacheRead] == 40)
        #expect(call.usage[.cacheWrite] == 10)
        #expect(call.usage[.inputAudio] == 5)
        #expect(call.usage.totalOutput == 50)
        #expect(call.usage[.reasoning] == 20)
        #expect(call.usage[.outputAudio] == 3)
        #expect(reading.text(call.model) == "gpt-4o-2024-08-06")
        #expect(reading.text(call.requestModel) == "gpt-4o")
        #expect(call.reportedFemtodollars == 250_000_000_000_000)
    }

    @Test(arguments: [("EMBEDDING", "embeddings"), ("RERANKER", "rerank"), ("llm", "chat")])
    func `kinds that are calls`(kind: String, operation: String) throws {
        let reading = try InterpreterTests.read([("openinference.span.kind", .string(kind))])
        #expect(reading.text(reading.call?.operation) == operation)
    }

    @Test func `the kind counts before the conventions' operation`() throws {
        for kind in ["TOOL", "RETRIEVER", "GUARDRAIL", "EVALUATOR"] {
            let reading = try InterpreterTests.read([
                ("openinference.span.kind", .string(kind)), ("gen_ai.operation.name", .string("chat")),
            ])
            #expect(reading.spans.calls.isEmpty)
        }
        for kind in ["AGENT", "CHAIN"] {
            let reading = try InterpreterTests.read([
                ("openinference.span.kind", .string(kind)), ("llm.token_count.prompt", .int(7)),
            ])
            #expect(reading.aggregate?.usage.totalInput == 7)
        }
    }

    @Test func `a failed call names its model among the parameters`() throws {
        let reading = try InterpreterTests.read(
            Self.llm([("llm.invocation_parameters", .string(#"{"temperature": 1, "model": "gpt-4o"}"#))])
        ) {
            $0.status = 2
            $0.events = [.init("exception", attributes: [("exception.type", .string("openai.RateLimitError"))])]
        }
        let call = try #require(reading.call)
        #expect(reading.text(call.model) == "gpt-4o")
        #expect(reading.text(call.errorType) == "openai.RateLimitError")
    }

    @Test func `the answer's id is found in the answer`() throws {
        let library = try InterpreterTests.read(
            Self.llm([("output.value", .string(#"{"choices": [{"id": "x"}], "id": "chatcmpl-abcdef123"}"#))]))
        let framework = try InterpreterTests.read(
            Self.llm([
                (
                    "output.value",
                    .string(
                        #"{"generations": [[{"text": "}]\"", "message": {"id": ["langchain"], "kwargs": {"#
                            + #""response_metadata": {"id": "chatcmpl-abcdef123"}, "id": "lc_run--01"}}}]]}"#)
                )
            ]), symbols: library.symbols)
        #expect(library.call?.responseID != 0)
        #expect(library.call?.responseID == framework.call?.responseID)
        #expect(library.call?.responseIDScheme == framework.call?.responseIDScheme)
    }

    @Test func `the first chunk's event tells the time to the first token`() throws {
        let reading = try InterpreterTests.read(Self.llm()) {
            $0.events = [.init("First Token Stream Event", nanoseconds: $0.startNanoseconds + 90_000_000)]
        }
        #expect(reading.call?.timeToFirstTokenNanoseconds == 90_000_000)
        #expect(reading.call?.isStream == true)
    }

    @Test func `a request that LlamaIndex only prepares is no call`() throws {
        let reading = try InterpreterTests.read(Self.llm([("llm.model_name", .string("gpt-4o"))])) {
            $0.name = "OpenAI._prepare_chat_with_tools"
        }
        #expect(reading.spans.calls.isEmpty)
    }
}
