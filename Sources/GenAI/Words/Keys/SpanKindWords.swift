// SPDX-License-Identifier: Apache-2.0
import OTLP

/// What an attribute that says the type or the kind of a span says that the span is, whosever attribute it is.
///
/// Emitters name kinds of spans in keys of their own (`….span.type`, `….observation.type`, `….request.type`), and in few
/// words, which mean the same everywhere.
enum SpanKindWords {
    /// The role that a kind stands for; `nil` for a word that says nothing of calls.
    static func role(of value: AttributeValue, in body: Span<UInt8>) -> SpanRole? {
        guard case .string(let range) = value else { return nil }
        return roles.role(at: body.unquoted(range), in: body)
    }

    private static let roles = RoleWords(
        calls: [
            "llm": .chat, "generation": .chat, "chat": .chat, "chat_model": .chat, "chatmodel": .chat,
            "completion": .textCompletion, "chat_completion": .chat, "text_completion": .textCompletion,
            "llm_call": .chat,
            "llm_request": .chat, "model_call": .chat, "model_request": .chat, "language_model": .chat,
            "embedding": .embeddings,
            "embeddings": .embeddings, "embed": .embeddings, "embedder": .embeddings, "rerank": .rerank,
            "reranker": .rerank,
        ],
        aggregates: [
            "agent": .invokeAgent, "agent_run": .invokeAgent, "chain": .invokeWorkflow, "workflow": .invokeWorkflow,
            "pipeline": .invokeWorkflow, "graph": .invokeWorkflow,
        ],
        others: [
            "tool", "tools", "tool_call", "toolsnode", "function", "retriever", "retrieval", "prompt", "parser",
            "guardrail", "evaluator", "evaluation",
        ])
}
