// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Billing
package import CallMetrics
import Dispatch
import Foundation
package import Pricing
import Synchronization

/// Lets priced calls reach the sinks only once their prices are stored, in the order of the journal.
///
/// One thread hands them over, and with them charges to their counters, and all of that and dropped spans to the rows. Between two
/// batches, all counters are those of the price and charge records up to one number; that is where a checkpoint may be taken.
package final class CountingGate: CallSink {
    /// What waits for its record to be stored.
    private enum Content {
        case calls(PricedCalls, arrivalNanoseconds: UInt64?)
        case dropped([DroppedSpan])
        case roots([TraceRoot])
        case charges([SeriesCharge], ChargeRecord)
    }

    private struct State {
        var waiting: [(number: UInt64, content: Content)] = []
        var stored: UInt64 = 0
        /// The number up to which the sinks have the calls of all records.
        var counted: UInt64 = 0
        var rows: (any RowKeeping)?
        var isStopping = false
        var ended: DispatchSemaphore?
    }

    private let journal: Journal
    private let sinks: [any CallSink]
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    /// The number of batches of charges that are not in their counters.
    private let uncharged = Atomic<Int>(0)

    /// Makes a gate.
    ///
    /// - Parameters:
    ///   - journal: Stores the prices.
    ///   - sinks: Receive the calls.
    package init(journal: Journal, sinks: [any CallSink]) {
        self.journal = journal
        self.sinks = sinks
    }

    /// Begins where a checkpoint ends.
    ///
    /// - Parameters:
    ///   - number: The number up to which the counters have all price and charge records.
    ///   - rows: Get everything after their own position; `nil` if no rows are kept.
    package func begin(at number: UInt64, rows: (any RowKeeping)? = nil) {
        state.withLock { ($0.counted, $0.rows) = (number, rows) }
        guard let rows else { return }
        journal.rows.withLock { following in
            following.backlog = { rows.waiting }
            following.hasFailed = { rows.hasFailed }
            following.onDropped = { [weak self] spans, number in
                self?.append(.dropped(spans), spans: spans.count, number)
            }
            following.onRoots = { [weak self] roots, number in self?.append(.roots(roots), spans: 0, number) }
        }
    }

    // MARK: Receiving

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        guard !calls.isEmpty else { return }
        append(calls, arrivalNanoseconds: arrivalNanoseconds)
    }

    /// Appends calls to the journal with their time, or the time alone.
    private func append(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        journal.append(calls, arrivalNanoseconds: arrivalNanoseconds) { number in
            append(.calls(calls, arrivalNanoseconds: arrivalNanoseconds), spans: calls.count, number)
        }
    }

    /// Appends charges to the journal.
    func receive(_ charges: [SeriesCharge], _ store: MetricsStore) {
        guard !charges.isEmpty else { return }
        let record = ChargeRecord(charges, store.update { $0.snapshot })
        uncharged.add(1, ordering: .relaxed)
        journal.append(record) { number in append(.charges(charges, record), spans: 0, number) }
    }

    /// Appends what a record brings; called before another record can follow, so that numbers ascend.
    private func append(_ content: Content, spans: Int, _ number: UInt64) {
        journal.uncounted.add(spans, ordering: .relaxed)
        state.withLock { $0.waiting.append((number, content)) }
    }

    package func waitUntilReady() { journal.waitToCount() }

    /// Lets time pass for the sinks, whether or not calls come.
    ///
    /// While nothing can be stored, sinks do not learn the time, and charges for it wait.
    package func advance(to moment: ClockMoment, isLast: Bool) {
        guard isLast || journal.isAccepting else { return }
        for sink in sinks { sink.advance(to: moment, isLast: isLast) }
        if sinks.contains(where: { $0.needsTime(at: moment) }) {
            append(.none, arrivalNanoseconds: moment.wallNanoseconds)
        }
        // A checkpoint may be due although nothing comes.
        wake.signal()
    }

    /// The number of calls and dropped spans whose records are not stored, or that the counters and the rows do not have yet.
    package var waitingCalls: Int { journal.waitingSpans }

    /// The number up to which the sinks have the calls of all records.
    var counted: UInt64 { state.withLock { $0.counted } }

    /// Whether all charges are in their counters.
    var hasCharged: Bool { uncharged.load(ordering: .acquiring) == 0 }

    // MARK: Records of an earlier process

    /// Counts calls of an earlier process, before the thread starts.
    ///
    /// - Parameters:
    ///   - calls: The calls with their recorded prices.
    ///   - arrivalNanoseconds: The recorded time.
    ///   - number: The number of the price record.
    package func replay(_ calls: PricedCalls, arrivalNanoseconds: UInt64?, number: UInt64) {
        let (counted, rows) = state.withLock { ($0.counted, $0.rows) }
        if let rows, number > rows.position, !calls.isEmpty {
            rows.append(calls, arrivalNanoseconds: arrivalNanoseconds, number: number)
        }
        guard number > counted else { return }
        for sink in sinks { sink.receiveAgain(calls, arrivalNanoseconds: arrivalNanoseconds) }
        state.withLock { $0.counted = number }
    }

    /// Charges counters as an earlier process did, before the thread starts.
    func replay(_ charges: ChargeRecord, number: UInt64, to store: MetricsStore) {
        let (counted, rows) = state.withLock { ($0.counted, $0.rows) }
        if let rows, number > rows.position { rows.append(charges, number: number) }
        guard number > counted else { return }
        SeriesRestoring.add(charges.families, to: store)
        state.withLock { $0.counted = number }
    }

    // MARK: The thread

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - store: Has the counters that are charged.
    ///   - betweenBatches: Called by the thread, each time after it has handed over what was stored, with the number up to which
    ///     all price and charge records are counted; called for the last time, with `isLast`, before the thread ends.
    package func start(
        charging store: MetricsStore, betweenBatches: @escaping @Sendable (_ counted: UInt64, _ isLast: Bool) -> Void
    ) {
        Thread.detachNewThread { [self] in work(store, betweenBatches) }
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

    private func work(_ store: MetricsStore, _ betweenBatches: @Sendable (UInt64, Bool) -> Void) {
        let rows = state.withLock { $0.rows }
        while true {
            wake.wait()
            let (due, stored, isStopping) = state.withLock { state in
                let count = state.waiting.firstIndex { $0.number > state.stored } ?? state.waiting.count
                let due = Array(state.waiting[..<count])
                state.waiting.removeFirst(count)
                return (due, state.stored, state.isStopping)
            }
            for (number, content) in due { handOver(content, number, store, rows) }
            // A record waits here before its number can be stored, so that none up to this one is missing.
            let counted = state.withLock { state in
                state.counted = max(state.counted, stored)
                return state.counted
            }
            rows?.advance(to: counted)
            betweenBatches(counted, isStopping)
            guard isStopping else { continue }
            state.withLock { $0.ended }?.signal()
            return
        }
    }

    private func handOver(_ content: Content, _ number: UInt64, _ store: MetricsStore, _ rows: (any RowKeeping)?) {
        switch content {
        case .calls(let calls, let arrival):
            for sink in sinks { sink.receive(calls, arrivalNanoseconds: arrival) }
            if !calls.isEmpty { rows?.append(calls, arrivalNanoseconds: arrival, number: number) }
            journal.counted(calls.count)
        case .dropped(let spans):
            rows?.append(spans, arrivalNanoseconds: nil, number: number)
            journal.counted(spans.count)
        case .roots(let roots):
            rows?.append(roots, arrivalNanoseconds: nil, number: number)
        case .charges(let charges, let record):
            store.add(charges)
            rows?.append(record, number: number)
            uncharged.subtract(1, ordering: .releasing)
        }
    }
}

extension RowKeeping {
    /// Appends the charges of a record.
    func append(_ record: ChargeRecord, number: UInt64) {
        append(record.machines(dimensions: dimensionNames), arrivalNanoseconds: nil, number: number)
    }
}
