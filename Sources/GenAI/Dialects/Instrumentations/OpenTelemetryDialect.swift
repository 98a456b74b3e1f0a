// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// The semantic conventions for generative AI, in all versions that senders still use.
///
/// - SeeAlso: OpenTelemetry semantic conventions, generative AI spans: `open-telemetry/semantic-conventions` v1.26.0 to
///   v1.41.0 (docs/gen-ai/gen-ai-spans.md), since then `open-telemetry/semantic-conventions-genai`
///   (docs/gen-ai/client-inference.md). Versions in the comments below say since when a key exists.
package struct OpenTelemetryDialect: Dialect {
    package let name = "opentelemetry"

    package init() {}

    package var keys: [(key: String, fact: Fact)] {
        [
            ("gen_ai.operation.name", .operation),  // 1.27
            ("gen_ai.provider.name", .provider),  // 1.37
            ("gen_ai.system", .provider),  // 1.26 to 1.36
            ("gen_ai.request.model", .requestModel),
            ("gen_ai.response.model", .responseModel),
            ("server.address", .serverAddress),
            // From the clients of clouds: the old and the new key of the AWS SDKs' instrumentations.
            ("aws.region", .cloudRegion),
            ("cloud.region", .cloudRegion),
            ("openai.request.service_tier", .requestTier),  // 1.37
            ("gen_ai.openai.request.service_tier", .requestTier),
            ("openai.response.service_tier", .responseTier),  // 1.37
            ("gen_ai.openai.response.service_tier", .responseTier),
            ("gen_ai.response.id", .responseID),
            ("error.type", .errorType),
            ("exception.type", .errorType),
            ("gen_ai.request.stream", .isStream),  // 1.41
            ("gen_ai.response.time_to_first_chunk", .timeToFirstTokenSeconds),  // 1.41
            // The name of the metric, which Pydantic AI and the Vercel AI SDK 7 put on spans as well.
            ("gen_ai.client.operation.time_to_first_chunk", .timeToFirstTokenSeconds),

            ("gen_ai.usage.input_tokens", .input),  // 1.27
            ("gen_ai.usage.prompt_tokens", .input),  // 1.26
            // In no version: Gemini excludes results of tools from the prompt's tokens.
            ("gen_ai.usage.tool_use_prompt_tokens", .inputBeside),
            ("gen_ai.usage.output_tokens", .output),  // 1.27
            ("gen_ai.usage.completion_tokens", .output),  // 1.26
            ("gen_ai.usage.total_tokens", .total),  // in no version, widely sent
            ("gen_ai.usage.cache_read.input_tokens", .cacheRead),  // 1.40
            ("gen_ai.usage.cache_read_input_tokens", .cacheRead),
            ("gen_ai.usage.cache_read_tokens", .cacheRead),
            ("gen_ai.usage.cache_write.input_tokens", .cacheWrite),  // after 1.41
            ("gen_ai.usage.cache_creation.input_tokens", .cacheWrite),  // 1.40
            ("gen_ai.usage.cache_creation_input_tokens", .cacheWrite),
            ("gen_ai.usage.cache_write_input_tokens", .cacheWrite),
            ("gen_ai.usage.cache_write_tokens", .cacheWrite),
            ("gen_ai.usage.reasoning.output_tokens", .reasoning),  // 1.41
            ("gen_ai.usage.reasoning_tokens", .reasoning),
            // Parts by modality, after 1.41. Text is what the others leave.
            ("gen_ai.usage.audio.input_tokens", .inputAudio),
            ("gen_ai.usage.image.input_tokens", .inputImage),
            ("gen_ai.usage.video.input_tokens", .inputVideo),
            ("gen_ai.usage.audio.cache_read.input_tokens", .cacheReadAudio),
            ("gen_ai.usage.image.cache_read.input_tokens", .cacheReadImage),
            ("gen_ai.usage.audio.output_tokens", .outputAudio),
            ("gen_ai.usage.image.output_tokens", .outputImage),
            ("gen_ai.usage.video.output_tokens", .outputVideo),
            // In no version: the provider's own words, as senders put them under the conventions' names.
            ("gen_ai.usage.server_tool_use.web_search_requests", .webSearches),
            ("gen_ai.usage.web_search_requests", .webSearches),
            ("gen_ai.usage.search_units", .rerankSearches),
            // In no version: a gateway answered from its own cache.
            ("gen_ai.cache_hit", .cacheHit),
            ("gen_ai.response.cache_hit", .cacheHit),
            ("llm.cache_hit", .cacheHit),
            ("gen_ai.tool.name", .tool),  // 1.31
            ("gen_ai.tool.call.id", .tool),  // 1.31
            ("mcp.method.name", .tool),  // conventions for MCP
        ]
    }

    package var events: [(name: String, meaning: EventMeaning)] { [("exception", .exception)] }

    /// Scopes that need a rule of their own.
    ///
    /// The instrumentation of boto3 passes on Bedrock's own count, which leaves cached tokens out. OpenRouter itself sends
    /// spans (its feature Broadcast), which name the maker of the model as provider.
    package var scopes: [ScopeRule] {
        [
            ScopeRule("opentelemetry.instrumentation.botocore.bedrock-runtime", .inputExcludesCache),
            ScopeRule("openrouter", .boughtFromOpenRouter),
        ]
    }

    package var marks: [Fact] { [.operation, .requestModel] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        guard let operation = facts.text(.operation) else { return roleWithoutOperation(span, facts, body) }
        if let role = Self.roles.role(at: operation, in: body) { return role }
        guard facts.statesUsage || facts.statesModel else { return nil }
        if AbsentWords.hold(operation, in: body) { return roleWithoutOperation(span, facts, body) }
        let words = OperationWords(operation, in: body)
        if words.neverBills { return .other }
        // An unknown operation is a call only if the span is a client span, names a model and has usage.
        guard span.kind == .client, facts.statesModel, facts.statesUsage else { return nil }
        return .modelCall(words.operation.map(Operation.known) ?? .custom(operation))
    }

    /// Version 1.26 had no operation name: a call was a client span that names system and model, and has usage or failed.
    private func roleWithoutOperation(
        _ span: SpanRecord, _ facts: borrowing SpanFacts, _ body: Span<UInt8>
    ) -> SpanRole? {
        guard span.kind == .client, facts[.provider] != nil, facts[.requestModel] != nil, facts[.requestType] == nil,
            facts.statesUsage || span.status == .error, !facts.scope.contains(.namesEveryCall)
        else { return nil }
        // A call that counts tokens has no response model; only for such spans is the name read.
        if facts[.responseModel] == nil, OperationWords(span.name, in: body).countsTokens { return .other }
        return .modelCall(.known(.chat))
    }

    /// The words for operations; the interpreter uses them directly, since they decide about most spans.
    static let roles = RoleWords(
        calls: [
            "chat": .chat,
            "embeddings": .embeddings,
            "generate_content": .generateContent,
            "text_completion": .textCompletion,
            // Outside the conventions, but sent.
            "completion": .textCompletion,
            "generate": .chat,
            "acompletion": .chat,
            "responses": .chat,
            "embedding": .embeddings,
            "image_generation": .imageGeneration,
            "speech": .speech,
            "transcription": .transcription,
            "rerank": .rerank,
            // Semantic Kernel before it took the conventions' words.
            "chat.completions": .chat,
            "chat.streaming_completions": .chat,
            "text.completions": .textCompletion,
            "text.streaming_completions": .textCompletion,
        ],
        aggregates: [
            "invoke_agent": .invokeAgent,
            "invoke_workflow": .invokeWorkflow,
            // Steps of agents and chains, named by their frameworks.
            "agent_step": .invokeAgent,
            "execute_event_loop_cycle": .invokeAgent,
            "execute_task": .invokeWorkflow,
            "chain": .invokeWorkflow,
            "plan": .invokeAgent,
        ],
        others: [
            "execute_tool", "create_agent", "retrieval", "create_memory", "update_memory", "upsert_memory",
            "search_memory", "delete_memory", "create_memory_store", "delete_memory_store",
            // Fetches an earlier answer, whose tokens were billed when it was made.
            "fetch_response",
        ])
}
