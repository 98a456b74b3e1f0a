// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// The LangSmith SDK in its OpenTelemetry mode (scope `langsmith`).
///
/// The SDK derives the operation from the kind of a run so that a prompt is `chat` and a retriever `embeddings`. So the kind
/// counts. Totals follow the conventions; the parts are texts, one as Python prints a dictionary, one as JSON. The provider is
/// often `langchain`; the metadata has the one that answered.
///
/// - SeeAlso: `langchain-ai/langsmith-sdk`: python/langsmith/_internal/otel/_otel_exporter.py;
///   `langchain-ai/langchain`: libs/core/langchain_core/messages/ai.py (`UsageMetadata`).
package struct LangSmithDialect: Dialect {
    package let name = "langsmith"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [
            ("langsmith.span.kind", .langSmithKind),
            ("langsmith.metadata.ls_provider", .providerBelow),
            ("langsmith.metadata.ls_model_name", .requestModel),
            ("langsmith.request.streaming", .isStream),
            ("gen_ai.response.service_tier", .responseTier),
        ]
    }

    package var embedded: [EmbeddedTable] {
        [
            EmbeddedTable(
                "langsmith.metadata.usage_metadata",
                [("input_tokens", .input), ("output_tokens", .output), ("total_tokens", .total)]
                    + Self.inputDetails.map { ("input_token_details.\($0.path)", $0.fact) }
                    + Self.outputDetails.map { ("output_token_details.\($0.path)", $0.fact) }),
            EmbeddedTable("gen_ai.usage.input_token_details", Self.inputDetails),
            EmbeddedTable("gen_ai.usage.output_token_details", Self.outputDetails),
        ]
    }

    package var marks: [Fact] { [.langSmithKind] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        Self.roles.role(at: facts.text(.langSmithKind), in: body)
    }

    private static let roles = RoleWords(
        calls: ["llm": .chat, "embedding": .embeddings],
        aggregates: ["chain": .invokeWorkflow], others: ["tool", "retriever", "prompt", "parser"])

    private static let inputDetails: [(path: String, fact: Fact)] = [
        ("cache_read", .cacheRead),
        ("cache_creation", .cacheWrite),
        ("ephemeral_5m_input_tokens", .cacheWrite5m),
        ("ephemeral_1h_input_tokens", .cacheWrite1h),
        ("audio", .inputAudio),
    ]

    private static let outputDetails: [(path: String, fact: Fact)] = [
        ("reasoning", .reasoning),
        ("audio", .outputAudio),
    ]
}
