// SPDX-License-Identifier: Apache-2.0
package import OTLP

/// The attribute keys that the settings name, for senders that no built-in dialect knows.
///
/// They are added to the keys of the built-in dialects and take precedence over them. A span with one of the token keys and a
/// model is a call, unless another dialect recognises it as something else.
package struct CustomDialect: Dialect {
    /// A fact for which the settings can name keys.
    package enum Field: String, CaseIterable, Sendable {
        case model
        case requestModel = "request_model"
        case responseModel = "response_model"
        case operation
        case provider
        case serverAddress = "server_address"
        case tier
        case speed
        case inferenceGeo = "inference_geo"
        case responseID = "response_id"
        case errorType = "error_type"
        case stream
        case timeToFirstTokenSeconds = "time_to_first_token_seconds"
        case timeToFirstTokenMilliseconds = "time_to_first_token_milliseconds"
        case cost
        case inputTokens = "input_tokens"
        case uncachedInputTokens = "uncached_input_tokens"
        case outputTokens = "output_tokens"
        case totalTokens = "total_tokens"
        case cacheReadTokens = "cache_read_tokens"
        case cacheWriteTokens = "cache_write_tokens"
        case cacheWrite1hTokens = "cache_write_1h_tokens"
        case reasoningTokens = "reasoning_tokens"
        case inputAudioTokens = "input_audio_tokens"
        case inputImageTokens = "input_image_tokens"
        case inputVideoTokens = "input_video_tokens"
        case outputAudioTokens = "output_audio_tokens"
        case outputImageTokens = "output_image_tokens"
        case outputVideoTokens = "output_video_tokens"
        case webSearches = "web_searches"
        case fileSearches = "file_searches"
        case mapsSearches = "maps_searches"
        case searchUnits = "search_units"
        case codeSessions = "code_sessions"
    }

    package let name = "custom"
    package let keys: [(key: String, fact: Fact)]
    package let isAskedLast = true

    /// Makes a dialect from the settings.
    ///
    /// - Parameter fields: The attribute keys of each field, the best first; none of them empty, and none named twice.
    package init(_ fields: [Field: [String]]) {
        keys = Field.allCases.flatMap { field in (fields[field] ?? []).map { ($0, field.fact) } }
    }

    package var marks: [Fact] { [.customCount] }

    package func role(of span: SpanRecord, facts: borrowing SpanFacts, body: Span<UInt8>) -> SpanRole? {
        guard facts[.customCount] != nil, facts.statesModel else { return nil }
        guard let operation = facts.text(.operation) else { return .modelCall(.known(.chat)) }
        return .modelCall(.custom(operation))
    }
}

extension CustomDialect.Field {
    var fact: Fact {
        switch self {
        case .model: .model
        case .requestModel: .requestModel
        case .responseModel: .responseModel
        case .operation: .operation
        case .provider: .provider
        case .serverAddress: .serverAddress
        case .tier: .responseTier
        case .speed: .speed
        case .inferenceGeo: .inferenceGeo
        case .responseID: .responseID
        case .errorType: .errorType
        case .stream: .isStream
        case .timeToFirstTokenSeconds: .timeToFirstTokenSeconds
        case .timeToFirstTokenMilliseconds: .timeToFirstTokenMilliseconds
        case .cost: .cost
        case .inputTokens: .input
        case .uncachedInputTokens: .inputUncached
        case .outputTokens: .output
        case .totalTokens: .total
        case .cacheReadTokens: .cacheRead
        case .cacheWriteTokens: .cacheWrite
        case .cacheWrite1hTokens: .cacheWrite1h
        case .reasoningTokens: .reasoning
        case .inputAudioTokens: .inputAudio
        case .inputImageTokens: .inputImage
        case .inputVideoTokens: .inputVideo
        case .outputAudioTokens: .outputAudio
        case .outputImageTokens: .outputImage
        case .outputVideoTokens: .outputVideo
        case .webSearches: .webSearches
        case .fileSearches: .fileSearches
        case .mapsSearches: .mapsSearches
        case .searchUnits: .rerankSearches
        case .codeSessions: .codeSessions
        }
    }
}
