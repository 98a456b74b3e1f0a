// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Whether a span that nothing marks as a call is a note about a marked call of its trace: a row that is written to a
/// database, a message, a line of a log, a count of the prompt.
///
/// A note has the tokens of the call, and comes so soon after it that no other call could have produced as many.
struct NoteEvidence {
    /// Marked calls that the span may be a note about.
    private var calls = 0
    /// Earlier notes of its scope about such calls: a scope writes one note about each call.
    private var earlier = 0
    /// Whether it has only the input of a call under the same parent.
    private var isInput = false
    /// Whether it is the total of a conversation whose latest call is under the same parent.
    private(set) var isTotal = false

    /// Whether the span is a note about one call.
    var isOne: Bool { calls > earlier || isInput }

    /// Compares a span with another of its trace.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - mine: Its line.
    ///   - other: The other one.
    ///   - line: That one's line.
    ///   - cached: The cached tokens of the other.
    mutating func compare(
        _ span: EqualCounts.Candidate, _ mine: WaitingLine, with other: EqualCounts.Candidate, _ line: WaitingLine,
        cached: Int64
    ) {
        guard span.asksSameModel(as: other), line.state.isDisjoint(with: .failed), mine.state.isDisjoint(with: .failed)
        else { return }
        if other.isUnmarked {
            let isBefore = (line.start, line.span) < (mine.start, mine.span)
            if isBefore, other.scope == span.scope, mine.hasEqualCounts(line) { earlier += 1 }
            return
        }
        guard line.output > 0 else { return }
        if mine.output == 0 {
            if isBeside(span, other), span.isNamed, mine.mayCountInput(of: line) { isInput = true }
        } else if mine.isNote(of: line) {
            // Some libraries write the input without its cached tokens.
            if mine.output == line.output,
                mine.input == line.input || UInt64(mine.input) &+ UInt64(cached) == UInt64(line.input)
            {
                calls += 1
            } else if isBeside(span, other), span.isNamed, mine.input >= line.input,
                UInt64(mine.output) >= 4 * UInt64(line.output)
            {
                isTotal = true
            }
        }
    }

    private func isBeside(_ span: EqualCounts.Candidate, _ other: EqualCounts.Candidate) -> Bool {
        span.parent == other.parent && span.parent != 0
    }
}

extension WaitingLine {
    /// A second: a span that comes later than that is no note about the call.
    ///
    /// Notes are written by what handles the answer, before the next step. The bound keeps the next call apart, too.
    static let soon: UInt64 = 1_000_000_000

    /// Whether it starts within a second of some moment, or before it.
    func startsSoon(after moment: Outside<UInt64>) -> Bool {
        guard let gap = start.subtracting(moment) else { return true }
        return gap.asSent <= Self.soon
    }

    /// Whether it ends within a second of some moment, or before it.
    func endsSoon(after moment: Outside<UInt64>) -> Bool {
        guard let gap = end.subtracting(moment) else { return true }
        return gap.asSent <= Self.soon
    }

    /// Whether it comes after a call, and ends too soon after it to be a call with as many tokens.
    ///
    /// A call of its own would have had to produce them in at most half the time.
    func isNote(of call: WaitingLine) -> Bool {
        let half = call.duration / 2
        guard start >= call.start, endsSoon(after: call.end) else { return false }
        if let overlap = call.end.subtracting(start), overlap.asSent > half / 2 { return false }
        guard let late = end.subtracting(call.end) else { return true }
        return late.asSent <= half
    }

    /// Whether it is so short, and so near to a call, that it may have counted that call's input.
    func mayCountInput(of call: WaitingLine) -> Bool {
        guard duration <= call.duration / 4 else { return false }
        return startsSoon(after: call.end) && call.startsSoon(after: end)
    }
}
