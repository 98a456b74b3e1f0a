// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// OpenInference, the conventions of Arize Phoenix (scopes `openinference.instrumentation.…`).
///
/// OpenInference has its own span kinds and does not use those of OpenTelemetry. One key has the model that answered, or else the
/// requested one. Failed calls of some packages have neither and name the model only among the parameters. No key has the id of
/// the answer; it is in the answer itself, the text `output.value`.
///
/// - SeeAlso: `Arize-ai/openinference`: spec/semantic_conventions.md, spec/llm_spans.md; searches:
///   python/instrumentation/openinference-instrumentation-anthropic/src/openinference/instrumentation/anthropic/_content.py.
package struct OpenInferenceDialect: Dialect {
    package let name = "openinference"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [
            ("openinference.span.kind", .openInferenceKind),
            ("llm.provider", .provider),
            ("llm.system", .provider),
            ("llm.request.model_name", .requestModel),
            ("llm.response.model_name", .responseModel),
            ("llm.model_name", .model),
            ("embedding.model_name", .model),
            ("reranker.model_name", .model),
            ("llm.token_count.prompt", .input),
            ("llm.token_count.completion", .output),
            ("llm.token_count.total", .total),
            ("llm.token_count.prompt_details.cache_read", .cacheRead),
            ("llm.token_count.prompt_details.cache_write", .cacheWrite),
            ("llm.token_count.prompt_details.audio", .inputAudio),
            ("llm.token_count.completion_details.reasoning", .reasoning),
            ("llm.token_count.completion_details.audio", .outputAudio),
            ("llm.cost.total", .cost),
        ]
    }

    package var embedded: [EmbeddedTable] {
        [
            EmbeddedTable(
                "llm.invocation_parameters",
                [("model", .requestModel), ("model_name", .requestModel), ("stream", .isStream)]),
            EmbeddedTable("embedding.invocation_parameters", [("model", .requestModel)]),
            // Its package for Anthropic writes searches there, for which the conventions have no key.
            EmbeddedTable("metadata", [("server_tool_use.web_search_requests", .webSearches)]),
            EmbeddedTable(
                "output.value",
                [
                    ("id", .responseID),
                    // LangChain's result; the message's own id is one of LangChain's.
                    ("generations.0.0.message.kwargs.response_metadata.id", .responseID),
                    ("generations.0.0.message.response_metadata.id", .responseID),
                    ("llm_output.id", .responseID),
                ]),
        ]
    }

    package var events: [(name: String, meaning: EventMeaning)] { [("First Token Stream Event", .firstToken)] }

    package var marks: [Fact] { [.openInferenceKind] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        guard let role = Self.roles.role(at: facts.text(.openInferenceKind), in: body) else { return .other }
        if case .modelCall = role, !facts.statesUsage, body.ends(span.name, with: Self.preparation) { return .other }
        return role
    }

    private static let roles = RoleWords(
        calls: ["llm": .chat, "embedding": .embeddings, "reranker": .rerank],
        aggregates: ["chain": .invokeWorkflow, "agent": .invokeAgent])

    /// LlamaIndex prepares a request in a method of its own, which is traced like the method that sends it
    /// (`run-llama/llama_index`: llama-index-core/llama_index/core/llms/function_calling.py).
    private static let preparation = Array("._prepare_chat_with_tools".utf8)
}
