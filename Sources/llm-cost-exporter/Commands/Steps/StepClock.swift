// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ingest
import OTLP
import Pricing
import Synchronization

/// The clock of a replay in steps: it stands at the latest end of a span so far, and never goes back.
///
/// It moves before the spans of a batch are billed, step by step.
final class StepClock: BatchObserver {
    /// In nanoseconds.
    private let step: UInt64
    private let time = Atomic<UInt64>(0)
    private let moved = Mutex<Movement?>(nil)

    // A struct around the function: one that is alone in a `Mutex` gets another wrapper each time it is read.
    private struct Movement {
        let action: @Sendable (_ now: UInt64, _ isStep: Bool) -> Bool
    }

    /// The first step; 0 before it.
    private let first = Atomic<UInt64>(0)
    private let tooFar = Atomic<UInt64>(0)

    /// The largest number of steps, more than two months of minutes: one wrong time must not print years.
    static let mostSteps: UInt64 = 100_000

    /// Makes a clock that has no time yet.
    ///
    /// - Parameter seconds: The step.
    init(seconds: UInt64) { step = seconds * 1_000_000_000 }

    /// The first time that was too many steps away, at which the clock stopped for good; `nil` if there was none.
    var stop: UInt64? {
        let time = tooFar.load(ordering: .relaxed)
        return time == 0 ? nil : time
    }

    /// Nanoseconds since 1970 (UTC); 0 before the first span with a plausible end.
    var now: UInt64 { time.load(ordering: .relaxed) }

    /// Sets what happens when the clock moves.
    ///
    /// - Parameter action: Gets the time, and whether it is a multiple of the step; returns whether the clock should go on step
    ///   by step, or jump to its new time.
    func whenMoved(_ action: @escaping @Sendable (_ now: UInt64, _ isStep: Bool) -> Bool) {
        moved.withLock { $0 = Movement(action: action) }
    }

    func observe(
        _ batch: SpanBatch, body: Span<UInt8>, arrival: BodyArrival, spans: borrowing InterpretedSpans
    ) {
        var latest: UInt64 = 0
        for span in batch.spans {
            let end = PriceMoment.plausibleTime(end: span.endNanoseconds, start: span.endNanoseconds, arrival: nil)
            if let end, end > latest { latest = end }
        }
        advance(to: latest)
    }

    /// Moves the clock to a time, by way of all steps before it; the first move has only the step at or before the time.
    func advance(to latest: UInt64) {
        guard latest > now, stop == nil, let action = moved.withLock({ $0?.action }) else { return }
        var next = now == 0 ? latest - latest % step : now - now % step + step
        if now == 0 { first.store(next, ordering: .relaxed) }
        guard (latest - first.load(ordering: .relaxed)) / step < Self.mostSteps else {
            return tooFar.store(latest, ordering: .relaxed)
        }
        while next <= latest {
            time.store(next, ordering: .relaxed)
            guard action(next, true) else { break }
            next += step
        }
        guard now < latest else { return }
        time.store(latest, ordering: .relaxed)
        _ = action(latest, false)
    }
}
