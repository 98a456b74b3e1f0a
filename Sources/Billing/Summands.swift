// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Calls that another span may sum.
///
/// Of the spans that are missing between them and the sum nothing is known, so the sum may be of all the calls, of those of
/// one process, of those below one missing span, or of some that follow each other. Other selections are not tried: among
/// all of them, one would have the right sum by chance too often.
struct Summands {
    /// A call that may be part of the sum.
    struct Call {
        var number: UInt32
        /// The twins that it belongs to.
        var lead: UInt32
        var isUnmarked: Bool
        var start: Outside<UInt64>
        var input: UInt64
        var output: UInt64
        /// The span that never arrived, at which its way up ends.
        var end: UInt64
        var process: UInt64
    }

    var calls: [Call] = []

    /// The largest number of calls that are looked at.
    static var most: Int { 32 }

    /// Takes a call; of twins one, and rather a marked one, which has the counts of the whole call.
    mutating func take(_ line: WaitingLine, number: UInt32, lead: UInt32, end: UInt64, process: UInt64) {
        let call = Call(
            number: number, lead: lead, isUnmarked: line.state.contains(.unmarked), start: line.start,
            input: UInt64(line.input), output: UInt64(line.output), end: end, process: process)
        if let twin = calls.firstIndex(where: { $0.lead == lead }) {
            if calls[twin].isUnmarked, !call.isUnmarked { calls[twin] = call }
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
        guard calls.count > 1 else { return false }
        calls.sort { ($0.start, $0.number) < ($1.start, $1.number) }
        if hasRun(sum, where: { _ in true }) || hasRun(sum, where: { $0.process == process }) { return true }
        for index in calls.indices {
            let end = calls[index].end
            guard calls[..<index].allSatisfy({ $0.end != end }) else { continue }
            if hasRun(sum, where: { $0.end == end }) { return true }
        }
        return false
    }

    /// Whether calls that follow each other, among some of them, have a sum.
    private func hasRun(_ sum: WaitingLine, where isWanted: (Call) -> Bool) -> Bool {
        for first in calls.indices where isWanted(calls[first]) {
            var (input, output, count): (UInt64, UInt64, Int) = (0, 0, 0)
            for call in calls[first...] where isWanted(call) {
                (input, output, count) = (input + call.input, output + call.output, count + 1)
                if input > UInt64(sum.input) || output > UInt64(sum.output) { break }
                if count > 1, input == UInt64(sum.input), output == UInt64(sum.output) { return true }
            }
        }
        return false
    }
}
