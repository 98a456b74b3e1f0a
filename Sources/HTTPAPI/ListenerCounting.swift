// SPDX-License-Identifier: Apache-2.0
package import CallMetrics
package import Ingest
package import OTLP

/// Counts the bodies that the OTLP listener receives and the scrapes that the web listener answers.
package protocol ListenerCounting: Sendable {
    /// Counts one body.
    ///
    /// - Parameters:
    ///   - outcome: How the request ended.
    ///   - receivedBytes: The size as received.
    ///   - inflatedBytes: The size after inflating; 0 for a body that was refused before.
    ///   - nanoseconds: The time from the request's headers to the answer.
    func countBody(
        _ outcome: ServiceMetrics.BodyOutcome, receivedBytes: Int, inflatedBytes: Int, nanoseconds: Int64)

    /// Counts one body of metrics or logs that was accepted and not kept.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - survey: The names in the body.
    ///   - receivedBytes: The size as received.
    /// - Returns: The services of which this is the first body of the signal, for one log line each.
    func countOther(_ signal: OtherSignal, _ survey: SignalSurvey, receivedBytes: Int) -> [String]

    /// Counts one scrape.
    ///
    /// - Parameters:
    ///   - nanoseconds: The time to render and compress the page.
    ///   - bytes: The size as sent.
    func countScrape(nanoseconds: Int64, bytes: Int)
}

extension ServiceMetrics: ListenerCounting {}
