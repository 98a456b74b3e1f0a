// SPDX-License-Identifier: Apache-2.0

/// How one span was read, for people who ask why; an interpreter keeps accounts only when it is told to.
package struct SpanAccount: Sendable {
    /// The name of the dialect that could tell what the span is; `nil` when none could.
    package var dialect: String?
    /// What the span was taken for.
    package var kind = Kind.neither
    /// The counts as the span has them, before each token was put into one class.
    package var reported: [ReportedCount] = []
    /// The counts and costs that were passed over, and why.
    package var refused: [RefusedNumber] = []
    /// What was odd about the counts.
    package var anomalies = UsageAnomalies()
    /// Whether the instrumentation is known to leave cached tokens out of the input.
    package var inputExcludesCache = false

    /// Whether it is a call by the words of its keys alone.
    package var isReadByWords = false

    /// The keys that seem to be usage of a span of which none was read.
    package var unreadKeys: [String] = []

    init(dialect: String?) { self.dialect = dialect }

    /// What a span can be taken for.
    package enum Kind: String, CaseIterable, Sendable {
        case call, aggregate, neither
    }
}

/// A count as a span reports it.
package struct ReportedCount: Sendable, Equatable {
    /// What is counted, in our words: `input`, `cache_read`, ….
    package var name: String
    package var tokens: Int64
}

/// A number of a span that was passed over.
package struct RefusedNumber: Sendable, Equatable {
    /// What it would have told: the name of a count, or `cost`.
    package var name: String
    package var reason: Reason

    /// Why a number is not believed.
    package enum Reason: String, CaseIterable, Sendable {
        case negative, fractional
        case tooLarge = "too_large"
        case notANumber = "not_a_number"
        /// One of the cost's parts was refused, or their sum is too large.
        case unsoundParts = "unsound_parts"
    }
}

extension ReportedUsage.Count {
    /// The count's name, for people.
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
