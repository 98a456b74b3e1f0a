// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// Genkit for JavaScript, Go and Python (scope `genkit-tracer` in JavaScript).
///
/// Every action is a span, and its subtype says what it does. Models and embedders are calls; the `generate` step above a
/// model's action repeats its output. The counts are in the action's output. The output tokens of the plugin for Gemini exclude
/// thoughts, as the total shows. The input of the plugin for Claude excludes cached tokens, which are among its own counts
/// (`usage.custom`); `cachedContentTokens` are part of the input.
///
/// - SeeAlso: `firebase/genkit`: js/core/src/tracing/instrumentation.ts, js/core/src/action.ts, js/ai/src/model-types.ts
///   (`GenerationUsageSchema`), js/plugins/google-genai/src/googleai/gemini.ts, js/plugins/anthropic/src/runner/stable.ts;
///   go/core/tracing/tracing.go; py/packages/genkit/src/genkit/_core/_action.py.
package struct GenkitDialect: Dialect {
    package let name = "genkit"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [
            ("genkit:type", .genkitType),
            ("genkit:metadata:subtype", .genkitSubtype),
            ("genkit:name", .model),
            ("genkit:state", .level),
        ]
    }

    package var embedded: [EmbeddedTable] {
        [
            EmbeddedTable(
                "genkit:output",
                [
                    ("usage.inputTokens", .inputUncached),
                    ("usage.cachedContentTokens", .cacheRead),
                    ("usage.custom.cache_read_input_tokens", .cacheRead),
                    ("usage.custom.cache_creation_input_tokens", .cacheWrite),
                    ("usage.outputTokens", .output),
                    ("usage.thoughtsTokens", .reasoning),
                    ("usage.totalTokens", .total),
                ], inclusiveWhen: ["usage.cachedContentTokens"])
        ]
    }

    package var marks: [Fact] { [.genkitType, .genkitSubtype] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        Self.roles.role(at: facts.text(.genkitSubtype), in: body) ?? .other
    }

    private static let roles = RoleWords(calls: ["model": .chat, "embedder": .embeddings, "reranker": .rerank])
}
