// SPDX-License-Identifier: Apache-2.0

/// How one span was read, for explanations; an interpreter records accounts only on request.
package struct SpanAccount: Sendable {
    /// The name of the dialect that recognised the span; `nil` if none did.
    package var dialect: String?
    /// The kind of the span.
    package var kind = Kind.neither
    /// The counts as reported, before each token was assigned to one class.
    package var reported: [ReportedCount] = []
    /// The counts and costs that were ignored, and the reasons.
    package var refused: [RefusedNumber] = []
    /// The anomalies of the counts.
    package var anomalies = UsageAnomalies()
    /// Whether the input of this instrumentation is known to exclude cached tokens.
    package var inputExcludesCache = false

    /// Whether it is a call only by the words of its keys.
    package var isReadByWords = false

    /// The keys that seem to be usage, for a span of which no usage was read.
    package var unreadKeys: [String] = []

    init(dialect: String?) { self.dialect = dialect }

    /// The kinds of spans.
    package enum Kind: String, CaseIterable, Sendable {
        case call, aggregate, neither
    }
}

/// A count as a span reports it.
package struct ReportedCount: Sendable, Equatable {
    /// What is counted, for example `input` or `cache_read`.
    package var name: String
    package var tokens: Int64
}

/// A number of a span that was ignored.
package struct RefusedNumber: Sendable, Equatable {
    /// The name of the count, or `cost`.
    package var name: String
    package var reason: Reason

    /// The reasons for which a number is ignored.
    package enum Reason: String, CaseIterable, Sendable {
        case negative, fractional
        case tooLarge = "too_large"
        case notANumber = "not_a_number"
        /// One of the cost's parts was refused, or their sum is too large.
        case unsoundParts = "unsound_parts"
    }
}

extension ReportedUsage.Count {
    /// The count's name in explanations.
    package var name: String {
        switch self {
        case .input: "input"
        case .inputUncached: "input_uncached"
        case .inputPlain: "input_plain"
        case .inputBeside: "input_beside"
        case .output: "output"
        case .outputVisible: "output_visible"
        case .outputPlain: "output_plain"
        case .total: "total"
        case .cacheRead: "cache_read"
        case .cacheWrite: "cache_write"
        case .cacheWrite5m: "cache_write_5m"
        case .cacheWrite1h: "cache_write_1h"
        case .reasoning: "reasoning"
        case .inputAudio: "input_audio"
        case .inputImage: "input_image"
        case .inputVideo: "input_video"
        case .cacheReadAudio: "cache_read_audio"
        case .cacheReadImage: "cache_read_image"
        case .outputAudio: "output_audio"
        case .outputImage: "output_image"
        case .outputVideo: "output_video"
        }
    }
}
