// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a running service answered.
package struct ServiceAnswers: Sendable {
    /// The page of metrics.
    package var metrics: MetricsText
    /// The sentence of `/-/ready` if the service is not ready; `nil` if it is.
    package var notReady: String?
    /// The calls without a price; `nil` if the list could not be read.
    package var unpriced: UnpricedReading?
    /// The refused requests; `nil` if the list could not be read.
    package var refused: RefusedReading?
    /// The calls without a price before the start of the process; `nil` if they are not known.
    package var earlier: EarlierReading?
    /// The same up to the minute in which the process began, since calls of that minute may be its own; `nil` if not needed.
    package var earlierMinutes: EarlierReading?
    /// Why the service does not list the calls before the start; `nil` if it does, or was not asked.
    package var earlierRefusal: String?
    /// The paths of lists that the service withheld, each with the status of its answer.
    package var withheld: [(path: String, status: Int)] = []
    /// The time of the service, in seconds since 1970 (UTC).
    package var seconds: Double

    /// Whether the service keeps what it counts in a folder: only then does it have this gauge.
    var hasFolder: Bool { metrics.has("llm_cost_exporter_storage_failed") }

    /// Makes answers.
    package init(
        metrics: MetricsText, notReady: String? = nil, unpriced: UnpricedReading? = nil,
        refused: RefusedReading? = nil, seconds: Double
    ) {
        self.metrics = metrics
        self.notReady = notReady
        self.unpriced = unpriced
        self.refused = refused
        self.seconds = seconds
    }
}

/// The list at `/api/v1/unpriced`, as far as it is needed.
package struct UnpricedReading: Sendable, Decodable {
    /// The calls of one model.
    package struct Model: Sendable, Decodable {
        package var model: String
        package var provider: String
        package var reason: String
        package var requests: Int64
        /// What to do; `nil` from services that do not say it.
        package var remedy: String?
        /// When the latest call came, in UTC.
        package var last_seen: String?
        package var closest: [String]
        /// A price file to complete; empty if no price file can help, `nil` if that is not said.
        package var stub: String?
        /// What the calls would have cost at the present prices; `nil` while they have no price.
        package var cost_at_present_prices_usd: String?
    }

    /// When the process began to list calls, in UTC; `nil` from services that do not say it, whose list has no calls without
    /// usage.
    package var since: String?
    package var models: [Model]

    /// Reads the list; `nil` for anything else.
    package init?(_ json: [UInt8]) {
        guard let read = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = read
    }

    /// The number of listed calls of a model of a provider.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - provider: The provider.
    ///   - isMeant: Selects entries of the list, which has one for each reason.
    /// - Returns: The number; `nil` without such an entry.
    func calls(of model: String, _ provider: String, where isMeant: (Model) -> Bool = { _ in true }) -> Int64? {
        let own = models.filter { $0.model == model && $0.provider == provider && isMeant($0) }
        return own.isEmpty ? nil : own.reduce(0) { $0 + $1.requests }
    }

    /// Whether all calls of a model came before the process began, and were counted by its start.
    func isEarlier(_ model: Model) -> Bool {
        guard let since, let last = model.last_seen else { return false }
        // Both are of one form, which sorts as times do.
        return last < since
    }
}

/// Stored calls without a price, by model and provider, as an answer of `/api/v1/costs` has them.
package struct EarlierReading: Sendable, Decodable {
    /// The calls of one model.
    package struct Row: Sendable, Decodable {
        package var model: String?
        package var provider: String?
        /// The calls that no repricing has priced since.
        package var adjusted_unpriced: Int64
    }

    /// When the time of the calls begins and ends, in UTC.
    package var from: String
    package var to: String
    /// Whether there are more rows than these.
    package var truncated: Bool
    package var rows: [Row]

    /// The calls of a model of a provider, both empty for none.
    func calls(of model: String, _ provider: String) -> Int64 {
        rows.first { ($0.model ?? "") == model && ($0.provider ?? "") == provider }?.adjusted_unpriced ?? 0
    }

    /// Reads the answer; `nil` for anything else.
    package init?(_ json: [UInt8]) {
        guard let read = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = read
    }
}

/// The refusal of a question.
struct QuestionRefusal: Decodable {
    struct Reason: Decodable {
        var message: String
    }

    var error: Reason

    /// What the service says instead of an answer.
    ///
    /// - Parameter answer: An answer with another status than 200.
    /// - Returns: A sentence without a period.
    static func reason(in answer: HTTPAnswer) -> String {
        guard let refusal = try? JSONDecoder().decode(Self.self, from: Data(answer.body)) else {
            return "status \(answer.status)"
        }
        return refusal.error.message
    }
}

/// The list at `/api/v1/refused`, as far as it is needed.
package struct RefusedReading: Sendable, Decodable {
    /// The refusals of one kind.
    package struct Kind: Sendable, Decodable {
        package var listener: String
        package var kind: String
        /// The status of the latest answer; `nil` if the connection was closed instead.
        package var status: Int?
        package var count: UInt64
        package var last_seen: String
        package var peer: String
        package var path: String
        package var content_type: String
        package var reason: String
        package var remedy: String
    }

    package var refused: [Kind]

    /// Reads the list; `nil` for anything else.
    package init?(_ json: [UInt8]) {
        guard let read = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = read
    }
}
