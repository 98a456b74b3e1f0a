// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Calls that another span may sum.
///
/// They are within its time or touch it, or it ends soon after the last of them.
///
/// Nothing is known of the spans between them and the sum, so the sum may be of all the calls, of those of one process, of those
/// below one span, or of some that follow each other. Other selections are not tried: among all of them, one would have the
/// right sum by chance too often.
struct Summands {
    /// A call that may be part of the sum.
    struct Call {
        var number: UInt32
        /// The twins that it belongs to.
        var lead: UInt32
        var isUnmarked: Bool
        var start: Outside<UInt64>
        var end: Outside<UInt64>
        var input: UInt64
        var output: UInt64
        /// The span that it belongs below: of calls whose ways up are unknown, the one at which the way ends.
        var top: UInt64
        var process: UInt64
    }

    var calls: [Call] = []
    /// Whether the ways up from the calls end at spans that never arrived.
    let isDetached: Bool

    init(detached isDetached: Bool) { self.isDetached = isDetached }

    /// The largest number of calls that are looked at.
    static var most: Int { 128 }

    /// Takes a call; of twins one, and rather a marked one, which has the counts of the whole call.
    ///
    /// Where none is marked, those with other counts are pieces of it.
    mutating func take(_ line: WaitingLine, number: UInt32, lead: UInt32, top: UInt64, process: UInt64) {
        let call = Call(
            number: number, lead: lead, isUnmarked: line.state.contains(.unmarked), start: line.start, end: line.end,
            input: UInt64(line.input), output: UInt64(line.output), top: top, process: process)
        if let twin = calls.firstIndex(where: { $0.lead == lead }) {
            guard calls[twin].isUnmarked else { return }
            if !call.isUnmarked {
                calls[twin] = call
            } else if (calls[twin].input, calls[twin].output) != (call.input, call.output) {
                calls[twin].input += call.input
                calls[twin].output += call.output
                (calls[twin].start, calls[twin].end) = (
                    min(calls[twin].start, call.start), max(calls[twin].end, call.end)
                )
            }
        } else {
            calls.append(call)
        }
    }

    /// Whether two or more of the calls have the counts of a span as their sum.
    ///
    /// - Parameters:
    ///   - sum: The span.
    ///   - process: The process that sent it.
    /// - Returns: Whether such calls were found.
    mutating func add(up sum: WaitingLine, process: UInt64) -> Bool {
        dropNotes()
        guard calls.count > 1 else { return false }
        calls.sort { ($0.start, $0.number) < ($1.start, $1.number) }
        if hasRun(sum, where: { _ in true }) || hasRun(sum, where: { $0.process == process })
            || hasRun(sum, where: { !$0.isUnmarked })
        {
            return true
        }
        for index in calls.indices {
            let top = calls[index].top
            guard calls[..<index].allSatisfy({ $0.top != top }) else { continue }
            if hasRun(sum, where: { $0.top == top }) { return true }
        }
        return false
    }

    /// Leaves out notes about a marked call among them: it has the same counts, or is a count of its input.
    private mutating func dropNotes() {
        let marked = calls.filter { !$0.isUnmarked && $0.output > 0 }
        calls.removeAll { call in
            call.isUnmarked
                && marked.contains {
                    call.output == 0 ? $0.top == call.top : $0.input == call.input && $0.output == call.output
                }
        }
    }

    /// Whether calls that follow each other, among some of them, have a sum.
    ///
    /// Some of them must be marked, or they must be all there are: of calls that nothing marks, too many selections would
    /// have the right sum by chance.
    private func hasRun(_ sum: WaitingLine, where isWanted: (Call) -> Bool) -> Bool {
        for first in calls.indices where isWanted(calls[first]) {
            var (input, output, count): (UInt64, UInt64, Int) = (0, 0, 0)
            var (end, isMarked, isWithin) = (calls[first].end, isDetached, true)
            for call in calls[first...] where isWanted(call) {
                (input, output, count) = (input + call.input, output + call.output, count + 1)
                (end, isMarked) = (max(end, call.end), isMarked || !call.isUnmarked)
                isWithin = isWithin && call.start <= sum.end && sum.start <= call.end
                if input > UInt64(sum.input) || output > UInt64(sum.output) { break }
                guard count > 1, input == UInt64(sum.input), output == UInt64(sum.output) else { continue }
                if isMarked || count == calls.count, isWithin || sum.endsSoon(after: end) { return true }
            }
        }
        return false
    }
}
