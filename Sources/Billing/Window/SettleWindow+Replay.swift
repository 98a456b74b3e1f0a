// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The spans that were decided as they arrived with the latest record, while records are played through the window.
///
/// Their recorded fates, which come next, are applied already.
struct WindowReplay {
    /// What became of these spans, the last one first.
    private var fates: [SpanFate] = []
    /// The span of each fate; empty unless the journal wants them.
    private var dropped: [DroppedSpan] = []

    init() {}

    /// Takes what the window decided as spans arrived.
    init(_ report: BillingReport, _ dropped: [DroppedSpan]) {
        fates = report.fates.filter { $0.outcome != .notAModelCall }.reversed()
        self.dropped = dropped.reversed()
    }

    /// Takes a span that was decided on arrival.
    ///
    /// A crash may have come between an arrival and the record of these decisions. Then the next fate of the same span is that of
    /// another copy, which waits: it has another outcome.
    ///
    /// - Parameter fate: A recorded fate.
    /// - Returns: Whether it was decided on arrival, and the span, if spans are kept.
    mutating func take(_ fate: SpanFate) -> (isDecided: Bool, dropped: DroppedSpan?) {
        // They come in the same order, unless the rules have changed.
        let index = fates.lastIndex { $0.identity == fate.identity && $0.outcome == fate.outcome }
        guard let index else { return (false, nil) }
        fates.remove(at: index)
        return (true, index < dropped.count ? dropped.remove(at: index) : nil)
    }

    /// The decisions without a record.
    var left: (fates: [SpanFate], dropped: [DroppedSpan]) { (fates.reversed(), dropped.reversed()) }
}

/// Records of an earlier process: spans that arrived, and decisions that are applied and not made again.
extension SettleWindow {
    /// Takes recorded spans in; the window decides none that waits.
    mutating func replay(
        _ calls: (Span<ModelCall>, keys: Span<ArrivalKeys>), _ spans: (Span<PassThroughSpan>, keys: Span<PassingKeys>),
        at time: UInt64
    ) {
        var none: [ModelCall] = []
        var outcome = SettleOutcome(taking: &none)
        // While it is set, no span is decided early.
        replay = WindowReplay()
        arrive(calls, spans, now: time, &outcome)
        replay = WindowReplay(outcome.report, outcome.dropped)
    }

    /// Applies recorded decisions.
    ///
    /// - Parameters:
    ///   - counted: The counted calls, in the order of their fates.
    ///   - fates: What became of each decided span.
    ///   - dropped: Gets the spans that were not counted, as far as the window still has them, if they are kept.
    mutating func replay(_ counted: [ModelCall], _ fates: [SpanFate], dropped: inout [DroppedSpan]) {
        var next = 0
        for fate in fates {
            var call: ModelCall?
            if fate.outcome == .counted, next < counted.count {
                call = counted[next]
                next += 1
            }
            if let (isDecided, span) = replay?.take(fate), isDecided {
                if let span { dropped.append(span) }
            } else {
                apply(fate, call, dropped: &dropped)
            }
        }
        waiting.dropSettled()
    }

    private mutating func apply(_ fate: SpanFate, _ call: ModelCall?, dropped: inout [DroppedSpan]) {
        // The fate is that of a copy; what waits is the span before it, or the copy with more usage that replaced it.
        if fate.outcome == .duplicate, fate.inFavourOf == fate.identity { return }
        ancestry.makeRoom(&waiting)
        waiting.refresh()
        let key = ancestry.key(of: fate.identity)
        guard let note = ancestry.value(of: key), let number = waiting.number(of: key, SpanNote(note)) else { return }
        if let call { waiting.complete(number, as: call) }
        let isCounted = fate.outcome == .counted
        if !isCounted, decisions.keepsDropped {
            dropped.append(
                DroppedSpan(call: waiting[call: number], outcome: fate.outcome, inFavourOf: fate.inFavourOf))
        }
        if isCounted, waiting[number].state.contains(.aggregate), waiting[number].response != 0 {
            ancestry.setResponse(
                waiting[number].response,
                ResponseNote(
                    number: number, scope: waiting[call: number].scope, reportsUsage: true,
                    end: waiting[call: number].endNanoseconds))
        }
        // Spans that this window takes for twins of a counted call do not count.
        if let twin = waiting.leaveTwins(number), isCounted { waiting.bar(twin) }
        leave(number, isDropped: !isCounted)
    }

    /// Ends the replay: what is not decided waits for its whole time from now on.
    ///
    /// - Parameters:
    ///   - now: Monotonic nanoseconds.
    ///   - isComplete: Whether the records went back to the first span.
    mutating func endReplay(at now: UInt64, isComplete: Bool) {
        replay = nil
        ancestry.begin(now)
        waiting.restartWaits(at: now)
        if !isComplete { ancestry.notePastIsMissing() }
    }
}
