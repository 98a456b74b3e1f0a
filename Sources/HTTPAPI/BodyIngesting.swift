// SPDX-License-Identifier: Apache-2.0
package import Ingest
package import OTLP

/// Receives the bodies of the OTLP listener.
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
    ///   - request: What is kept of the body, by the stripper that ``stripper(for:bytes:)`` made.
    ///   - arrival: How it is written, when it came and who sent it.
    ///   - reserve: As for a whole body.
    /// - Returns: What became of the spans.
    /// - Throws: An error when nothing of the body was taken.
    func ingest(
        _ request: StrippedRequest, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt

    /// What leaves out of a body, while it comes in, what will not be read.
    ///
    /// - Parameters:
    ///   - form: How the body is written and compressed.
    ///   - bytes: How long it is.
    /// - Returns: A stripper, or `nil` where the whole body is wanted.
    func stripper(for form: BodyForm, bytes: Int) -> AttributeStripper?
}

extension IngestPipeline: BodyIngesting {}
