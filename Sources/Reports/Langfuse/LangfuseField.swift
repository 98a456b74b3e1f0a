// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The names of Langfuse's data model, and what they mean of stored calls.
///
/// - SeeAlso: Langfuse, Metrics API (https://langfuse.com/docs/metrics/features/metrics-api).
enum LangfuseField {
    /// What rows may be of.
    enum View: String, CaseIterable, Sendable {
        /// Model calls.
        case observations
        case traces
    }

    /// A figure of each row.
    enum Measure: String, CaseIterable, Sendable {
        case count, latency, streamingLatency, inputTokens, outputTokens, totalTokens, outputTokensPerSecond
        case tokensPerSecond, totalCost, timeToFirstToken, observationsCount

        /// Those of a view.
        static func all(of view: View) -> [Measure] {
            switch view {
            case .observations: allCases.filter { $0 != .observationsCount }
            case .traces: [.count, .observationsCount, .inputTokens, .outputTokens, .totalTokens, .totalCost]
            }
        }

        /// The values of single calls; `nil` for a number of calls or traces.
        var sample: SampleColumn? {
            switch self {
            case .count, .observationsCount: nil
            case .latency: .duration
            case .streamingLatency: .streaming
            case .inputTokens: .input
            case .outputTokens: .output
            case .totalTokens: .tokens
            case .outputTokensPerSecond: .outputRate
            case .tokensPerSecond: .tokenRate
            case .totalCost: .cost
            case .timeToFirstToken: .timeToFirstToken
            }
        }
    }

    /// How the values of a row's calls or traces become one.
    enum Aggregation: String, CaseIterable, Sendable {
        case sum, avg, count, max, min, p50, p75, p90, p95, p99, histogram

        /// Of a hundred, how many values are at most this one; `nil` for what is no percentile.
        var percent: Int128? { rawValue.first == "p" ? Int128(rawValue.dropFirst()) : nil }
    }

    /// What the calls of a row have in common.
    enum Dimension: Equatable, Sendable {
        case key(GroupKey)
        /// Every row has this value.
        case constant(String)
    }

    /// The type of every stored call.
    private static let type = "GENERATION"

    /// The dimensions of both views that are called otherwise here.
    private static let names = [
        "providedModelName": "model", "userId": "user", "sessionId": "session", "traceId": "trace",
    ]

    /// The names of dimensions, for messages.
    static let dimensionNames = names.keys.sorted() + ["environment", "type"]

    /// Finds a dimension.
    ///
    /// - Parameters:
    ///   - name: Langfuse's name, or that of a fact or dimension of the service.
    ///   - view: What rows are of.
    ///   - dimensions: The dimensions that are kept.
    /// - Returns: What it means.
    /// - Throws: ``QuestionError`` for any other name.
    static func dimension(_ name: String, _ view: View, dimensions: [String]) throws(QuestionError) -> Dimension {
        if name == "type", view == .observations { return .constant(type) }
        if name == "id", view == .traces { return .key(.fact(.trace)) }
        do {
            return .key(try GroupKey(names[name] ?? name, parameter: "query", dimensions: dimensions))
        } catch {
            let known = dimensionNames + dimensions.filter { !dimensionNames.contains($0) }
            throw LangfuseQuery.error(
                "there is no dimension \(QuestionError.quoted(name)) of \(view.rawValue); choose from "
                    + known.joined(separator: ", "))
        }
    }
}
