// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

@Suite struct GenkitDialectTests {
    private static func read(
        _ subtype: String, output: String = "", state: String = "success", name: String = "googleai/gemini-2.5-flash"
    ) throws -> InterpreterTests.Reading {
        try InterpreterTests.read(
            [
                ("genkit:type", .string("action")), ("genkit:metadata:subtype", .string(subtype)),
                ("genkit:name", .string(name)), ("genkit:path", .string("/{menuFlow,t:flow}")),
                ("genkit:input", .string(#"{"messages": [{"usage": {"inputTokens": 9}}]}"#)),
                ("genkit:output", .string(output)), ("genkit:state", .string(state)),
            ], scope: "genkit-tracer")
    }

    @Test func `a model's action is a call with the usage of its output`() throws {
        let reading = try Self.read(
            "model",
            output:
                #"{"message": {"content": [{"text": "usage"}]}, "usage": {"inputTokens": 1000, "outputTokens": 120, "#
                + #""thoughtsTokens": 300, "totalTokens": 1420, "cachedContentTokens": 400, "inputCharacters": 4100}}"#)
        let call = try #require(reading.call)
        #expect(reading.text(call.model) == "googleai/gemini-2.5-flash")
        #expect(reading.text(call.operation) == "chat")
        #expect(call.usage[.input] == 600)
        #expect(call.usage[.cacheRead] == 400)
        #expect(call.usage[.output] == 120)
        #expect(call.usage[.reasoning] == 300)
    }

    @Test func `the plugin for Claude has cached tokens beside the input`() throws {
        let reading = try Self.read(
            "model",
            output: #"{"usage": {"inputTokens": 50, "outputTokens": 20, "custom": {"cache_read_input_tokens": 40, "#
                + #""cache_creation_input_tokens": 10}}}"#, name: "anthropic/claude-sonnet-4-5")
        let call = try #require(reading.call)
        #expect(call.usage[.input] == 50)
        #expect(call.usage[.cacheRead] == 40)
        #expect(call.usage[.cacheWrite] == 10)
        #expect(call.usage.totalOutput == 20)
    }

    @Test func `a model's action that failed is a failed call`() throws {
        let call = try #require(try Self.read("model", state: "error").call)
        #expect(call.hasFailed)
        #expect(!call.reportsUsage)
    }

    @Test func `an embedder's action is a call`() throws {
        let reading = try Self.read("embedder", output: #"{"embeddings": []}"#, name: "googleai/gemini-embedding-001")
        #expect(reading.text(reading.call?.operation) == "embeddings")
    }

    @Test func `the step above a model's action is no call, though its output is the same`() throws {
        let reading = try InterpreterTests.read([
            ("genkit:type", .string("util")), ("genkit:name", .string("generate")),
            ("genkit:output", .string(#"{"usage": {"inputTokens": 1000, "outputTokens": 120}}"#)),
        ])
        #expect(reading.spans.calls.isEmpty)
    }

    @Test(arguments: ["flow", "flowStep", "tool", "prompt", "retriever", "evaluator", "util"])
    func `any other action is no call, whatever its output repeats`(subtype: String) throws {
        let reading = try Self.read(subtype, output: #"{"usage": {"inputTokens": 1000, "outputTokens": 120}}"#)
        #expect(reading.spans.calls.isEmpty)
    }
}
