// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Synchronization

/// Billing: each call once.
///
/// One call is often shown by several spans: sent twice, seen by two instrumentations, repeated by the agents around it.
/// Since a counter cannot go down, spans wait in a settle window until all of them should be there, and are then decided
/// together: see ``SettleWindow``.
package final class Biller: Sendable {
    private let window: Mutex<SettleWindow>
    /// The levels of the window, behind a lock of their own that is held for nothing else.
    private let published = Mutex(BillingLevels())

    /// Makes a biller that has met nothing.
    ///
    /// - Parameters:
    ///   - configuration: Its times and bounds.
    ///   - inherit: Adds to a call's own labels what a span above it says; `nil` leaves them as they came. Called under the
    ///     biller's lock, so it must be short and must not call back.
    package init(
        configuration: BillingConfiguration = BillingConfiguration(),
        inherit: (@Sendable (_ own: Attribution, _ ancestor: Attribution) -> Attribution)? = nil
    ) {
        window = Mutex(SettleWindow(configuration: configuration, inherit: inherit))
    }

    /// Makes a biller whose running numbers begin at one that a test chooses.
    init(
        configuration: BillingConfiguration, inherit: (@Sendable (Attribution, Attribution) -> Attribution)?,
        firstNumber: UInt32
    ) {
        window = Mutex(SettleWindow(configuration: configuration, inherit: inherit, firstNumber: firstNumber))
    }

    /// Takes the spans of one body, and decides those that are due, for a short while.
    ///
    /// - Parameters:
    ///   - spans: The spans of one body.
    ///   - peer: Who sent them, as a number; memory is shared fairly between senders.
    ///   - now: Tells monotonic nanoseconds; `nil` where there is no clock: then nothing is ever due, and neither time nor
    ///     number bounds what waits.
    ///   - settled: Calls that are to be counted now are appended.
    /// - Returns: What became of the spans that were decided, of this body or of earlier ones.
    package func arrive(
        _ spans: borrowing InterpretedSpans, from peer: UInt64 = 0, now: (() -> UInt64)?, settled: inout [ModelCall]
    ) -> BillingReport {
        var outcome = SettleOutcome(taking: &settled)
        let (calls, links) = (spans.calls.span, spans.links.span)
        let count = max(calls.count, links.count)
        var place = 0
        var isDone = false
        // A body may be large: the lock is given up from time to time.
        repeat {
            hold(now) { window, time in
                if place < count {
                    let end = min(place + Self.atOnce, count)
                    window.writes(for: peer)
                    window.arrive(
                        calls.extracting(min(place, calls.count)..<min(end, calls.count)),
                        links.extracting(min(place, links.count)..<min(end, links.count)), now: time, &outcome)
                    place = end
                    return true
                }
                // What is due beyond this hold is left to others.
                isDone = true
                guard let time, outcome.calls.count < Self.mostSettled else { return false }
                return window.settleDue(now: time, atMost: Self.atOnce, &outcome)
            }
        } while !isDone
        return outcome.finish(&settled)
    }

    /// Decides the spans that are due, a bounded number at a time, so that a full window takes no memory of its own size.
    ///
    /// - Parameters:
    ///   - now: Tells monotonic nanoseconds; `nil` decides all spans that wait, due or not. What becomes due meanwhile is
    ///     left for the next time.
    ///   - take: Gets each time the calls that are to be counted, and what became of the spans that were decided.
    package func settle(now: (() -> UInt64)?, _ take: ([ModelCall], BillingReport) -> Void) {
        let due = now?()
        var settled: [ModelCall] = []
        var isMoreDue = true
        while isMoreDue {
            settled.removeAll(keepingCapacity: true)
            var outcome = SettleOutcome(taking: &settled)
            hold(now) { window, _ in
                if let due {
                    isMoreDue = window.settleDue(now: due, atMost: Self.atOnce, &outcome)
                } else {
                    isMoreDue = window.settleOldest(atMost: Self.atOnce, &outcome)
                }
                return isMoreDue && outcome.calls.count < Self.mostSettled
            }
            let report = outcome.finish(&settled)
            if report.decided > 0 { take(settled, report) }
        }
    }

    /// Holds the lock for some steps, until they are done or the time is over.
    ///
    /// - Parameters:
    ///   - now: Tells the time; without it only the steps end the hold.
    ///   - step: A step, with the time at which it begins; `false` ends the hold.
    private func hold(_ now: (() -> UInt64)?, _ step: (inout SettleWindow, UInt64?) -> Bool) {
        window.withLock { window in
            let began = now?()
            var time = began
            while step(&window, time) {
                guard let began, let later = now?() else { continue }
                time = later
                // Clocks of tests may go anywhere.
                if later > began, later - began >= Self.longestHold { break }
            }
            let levels = window.levels
            published.withLock { $0 = levels }
        }
    }

    /// How full the window is, for the service's own metrics: as it was when the lock was last given up, so that nobody
    /// waits for it to be told.
    package var levels: BillingLevels { published.withLock { $0 } }

    /// How many spans are taken or decided between two looks at the clock.
    private static let atOnce = 256
    /// How long the lock is held, but for what is begun before: 2 ms.
    private static let longestHold: UInt64 = 2_000_000
    /// How many calls are settled under one hold, when none arrive: a megabyte.
    private static let mostSettled = 4_096
}
