// SPDX-License-Identifier: Apache-2.0
package import CallMetrics
package import Ingest
package import OTLP

/// What the OTLP door hands bodies to.
package protocol BodyIngesting: Sendable {
    /// Takes one body through every room; it uses the processor and does not wait.
    ///
    /// - Parameters:
    ///   - body: The body as sent.
    ///   - arrival: How it is written, when it came and who sent it.
    ///   - reserve: Called before memory is taken for inflated bytes and spans, with the bytes that the body needs in addition
    ///     to those that it arrived in; returns whether the ceiling on bytes in flight allows them.
    /// - Returns: What became of the spans.
    /// - Throws: An error when nothing of the body was taken.
    func ingest(
        _ body: Span<UInt8>, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt

    /// Takes one body whose unread parts were left out during receipt.
    ///
    /// - Parameters:
    ///   - request: What is kept of the body, by the thinner that ``thinner(for:bytes:)`` made.
    ///   - arrival: How it is written, when it came and who sent it.
    ///   - reserve: As for a whole body.
    /// - Returns: What became of the spans.
    /// - Throws: An error when nothing of the body was taken.
    func ingest(
        _ request: ThinnedRequest, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt

    /// What leaves out of a body, while it comes in, what will not be read.
    ///
    /// - Parameters:
    ///   - form: How the body is written and compressed.
    ///   - bytes: How long it is.
    /// - Returns: A thinner, or `nil` where the whole body is wanted.
    func thinner(for form: BodyForm, bytes: Int) -> RequestThinner?
}

/// Where the doors count what happens at them.
package protocol DoorCounting: Sendable {
    /// Counts one body.
    ///
    /// - Parameters:
    ///   - outcome: What became of it.
    ///   - receivedBytes: Its size as received.
    ///   - inflatedBytes: Its size after inflating; 0 when it did not come so far.
    ///   - nanoseconds: The time from its request's headers to its answer.
    func countBody(
        _ outcome: ServiceMetrics.BodyOutcome, receivedBytes: Int, inflatedBytes: Int, nanoseconds: Int64)

    /// Counts one scrape.
    ///
    /// - Parameters:
    ///   - nanoseconds: The time to render and compress the page.
    ///   - bytes: Its size as sent.
    func countScrape(nanoseconds: Int64, bytes: Int)
}

extension IngestPipeline: BodyIngesting {}
extension ServiceMetrics: DoorCounting {}
