// SPDX-License-Identifier: Apache-2.0
import OTLP
import TestData
import Testing

@testable import GenAI

/// Words that senders write where they have no value.
@Suite struct AbsentWordsTests {
    private static let words = [
        "unknown", "Unknown", "UNKNOWN", "<unknown>", "(unknown)", "\"unknown\"", "unknown_model", "model: unknown",
        "unknown-provider", "None", "<none>", "NoneType", "null", "NULL", "nil", "undefined", "[undefined]", "n/a",
        "N/A",
        "n.a.", "NaN", "-", "--", "—", "?", "…", "{}", "[]", "<>", "not available", "not_set", "Not Specified",
        "unspecified", "unset", "empty", "missing", "no model", " none ", "\t", "",
    ]

    @Test(arguments: words)
    func `is no value`(word: String) { #expect(AbsentWords.hold(word)) }

    @Test(arguments: [
        "gpt-4o", "none-2", "unknown-7b", "o1", "nova", "no", "nan-tts", "model", "provider", "chat", "null-model-x",
        "undefined behaviour", "模型", "openai", "notset.ai/llm-1", "unknown unknown unknown unknown unknown",
    ])
    func `is a value`(word: String) { #expect(!AbsentWords.hold(word)) }

    @Test(arguments: words)
    func `a placeholder leaves the name to the next attribute that states it`(word: String) throws {
        let reading = try InterpreterTests.read([
            ("gen_ai.operation.name", .string("chat")), ("gen_ai.provider.name", .string(word)),
            ("gen_ai.system", .string("anthropic")), ("gen_ai.request.model", .string("claude-sonnet-4-5")),
            ("gen_ai.response.model", .string(word)), ("gen_ai.response.id", .string(word)),
            ("server.address", .string(word)), ("openai.response.service_tier", .string(word)),
        ])
        let call = try #require(reading.call)
        #expect(reading.text(call.provider) == "anthropic")
        #expect(reading.text(call.model) == "claude-sonnet-4-5")
        #expect(call.responseModel == .absent)
        #expect(call.responseID == 0)
        #expect(call.serverAddress == .absent)
        #expect(call.tier == .absent)
    }

    @Test func `a placeholder of one spelling leaves the name to another of the same name`() throws {
        let reading = try InterpreterTests.read([
            ("openinference.span.kind", .string("LLM")), ("llm.model_name", .string("gpt-4o-mini")),
            ("gen_ai.response.model", .string("unknown")), ("gen_ai.request.model", .string("None")),
            ("llm.provider", .string("-")), ("llm.system", .string("openai")),
        ])
        let call = try #require(reading.call)
        #expect(reading.text(call.model) == "gpt-4o-mini")
        #expect(reading.text(call.provider) == "openai")
    }

    @Test func `a framework's name leaves the provider to the attribute that has it`() throws {
        let reading = try InterpreterTests.read(
            InterpreterTests.chat([
                ("gen_ai.provider.name", .string("langchain")), ("gen_ai.system", .string("mistral_ai")),
            ]))
        #expect(reading.text(reading.call?.provider) == "mistral_ai")
    }

    @Test func `counts are the same, and other facts too, when names are read again`() throws {
        let more: InterpreterTests.Attributes = [
            ("gen_ai.usage.input_tokens", .int(1_000)), ("gen_ai.usage.cache_read.input_tokens", .int(300)),
            ("gen_ai.usage.output_tokens", .int(10)), ("gen_ai.system", .string("openai")),
        ]
        let plain = try #require(try InterpreterTests.read(InterpreterTests.chat(more)).call)
        let odd = try #require(
            try InterpreterTests.read(InterpreterTests.chat([("gen_ai.provider.name", .string("n/a"))] + more)).call)
        #expect(odd.usage == plain.usage)
        #expect(odd.usage[.cacheRead] == 300)
    }

    @Test func `an operation that is a placeholder is none`() throws {
        let named = try InterpreterTests.read([
            ("gen_ai.operation.name", .string("unknown")), ("gen_ai.system", .string("openai")),
            ("gen_ai.request.model", .string("gpt-4o")), ("gen_ai.usage.input_tokens", .int(5)),
        ]) { $0.kind = 3 }
        #expect(named.text(named.call?.operation) == "chat")
    }

    @Test func `calls whose ids are the same placeholder have no id in common`() throws {
        for word in Self.words {
            let reading = try InterpreterTests.read(InterpreterTests.chat([("gen_ai.response.id", .string(word))]))
            #expect(reading.call?.responseID == 0)
        }
        let real = try InterpreterTests.read(InterpreterTests.chat([("gen_ai.response.id", .string("abcdef"))]))
        #expect(real.call?.responseID != 0)
    }
}
