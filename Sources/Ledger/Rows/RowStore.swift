// SPDX-License-Identifier: Apache-2.0
package import Billing
import Dispatch
import GRDB
import GenAI
package import Pricing
import Synchronization

/// Keeps calls, dropped spans, traces, sessions and roll-ups as rows of `ledger.db`, by a thread of its own.
///
/// Exact at any moment, also after a crash: the rows are those of all records of the journal up to ``position``, each once. What
/// is appended waits for at most ``RowConfiguration/waitMilliseconds``, and is written with the new position in one transaction;
/// if that fails, everything is kept and tried again each second.
///
/// Each record of the journal is appended by one call with its number, in the order of the numbers. A record that the rows have
/// already, `number <= position`, must not be appended again.
package final class RowStore: Sendable {
    struct State {
        var queue: RowQueue
        /// The calls and dropped spans that were taken and are not committed.
        var writing = 0
        var position: UInt64
        var levels = RowLevels()
        var isRunning = false
        var isStopping = false
        var ended: DispatchSemaphore?
        var syncJournal: (@Sendable () throws(StorageError) -> Void)?
        var onFailure: (@Sendable (StorageError?) -> Void)?
        /// Those who wait until everything that was appended by then is committed, or refused.
        var waiters: [DispatchSemaphore] = []
    }

    /// The name of the database in the folder.
    package static let fileName = "ledger.db"

    let path: String
    let configuration: RowConfiguration
    let texts: RowTexts
    let wallNanoseconds: @Sendable () -> UInt64
    /// The connection of the writing thread; tests make it fail.
    let database: DatabaseQueue
    let state: Mutex<State>
    let wake = MonotonicSemaphore()

    /// Opens the rows of a folder, or makes them; nothing is written before ``start(onFailure:)``.
    ///
    /// - Parameters:
    ///   - path: The path of the file `ledger.db`.
    ///   - configuration: What is kept.
    ///   - texts: The texts of calls.
    ///   - wallNanoseconds: The time, in nanoseconds since 1970 (UTC).
    /// - Throws: ``JournalError`` if the database is damaged, of a newer version, or cannot be opened or migrated.
    package init(
        path: String, configuration: RowConfiguration, texts: RowTexts,
        wallNanoseconds: @escaping @Sendable () -> UInt64
    ) throws(JournalError) {
        self.path = path
        self.configuration = configuration
        self.texts = texts
        self.wallNanoseconds = wallNanoseconds
        database = try RowDatabase.open(path, busyMilliseconds: configuration.busyMilliseconds)
        let position: UInt64
        do {
            position = UInt64(bitPattern: try database.read { try RowWriter.meta("position", $0) } ?? 0)
        } catch {
            throw RowDatabase.refusal(error, path)
        }
        state = Mutex(State(queue: RowQueue(position: position), position: position))
    }

    // MARK: Appending

    /// Appends calls that are counted; never blocks.
    ///
    /// - Parameters:
    ///   - calls: The calls with their prices.
    ///   - arrivalNanoseconds: The time at which they are counted, in nanoseconds since 1970 (UTC); `nil` for now.
    ///   - number: The number of their price record.
    package func append(_ calls: PricedCalls, arrivalNanoseconds: UInt64?, number: UInt64) {
        append(.calls(calls, arrivalNanoseconds: arrivalNanoseconds ?? wallNanoseconds(), number: number), number)
    }

    /// Appends spans that are not counted; never blocks.
    ///
    /// - Parameters:
    ///   - dropped: The spans, and why.
    ///   - arrivalNanoseconds: The time at which that was decided, in nanoseconds since 1970 (UTC); `nil` for now.
    ///   - number: The number of the record of the decision.
    package func append(_ dropped: [DroppedSpan], arrivalNanoseconds: UInt64? = nil, number: UInt64) {
        append(.drops(dropped, arrivalNanoseconds: arrivalNanoseconds ?? wallNanoseconds(), number: number), number)
    }

    /// Appends what machines that are paid by the clock cost; never blocks.
    ///
    /// - Parameters:
    ///   - charges: The charges.
    ///   - arrivalNanoseconds: The end of the charged time, in nanoseconds since 1970 (UTC); `nil` for now.
    ///   - number: The number of the charge record.
    package func append(_ charges: [MachineCharge], arrivalNanoseconds: UInt64? = nil, number: UInt64) {
        append(.charges(charges, arrivalNanoseconds: arrivalNanoseconds ?? wallNanoseconds(), number: number), number)
    }

    /// Appends root spans of traces with calls; never blocks.
    ///
    /// - Parameters:
    ///   - roots: The roots; the calls of their traces may come later.
    ///   - arrivalNanoseconds: The time at which they arrived, in nanoseconds since 1970 (UTC); `nil` for now.
    ///   - number: The number of their record.
    package func append(_ roots: [TraceRoot], arrivalNanoseconds: UInt64? = nil, number: UInt64) {
        append(.roots(roots, arrivalNanoseconds: arrivalNanoseconds ?? wallNanoseconds(), number: number), number)
    }

    /// Notes that everything up to a number of the journal was appended, or needs no rows.
    package func advance(to number: UInt64) {
        let now = DispatchTime.now().uptimeNanoseconds
        let isFirst = state.withLock { state in
            let wasEmpty = state.queue.isEmpty
            state.queue.advance(to: number, now: now)
            return wasEmpty && !state.queue.isEmpty
        }
        if isFirst { wake.signal() }
    }

    /// Notes that the counters have everything that was appended until now, and that their next checkpoint has a number: the
    /// totals at that point are kept under it.
    package func mark(_ number: UInt64) { append(.mark(number), nil) }

    private func append(_ entry: RowQueue.Entry, _ number: UInt64?) {
        let now = DispatchTime.now().uptimeNanoseconds
        let (isFirst, isFull) = state.withLock { state in
            let isFirst = state.queue.isEmpty
            state.queue.append(entry, number: number ?? 0, now: now)
            return (isFirst, state.queue.spans >= configuration.transactionCalls)
        }
        if isFirst || isFull { wake.signal() }
    }

    // MARK: State

    /// The number up to which the records of the journal are in the rows, as committed; a power cut may undo it.
    package var position: UInt64 { state.withLock { $0.position } }

    /// The calls and dropped spans that are not committed.
    package var waiting: Int { state.withLock { $0.queue.spans + $0.writing } }

    /// Whether the latest transaction failed; it is tried again each second.
    package var hasFailed: Bool { state.withLock { $0.levels.hasFailed } }

    /// The figures of the rows.
    package var levels: RowLevels { state.withLock { $0.levels } }

    /// Stores what is committed, so that it outlives a power cut.
    ///
    /// - Returns: The number up to which the records of the journal are in the rows for good.
    /// - Throws: ``StorageError`` if the file cannot be synced.
    package func sync() throws(StorageError) -> UInt64 {
        let position = position
        try RowDatabase.sync(path)
        return position
    }

    /// Waits until everything that was appended is committed.
    ///
    /// - Returns: `false` if it could not be, after one attempt, or if the thread does not run.
    @discardableResult
    package func flush() -> Bool {
        let waiter = DispatchSemaphore(value: 0)
        let isRunning = state.withLock { state in
            if state.isRunning { state.waiters.append(waiter) }
            return state.isRunning
        }
        if isRunning {
            wake.signal()
            waiter.wait()
        }
        return state.withLock { !$0.levels.hasFailed && $0.queue.isEmpty && $0.writing == 0 }
    }
}
