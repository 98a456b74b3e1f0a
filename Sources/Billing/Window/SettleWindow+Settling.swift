// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What happens to a span when it is due.
extension SettleWindow {
    /// Decides spans that are due.
    ///
    /// - Parameters:
    ///   - now: Monotonic nanoseconds.
    ///   - most: The largest number of spans to decide.
    ///   - outcome: What comes out.
    /// - Returns: Whether more may be due.
    mutating func settleDue(now: UInt64, atMost most: Int, _ outcome: inout SettleOutcome) -> Bool {
        ancestry.pass(to: now)
        defer { decisions.handOver(&waiting, &outcome) }
        for _ in 0..<most {
            guard waiting.slots > 0 else { return false }
            let arrival = waiting[waiting.oldest].arrival
            guard ancestry.latest - arrival >= configuration.settleNanoseconds else { return false }
            settleNext(.full, &outcome)
        }
        return true
    }

    /// Decides the oldest spans, due or not.
    ///
    /// - Parameters:
    ///   - most: The largest number of spans to decide.
    ///   - outcome: What comes out.
    /// - Returns: Whether more wait.
    mutating func settleOldest(atMost most: Int, _ outcome: inout SettleOutcome) -> Bool {
        defer { decisions.handOver(&waiting, &outcome) }
        for _ in 0..<most {
            guard waiting.slots > 0 else { return false }
            settleNext(.forOrder, &outcome)
        }
        return true
    }

    /// Decides the oldest span, with its group; the caller hands over what was counted before more spans arrive.
    ///
    /// - Parameters:
    ///   - patience: Whether it may wait a second time.
    ///   - outcome: What comes out.
    mutating func settleNext(_ patience: Patience, _ outcome: inout SettleOutcome) {
        let number = waiting.oldest
        ancestry.makeRoom(&waiting)
        waiting.refresh()
        // Most calls have usage, and need no other decision than to be counted.
        if waiting[number].state.isPlain, !waiting.lacksChains, waiting[number].nextTwin == number,
            !ancestry.isCoveredLate(number, &waiting)
        {
            decisions.count(number, &ancestry, &waiting, &outcome)
            waiting.settle(number)
        } else {
            settleOther(number, patience, &outcome)
        }
        waiting.dropSettled()
    }

    /// Decides the oldest span if the decision needs more than whether it has usage.
    @inline(never)
    private mutating func settleOther(_ number: UInt32, _ patience: Patience, _ outcome: inout SettleOutcome) {
        if waiting[number].state.isOuter { openCycle(number) }
        if waiting[number].state.contains(.aggregate) {
            settleAggregate(number, patience, &outcome)
        } else {
            // By the line alone: the call itself is in memory that was last used when it arrived.
            if waiting[number].state.contains(.inCounts) {
                decisions.joinTwins(of: number, &waiting)
            } else if waiting.lacksChains, waiting.hasSeveralScopes(number) {
                decisions.addCutSearch()
            }
            if waiting[number].nextTwin == number, waiting[number].state.isDisjoint(with: .special) {
                settleSingle(number, patience, &outcome)
            } else {
                settleGroup(number, patience, &outcome)
            }
        }
    }

    /// Decides a call that has no twins.
    private mutating func settleSingle(_ number: UInt32, _ patience: Patience, _ outcome: inout SettleOutcome) {
        let state = waiting[number].state
        // Those that say nothing of tokens may be a part of one that does.
        if state.isDisjoint(with: [.usage, .failed, .barred]) { return settleGroup(number, patience, &outcome) }
        if state.contains(.usage), state.contains(.callBelow), !state.contains(.usageBelow) {
            return settleGroup(number, patience, &outcome)
        }
        var isDropped = state.isOuter || state.contains(.barred)
        if !isDropped, state.contains(.usage) { isDropped = ancestry.isCoveredLate(number, &waiting) }
        if isDropped {
            drop(number, .twin, &outcome)
        } else {
            decisions.count(number, &ancestry, &waiting, &outcome)
        }
        leave(number, isDropped: isDropped)
    }

    /// Notes what must outlive the wait of a span that has been decided.
    @inline(__always)
    mutating func leave(_ number: UInt32, isDropped: Bool) {
        let line = waiting[number]
        waiting.settle(number)
        // A span with others below it remains a step on their way up.
        if !line.state.isDisjoint(with: [.below, .unmarkedBelow, .aggregate]) {
            ancestry.rememberStep(number, &waiting)
        }
        if isDropped { ancestry.noteDropped(line.span) }
    }
}

/// How long a span that is due may wait on.
enum Patience {
    /// It is decided now, since too many wait.
    case none
    /// Everything has arrived that will: only what must be decided after other spans goes behind them.
    case forOrder
    /// It waits as long again if a span that is still missing may add something.
    case full
}
