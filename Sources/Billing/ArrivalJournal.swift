// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// Records what enters the settle window and what is decided, in one order.
///
/// ``Biller`` calls it under its lock, so the calls do not overlap and their order is the order in which the window saw the
/// spans. Each arrival has up to 256 spans of each kind, and a body of more may give the lock up between two of them: arrivals
/// of other bodies, and decisions, may come between two arrivals of one body.
///
/// - Each span arrives once, before the decision about it. A span that is sent again arrives again, as a span of its own.
/// - Calls and aggregates are decided once for each arrival. Pass-through spans have no decision: arriving is all they do.
/// - Decisions refer to spans by identity, and calls that are counted are complete, with what they took over from their twins.
///   So decisions can be applied later without deciding anything again, even by a version with other rules.
///
/// An implementation must be short and must not call the biller. It cannot refuse spans: it reports a failure by the ticket.
package protocol ArrivalJournal: Sendable {
    /// The spans of a body are about to arrive, part by part. The default does nothing.
    ///
    /// - Parameters:
    ///   - roots: Its root spans, if the interpreter reads them.
    ///   - calls: All its calls and aggregates.
    func arriving(_ roots: RootSpans, with calls: Span<ModelCall>)

    /// Spans are about to enter the window.
    ///
    /// - Parameters:
    ///   - calls: Calls and aggregates, in the order in which they enter.
    ///   - passThrough: The other spans, which enter after the calls, in their order.
    ///   - peer: The sender, as a number.
    ///   - time: Monotonic nanoseconds of this process; `nil` without a clock.
    func arrived(_ calls: Span<ModelCall>, _ passThrough: Span<PassThroughSpan>, from peer: UInt64, at time: UInt64?)

    /// Spans were decided and are handed over, due or before their time.
    ///
    /// - Parameters:
    ///   - counted: The calls that are to be counted, complete.
    ///   - fates: What became of each decided span, the counted ones included, in the order of the decisions. A fate
    ///     `duplicate` is that of the copy; the span before it stays as it was unless `replacesEarlier` is set.
    ///   - dropped: The spans that are not counted, complete, in the order of their fates; empty unless ``wantsDropped``.
    ///   - time: Monotonic nanoseconds of this process; `nil` without a clock.
    func decided(
        _ counted: Span<ModelCall>, _ fates: Span<SpanFate>, dropped: Span<DroppedSpan>, at time: UInt64?)

    /// Whether decisions come with the spans that are not counted. Asked once, when the biller is made. Default false.
    var wantsDropped: Bool { get }

    /// Whether spans may arrive; `false` while they cannot be stored. Default true.
    var isAccepting: Bool { get }

    /// Whether the stop of the service is the only reason why ``isAccepting`` may be `false`. Default false.
    var refusesBecauseStopping: Bool { get }

    /// Pauses the thread, for a bounded time, while too much waits to be stored or to be in the rows. The default does not pause.
    ///
    /// Called between the parts of a large body, without the lock of the biller, by threads that may block.
    ///
    /// - Parameter paused: How long the body has paused so far; grows by this pause.
    func waitForRoom(paused: inout Duration)

    /// The number of the last record, of whatever kind; arrivals that come next have a higher one. Default 0.
    var lastRecord: UInt64 { get }

    /// A ticket for everything that was recorded up to now.
    func ticket() -> any CommitTicket
}

extension ArrivalJournal {
    package func arriving(_ roots: RootSpans, with calls: Span<ModelCall>) {}
    package var wantsDropped: Bool { false }
    package var isAccepting: Bool { true }
    package var refusesBecauseStopping: Bool { false }
    package func waitForRoom(paused: inout Duration) {}
    package var lastRecord: UInt64 { 0 }
}
