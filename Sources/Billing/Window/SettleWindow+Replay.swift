// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What is known while recorded spans are played through the window.
struct WindowReplay {
    /// The spans that were decided as they arrived with the latest record, and how often: their recorded fates are applied
    /// already.
    var decidedOnArrival: [SpanIdentity: Int] = [:]
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
        replay = replay ?? WindowReplay()
        arrive(calls, spans, now: time, &outcome)
        var decided: [SpanIdentity: Int] = [:]
        for fate in outcome.report.fates { decided[fate.identity, default: 0] += 1 }
        replay?.decidedOnArrival = decided
    }

    /// Applies recorded decisions.
    ///
    /// - Parameters:
    ///   - counted: The counted calls, in the order of their fates.
    ///   - fates: What became of each decided span.
    mutating func replay(_ counted: [ModelCall], _ fates: [SpanFate]) {
        var next = 0
        for fate in fates {
            var call: ModelCall?
            if fate.outcome == .counted, next < counted.count {
                call = counted[next]
                next += 1
            }
            if let left = replay?.decidedOnArrival[fate.identity], left > 0 {
                replay?.decidedOnArrival[fate.identity] = left - 1
            } else {
                apply(fate, call)
            }
        }
        waiting.dropSettled()
    }

    private mutating func apply(_ fate: SpanFate, _ call: ModelCall?) {
        // The arrival record has replaced the span by its copy with more usage, which has the same id and stays.
        if fate.replacesEarlier { return }
        ancestry.makeRoom(&waiting)
        waiting.refresh()
        let key = ancestry.key(of: fate.identity)
        guard let note = ancestry.value(of: key), let number = waiting.number(of: key, SpanNote(note)) else { return }
        if let call { waiting.complete(number, as: call) }
        let isCounted = fate.outcome == .counted
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
