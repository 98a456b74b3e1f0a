// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

/// Dialects that need no more than a test or two each.
@Suite struct OtherDialectTests {
    @Test func `MLflow's values are JSON`() throws {
        let reading = try InterpreterTests.read([
            ("mlflow.spanType", .string("\"CHAT_MODEL\"")), ("model", .string("\"o4-mini\"")),
            ("mlflow.llm.provider", .string("\"openai\"")),
            (
                "mlflow.chat.tokenUsage",
                .string(
                    #"{"input_tokens": 5121, "output_tokens": 412, "total_tokens": 5533, "#
                        + #""cache_read_input_tokens": 4096, "cache_creation_input_tokens": 1000}"#)
            ),
        ])
        let call = try #require(reading.call)
        #expect(reading.text(call.model) == "o4-mini")
        #expect(reading.text(call.provider) == "openai")
        #expect(call.usage.totalInput == 5121)
        #expect(call.usage[.cacheWrite] == 1000)
        let failed = try InterpreterTests.read([
            ("mlflow.spanType", .string("\"LLM\"")),
            ("mlflow.spanInputs", .string(#"{"messages": [{"content": "model"}], "model": "gpt-4o"}"#)),
        ]) { $0.status = 2 }
        #expect(failed.text(failed.call?.model) == "gpt-4o")
        #expect(try InterpreterTests.read([("mlflow.spanType", .string("\"TOOL\""))]).spans.calls.isEmpty)
        #expect(try InterpreterTests.read([("mlflow.spanType", .string("\"AGENT\""))]).aggregate != nil)
    }

    @Test(arguments: [
        ("chat", "chat"), ("completion", "text_completion"), ("embedding", "embeddings"), ("rerank", "rerank"),
    ])
    func `OpenLLMetry's older packages say what was asked for`(sent: String, operation: String) throws {
        let reading = try InterpreterTests.read([
            ("llm.request.type", .string(sent)), ("gen_ai.system", .string("OpenAI")),
            ("gen_ai.request.model", .string("gpt-4o")), ("llm.usage.total_tokens", .int(165)),
            ("gen_ai.usage.prompt_tokens", .double(128)), ("gen_ai.usage.completion_tokens", .double(37)),
        ])
        #expect(reading.text(reading.call?.operation) == operation)
        #expect(reading.call?.usage.totalInput == 128)
    }

    @Test(arguments: ["workflow", "task", "agent"])
    func `OpenLLMetry's decorators are aggregates, its tools pass-through spans`(kind: String) throws {
        #expect(try InterpreterTests.read([("traceloop.span.kind", .string(kind))]).aggregate != nil)
        #expect(try InterpreterTests.read([("traceloop.span.kind", .string("tool"))]).spans.passThrough.count == 1)
    }

    @Test(arguments: ["gen_ai.content.completion.chunk", "llm.content.completion.chunk"])
    func `OpenLLMetry's first chunk tells the time`(name: String) throws {
        let reading = try InterpreterTests.read(InterpreterTests.chat([("gen_ai.is_streaming", .bool(true))])) {
            $0.events = [2, 1, 3].map { [start = $0.startNanoseconds] in .init(name, nanoseconds: start + $0 * 1_000) }
        }
        #expect(reading.call?.timeToFirstTokenNanoseconds == 2_000)
    }

    @Test func `OpenLLMetry's Gemini has thoughts only in the total`() throws {
        let attributes = InterpreterTests.chat([
            ("gen_ai.usage.input_tokens", .int(2006)), ("gen_ai.usage.output_tokens", .int(108)),
            ("gen_ai.usage.total_tokens", .int(2306)),
        ])
        let reading = try InterpreterTests.read(
            attributes, scope: "opentelemetry.instrumentation.google_generativeai")
        #expect(reading.call?.usage[.reasoning] == 192)
        #expect(reading.call?.usage.totalOutput == 300)
        #expect(try InterpreterTests.read(attributes).call?.usage.totalOutput == 108)
    }

    @Test(arguments: ["opentelemetry.instrumentation.bedrock", "openlit.instrumentation.anthropic"])
    func `scopes that leave the cache out`(scope: String) throws {
        let reading = try InterpreterTests.read(
            InterpreterTests.chat([
                ("gen_ai.usage.input_tokens", .int(500)), ("gen_ai.usage.cache_read.input_tokens", .int(100)),
            ]), scope: scope)
        #expect(reading.call?.usage.totalInput == 600)
    }

    @Test func `a time to the first token is milliseconds as an integer, seconds as a double`() throws {
        let key = "gen_ai.server.time_to_first_token"
        let strands = try InterpreterTests.read(InterpreterTests.chat([(key, .int(669))]))
        #expect(strands.call?.timeToFirstTokenNanoseconds == 669_000_000)
        #expect(strands.call?.isStream == true)
        let stream: InterpreterTests.Attributes = [(key, .double(0.5)), ("gen_ai.request.stream", .bool(true))]
        #expect(
            try InterpreterTests.read(InterpreterTests.chat(stream)).call?.timeToFirstTokenNanoseconds == 500_000_000)
        let plain: InterpreterTests.Attributes = [(key, .double(0.5)), ("gen_ai.request.stream", .bool(false))]
        #expect(try InterpreterTests.read(InterpreterTests.chat(plain)).call?.timeToFirstTokenNanoseconds == nil)
    }

    @Test func `Claude Code's bare keys mean in its scope what it says, and elsewhere what their words say`() throws {
        let attributes: InterpreterTests.Attributes = [
            ("span.type", .string("llm_request")), ("gen_ai.request.model", .string("claude-sonnet-4-5")),
            ("gen_ai.system", .string("anthropic")), ("input_tokens", .int(25)), ("output_tokens", .int(412)),
            ("cache_read_tokens", .int(4096)), ("cache_creation_tokens", .int(1000)), ("ttft_ms", .int(640)),
            ("success", .string("false")),
        ]
        let reading = try InterpreterTests.read(attributes, scope: "com.anthropic.claude_code.tracing") { $0.kind = 1 }
        let call = try #require(reading.call)
        #expect(call.usage.totalInput == 5121)
        #expect(call.timeToFirstTokenNanoseconds == 640_000_000)
        #expect(call.hasFailed)
        #expect(reading.report.anomalies.prefix(5) == [0, 0, 0, 0, 0])
        let elsewhere = try InterpreterTests.read(attributes) { $0.kind = 1 }
        #expect(elsewhere.report.readByWords.map(\.spans) == [1])
        let withoutModel = attributes.filter { $0.key != "gen_ai.request.model" }
        #expect(try InterpreterTests.read(withoutModel) { $0.kind = 1 }.spans.calls.isEmpty)
    }

    @Test func `counting tokens by the Anthropic SDK is no call, even when it fails`() throws {
        let attributes: InterpreterTests.Attributes = [
            ("gen_ai.provider.name", .string("anthropic")), ("gen_ai.request.model", .string("claude-sonnet-4-5")),
            ("anthropic.message.count_tokens.input_tokens", .int(25)),
        ]
        for status in [0, 2] as [UInt64] {
            let reading = try InterpreterTests.read(attributes, scope: "com.anthropic.sdk.python") {
                $0.status = status
            }
            #expect(reading.spans.calls.isEmpty)
        }
        #expect(try InterpreterTests.read(attributes).spans.calls.isEmpty)
    }

    @Test func `LangSmith's parts are texts, and its kind tells calls from prompts`() throws {
        let reading = try InterpreterTests.read([
            ("langsmith.span.kind", .string("llm")), ("gen_ai.operation.name", .string("chat")),
            ("gen_ai.system", .string("langchain")), ("langsmith.metadata.ls_provider", .string("openai")),
            ("gen_ai.request.model", .string("gpt-4o")),
            ("gen_ai.usage.input_tokens", .int(467)), ("gen_ai.usage.output_tokens", .int(64)),
            ("gen_ai.usage.input_token_details", .string("{'audio': 0, 'cache_read': 384}")),
            ("gen_ai.usage.output_token_details", .string("{'audio': 0, 'reasoning': 40}")),
        ])
        let call = try #require(reading.call)
        #expect(call.usage.totalInput == 467)
        #expect(call.usage[.cacheRead] == 384)
        #expect(call.usage[.reasoning] == 40)
        #expect(reading.text(call.provider) == "openai")
        for (kind, operation) in [("prompt", "chat"), ("retriever", "embeddings"), ("tool", "execute_tool")] {
            let other = try InterpreterTests.read([
                ("langsmith.span.kind", .string(kind)), ("gen_ai.operation.name", .string(operation)),
            ])
            #expect(other.spans.calls.isEmpty)
        }
    }

    @Test func `ADK's older spans are known by name and system`() throws {
        let attributes: InterpreterTests.Attributes = [
            ("gen_ai.system", .string("gcp.vertex.agent")), ("gen_ai.request.model", .string("gemini-2.5-flash")),
            ("gen_ai.usage.input_tokens", .int(7)),
        ]
        let reading = try InterpreterTests.read(attributes) {
            $0.kind = 1
            $0.name = "call_llm"
        }
        #expect(reading.text(reading.call?.operation) == "generate_content")
        #expect(reading.text(reading.call?.provider) == "")
    }

    @Test(arguments: ["strands-agents", "microsoft.agent_framework", "LangChain", "langgraph"])
    func `frameworks are no providers`(name: String) throws {
        let reading = try InterpreterTests.read(InterpreterTests.chat([("gen_ai.provider.name", .string(name))]))
        #expect(reading.text(reading.call?.provider) == "")
    }

    @Test func `a URL in the place of a host becomes its host`() throws {
        let urls = [
            ("http://127.0.0.1:8903/v1/", "127.0.0.1"), ("https://api.openai.com", "api.openai.com"),
            ("https://user:key@host/x@y", "host"), ("http://[::1]:80/", "::1"),
            ("http.example", "http.example"),
        ]
        for (url, host) in urls {
            let reading = try InterpreterTests.read(InterpreterTests.chat([("server.address", .string(url))]))
            #expect(reading.text(reading.call?.serverAddress) == host)
        }
    }
}
