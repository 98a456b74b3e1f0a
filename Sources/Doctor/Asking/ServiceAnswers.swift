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
    /// The paths of lists that the service withheld, each with the status of its answer.
    package var withheld: [(path: String, status: Int)] = []
    /// The time of the service, in seconds since 1970 (UTC).
    package var seconds: Double

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
        package var closest: [String]
        /// What the calls would have cost at the present prices; `nil` while they have no price.
        package var cost_at_present_prices_usd: String?
    }

    package var models: [Model]

    /// Reads the list; `nil` for anything else.
    package init?(_ json: [UInt8]) {
        guard let read = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = read
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
