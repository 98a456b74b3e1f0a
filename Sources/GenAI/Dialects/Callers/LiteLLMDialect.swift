// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// The `otel` callback of LiteLLM, library and proxy (scope `litellm`).
///
/// It follows the conventions for the totals; the parts are only in texts: `metadata.usage_object`, as Python prints a
/// dictionary, in the form of OpenAI's chat completions for every provider. The child `raw_gen_ai_request` has no mark of
/// a call. Ids of answers are LiteLLM's own for most providers. A stream without usage is reported with zeros.
///
/// - SeeAlso: `BerriAI/litellm`: litellm/integrations/opentelemetry.py, litellm/types/utils.py (`Usage`, `CallTypes`).
package struct LiteLLMDialect: Dialect {
    package let name = "litellm"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [
            ("litellm.provider.model", .model),
            ("gen_ai.cost.total_cost", .cost),
            ("litellm.cost.total", .cost),
            ("litellm.cache_hit", .cacheHit),
        ]
    }

    package var embedded: [EmbeddedTable] {
        [
            EmbeddedTable(
                "metadata.usage_object", ProviderUsage.paths(), inclusiveWhen: ProviderUsage.inclusiveWhen),
            EmbeddedTable("hidden_params", [("response_cost", .cost)]),
        ]
    }

    package var scopes: [ScopeRule] {
        [ScopeRule("litellm", [.rewritesResponseIDs, .zeroMeansUnknown, .namesOnlyCalls])]
    }

    package var marks: [Fact] { [.operation] }

    /// Operations are the names of LiteLLM's functions; an unknown one is a call, too.
    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        guard facts.scope.contains(.namesOnlyCalls), facts.statesModel, let operation = facts.text(.operation) else {
            return nil
        }
        return Self.roles.role(at: operation, in: body) ?? .modelCall(.custom(operation))
    }

    private static let roles = RoleWords(calls: [
        "aresponses": .chat, "anthropic_messages": .chat, "agenerate_content": .generateContent,
        "atext_completion": .textCompletion, "aembedding": .embeddings, "aimage_generation": .imageGeneration,
        "atranscription": .transcription, "aspeech": .speech, "arerank": .rerank,
    ])
}
