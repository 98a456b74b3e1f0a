// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// The spans of Langfuse's own libraries (scope `langfuse-sdk`), one observation each.
///
/// Usage is one text in two forms. The wrapper of the OpenAI client passes on that client's object, whose input includes cached
/// tokens. The LangChain handler and manual reports write a flat object with disjoint members: `input` excludes cached tokens,
/// and `output` reasoning. Costs are a text as well, in which `total` is often absent.
///
/// - SeeAlso: `langfuse/langfuse-python`: langfuse/_client/attributes.py, langfuse/langchain/CallbackHandler.py;
///   `langfuse/langfuse`: packages/shared/src/server/otel/OtelIngestionProcessor.ts.
package struct LangfuseDialect: Dialect {
    package let name = "langfuse"

    package init() {}

    package var quotedKeys: [(key: String, fact: Fact)] {
        [
            ("langfuse.observation.type", .langfuseType),
            ("langfuse.observation.model.name", .model),
            ("langfuse.observation.level", .level),
            // In quotes of JSON up to version 3.
            ("langfuse.observation.completion_start_time", .firstTokenTime),
            ("langfuse.observation.metadata.ls_provider", .providerBelow),
        ]
    }

    package var embedded: [EmbeddedTable] {
        [
            EmbeddedTable(
                "langfuse.observation.usage_details", Self.flatUsage + ProviderUsage.paths(),
                inclusiveWhen: ProviderUsage.inclusiveWhen),
            EmbeddedTable("langfuse.observation.cost_details", [("total", .cost)], sumsCost: true),
        ]
    }

    package var marks: [Fact] { [.langfuseType] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        Self.roles.role(at: facts.text(.langfuseType), in: body) ?? .other
    }

    private static let roles = RoleWords(
        calls: ["generation": .chat, "embedding": .embeddings],
        aggregates: ["agent": .invokeAgent, "chain": .invokeWorkflow])

    private static let flatUsage: [(path: String, fact: Fact)] = [
        ("input", .inputPlain),
        ("output", .outputPlain),
        ("total", .total),
        ("input_cache_read", .cacheRead),
        ("input_cached_tokens", .cacheRead),
        ("input_cache_creation", .cacheWrite),
        ("input_cache_write", .cacheWrite),
        ("input_cache_creation_5m", .cacheWrite5m),
        ("input_ephemeral_5m_input_tokens", .cacheWrite5m),
        ("input_cache_creation_1h", .cacheWrite1h),
        ("input_ephemeral_1h_input_tokens", .cacheWrite1h),
        ("input_audio", .inputAudio),
        ("input_audio_tokens", .inputAudio),
        ("input_image", .inputImage),
        ("input_image_tokens", .inputImage),
        ("output_reasoning", .reasoning),
        ("output_reasoning_tokens", .reasoning),
        ("output_audio", .outputAudio),
        ("output_audio_tokens", .outputAudio),
        ("output_image", .outputImage),
        ("output_image_tokens", .outputImage),
    ]
}
