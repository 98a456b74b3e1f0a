// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// MLflow's traces, exported as OTLP: every value is JSON, so that words are in quotes, and usage is one object.
///
/// The input includes cached tokens for every provider. Failed calls name their model only among the inputs.
///
/// - SeeAlso: `mlflow/mlflow`: mlflow/tracing/constant.py (`SpanAttributeKey`, `TokenUsageKey`),
///   mlflow/entities/span.py (`SpanType`).
package struct MLflowDialect: Dialect {
    package let name = "mlflow"

    package init() {}

    package var quotedKeys: [(key: String, fact: Fact)] {
        [
            ("mlflow.spanType", .mlflowType),
            ("mlflow.llm.provider", .provider),
            ("mlflow.llm.model", .model),
            ("model", .model),
        ]
    }

    package var embedded: [EmbeddedTable] {
        [
            EmbeddedTable(
                "mlflow.chat.tokenUsage",
                [
                    ("input_tokens", .input),
                    ("output_tokens", .output),
                    ("total_tokens", .total),
                    ("cache_read_input_tokens", .cacheRead),
                    ("cache_creation_input_tokens", .cacheWrite),
                ]),
            EmbeddedTable("mlflow.spanInputs", [("model", .model)]),
        ]
    }

    package var marks: [Fact] { [.mlflowType] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        Self.roles.role(at: facts.text(.mlflowType), in: body) ?? .other
    }

    private static let roles = RoleWords(
        calls: ["chat_model": .chat, "llm": .chat, "embedding": .embeddings, "reranker": .rerank],
        aggregates: ["agent": .invokeAgent, "chain": .invokeWorkflow, "workflow": .invokeWorkflow])
}
