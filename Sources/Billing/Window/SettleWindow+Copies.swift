// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// What happens to copies of spans that arrived before.
extension SettleWindow {
    /// A copy of a span that arrived before: the one that tells more usage stays, and nothing is added.
    mutating func arriveAgain(
        _ arriving: CallReference, _ line: WaitingLine, _ known: SpanNote, _ outcome: inout SettleOutcome
    ) {
        let old = known.number
        let waits = ring.waits(old) && ring[old].span == line.span
        let tellsMore: Bool
        if waits {
            tellsMore =
                line.state.contains(.usage)
                && (!ring[old].state.contains(.usage) || line.tokens > tokensAsRead(old))
        } else {
            tellsMore =
                line.state.contains(.usage)
                && (!known.has(SpanNote.usage) || min(line.tokens, SpanNote.mostTokens) > known.tokens)
        }
        outcome.report.duplicates += 1
        if recordsFates {
            outcome.report.fates.append(
                SpanFate(
                    identity: arriving.call.identity, outcome: .duplicate,
                    inFavourOf: waits ? arriving.call.identity : nil,
                    replacesEarlier: waits && tellsMore))
        }
        guard tellsMore else { return }
        guard waits else {
            outcome.report.lateLarger += 1
            return
        }
        replace(old, by: arriving, line)
    }

    /// A span that was sent before under other ids: it is not counted, and still a step between others, with usage.
    mutating func arriveUnderNewIDs(
        _ arriving: CallReference, _ line: WaitingLine, _ known: SpanNote, _ outcome: inout SettleOutcome
    ) {
        outcome.report.duplicates += 1
        if recordsFates {
            outcome.report.fates.append(
                SpanFate(identity: arriving.call.identity, outcome: .duplicate, inFavourOf: nil, hasNewIDs: true))
        }
        offers.remember(line.span, SpanOffer(arriving.call), bounded: !isClockless)
        remember(line.span, below: line.parent)
        var line = line
        line.state.formUnion(known.below)
        markAbove(line, nil)
        if known.word & SpanNote.toolMarks != 0 {
            passOn(SpanNote(known.word & SpanNote.toolMarks), to: line.parent)
        }
    }

    /// Replaces a waiting span with a copy that has more usage.
    ///
    /// It goes to the end of the line, since the ring and its chains are in the order of arrival.
    private mutating func replace(_ old: UInt32, by arriving: CallReference, _ line: WaitingLine) {
        var line = line
        line.state.formUnion(ring[old].state.intersection([.below, .unmarkedBelow, .barred, .leafFound]))
        let number = ring.next
        let slot = recentKeys.note(line.span)
        recentKeys[slot] =
            SpanNote(marks: recentKeys[slot], number: number, state: line.state, tokens: line.tokens).word
        let twin = leaveTwins(old)
        // An aggregate has no twins, whatever an earlier copy said.
        let leavesTwins = line.state.contains(.aggregate)
        if ring[old].response != 0 {
            let others = leavesTwins ? responseNote(ring[old].response, among: twin) : 0
            let slot = recentKeys.note(ring[old].response)
            if ResponseNote(recentKeys[slot]).number == old { recentKeys[slot] = others }
        }
        let trace = ring[ties: old].trace
        enter(arriving, line, trace: trace, top: keys.top(0, of: trace), replacing: old)
        ring[old].state.insert(.settled)
        if let twin, !leavesTwins { join(twin, number) }
        ring.dropSettled()
    }

    /// What is noted of an answer's id when those that are left of a group bring it too; 0 when none does.
    private mutating func responseNote(_ response: UInt64, among first: UInt32?) -> UInt64 {
        guard let first else { return 0 }
        var member = first
        repeat {
            if ring[member].response == response {
                return ResponseNote(
                    number: member, scope: ring[call: member].scope, reportsUsage: ring[call: member].reportsUsage,
                    end: ring[call: member].endNanoseconds
                ).word
            }
            member = ring[member].nextTwin
        } while member != first
        return 0
    }
}
