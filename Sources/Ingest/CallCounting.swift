// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import Synchronization

/// Prices and counts decided calls: for a time slice during a sender's request, and the rest when the settler runs.
///
/// The calls that are left wait here, up to a ceiling; beyond it a request counts all calls that it causes to be decided. So no
/// call is lost.
final class CallCounting: Sendable {
    private let pricer: Pricer
    private let sinks: [any CallSink]
    private let slice: UInt64
    private let mostUncounted: Int
    private let left = Mutex(Left())
    /// The recent time per call, in nanoseconds; it decides how many calls are priced in one piece.
    private let pace = Atomic<UInt64>(1_000)

    private struct Left {
        var calls: [ModelCall] = []
        /// How many calls the settler is counting at the moment.
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

    /// The calls that wait to be counted.
    var uncounted: UncountedCalls {
        left.withLock { UncountedCalls(calls: $0.calls.count + $0.taken, deferred: $0.deferred, helps: $0.helps) }
    }

    /// Whether so many calls wait that a request may soon have to count all calls that it causes to be decided.
    var isBehind: Bool { left.withLock { ($0.calls.count + $0.taken) * 2 > mostUncounted } }

    /// Counts calls until the time slice is used up, and keeps the rest for ``countLeft(_:_:)``.
    ///
    /// - Parameters:
    ///   - calls: Decided calls.
    ///   - arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC).
    ///   - clock: The clock, in monotonic nanoseconds; without it all calls are counted.
    /// - Returns: The number of calls that are left.
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
            // In most cases all calls are one piece, which is not copied.
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

    /// Pauses the thread while a sink has too many calls.
    func waitUntilReady() { for sink in sinks { sink.waitUntilReady() } }

    /// Counts the calls that were left so far.
    ///
    /// - Parameters:
    ///   - arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC).
    ///   - counted: Called after each piece with its number of calls.
    func countLeft(_ arrivalNanoseconds: UInt64?, _ counted: (Int) -> Void) {
        var calls: [ModelCall] = []
        left.withLock { left in
            swap(&calls, &left.calls)
            left.taken += calls.count
        }
        var first = 0
        while first < calls.count {
            let piece = Array(calls[first..<min(calls.count, first + Self.pieces)])
            waitUntilReady()
            countAll(piece, arrivalNanoseconds)
            counted(piece.count)
            left.withLock { $0.taken -= piece.count }
            first += piece.count
        }
    }

    /// Passes the time on to the sinks.
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
        // A weighted mean, so that one odd measurement matters little. Threads may overwrite each other's value.
        let each = min(nanoseconds / UInt64(max(1, calls)), 1_000_000)
        pace.store((3 * before + each) / 4, ordering: .relaxed)
    }

    /// The smallest number of calls that are priced before the next look at the clock.
    private static let fewest = 64
    /// The number of calls that are priced in one piece when no time slice applies.
    private static let pieces = 1_024
}

/// Decided calls that are not counted yet.
package struct UncountedCalls: Sendable, Equatable {
    /// How many there are now.
    package var calls = 0
    /// How many calls were left for later, because the time slice of a request was used up.
    package var deferred: UInt64 = 0
    /// How many bodies had calls priced beyond their time slice, because too many calls were left.
    package var helps: UInt64 = 0

    package init(calls: Int = 0, deferred: UInt64 = 0, helps: UInt64 = 0) {
        self.calls = calls
        self.deferred = deferred
        self.helps = helps
    }
}
