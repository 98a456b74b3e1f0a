// SPDX-License-Identifier: Apache-2.0
package import Billing
package import GenAI
package import OTLP

/// Is told what the corridor does with spans, step by step; what it counts in the end comes to a `CallSink`.
///
/// For explaining bodies: a service has none. Steps come in order as long as one body at a time is worked on.
package protocol IngestWitness: Sendable {
    /// A body was read and interpreted.
    ///
    /// - Parameters:
    ///   - batch: Its spans as they were sent.
    ///   - body: The bytes that the batch refers to.
    ///   - spans: What they were taken for, with accounts.
    func read(_ batch: SpanBatch, _ body: Span<UInt8>, _ spans: borrowing InterpretedSpans)

    /// Spans were decided, of this body or of earlier ones.
    ///
    /// - Parameter report: With fates, if the biller records them.
    func decided(_ report: BillingReport)
}
