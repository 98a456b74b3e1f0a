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

    /// Takes the spans of one body, and decides those that are due.
    ///
    /// - Parameters:
    ///   - spans: The spans of one body.
    ///   - now: Monotonic nanoseconds; `nil` where there is no clock: then nothing is ever due, and neither time nor number
    ///     bounds what waits.
    ///   - settled: Calls that are to be counted now are appended.
    /// - Returns: What became of the spans that were decided, of this body or of earlier ones.
    package func arrive(
        _ spans: borrowing InterpretedSpans, now: UInt64?, settled: inout [ModelCall]
    ) -> BillingReport {
        var outcome = SettleOutcome(taking: &settled)
        let (calls, links) = (spans.calls.span, spans.links.span)
        var place = 0
        // A body may be large: the lock is given up from time to time.
        repeat {
            let end = min(place + Self.mostAtOnce, max(calls.count, links.count))
            window.withLock { window in
                window.arrive(
                    calls.extracting(min(place, calls.count)..<min(end, calls.count)),
                    links.extracting(min(place, links.count)..<min(end, links.count)), now: now, &outcome)
            }
            place = end
        } while place < max(calls.count, links.count)
        return outcome.finish(&settled)
    }

    /// Decides the spans that are due, a bounded number at a time, so that a full window takes no memory of its own size.
    ///
    /// - Parameters:
    ///   - now: Monotonic nanoseconds; `nil` decides all spans that wait, due or not.
    ///   - take: Gets each time the calls that are to be counted, and what became of the spans that were decided.
    package func settle(now: UInt64?, _ take: ([ModelCall], BillingReport) -> Void) {
        var settled: [ModelCall] = []
        var isMoreDue = true
        while isMoreDue {
            settled.removeAll(keepingCapacity: true)
            var outcome = SettleOutcome(taking: &settled)
            isMoreDue = window.withLock { window in
                if let now { return window.settleDue(now: now, atMost: Self.mostAtOnce, &outcome) }
                return window.settleOldest(atMost: Self.mostAtOnce, &outcome)
            }
            let report = outcome.finish(&settled)
            if report.decided > 0 { take(settled, report) }
        }
    }

    /// How full the window is, for the service's own metrics.
    package var levels: BillingLevels { window.withLock { $0.levels } }

    /// How many spans are taken or decided under one hold of the lock.
    private static let mostAtOnce = 4_096
}
