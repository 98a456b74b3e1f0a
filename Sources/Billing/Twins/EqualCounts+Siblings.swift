// SPDX-License-Identifier: Apache-2.0
import OTLP

/// Twins next to each other: a marked call, and a span without a mark that reports the same call.
///
/// Some instrumentations write the usage of a call once more, on a span of its own after it; and a client library's own
/// tracer may run in addition to an instrumentation. Two marked calls, or two without a mark, are never twins by this rule.
extension EqualCounts {
    /// Matches each candidate without a mark with the marked one nearest in time, one to one.
    mutating func matchSiblings() {
        siblings.removeAll(keepingCapacity: true)
        let unmarked = candidates.indices.filter { candidates[$0].isUnmarked && !candidates[$0].isOuter }
        guard !unmarked.isEmpty, unmarked.count < candidates.count else { return }
        steps += unmarked.count * candidates.count / 8
        for index in unmarked.sorted(by: { candidates[$0].start < candidates[$1].start }) {
            var found: (index: Int, distance: UInt64)?
            for other in candidates.indices where candidates[other].mayStandBeside(candidates[index]) {
                let distance = candidates[other].distance(to: candidates[index])
                guard distance <= candidates[index].reach, distance < found?.distance ?? .max else { continue }
                // Several spans without a mark may report one call, except that each scope reports it once.
                guard !hasSibling(other, of: candidates[index].scope) else { continue }
                found = (other, distance)
            }
            guard let found else { continue }
            siblings.append((candidates[found.index].number, candidates[index].number))
            let lead = candidates[index].lead
            for member in candidates.indices where candidates[member].lead == lead {
                candidates[member].lead = candidates[found.index].lead
            }
        }
    }

    private func hasSibling(_ index: Int, of scope: UInt64) -> Bool {
        let lead = candidates[index].lead
        return candidates.contains { $0.lead == lead && $0.isUnmarked && $0.scope == scope }
    }
}

extension EqualCounts.Candidate {
    /// Whether it is a marked call that a span without a mark may report, by ids, names and parents.
    fileprivate func mayStandBeside(_ unmarked: Self) -> Bool {
        guard !isUnmarked, lead != unmarked.lead, trace != unmarked.trace || parent == unmarked.parent else {
            return false
        }
        if responseID != 0, unmarked.responseID != 0, responseID != unmarked.responseID, !rewritesIDs,
            !unmarked.rewritesIDs
        {
            return false
        }
        return asksSameModel(as: unmarked)
    }

    /// The time between both, in nanoseconds; 0 where they overlap or meet.
    fileprivate func distance(to other: Self) -> UInt64 {
        let gap = start > other.end ? start.subtracting(other.end) : other.start.subtracting(end)
        return start <= other.end && other.start <= end ? 0 : gap?.asSent ?? .max
    }

    /// The longest time between it and a call that it reports, in nanoseconds.
    ///
    /// A span of less than a millisecond is no request itself: it is a note of one, written when the framework gets to it.
    fileprivate var reach: UInt64 {
        let length = end.subtracting(start)?.asSent ?? 0
        return length < 1_000_000 ? 250_000_000 : 1_000_000
    }
}
