// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Synchronization

/// Prices and counts decided calls: on a sender's request for a time slice, and whatever is left when the settler comes.
///
/// No call is lost in between: what is left is kept here, up to a ceiling beyond which requests count all they bring out.
final class CallCounting: Sendable {
    private let pricer: Pricer
    private let sinks: [any CallSink]
    private let slice: UInt64
    private let mostUncounted: Int
    private let left = Mutex(Left())
    /// What one call took lately, in nanoseconds: so many calls are priced in one piece as fit into a slice.
    private let pace = Atomic<UInt64>(1_000)

    private struct Left {
        var calls: [ModelCall] = []
        /// How many calls are counted by the settler at the moment.
        var taken = 0
        var deferred: UInt64 = 0
        var helps: UInt64 = 0
    }

    init(pricer: Pricer, sinks: [any CallSink], configuration: IngestConfiguration) {
        self.pricer = pricer
        self.sinks = sinks
        slice = configuration.countingSlice
        mostUncounted = configuration.mostUncounted
    }

    /// What is left now.
    var uncounted: UncountedCalls {
        left.withLock { UncountedCalls(calls: $0.calls.count + $0.taken, deferred: $0.deferred, helps: $0.helps) }
    }

    /// Counts calls for a time slice, and keeps the rest for ``countLeft(_:_:)``.
    ///
    /// - Parameters:
    ///   - calls: Decided calls.
    ///   - arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC).
    ///   - clock: Monotonic nanoseconds; without it all are counted.
    /// - Returns: How many are left.
    func count(_ calls: inout [ModelCall], arrivalNanoseconds: UInt64?, clock: (() -> UInt64)?) -> Int {
        guard !calls.isEmpty else { return 0 }
        guard let clock else {
            countAll(calls, arrivalNanoseconds)
            return 0
        }
        let began = clock()
        var counted = 0
        var last = began
        while counted < calls.count, last &- began < slice {
            let rest = (slice - (last &- began)) / max(1, pace.load(ordering: .relaxed))
            let end = min(calls.count, counted + max(Self.fewest, Int(clamping: rest)))
            // Most often all at once, without a copy.
            let piece = counted == 0 && end == calls.count ? calls : Array(calls[counted..<end])
            let priced = pricer.price(piece, arrivalNanoseconds: arrivalNanoseconds) { clock() &- began < slice }
            guard let priced else { break }
            hand(priced, arrivalNanoseconds)
            let now = clock()
            learn(nanoseconds: now &- last, calls: piece.count)
            (counted, last) = (end, now)
        }
        guard counted < calls.count else { return 0 }
        return keep(calls[counted...], arrivalNanoseconds)
    }

    /// Counts calls, however long it takes.
    func countAll(_ calls: [ModelCall], _ arrivalNanoseconds: UInt64?) {
        guard !calls.isEmpty else { return }
        hand(pricer.price(calls, arrivalNanoseconds: arrivalNanoseconds), arrivalNanoseconds)
    }

    /// Counts what was left so far.
    ///
    /// - Parameters:
    ///   - arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC).
    ///   - counted: Called with a number of calls after they were counted.
    func countLeft(_ arrivalNanoseconds: UInt64?, _ counted: (Int) -> Void) {
        var calls: [ModelCall] = []
        left.withLock { left in
            swap(&calls, &left.calls)
            left.taken += calls.count
        }
        var first = 0
        while first < calls.count {
            let piece = Array(calls[first..<min(calls.count, first + Self.pieces)])
            countAll(piece, arrivalNanoseconds)
            counted(piece.count)
            left.withLock { $0.taken -= piece.count }
            first += piece.count
        }
    }

    /// Tells the sinks the time.
    func advance(to moment: ClockMoment, isLast: Bool) {
        for sink in sinks { sink.advance(to: moment, isLast: isLast) }
    }

    private func hand(_ priced: PricedCalls, _ arrivalNanoseconds: UInt64?) {
        for sink in sinks { sink.receive(priced, arrivalNanoseconds: arrivalNanoseconds) }
    }

    /// Keeps calls for later, or counts them when too many are kept.
    ///
    /// - Returns: How many are kept.
    private func keep(_ calls: ArraySlice<ModelCall>, _ arrivalNanoseconds: UInt64?) -> Int {
        let isKept = left.withLock { left in
            guard left.calls.count + left.taken + calls.count <= mostUncounted else {
                left.helps += 1
                return false
            }
            left.calls += calls
            left.deferred += UInt64(calls.count)
            return true
        }
        if isKept { return calls.count }
        var first = calls.startIndex
        while first < calls.endIndex {
            let end = min(calls.endIndex, first + Self.pieces)
            countAll(Array(calls[first..<end]), arrivalNanoseconds)
            first = end
        }
        return 0
    }

    private func learn(nanoseconds: UInt64, calls: Int) {
        let before = pace.load(ordering: .relaxed)
        // One odd measurement is not the pace; threads that overwrite each other's do no harm.
        let each = min(nanoseconds / UInt64(max(1, calls)), 1_000_000)
        pace.store((3 * before + each) / 4, ordering: .relaxed)
    }

    /// How many calls are priced at least before the clock is looked at.
    private static let fewest = 64
    /// How many are priced in one piece where nobody waits.
    private static let pieces = 1_024
}

/// Calls that are decided, and neither priced nor counted yet.
package struct UncountedCalls: Sendable, Equatable {
    /// How many there are now.
    package var calls = 0
    /// How many calls were left for later, since their sender's body had used up its time slice.
    package var deferred: UInt64 = 0
    /// How many bodies priced calls beyond their slice, since too many were left.
    package var helps: UInt64 = 0

    package init(calls: Int = 0, deferred: UInt64 = 0, helps: UInt64 = 0) {
        self.calls = calls
        self.deferred = deferred
        self.helps = helps
    }
}
