// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Synchronization

/// Billing: each call once.
///
/// One call is often shown by several spans: sent twice, seen by two instrumentations, repeated by the agents around it.
/// Since a counter cannot go down, spans wait in a settle window until all of them should be there, and are then decided
/// together: see ``SettleWindow``.
package final class Biller: Sendable {
    let window: Mutex<SettleWindow>
    let keys: SpanKeys
    private let journal: (any ArrivalJournal)?
    private let recordsFates: Bool
    private let onDropped: (@Sendable ([DroppedSpan]) -> Void)?
    private let onHold: (@Sendable (_ isHeld: Bool) -> Void)?
    /// A copy of the window's levels, behind a lock of its own, so that a scrape never waits for billing.
    let published = Mutex(BillingLevels())

    /// Makes a biller that has met nothing.
    ///
    /// - Parameters:
    ///   - configuration: Its times and bounds.
    ///   - inherit: Adds to a call's own labels what a span above it says; `nil` leaves them as they came. Called under the
    ///     biller's lock, so it must be short and must not call back.
    ///   - inheritDimensions: The same for a call's values of the ledger's dimensions.
    ///   - journal: Records arrivals and decisions in their order; `nil` records nothing and costs nothing per span.
    ///   - onDropped: Gets the spans that are not counted, if there is no journal, which has them; `nil` keeps none. Called under
    ///     the biller's lock, so it must be short and must not call back.
    ///   - secret: The source of the secrets of keys, if ``evidence(_:)`` outlives the process; `nil` makes random secrets.
    ///   - onHold: Called with `true` when the biller has taken its lock, and with `false` before it gives the lock up; must
    ///     not call back. Measures how long the lock is held.
    package init(
        configuration: BillingConfiguration = BillingConfiguration(),
        inherit: (@Sendable (_ own: Attribution, _ ancestor: Attribution) -> Attribution)? = nil,
        inheritDimensions: (@Sendable (_ own: DimensionSet, _ ancestor: DimensionSet) -> DimensionSet)? = nil,
        journal: (any ArrivalJournal)? = nil, onDropped: (@Sendable ([DroppedSpan]) -> Void)? = nil,
        secret: UInt64? = nil,
        onHold: (@Sendable (_ isHeld: Bool) -> Void)? = nil
    ) {
        let keys = SpanKeys(secret: secret)
        self.keys = keys
        self.journal = journal
        self.onDropped = onDropped
        self.onHold = onHold
        recordsFates = configuration.recordsFates
        window = Mutex(
            SettleWindow(
                configuration: configuration, keys: keys, inherit: inherit, recordsDecisions: journal != nil,
                keepsDropped: journal?.wantsDropped ?? (onDropped != nil)))
        if let inheritDimensions { window.withLock { $0.decisions.inheritDimensions = inheritDimensions } }
    }

    /// Makes a biller whose running numbers begin at one that a test chooses.
    init(
        configuration: BillingConfiguration, inherit: (@Sendable (Attribution, Attribution) -> Attribution)?,
        firstNumber: UInt32
    ) {
        let keys = SpanKeys()
        self.keys = keys
        journal = nil
        onDropped = nil
        onHold = nil
        recordsFates = configuration.recordsFates
        window = Mutex(
            SettleWindow(configuration: configuration, keys: keys, inherit: inherit, firstNumber: firstNumber))
    }

    /// Takes the spans of one body into the window, and decides due spans for a short time.
    ///
    /// - Parameters:
    ///   - spans: The spans of one body.
    ///   - peer: The sender, as a number; memory is shared fairly between senders.
    ///   - now: The clock, in monotonic nanoseconds; `nil` without a clock: then no span becomes due, and the window grows
    ///     without bound.
    ///   - settled: Calls that are to be counted now are appended.
    /// - Returns: What became of the spans that were decided, of this body or of earlier ones, and the journal's ticket for
    ///   the spans of this body; no ticket without a journal, nor for a body without spans.
    package func arrive(
        _ spans: borrowing InterpretedSpans, from peer: UInt64 = 0, now: (() -> UInt64)?, settled: inout [ModelCall]
    ) -> (report: BillingReport, commit: (any CommitTicket)?) {
        var outcome = SettleOutcome(taking: &settled)
        let (calls, passThrough) = (spans.calls.span, spans.passThrough.span)
        let count = max(calls.count, passThrough.count)
        journal?.arriving(spans.roots, with: calls)
        var first = 0
        var isDone = false
        var commit: (any CommitTicket)?
        repeat {
            // The keys of a body are hashed before the lock is taken, those of a large body part by part.
            let part = first..<min(first + Self.mostKeys, count)
            keys.withKeys(
                of: calls.extracting(part.clamped(to: calls.indices)),
                passThrough.extracting(part.clamped(to: passThrough.indices))
            ) { callKeys, passingKeys in
                // A body may be large: the lock is given up from time to time.
                repeat {
                    hold(now, &outcome) { window, time, outcome in
                        if first < part.upperBound {
                            let step = first..<min(first + Self.atOnce, part.upperBound)
                            // Decisions that make room come before the arrivals, so that the journal has both in this order.
                            if journal != nil, window.settleForRoom(of: step.count, &outcome) { return true }
                            let (taken, passed) = (
                                calls.extracting(step.clamped(to: calls.indices)),
                                passThrough.extracting(step.clamped(to: passThrough.indices))
                            )
                            if let journal {
                                window.noteRecord(journal.lastRecord + 1)
                                journal.arrived(taken, passed, from: peer, at: time)
                            }
                            window.writes(for: peer)
                            let inPart = step.lowerBound - part.lowerBound..<step.upperBound - part.lowerBound
                            window.arrive(
                                (taken, callKeys.extracting(inPart.clamped(to: callKeys.indices))),
                                (passed, passingKeys.extracting(inPart.clamped(to: passingKeys.indices))),
                                now: time, &outcome)
                            first = step.upperBound
                            if first == count { commit = journal?.ticket() }
                            return first < part.upperBound || first == count
                        }
                        // Spans still due after this hold are left to later bodies and the settler.
                        isDone = true
                        guard let time, outcome.calls.count < Self.mostSettled else { return false }
                        return window.settleDue(now: time, atMost: Self.atOnce, &outcome)
                    }
                } while first < part.upperBound || (first == count && !isDone)
            }
        } while !isDone
        return (outcome.finish(&settled, keepsFates: recordsFates), commit)
    }

    /// Decides the spans that are due, a bounded number at a time, so that a full window takes no memory of its own size.
    ///
    /// - Parameters:
    ///   - now: The clock, in monotonic nanoseconds; `nil` decides all waiting spans, due or not. Spans that become due
    ///     during the call are left for the next one.
    ///   - take: Gets each time the calls that are to be counted, and what became of the spans that were decided.
    package func settle(now: (() -> UInt64)?, _ take: ([ModelCall], BillingReport) -> Void) {
        let due = now?()
        var settled: [ModelCall] = []
        var isMoreDue = true
        while isMoreDue {
            settled.removeAll(keepingCapacity: true)
            var outcome = SettleOutcome(taking: &settled)
            hold(now, &outcome) { window, _, outcome in
                if let due {
                    isMoreDue = window.settleDue(now: due, atMost: Self.atOnce, &outcome)
                } else {
                    isMoreDue = window.settleOldest(atMost: Self.atOnce, &outcome)
                }
                return isMoreDue && outcome.calls.count < Self.mostSettled
            }
            let report = outcome.finish(&settled, keepsFates: recordsFates)
            if report.decided > 0 { take(settled, report) }
        }
    }

    /// Runs steps under the lock until one of them ends the hold or ``longestHold`` has passed.
    ///
    /// - Parameters:
    ///   - now: The clock; without it only a step ends the hold.
    ///   - outcome: What comes out; the journal gets what each step adds.
    ///   - step: A step; it gets the time at which it begins, and returns `false` to end the hold.
    private func hold(
        _ now: (() -> UInt64)?, _ outcome: inout SettleOutcome,
        _ step: (inout SettleWindow, UInt64?, inout SettleOutcome) -> Bool
    ) {
        window.withLock { window in
            onHold?(true)
            defer { onHold?(false) }
            let began = now?()
            var time = began
            while true {
                let (calls, fates) = (outcome.calls.count, outcome.report.fates.count)
                let goesOn = step(&window, time, &outcome)
                if let journal, outcome.report.fates.count > fates {
                    journal.decided(
                        outcome.calls.span.extracting(calls...), outcome.report.fates.span.extracting(fates...),
                        dropped: outcome.dropped.span, at: time)
                    outcome.dropped.removeAll(keepingCapacity: true)
                } else if let onDropped, !outcome.dropped.isEmpty {
                    onDropped(outcome.dropped)
                    outcome.dropped.removeAll(keepingCapacity: true)
                }
                guard goesOn else { break }
                guard let began, let later = now?() else { continue }
                time = later
                // A test's clock may go back.
                if later > began, later - began >= Self.longestHold { break }
            }
            let levels = window.levels
            published.withLock { $0 = levels }
        }
    }

    /// The window's levels, for the service's own metrics, as of the last release of the lock; reading them never waits for
    /// that lock.
    package var levels: BillingLevels { published.withLock { $0 } }

    /// Whether the journal can take spans; `true` without one.
    package var isAccepting: Bool { journal?.isAccepting ?? true }

    /// Whether the journal refuses spans only because the service is stopping.
    package var refusesBecauseStopping: Bool { journal?.refusesBecauseStopping ?? false }

    /// Pauses the thread while too much waits for the journal or the rows; to be called between the parts of a large body.
    ///
    /// - Parameter paused: How long the body has paused so far; grows by this pause.
    package func waitForRoom(paused: inout Duration) { journal?.waitForRoom(paused: &paused) }

    /// The number of calls, and of pass-through spans, whose keys are hashed at a time: 64 bytes for one of each.
    private static let mostKeys = 1_024
    /// The number of spans taken or decided between two looks at the clock.
    private static let atOnce = 256
    /// The time, 2 ms, after which a hold of the lock begins no further step.
    private static let longestHold: UInt64 = 2_000_000
    /// The number of calls, about a megabyte, after which a hold settles no more.
    private static let mostSettled = 4_096
}
