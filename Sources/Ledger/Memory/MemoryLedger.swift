// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import Billing
package import CallMetrics
import GRDB
package import GenAI
package import Pricing
import Synchronization

/// Keeps the newest calls in memory, for questions to a service without a folder; all of it is gone with the process.
///
/// While spans arrive, calls are only copied (``CallRing``). Calls that leave before anyone asks are added up for roll-ups
/// (``RollupSums``). A question turns what came since the last one into rows (``MemoryRows``) and reads those with the statements for
/// a folder.
package final class MemoryLedger: CallSink {
    private struct State {
        var ring: CallRing
        /// The calls that left the ring since the last question.
        var left: RollupSums
        /// The charges since the last question.
        var charges = ChargeSums()
        /// The number of all calls that left the ring without a row.
        var leftCalls: UInt64 = 0
        /// The overflows of sums that are in the rows.
        var overflows: UInt64 = 0
        /// The number of calls that have rows, and of those that had.
        var withRows: (kept: Int, removed: UInt64) = (0, 0)
        /// When sums were turned into rows without a question, in monotonic nanoseconds.
        var relieved: UInt64 = 0
        /// Whether rows were lost since the database could not be written.
        var hasLost = false
    }

    private let configuration: RowConfiguration
    private let texts: RowTexts
    private let traceNames = TraceNames()
    private let wallNanoseconds: @Sendable () -> UInt64
    private let state: Mutex<State>
    private let rows = Mutex<MemoryRows?>(nil)
    /// The number of questions that are being answered.
    private let asking = Atomic<Int>(0)

    /// Keeps nothing so far.
    ///
    /// - Parameters:
    ///   - most: The largest number of calls, dropped spans and names of traces that wait for a question, and of calls and dropped
    ///     spans that have rows.
    ///   - configuration: What is kept of calls.
    ///   - texts: The texts of calls.
    ///   - mostSums: The largest number of sums of calls that leave before a question.
    ///   - wallNanoseconds: The time, in nanoseconds since 1970 (UTC).
    package init(
        most: Int, configuration: RowConfiguration, texts: RowTexts, mostSums: Int? = nil,
        wallNanoseconds: @escaping @Sendable () -> UInt64
    ) {
        var configuration = configuration
        configuration.mostSpans = most
        configuration.mostBytes = Self.bytes(ofSpans: most)
        (self.configuration, self.texts, self.wallNanoseconds) = (configuration, texts, wallNanoseconds)
        state = Mutex(
            State(
                ring: CallRing(capacity: most),
                left: RollupSums(texts: texts, most: mostSums ?? RollupSums.usualCeiling)))
    }

    /// The largest size of the rows: 128 MiB for 100,000 calls, of which the calls take less than a third.
    static func bytes(ofSpans most: Int) -> Int { 64 << 20 + 671 * most }

    // MARK: Keeping

    package func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?) {
        guard !calls.isEmpty else { return }
        let arrival = arrivalNanoseconds ?? wallNanoseconds()
        keep { $0.append(calls, arrival: arrival) }
    }

    /// Keeps spans that are not counted.
    package func append(_ dropped: [DroppedSpan]) {
        let arrival = wallNanoseconds()
        keep { $0.append(dropped, arrival: arrival) }
    }

    /// ``append(_:)``, for the biller.
    package var receivingDropped: @Sendable ([DroppedSpan]) -> Void { { self.append($0) } }

    /// Keeps the names of traces with calls, of all root spans that arrive.
    ///
    /// - Parameters:
    ///   - roots: The root spans of a body.
    ///   - calls: All its calls and aggregates.
    package func append(_ roots: RootSpans, with calls: Span<ModelCall>) {
        let found = traceNames.take(roots, calls)
        if !found.isEmpty { append(found, arrivalNanoseconds: wallNanoseconds()) }
    }

    /// Keeps root spans of traces with calls.
    func append(_ roots: [TraceRoot], arrivalNanoseconds: UInt64) {
        keep { $0.append(roots, arrival: arrivalNanoseconds) }
    }

    private func keep(_ append: (inout CallRing) -> Void) {
        state.withLock { state in
            append(&state.ring)
            // Some thousand calls at a time, in some ten microseconds each.
            while state.ring.isFull, var oldest = state.ring.removeOldest() {
                state.left.add(oldest.chunk, oldest.cards, keptFor: configuration.callSeconds)
                state.leftCalls += UInt64(oldest.chunk.calls.count)
                state.ring.reuse(&oldest.chunk)
            }
        }
    }

    /// Adds charges to their counters, and keeps what machines cost.
    ///
    /// - Parameter store: Has the counters.
    package func handleCharges(of store: MetricsStore) {
        store.handOverCharges { [self, weak store] charges in
            guard let store else { return }
            store.add(charges)
            let record = ChargeRecord(charges, store.update { $0.snapshot })
            let machines = record.machines(dimensions: texts.dimensions.map(\.name))
            append(machines, at: wallNanoseconds())
        }
    }

    /// Keeps what machines cost in some time.
    func append(_ charges: [MachineCharge], at end: UInt64) { state.withLock { $0.charges.add(charges, at: end) } }

    /// Turns sums into rows before they reach their ceiling, at most once a minute.
    package func advance(to moment: ClockMoment, isLast: Bool) {
        let isDue = state.withLock { state in
            guard state.left.count >= RollupSums.usualCeiling / 2,
                moment.monotonicNanoseconds >= state.relieved &+ Self.reliefNanoseconds
            else { return false }
            state.relieved = moment.monotonicNanoseconds
            return true
        }
        // A question may take long, and does this itself.
        guard isDue, !isLast, asking.load(ordering: .relaxed) == 0 else { return }
        _ = try? opened(withSumsOnly: true)
    }

    /// A minute: adding the sums to the rows takes less than a second.
    private static let reliefNanoseconds: UInt64 = 60_000_000_000

    // MARK: Asking

    /// Reads the rows, with everything that came until now.
    ///
    /// - Parameter value: Makes a result from them.
    /// - Returns: The result.
    /// - Throws: What SQLite or `value` throws.
    func read<T>(_ value: (Database) throws -> T) throws -> T {
        asking.add(1, ordering: .relaxed)
        defer { asking.subtract(1, ordering: .relaxed) }
        return try opened().database.read(value)
    }

    /// The rows, with everything that came until now, or with the sums of what left the ring.
    private func opened(withSumsOnly: Bool = false) throws -> MemoryRows {
        try rows.withLock { rows in
            let additions = takeAdditions(onlySums: withSumsOnly)
            do {
                let known = try rows ?? MemoryRows(configuration: configuration, texts: texts)
                if !additions.entries.isEmpty || rows == nil { try known.add(additions, now: wallNanoseconds()) }
                rows = known
                state.withLock { $0.withRows = known.calls }
                return known
            } catch {
                rows = nil
                state.withLock { state in
                    state.hasLost = true
                    state.leftCalls += state.withRows.removed + UInt64(state.withRows.kept)
                    state.withRows = (0, 0)
                }
                throw error
            }
        }
    }

    private func takeAdditions(onlySums: Bool) -> MemoryRows.Additions {
        let now = Int64(wallNanoseconds() / 1_000) - RowTime.epochMicroseconds
        let (left, charges, ring, hasLost) = state.withLock { state in
            let ring: (chunks: [CallRing.Chunk], tables: [CallRing.Table]) =
                onlySums ? ([], []) : state.ring.takeAll()
            let taken = (state.left, state.charges, ring, state.hasLost)
            state.overflows += state.left.overflows
            state.left = RollupSums(texts: texts, most: state.left.most)
            state.charges = ChargeSums()
            state.hasLost = false
            return taken
        }
        var additions = MemoryRows.Additions()
        if left.count > 0 { additions.entries.append(.sums(left)) }
        for (charges, begin) in charges.charges {
            additions.entries.append(.charges(charges, arrivalNanoseconds: begin, number: 0))
        }
        additions.entries += RowQueue.Entry.entries(of: ring.chunks, ring.tables)
        additions.latestWithoutRow = hasLost ? now / RowTime.minuteMicroseconds : left.latestMinute
        additions.followsLoss = hasLost
        return additions
    }

    // MARK: Figures

    /// The figures of what is kept.
    package struct Levels: Sendable, Equatable {
        /// The number of calls that are kept.
        package var calls = 0
        /// The number of calls that were kept and are not any more.
        package var removedCalls: UInt64 = 0
        /// The number of calls that are in roll-ups without their values of dimensions.
        package var overflows: UInt64 = 0
    }

    /// The figures of what is kept.
    package var levels: Levels {
        state.withLock { state in
            Levels(
                calls: state.ring.calls + state.withRows.kept,
                removedCalls: state.leftCalls + state.withRows.removed,
                overflows: state.overflows + state.left.overflows)
        }
    }
}
