// SPDX-License-Identifier: Apache-2.0
package import CallMetrics

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

    /// Counts one scrape.
    ///
    /// - Parameters:
    ///   - nanoseconds: The time to render and compress the page.
    ///   - bytes: The size as sent.
    func countScrape(nanoseconds: Int64, bytes: Int)
}

extension ServiceMetrics: ListenerCounting {}
