// SPDX-License-Identifier: Apache-2.0
package import Billing
package import GenAI
package import OTLP

/// Sees each batch on its way, in addition to the rooms that count it.
///
/// Priced calls come to a `CallSink` instead. `Assembly` lists the observers; an empty list costs one comparison a batch.
/// Several threads, event loops among them, call observers at the same time with different batches; the calls for one batch
/// come in order.
package protocol BatchObserver: Sendable {
    /// Whether the interpreter records how it read each span, ``InterpretedSpans/accounts``, which takes memory with every
    /// span; asked once, when the pipeline is made. Default false.
    var needsAccounts: Bool { get }

    /// Called with each batch after interpretation and before billing; must not block.
    ///
    /// A large body comes as several batches, in order, after the whole body was read without an error. A body that is
    /// refused as a whole never comes.
    ///
    /// - Parameters:
    ///   - batch: The spans as sent; those without proper ids are only counted in it.
    ///   - body: The bytes that the batch refers to; of a body that was stripped during receipt, the kept part.
    ///   - arrival: The body's encoding, arrival time and sender.
    ///   - spans: The calls, aggregates and other spans that the interpreter found, with accounts if an observer needs them.
    func observe(
        _ batch: SpanBatch, body: Span<UInt8>, arrival: BodyArrival, spans: borrowing InterpretedSpans)

    /// Called instead of ``observe(_:body:arrival:spans:)`` with the interpreter that has read the batch, which knows the dialect
    /// of a span. The default passes the rest on.
    ///
    /// - Parameters:
    ///   - batch: The spans as sent.
    ///   - body: The bytes that the batch refers to.
    ///   - arrival: The body's encoding, arrival time and sender.
    ///   - spans: What the interpreter found.
    ///   - interpreter: Has read this batch last.
    func observe(
        _ batch: SpanBatch, body: Span<UInt8>, arrival: BodyArrival, spans: borrowing InterpretedSpans,
        by interpreter: borrowing Interpreter)

    /// Called when billing has decided spans: after ``observe(_:body:arrival:spans:)`` with the batch that caused it, or when
    /// the settler runs; before the decided calls are priced. Must not block. The default does nothing.
    ///
    /// - Parameter report: The outcomes; with the fate of each span if `BillingConfiguration.recordsFates` is set.
    func decided(_ report: BillingReport)
}

extension BatchObserver {
    package var needsAccounts: Bool { false }

    package func decided(_ report: BillingReport) {}

    package func observe(
        _ batch: SpanBatch, body: Span<UInt8>, arrival: BodyArrival, spans: borrowing InterpretedSpans,
        by interpreter: borrowing Interpreter
    ) { observe(batch, body: body, arrival: arrival, spans: spans) }
}
