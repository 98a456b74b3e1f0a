// SPDX-License-Identifier: Apache-2.0

/// The usage objects of the providers' own APIs, which some senders pass on.
///
/// One table is for all of them, since a sender rarely says whose object it is. Their members have different names, except
/// `input_tokens`: OpenAI's includes cached tokens and comes with a member of ``inclusiveWhen``; Anthropic's excludes them.
///
/// - SeeAlso: OpenAI API reference, `CompletionUsage` and `ResponseUsage`; Anthropic API reference, Messages, `usage`;
///   Gemini API reference, `UsageMetadata`; Amazon Bedrock API reference, `TokenUsage`; Cohere API reference, `usage`;
///   DeepSeek API reference, `usage`; Perplexity API reference, `usage`; xAI API reference, `usage`;
///   OpenRouter documentation, "Usage Accounting";
///   `BerriAI/litellm`: litellm/types/utils.py (`Usage`, `PromptTokensDetailsWrapper`).
enum ProviderUsage {
    /// The members that only OpenAI's objects have: those of responses, and of events of its realtime interface.
    static let inclusiveWhen = ["input_tokens_details.cached_tokens", "input_token_details.cached_tokens"]

    /// Members that many objects have and that are billed like the rest of what they lie in.
    static let parts = [
        "prompt_tokens_details.text_tokens",
        "input_tokens_details.text_tokens",
        "completion_tokens_details.text_tokens",
        "completion_tokens_details.accepted_prediction_tokens",
        "completion_tokens_details.rejected_prediction_tokens",
        "output_tokens_details.text_tokens",
    ]

    /// The members and what they state.
    ///
    /// - Parameter start: The way to the usage object, empty when it is the text itself.
    /// - Returns: Paths for an ``EmbeddedTable``.
    static func paths(under start: String = "") -> [(path: String, fact: Fact)] {
        members.map { (start.isEmpty ? $0.path : "\(start).\($0.path)", $0.fact) }
    }

    private static let members: [(path: String, fact: Fact)] = [
        // Cohere: what is billed, which is less than what was consumed.
        ("billed_units.input_tokens", .input),
        ("billed_units.output_tokens", .output),
        // OpenAI chat completions, and everybody who speaks like them; LiteLLM makes this of every provider's answer.
        ("prompt_tokens", .input),
        ("completion_tokens", .output),
        ("total_tokens", .total),
        ("prompt_tokens_details.cached_tokens", .cacheRead),
        ("prompt_tokens_details.cache_write_tokens", .cacheWrite),
        ("prompt_tokens_details.cache_creation_tokens", .cacheWrite),
        ("prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens", .cacheWrite5m),
        ("prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens", .cacheWrite1h),
        ("prompt_tokens_details.audio_tokens", .inputAudio),
        ("prompt_tokens_details.image_tokens", .inputImage),
        ("prompt_tokens_details.video_tokens", .inputVideo),
        ("completion_tokens_details.reasoning_tokens", .reasoning),
        ("completion_tokens_details.audio_tokens", .outputAudio),
        ("completion_tokens_details.image_tokens", .outputImage),
        // OpenAI responses and Anthropic messages.
        ("input_tokens", .inputUncached),
        ("output_tokens", .output),
        ("input_tokens_details.cached_tokens", .cacheRead),
        ("input_token_details.cached_tokens", .cacheRead),
        ("cache_read_input_tokens", .cacheRead),
        ("cache_creation_input_tokens", .cacheWrite),
        ("cache_creation.ephemeral_5m_input_tokens", .cacheWrite5m),
        ("cache_creation.ephemeral_1h_input_tokens", .cacheWrite1h),
        ("output_tokens_details.reasoning_tokens", .reasoning),
        ("output_tokens_details.thinking_tokens", .reasoning),
        // DeepSeek.
        ("prompt_cache_hit_tokens", .cacheRead),
        // Gemini, as the service and as its Python library write it.
        ("promptTokenCount", .input),
        ("toolUsePromptTokenCount", .inputBeside),
        ("candidatesTokenCount", .outputVisible),
        ("totalTokenCount", .total),
        ("cachedContentTokenCount", .cacheRead),
        ("thoughtsTokenCount", .reasoning),
        ("prompt_token_count", .input),
        ("tool_use_prompt_token_count", .inputBeside),
        ("candidates_token_count", .outputVisible),
        ("total_token_count", .total),
        ("cached_content_token_count", .cacheRead),
        ("thoughts_token_count", .reasoning),
        // Amazon Bedrock, Converse.
        ("inputTokens", .inputUncached),
        ("outputTokens", .output),
        ("totalTokens", .total),
        ("cacheReadInputTokens", .cacheRead),
        ("cacheWriteInputTokens", .cacheWrite),
        // OpenRouter, whose cost is only its fee where the sender's own key was used, and Perplexity.
        ("cost", .cost),
        ("cost_details.upstream_inference_cost", .upstreamCost),
        ("costDetails.upstreamInferenceCost", .upstreamCost),
        ("is_byok", .usesOwnKey),
        ("isByok", .usesOwnKey),
        ("cost.total_cost", .cost),
        ("cost.totalCost", .cost),
        // xAI.
        ("cost_in_usd_ticks", .costTicks),
        ("cost_in_nano_usd", .costNanos),
        // What is billed by the piece. Anthropic, OpenRouter and LiteLLM first; fetching a page costs only its tokens.
        ("server_tool_use.web_search_requests", .webSearches),
        // LiteLLM, of providers that count otherwise.
        ("prompt_tokens_details.web_search_requests", .webSearches),
        ("prompt_tokens_details.google_maps_grounding_requests", .mapsSearches),
        // Perplexity.
        ("num_search_queries", .webSearches),
        // xAI.
        ("server_side_tool_usage_details.web_search_calls", .webSearches),
        ("server_side_tool_usage_details.file_search_calls", .fileSearches),
        ("server_side_tool_usage_details.code_interpreter_calls", .codeSessions),
        // Cohere.
        ("billed_units.search_units", .rerankSearches),
        // How and where Anthropic served the call.
        ("service_tier", .responseTier),
        ("speed", .speed),
        ("inference_geo", .inferenceGeo),
    ]
}
