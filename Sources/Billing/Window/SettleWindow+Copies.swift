// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// What happens to copies of spans that arrived before.
extension SettleWindow {
    /// A copy of a span that arrived before: the one with more usage stays, and nothing is added.
    mutating func arriveAgain(
        _ arriving: CallReference, _ line: WaitingLine, _ known: SpanNote, _ outcome: inout SettleOutcome
    ) {
        let old = known.number
        let waits = waiting.waits(old) && waiting[old].span == line.span
        let tellsMore: Bool
        if waits {
            tellsMore =
                line.state.contains(.usage)
                && (!waiting[old].state.contains(.usage) || line.tokens > waiting.tokensAsRead(old))
        } else {
            tellsMore =
                line.state.contains(.usage)
                && (!known.has(SpanNote.usage) || min(line.tokens, SpanNote.mostTokens) > known.tokens)
        }
        decisions.dropDuplicate(
            SpanFate(
                identity: arriving.call.identity, outcome: .duplicate, inFavourOf: waits ? arriving.call.identity : nil,
                replacesEarlier: waits && tellsMore), &outcome)
        if decisions.keepsDropped {
            outcome.dropped.append(
                DroppedSpan(
                    call: waits && tellsMore ? waiting[call: old] : arriving.call, outcome: .duplicate,
                    inFavourOf: waits ? arriving.call.identity : nil))
        }
        guard tellsMore else { return }
        guard waits else {
            outcome.report.lateLarger += 1
            return
        }
        replace(old, by: arriving, line)
    }

    /// A span that was sent before under other ids: it is not counted, and remains a step with usage on the way up from others.
    mutating func arriveUnderNewIDs(
        _ arriving: CallReference, _ line: WaitingLine, _ known: SpanNote, _ outcome: inout SettleOutcome
    ) {
        decisions.dropDuplicate(
            SpanFate(identity: arriving.call.identity, outcome: .duplicate, inFavourOf: nil, hasNewIDs: true), &outcome)
        if decisions.keepsDropped {
            outcome.dropped.append(DroppedSpan(call: arriving.call, outcome: .duplicate))
        }
        ancestry.remember(line.span, offer: SpanOffer(arriving.call))
        ancestry.remember(line.span, below: line.parent, &waiting)
        var line = line
        line.state.formUnion(known.below)
        ancestry.markAbove(line, nil, &waiting)
        if known.word & SpanNote.toolMarks != 0 {
            ancestry.passOn(SpanNote(known.word & SpanNote.toolMarks), to: line.parent, &waiting)
        }
    }

    /// Replaces a waiting span with a copy that has more usage.
    ///
    /// It goes to the end of the line, since the ring and its chains are in the order of arrival.
    private mutating func replace(_ old: UInt32, by arriving: CallReference, _ line: WaitingLine) {
        var line = line
        line.state.formUnion(waiting[old].state.intersection([.below, .unmarkedBelow, .barred, .leafFound]))
        let number = waiting.next
        ancestry.noteCopy(number, line)
        let twin = waiting.leaveTwins(old)
        // An aggregate has no twins, whatever an earlier copy said.
        let leavesTwins = line.state.contains(.aggregate)
        if waiting[old].response != 0 {
            let others = leavesTwins ? responseNote(waiting[old].response, among: twin) : nil
            ancestry.replaceResponse(waiting[old].response, of: old, with: others)
        }
        let trace = waiting[ties: old].trace
        enter(arriving, line, trace: trace, top: ancestry.topKey(0, of: trace), replacing: old)
        ancestry.heedDimensions(arriving.call.dimensions)
        waiting.settle(old)
        if let twin, !leavesTwins { waiting.join(twin, number) }
        waiting.dropSettled()
    }

    /// What is noted of an answer's id if one of those that are left of a group brings it too; else `nil`.
    private mutating func responseNote(_ response: UInt64, among first: UInt32?) -> ResponseNote? {
        guard let first else { return nil }
        var member = first
        repeat {
            if waiting[member].response == response {
                return ResponseNote(
                    number: member, scope: waiting[call: member].scope,
                    reportsUsage: waiting[call: member].reportsUsage,
                    end: waiting[call: member].endNanoseconds)
            }
            member = waiting[member].nextTwin
        } while member != first
        return nil
    }
}
