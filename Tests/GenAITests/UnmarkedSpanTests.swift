// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP
import TestData
import Testing

/// Spans that no dialect knows: which may be calls, and as what.
@Suite struct UnmarkedSpanTests {
    private static let usage: InterpreterTests.Attributes = [
        ("gen_ai.usage.input_tokens", .int(812)), ("gen_ai.usage.output_tokens", .int(143)),
    ]

    @Test(arguments: [0, 1, 2, 4, 5] as [UInt64])
    func `usage makes a span of any kind one that may be a call`(kind: UInt64) throws {
        let reading = try InterpreterTests.read(Self.usage) { $0.kind = kind }
        let call = try #require(reading.unmarked)
        #expect(reading.text(call.operation) == "chat")
        #expect(call.usage.totalInput == 812 && call.usage.totalOutput == 143)
        #expect(reading.spans.passThrough.isEmpty)
    }

    @Test(arguments: [
        ("text-embedding-3-small", "embeddings"), ("nomic-embed-text", "embeddings"), ("bge-reranker-v2-m3", "rerank"),
        ("gpt-4o-mini", "chat"),
    ])
    func `without an operation the model's name tells it`(model: String, label: String) throws {
        let reading = try InterpreterTests.read(Self.usage + [("gen_ai.request.model", .string(model))]) { $0.kind = 1 }
        #expect(reading.text(reading.unmarked?.operation) == label)
    }

    @Test func `a model and an error may be a failed call`() throws {
        let reading = try InterpreterTests.read([
            ("gen_ai.operation.name", .string("chat_streaming")), ("gen_ai.request.model", .string("m")),
        ]) {
            $0.kind = 1
            $0.status = 2
        }
        #expect(reading.unmarked?.hasFailed == true)
        #expect(reading.text(reading.unmarked?.operation) == "chat_streaming")
    }

    /// Attributes of a span, and whether it runs a tool.
    @Test(arguments: [
        ("gen_ai.operation.name", "execute_tool", true), ("openinference.span.kind", "TOOL", true),
        ("traceloop.span.kind", "tool", true), ("ai.operationId", "ai.toolCall", true),
        ("langfuse.observation.type", "tool", true), ("openinference.span.kind", "RETRIEVER", false),
        ("gen_ai.tool.name", "search", true), ("gen_ai.tool.call.id", "call_1", true),
        ("mcp.method.name", "tools/call", true),
        ("gen_ai.tool.name", "", false), ("gen_ai.operation.name", "retrieval", false),
        ("http.route", "/tool", false),
    ])
    func `a span says in many ways that it runs a tool`(key: String, value: String, isTool: Bool) throws {
        let reading = try InterpreterTests.read([(key, .string(value))]) { $0.kind = 1 }
        #expect(try #require(reading.spans.passThrough.first).isTool == isTool)
    }

    @Test func `a model of something else and an error are none`() throws {
        let attributes: InterpreterTests.Attributes = [("model", .string("\"Golf\""))]
        let reading = try InterpreterTests.read(attributes) {
            $0.kind = 2
            $0.status = 2
        }
        #expect(reading.spans.calls.isEmpty)
    }

    @Test func `a scope that names every call has none without a name`() throws {
        let reading = try InterpreterTests.read(
            Self.usage + [("gen_ai.request.model", .string("m"))], scope: "com.anthropic.sdk.x")
        #expect(reading.spans.calls.isEmpty)
    }

    @Test func `a step that names a model offers it with its provider`() throws {
        let reading = try InterpreterTests.read([
            ("model", .string("gpt-5-codex")), ("gen_ai.provider.name", .string("openai")),
        ]) { $0.kind = 1 }
        let step = try #require(reading.spans.passThrough.first)
        #expect(reading.text(step.model) == "gpt-5-codex")
        #expect(reading.text(step.provider) == "openai")
    }
}
