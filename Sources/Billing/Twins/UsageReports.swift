// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// Which of the spans below a call have its tokens, where it states none itself.
///
/// Such spans are rounds, attempts or pieces of a stream, each with tokens of its own, so that they are added up; or each
/// reports what the call has used so far, so that the last one has it all. Two may also report the same tokens.
extension SettleWindow {
    /// The twins whose tokens make up those of their call, among ``teachers``, which are in the order of their times.
    mutating func tellersOfUsage() -> [UInt32] {
        var tellers: [UInt32] = []
        for teacher in teachers where ring[teacher].state.contains(.usage) && !ring[teacher].state.isOuter {
            var isView = false
            for earlier in tellers where areViews(earlier, teacher) { isView = true }
            if !isView { tellers.append(teacher) }
        }
        return reportsSoFar(tellers) ? [tellers[tellers.count - 1]] : tellers
    }

    /// Whether two spans with equal counts report the same tokens.
    ///
    /// A scope shows each piece once: two of its spans are two pieces, unless ids and times are the same. Two scopes may show
    /// one piece each in its own way, at about the same time.
    private mutating func areViews(_ one: UInt32, _ other: UInt32) -> Bool {
        let (mine, theirs) = (ring[one], ring[other])
        guard mine.hasEqualCounts(theirs) else { return false }
        if mine.response != 0, theirs.response != 0 { return mine.response == theirs.response }
        let isOneScope =
            ring[call: one].scope == ring[call: other].scope && ring[call: one].resource == ring[call: other].resource
        if isOneScope { return mine.start == theirs.start && mine.end == theirs.end }
        return mine.touches(theirs)
    }

    /// Whether each span reports what the call has used up to then.
    ///
    /// The input of one request stays the same, whether or not the first reports have it already, and no class of the output
    /// shrinks. Answers to one prompt may grow by chance, so that two spans must differ by half of the larger, and three or
    /// more must all grow.
    private mutating func reportsSoFar(_ tellers: [UInt32]) -> Bool {
        guard let first = tellers.first, let last = tellers.last, ring[first].output < ring[last].output else {
            return false
        }
        var allGrow = tellers.count > 2
        for (earlier, later) in zip(tellers, tellers.dropFirst()) {
            guard continues(ring[call: earlier].usage, ring[call: later].usage) else { return false }
            if ring[earlier].output == ring[later].output { allGrow = false }
            // Requests to two models are two.
            let models = (ring[call: earlier].model, ring[call: later].model)
            guard models.0 == models.1 || models.0 == .absent || models.1 == .absent else { return false }
            let answers = (ring[earlier].response, ring[later].response)
            guard answers.0 == answers.1 || answers.0 == 0 || answers.1 == 0 else { return false }
        }
        return allGrow || UInt64(ring[first].output) * 2 <= UInt64(ring[last].output)
    }

    /// Whether a report of the tokens so far may come after another one.
    private func continues(_ earlier: CallUsage, _ later: CallUsage) -> Bool {
        let hasInput = earlier.totalInput > 0
        for tokenClass in TokenClass.allCases {
            let (before, now) = (earlier[tokenClass], later[tokenClass])
            guard tokenClass.isInputSide && hasInput ? before == now : before <= now else { return false }
        }
        return true
    }
}
