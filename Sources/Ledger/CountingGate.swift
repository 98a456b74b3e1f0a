// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
package import Pricing
import Synchronization

/// Lets priced calls reach the sinks only once their prices are stored, in the order of the journal.
///
/// One thread hands them over. Between two batches, all counters are those of the price and charge records up to one number,
/// once `betweenBatches` has added the charges; that is where it may take a checkpoint.
package final class CountingGate: CallSink {
    private struct Batch {
        let number: UInt64
        let calls: PricedCalls
        let arrivalNanoseconds: UInt64?
    }

    private struct State {
        var waiting: [Batch] = []
        var stored: UInt64 = 0
        /// The number up to which the sinks have the calls of all records.
        var counted: UInt64
        var isStopping = false
        var ended: DispatchSemaphore?
    }

    private let journal: Journal
    private let sinks: [any CallSink]
    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)

    /// Makes a gate.
    ///
    /// - Parameters:
    ///   - journal: Stores the prices.
    ///   - sinks: Receive the calls.
    package init(journal: Journal, sinks: [any CallSink]) {
        self.journal = journal
        self.sinks = sinks
        state = Mutex(State(counted: 0))
    }

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        guard !calls.isEmpty else { return }
        journal.uncounted.add(calls.count, ordering: .relaxed)
        journal.append(calls, arrivalNanoseconds: arrivalNanoseconds) { number in
            state.withLock { state in
                state.waiting.append(Batch(number: number, calls: calls, arrivalNanoseconds: arrivalNanoseconds))
            }
        }
    }

    package func waitUntilReady() { journal.waitToCount() }

    /// Lets time pass for the sinks, whether or not calls come.
    ///
    /// While nothing can be stored, sinks do not learn the time, and charges for it wait.
    package func advance(to moment: ClockMoment, isLast: Bool) {
        guard isLast || journal.isAccepting else { return }
        for sink in sinks { sink.advance(to: moment, isLast: isLast) }
        // A checkpoint may be due although nothing comes.
        wake.signal()
    }

    /// The number of calls whose prices are not stored, or not counted yet.
    package var waitingCalls: Int { journal.uncounted.load(ordering: .relaxed) }

    /// Counts calls of an earlier process, before the thread starts.
    ///
    /// - Parameters:
    ///   - calls: The calls with their recorded prices.
    ///   - arrivalNanoseconds: The recorded time.
    ///   - number: The number of the price record.
    package func replay(_ calls: PricedCalls, arrivalNanoseconds: UInt64?, number: UInt64) {
        for sink in sinks { sink.receive(calls, arrivalNanoseconds: arrivalNanoseconds) }
        state.withLock { $0.counted = number }
    }

    /// Notes that the counters are those of all price and charge records up to a number, as a checkpoint says.
    package func begin(at number: UInt64) { state.withLock { $0.counted = number } }

    /// Starts the thread.
    ///
    /// - Parameter betweenBatches: Called by the thread, each time after it has handed over what was stored, with the number
    ///   up to which all price records are counted; called for the last time, with `isLast`, before the thread ends.
    package func start(betweenBatches: @escaping @Sendable (_ counted: UInt64, _ isLast: Bool) -> Void) {
        Thread.detachNewThread { [self] in work(betweenBatches) }
    }

    /// Notes that all records up to a number are stored.
    package func stored(upTo number: UInt64) {
        state.withLock { $0.stored = max($0.stored, number) }
        wake.signal()
    }

    /// Counts what is stored, and ends the thread.
    package func stop() {
        let ended = DispatchSemaphore(value: 0)
        state.withLock { ($0.isStopping, $0.ended) = (true, ended) }
        wake.signal()
        ended.wait()
    }

    private func work(_ betweenBatches: @Sendable (UInt64, Bool) -> Void) {
        while true {
            wake.wait()
            let (due, stored, isStopping) = state.withLock { state in
                let count = state.waiting.firstIndex { $0.number > state.stored } ?? state.waiting.count
                let due = Array(state.waiting[..<count])
                state.waiting.removeFirst(count)
                return (due, state.stored, state.isStopping)
            }
            for batch in due {
                for sink in sinks { sink.receive(batch.calls, arrivalNanoseconds: batch.arrivalNanoseconds) }
                journal.counted(batch.calls.count)
            }
            // A price record waits here before its number can be stored, so that none up to this one is missing.
            let counted = state.withLock { state in
                state.counted = max(state.counted, stored)
                return state.counted
            }
            betweenBatches(counted, isStopping)
            guard isStopping else { continue }
            state.withLock { $0.ended }?.signal()
            return
        }
    }
}
