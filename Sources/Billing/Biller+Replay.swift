// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Synchronization

/// Records of an ``ArrivalJournal`` of an earlier process, which rebuild the window before the first span arrives.
///
/// Spans go through the window as they did then, so the window's present rules build its memory of ids, parents and marks. The
/// records hold the decisions, whatever the rules are now. A biller that is rebuilt has a journal itself.
extension Biller {
    /// Takes recorded spans into the window, which decides none of them.
    ///
    /// - Parameters:
    ///   - calls: Calls and aggregates, in the order in which they entered.
    ///   - passThrough: Pass-through spans.
    ///   - peer: The sender, as a number.
    ///   - record: The number of their record.
    ///   - time: When they entered, in monotonic nanoseconds of this process; not before the arrivals of earlier records.
    package func replay(
        _ calls: Span<ModelCall>, _ passThrough: Span<PassThroughSpan>, from peer: UInt64,
        in record: UInt64, at time: UInt64
    ) {
        keys.withKeys(of: calls, passThrough) { callKeys, passingKeys in
            window.withLock { window in
                window.noteRecord(record)
                window.writes(for: peer)
                window.replay((calls, callKeys), (passThrough, passingKeys), at: time)
            }
        }
    }

    /// Applies recorded decisions.
    ///
    /// - Parameters:
    ///   - counted: The counted calls, complete, in the order of their fates.
    ///   - fates: What became of each decided span.
    /// - Returns: The spans that were not counted, as far as the window still has them; empty unless the journal wants them.
    @discardableResult
    package func replay(_ counted: [ModelCall], _ fates: [SpanFate]) -> [DroppedSpan] {
        var dropped: [DroppedSpan] = []
        window.withLock { $0.replay(counted, fates, dropped: &dropped) }
        return dropped
    }

    /// The decisions that were made as the last recorded spans arrived and that no record has, since the process ended in between.
    ///
    /// To be asked before ``endReplay(at:isComplete:)``; they belong into the journal before anything else.
    package var decidedWithoutRecord: (fates: [SpanFate], dropped: [DroppedSpan]) {
        window.withLock { $0.replay?.left ?? ([], []) }
    }

    /// What the spans of each sender have proved so far.
    ///
    /// - Parameter body: Gets it before another span can arrive.
    /// - Returns: What `body` returns.
    package func evidence<Result>(
        _ body: ([(sender: EvidentSender, proofs: RecordedProofs)]) -> Result
    ) -> Result {
        window.withLock { body($0.waiting.evidence) }
    }

    /// Replaces what senders have proved by what they had proved to an earlier process.
    package func restore(_ evidence: [(sender: EvidentSender, proofs: RecordedProofs)]) {
        window.withLock { $0.waiting.restore(evidence) }
    }

    /// The oldest records that the window still needs.
    ///
    /// - Parameter count: How many of the latest spans that took a place in the window are remembered.
    /// - Returns: The first record with a span that may wait, and the first with one that is remembered.
    package func recordsNeeded(remembering count: Int) -> RecordsNeeded {
        window.withLock { window in
            window.records.needed(
                oldest: window.waiting.oldest, next: window.waiting.next, remembering: UInt64(count))
        }
    }

    /// Ends the replay.
    ///
    /// From now on, spans without a decision wait for the whole time that the settings say.
    ///
    /// - Parameters:
    ///   - now: Monotonic nanoseconds.
    ///   - isComplete: Whether the records went back to the first span.
    /// - Returns: The number of spans that wait.
    @discardableResult
    package func endReplay(at now: UInt64, isComplete: Bool) -> Int {
        let levels = window.withLock { window in
            window.endReplay(at: now, isComplete: isComplete)
            return window.levels
        }
        published.withLock { $0 = levels }
        return levels.waitingSpans
    }
}
