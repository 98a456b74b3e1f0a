// SPDX-License-Identifier: Apache-2.0

/// Pydantic AI's additions to the conventions: parts of the usage under names of its own, and sums of agents under others.
///
/// `gen_ai.usage.details.input_tokens` and similar keys are not read: depending on the provider they repeat the totals or parts
/// of them. Sums of agents are `gen_ai.aggregated_usage.…` since version 2; before, their spans had no operation.
///
/// - SeeAlso: `pydantic/pydantic-ai`: pydantic_ai_slim/pydantic_ai/usage.py (`opentelemetry_attributes`),
///   pydantic_ai_slim/pydantic_ai/models/instrumented.py; billed units: cohere.py and xai.py in the same folder.
package struct PydanticAIDialect: Dialect {
    package let name = "pydantic-ai"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [
            ("gen_ai.usage.details.cache_read_tokens", .cacheRead),
            ("gen_ai.usage.details.cache_read_input_tokens", .cacheRead),
            ("gen_ai.usage.details.cached_content_tokens", .cacheRead),
            ("gen_ai.usage.details.cache_write_tokens", .cacheWrite),
            ("gen_ai.usage.details.cache_creation_input_tokens", .cacheWrite),
            ("gen_ai.usage.details.reasoning_tokens", .reasoning),
            ("gen_ai.usage.details.thoughts_tokens", .reasoning),
            ("gen_ai.usage.details.input_audio_tokens", .inputAudio),
            ("gen_ai.usage.details.cache_audio_read_tokens", .cacheReadAudio),
            ("gen_ai.usage.details.output_audio_tokens", .outputAudio),
            // Whole numbers of the provider's usage, under the provider's names.
            ("gen_ai.usage.details.web_search_requests", .webSearches),
            ("gen_ai.usage.details.num_search_queries", .webSearches),
            ("gen_ai.usage.details.server_side_tools_web_search", .webSearches),
            ("gen_ai.usage.details.server_side_tools_code_execution", .codeSessions),
            ("gen_ai.usage.details.search_units", .rerankSearches),
            ("gen_ai.aggregated_usage.input_tokens", .aggregatedInput),
            ("gen_ai.aggregated_usage.output_tokens", .aggregatedOutput),
            ("gen_ai.aggregated_usage.cache_read.input_tokens", .aggregatedCacheRead),
            ("gen_ai.aggregated_usage.cache_write.input_tokens", .aggregatedCacheWrite),
            ("gen_ai.aggregated_usage.cache_creation.input_tokens", .aggregatedCacheWrite),
            ("gen_ai.aggregated_usage.details.reasoning_tokens", .aggregatedReasoning),
            ("operation.cost", .cost),
        ]
    }
}
