// SPDX-License-Identifier: Apache-2.0
package import Ingest
package import OTLP

/// Receives the bodies of the OTLP listener.
package protocol BodyIngesting: Sendable {
    /// Why no body is taken at the moment, whatever it brings; `nil` while bodies are taken, which is the default.
    ///
    /// The answer needs no worker: all of them may work on large bodies that pause.
    var refusal: IngestError? { get }

    /// Takes one body through every room, on a worker's thread and without waiting.
    ///
    /// - Parameters:
    ///   - body: The body as sent.
    ///   - arrival: The body's signal, form, time and sender.
    ///   - reserve: Called before memory is taken for inflated bytes and spans, with the bytes that the body needs in addition
    ///     to those that it arrived in; returns whether the ceiling on bytes in flight allows them.
    /// - Returns: The outcome of the spans, with a ticket if the answer has to wait until they are stored.
    /// - Throws: ``IngestError`` for a body of which no span was counted.
    func ingest(
        _ body: Span<UInt8>, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt

    /// Takes one body through every room as ``ingest(_:arrival:reserve:)`` does, without waiting for memory to work with.
    ///
    /// - Parameters:
    ///   - body: The body as sent.
    ///   - arrival: The body's signal, form, time and sender.
    ///   - reserve: As for ``ingest(_:arrival:reserve:)``.
    /// - Returns: The outcome of the spans; `nil`, with nothing of the body counted, if other threads use all of this memory.
    /// - Throws: ``IngestError`` for a body of which no span was counted.
    func ingestNow(
        _ body: Span<UInt8>, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt?

    /// Takes one body whose unread parts were left out during receipt.
    ///
    /// - Parameters:
    ///   - request: The kept part of the body, from the stripper that ``stripper(for:bytes:)`` made.
    ///   - arrival: The body's signal, form, time and sender.
    ///   - reserve: As for a whole body.
    /// - Returns: The outcome of the spans, with a ticket if the answer has to wait until they are stored.
    /// - Throws: ``IngestError`` for a body of which no span was counted.
    func ingest(
        _ request: StrippedRequest, arrival: BodyArrival, reserve: (Int) -> Bool
    ) throws(IngestError) -> IngestReceipt

    /// Makes a filter that drops unread attributes from a body during receipt.
    ///
    /// - Parameters:
    ///   - arrival: The body's signal and form.
    ///   - bytes: The declared size of the body.
    /// - Returns: The stripper, or `nil` for a body that is wanted as a whole.
    func stripper(for arrival: BodyArrival, bytes: Int) -> AttributeStripper?
}

extension BodyIngesting {
    package var refusal: IngestError? { nil }
}

extension IngestPipeline: BodyIngesting {}
