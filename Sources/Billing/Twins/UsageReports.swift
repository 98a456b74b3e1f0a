// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// Which of the spans below a call have its tokens, where it states none itself.
///
/// Such spans are rounds, attempts or pieces of a stream, each with tokens of its own, so that they are added up; or each
/// reports what the call has used so far, so that the last one has it all. Two may also report the same tokens.
extension WaitingSpans {
    /// Selects the twins whose tokens make up those of their call.
    ///
    /// - Parameter teachers: All twins of the call, in the order of their times.
    /// - Returns: Those whose tokens are added up, in the same order.
    mutating func usageReporters(among teachers: [UInt32]) -> [UInt32] {
        var reporters: [UInt32] = []
        for teacher in teachers where self[teacher].state.contains(.usage) && !self[teacher].state.isOuter {
            var isView = false
            for earlier in reporters where areViews(earlier, teacher) { isView = true }
            if !isView { reporters.append(teacher) }
        }
        return reportsSoFar(reporters) ? [reporters[reporters.count - 1]] : reporters
    }

    /// Whether two spans with equal counts report the same tokens.
    ///
    /// A scope shows each piece once: two of its spans are two pieces, unless ids and times are the same. Two scopes may show
    /// one piece each in its own way, at about the same time.
    private mutating func areViews(_ one: UInt32, _ other: UInt32) -> Bool {
        let (mine, theirs) = (self[one], self[other])
        guard mine.hasEqualCounts(theirs) else { return false }
        if mine.response != 0, theirs.response != 0 { return mine.response == theirs.response }
        let isOneScope =
            self[call: one].scope == self[call: other].scope && self[call: one].resource == self[call: other].resource
        if isOneScope { return mine.start == theirs.start && mine.end == theirs.end }
        return mine.touches(theirs)
    }

    /// Whether each span reports what the call has used up to then.
    ///
    /// The input of one request stays the same, whether or not the first reports have it already, and no class of the output
    /// shrinks. Answers to one prompt may grow by chance, so that two spans must differ by half of the larger, and three or
    /// more must all grow.
    private mutating func reportsSoFar(_ reporters: [UInt32]) -> Bool {
        guard let first = reporters.first, let last = reporters.last, self[first].output < self[last].output else {
            return false
        }
        var allGrow = reporters.count > 2
        for (earlier, later) in zip(reporters, reporters.dropFirst()) {
            guard continues(self[call: earlier].usage, self[call: later].usage) else { return false }
            if self[earlier].output == self[later].output { allGrow = false }
            // Requests to two models are two.
            let models = (self[call: earlier].model, self[call: later].model)
            guard models.0 == models.1 || models.0 == .absent || models.1 == .absent else { return false }
            let answers = (self[earlier].response, self[later].response)
            guard answers.0 == answers.1 || answers.0 == 0 || answers.1 == 0 else { return false }
        }
        return allGrow || UInt64(self[first].output) * 2 <= UInt64(self[last].output)
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
