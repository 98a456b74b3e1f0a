// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

@Suite struct VercelDialectTests {
    @Test(arguments: [
        ("ai.generateText.doGenerate", "chat"), ("ai.streamText.doStream", "chat"),
        ("ai.generateObject.doGenerate", "chat"), ("ai.streamObject.doStream", "chat"),
        ("ai.embed.doEmbed", "embeddings"), ("ai.embedMany.doEmbed", "embeddings"), ("ai.rerank.doRerank", "rerank"),
    ])
    func `inner spans are calls`(id: String, operation: String) throws {
        let reading = try InterpreterTests.read([
            ("ai.operationId", .string(id)), ("ai.model.id", .string("gpt-4.1")),
            ("ai.model.provider", .string("openai.responses")), ("ai.usage.tokens", .int(24)),
        ])
        #expect(reading.text(reading.call?.operation) == operation)
        #expect(reading.text(reading.call?.model) == "gpt-4.1")
        #expect(reading.call?.usage.totalInput == 24)
    }

    @Test(arguments: ["ai.generateText", "ai.streamText", "ai.embedMany"])
    func `outer spans repeat the inner ones`(id: String) throws {
        let reading = try InterpreterTests.read([
            ("ai.operationId", .string(id)), ("gen_ai.request.model", .string("gpt-4.1")),
            ("ai.usage.inputTokens", .int(24)),
        ])
        #expect(reading.aggregate?.usage.totalInput == 24)
        #expect(try InterpreterTests.read([("ai.operationId", .string("ai.toolCall"))]).spans.calls.isEmpty)
    }

    @Test func `an input without Anthropic's cache is found out by the object beside it`() throws {
        let reading = try InterpreterTests.read([
            ("ai.operationId", .string("ai.generateText.doGenerate")), ("gen_ai.usage.input_tokens", .int(310)),
            ("ai.usage.promptTokens", .int(310)), ("ai.response.msToFirstChunk", .double(212.5)),
            (
                "ai.response.providerMetadata",
                .string(
                    #"{"anthropic":{"usage":{"input_tokens":310,"cache_creation_input_tokens":100,"#
                        + #""cache_read_input_tokens":50,"cache_creation":{"ephemeral_5m_input_tokens":60,"#
                        + #""ephemeral_1h_input_tokens":40}},"cacheCreationInputTokens":100}}"#)
            ),
        ])
        let call = try #require(reading.call)
        #expect(call.usage.totalInput == 460)
        #expect(call.usage[.cacheWrite] == 60)
        #expect(call.usage[.cacheWrite1h] == 40)
        #expect(call.timeToFirstTokenNanoseconds == 212_500_000)
    }

    @Test func `an input with the cache inside stays as it is`() throws {
        let reading = try InterpreterTests.read([
            ("ai.operationId", .string("ai.streamText.doStream")), ("ai.usage.inputTokens", .int(460)),
            ("ai.usage.inputTokenDetails.noCacheTokens", .int(310)), ("ai.usage.cachedInputTokens", .int(150)),
        ])
        #expect(reading.call?.usage.totalInput == 460)
        #expect(reading.call?.usage[.input] == 310)
    }
}
