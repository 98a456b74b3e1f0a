// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// The Vercel AI SDK up to version 6, and the spans of that form that version 7 can still make (scope `ai`).
///
/// A call is two spans: an outer one, `ai.generateText`, with the sum over its steps, and an inner one for each request,
/// `ai.generateText.doGenerate`. Version 7 itself follows the conventions. Before version 6 the input of the Anthropic provider
/// excluded cached tokens; the provider's own object on the same span shows whether it does.
///
/// - SeeAlso: `vercel/ai`: packages/ai/src/telemetry, packages/ai/src/generate-text/generate-text.ts,
///   packages/anthropic/CHANGELOG.md (3bd2689), packages/xai/src/responses, packages/perplexity/src;
///   `OpenRouterTeam/ai-sdk-provider`: src/chat/index.ts; Vercel documentation, "AI Gateway".
package struct VercelDialect: Dialect {
    package let name = "vercel-ai"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [
            ("ai.operationId", .vercelOperation),
            ("ai.model.provider", .provider),
            ("ai.model.id", .requestModel),
            ("ai.response.model", .responseModel),
            ("ai.response.id", .responseID),
            ("ai.usage.inputTokens", .input),
            ("ai.usage.promptTokens", .input),
            ("ai.usage.tokens", .input),
            ("ai.usage.inputTokenDetails.noCacheTokens", .inputUncached),
            ("ai.usage.outputTokens", .output),
            ("ai.usage.completionTokens", .output),
            ("ai.usage.totalTokens", .total),
            ("ai.usage.cachedInputTokens", .cacheRead),
            ("ai.usage.inputTokenDetails.cacheReadTokens", .cacheRead),
            ("ai.usage.inputTokenDetails.cacheWriteTokens", .cacheWrite),
            ("ai.usage.reasoningTokens", .reasoning),
            ("ai.usage.outputTokenDetails.reasoningTokens", .reasoning),
            ("ai.response.msToFirstChunk", .timeToFirstTokenMilliseconds),
        ]
    }

    package var embedded: [EmbeddedTable] {
        [
            EmbeddedTable(
                "ai.response.providerMetadata",
                [
                    ("anthropic.usage.input_tokens", .inputUncached),
                    ("anthropic.usage.cache_read_input_tokens", .cacheRead),
                    ("anthropic.usage.cache_creation_input_tokens", .cacheWrite),
                    ("anthropic.usage.cache_creation.ephemeral_5m_input_tokens", .cacheWrite5m),
                    ("anthropic.usage.cache_creation.ephemeral_1h_input_tokens", .cacheWrite1h),
                    ("anthropic.cacheReadInputTokens", .cacheRead),
                    ("anthropic.cacheCreationInputTokens", .cacheWrite),
                    ("bedrock.usage.cacheReadInputTokens", .cacheRead),
                    ("bedrock.usage.cacheWriteInputTokens", .cacheWrite),
                    ("google.usageMetadata.cachedContentTokenCount", .cacheRead),
                    ("google.usageMetadata.thoughtsTokenCount", .reasoning),
                    ("openai.cachedPromptTokens", .cacheRead),
                    ("openai.reasoningTokens", .reasoning),
                    ("openai.serviceTier", .responseTier),
                    ("anthropic.usage.service_tier", .responseTier),
                    ("anthropic.usage.speed", .speed),
                    ("anthropic.usage.inference_geo", .inferenceGeo),
                    ("anthropic.usage.server_tool_use.web_search_requests", .webSearches),
                    ("perplexity.usage.numSearchQueries", .webSearches),
                    // Costs, as the providers state them.
                    ("openrouter.usage.cost", .cost),
                    ("openrouter.usage.costDetails.upstreamInferenceCost", .upstreamCost),
                    ("openrouter.usage.isByok", .usesOwnKey),
                    ("perplexity.cost.totalCost", .cost),
                    ("xai.costInUsdTicks", .costTicks),
                    ("xai.costInNanoUsd", .costNanos),
                    // The price of Vercel's gateway, 0 with the sender's own key, and the cost of the call there.
                    ("gateway.cost", .cost),
                    ("gateway.marketCost", .upstreamCost),
                ])
        ]
    }

    package var marks: [Fact] { [.vercelOperation] }

    /// `ai.streamText.doStream` is a call, `ai.streamText` an aggregate of calls, `ai.toolCall` neither.
    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        guard let operation = facts.text(.vercelOperation) else { return nil }
        for (name, role) in Self.requests where body.ends(operation, with: name) { return role }
        return body.holds(Self.toolCall, at: operation) ? .other : .aggregate(.known(.invokeAgent))
    }

    private static let requests: [(name: [UInt8], role: SpanRole)] = [
        (Array(".doGenerate".utf8), .modelCall(.known(.chat))),
        (Array(".doStream".utf8), .modelCall(.known(.chat))),
        (Array(".doEmbed".utf8), .modelCall(.known(.embeddings))),
        (Array(".doRerank".utf8), .modelCall(.known(.rerank))),
    ]

    private static let toolCall = Array("ai.toolCall".utf8)
}
