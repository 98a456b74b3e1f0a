// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// OpenLLMetry, Traceloop's instrumentations: the conventions, and in older versions words of its own.
///
/// Versions before 0.50, and some packages still, name the type of the request instead of an operation. The counts of the package
/// for Bedrock exclude cached tokens, also in the total. The output of the packages for Gemini excludes thoughts, which are
/// only in the total.
///
/// - SeeAlso: `traceloop/openllmetry`: packages/opentelemetry-semantic-conventions-ai/opentelemetry/semconv_ai/__init__.py,
///   issue 4449 (Bedrock).
package struct TraceloopDialect: Dialect {
    package let name = "openllmetry"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [
            ("llm.request.type", .requestType),
            ("traceloop.span.kind", .traceloopKind),
            ("llm.vendor", .provider),
            ("llm.request.model", .requestModel),
            ("llm.response.model", .responseModel),
            ("gen_ai.openai.api_base", .serverAddress),
            ("gen_ai.is_streaming", .isStream),
            ("llm.is_streaming", .isStream),
            ("llm.usage.prompt_tokens", .input),
            ("llm.usage.completion_tokens", .output),
            ("llm.usage.total_tokens", .total),
            ("llm.usage.reasoning_tokens", .reasoning),
        ]
    }

    package var events: [(name: String, meaning: EventMeaning)] {
        [
            ("gen_ai.content.completion.chunk", .firstToken),
            ("llm.content.completion.chunk", .firstToken),  // before 0.50
        ]
    }

    package var scopes: [ScopeRule] {
        [
            ScopeRule("opentelemetry.instrumentation.bedrock", .inputExcludesCache),
            ScopeRule("opentelemetry.instrumentation.google_generativeai", .hidesReasoning),
            ScopeRule("opentelemetry.instrumentation.vertexai", .hidesReasoning),
        ]
    }

    package var marks: [Fact] { [.requestType, .traceloopKind] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        Self.requests.role(at: facts.text(.requestType), in: body)
            ?? Self.kinds.role(at: facts.text(.traceloopKind), in: body)
    }

    private static let requests = RoleWords(
        calls: ["chat": .chat, "completion": .textCompletion, "embedding": .embeddings, "rerank": .rerank])

    private static let kinds = RoleWords(
        calls: [:],
        aggregates: ["workflow": .invokeWorkflow, "task": .invokeWorkflow, "agent": .invokeAgent], others: ["tool"])
}
