// SPDX-License-Identifier: Apache-2.0
package import Billing
import Dispatch
import Foundation
import GRDB
import GenAI
import Glibc
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
    private struct State {
        var queue: RowQueue
        /// The calls and dropped spans that were taken and are not committed.
        var writing = 0
        var position: UInt64
        var levels = RowLevels()
        var isStopping = false
        var ended: DispatchSemaphore?
        var onFailure: (@Sendable (StorageError?) -> Void)?
        /// Those who wait until everything that was appended by then is committed, or refused.
        var waiters: [DispatchSemaphore] = []
    }

    /// The name of the database in the folder.
    package static let fileName = "ledger.db"

    private let path: String
    private let configuration: RowConfiguration
    private let texts: RowTexts
    private let wallNanoseconds: @Sendable () -> UInt64
    private let database: DatabaseQueue
    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)

    /// Opens the rows of a folder, or makes them; nothing is written before ``start(onFailure:)``.
    ///
    /// - Parameters:
    ///   - path: The path of the file `ledger.db`.
    ///   - configuration: What is kept.
    ///   - texts: The texts of calls.
    ///   - wallNanoseconds: The time, in nanoseconds since 1970 (UTC).
    /// - Throws: ``JournalError`` if the database is damaged, of a newer version, or cannot be opened or migrated.
    package init(
        path: String, configuration: RowConfiguration, texts: RowTexts, wallNanoseconds: @escaping @Sendable () -> UInt64
    ) throws(JournalError) {
        self.path = path
        self.configuration = configuration
        self.texts = texts
        self.wallNanoseconds = wallNanoseconds
        database = try RowDatabase.open(path)
        let position: UInt64
        do {
            position = try database.read { database in
                let value = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'position'")
                return UInt64(bitPattern: value ?? 0)
            }
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

    /// Notes that everything up to a number of the journal was appended, or needs no rows.
    package func advance(to number: UInt64) {
        let now = DispatchTime.now().uptimeNanoseconds
        state.withLock { $0.queue.advance(to: number, now: now) }
        wake.signal()
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
        // What a checkpoint of SQLite has moved into the database is synced by it, before the log is used again.
        try Self.sync("\(path)-wal", O_RDONLY)
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try Self.sync(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY)
        return position
    }

    private static func sync(_ path: String, _ flags: Int32) throws(StorageError) {
        // SQLite takes no locks on the log, so that another descriptor of it may be closed.
        let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw .latest("open \(path)") }
        defer { Glibc.close(descriptor) }
        if fsync(descriptor) != 0 { throw .latest("sync \(path)") }
    }

    /// Waits until everything that was appended is committed.
    ///
    /// - Returns: `false` if it could not be, after one attempt, or if the thread does not run.
    @discardableResult
    package func flush() -> Bool {
        let waiter = DispatchSemaphore(value: 0)
        state.withLock { $0.waiters.append(waiter) }
        wake.signal()
        waiter.wait()
        return state.withLock { !$0.levels.hasFailed && $0.queue.isEmpty && $0.writing == 0 }
    }

    // MARK: The writing thread

    /// Starts the writing thread.
    ///
    /// - Parameter onFailure: Called by the thread with the error when writing begins to fail, and with `nil` when it works again.
    package func start(onFailure: @escaping @Sendable (StorageError?) -> Void = { _ in }) {
        state.withLock { $0.onFailure = onFailure }
        Thread.detachNewThread { [self] in work() }
    }

    /// Writes what was appended, if that is possible, ends the thread and closes the database.
    package func stop() {
        let ended = DispatchSemaphore(value: 0)
        state.withLock { ($0.isStopping, $0.ended) = (true, ended) }
        wake.signal()
        ended.wait()
        close()
    }

    /// Closes the database of a store that was not started, or has stopped.
    package func close() { try? database.close() }

    private func work() {
        var writer = RowWriter(configuration: configuration, texts: texts)
        var batch: RowQueue.Batch?
        while true {
            pause(retries: batch != nil)
            let now = DispatchTime.now().uptimeNanoseconds
            let (isStopping, waiters) = state.withLock { state in
                if batch == nil, isDue(state, now) {
                    batch = state.queue.take(most: configuration.transactionCalls, now: now)
                    state.writing = batch?.spans ?? 0
                }
                return (state.isStopping, state.waiters.count)
            }
            if let due = batch {
                do {
                    try database.writeWithoutTransaction { try writer.write(due, $0, wallNanoseconds()) }
                    batch = nil
                    committed(due, writer)
                } catch {
                    writer.forget()
                    failed(RowDatabase.storageError(error, "write \(Self.fileName)"))
                }
            }
            if batch == nil { keep(&writer, isStopping: isStopping) }
            let isDone = batch != nil || state.withLock { $0.queue.isEmpty }
            guard isDone else { continue }
            let ended = state.withLock { state in
                for waiter in state.waiters.prefix(waiters) { waiter.signal() }
                state.waiters.removeFirst(min(waiters, state.waiters.count))
                return isStopping ? state.ended : nil
            }
            guard let ended else { continue }
            ended.signal()
            return
        }
    }

    /// Waits until something is due.
    private func pause(retries: Bool) {
        while true {
            let now = DispatchTime.now().uptimeNanoseconds
            let rest: UInt64? = state.withLock { state in
                if state.isStopping || !state.waiters.isEmpty { return 0 }
                if retries { return UInt64(configuration.retryMilliseconds) * 1_000_000 }
                if isDue(state, now) { return 0 }
                guard let since = state.queue.since else { return nil }
                let wait = UInt64(configuration.waitMilliseconds) * 1_000_000
                return since + wait > now ? since + wait - now : 0
            }
            if rest == 0 { return }
            let limit = rest ?? Self.idleNanoseconds
            let result = wake.wait(timeout: .now() + .nanoseconds(Int(clamping: limit)))
            if result == .timedOut { return }
        }
    }

    /// The time after which an idle thread looks for old rows.
    private static let idleNanoseconds: UInt64 = 10_000_000_000

    private func isDue(_ state: State, _ now: UInt64) -> Bool {
        if state.isStopping || !state.waiters.isEmpty || state.queue.spans >= configuration.transactionCalls {
            return !state.queue.isEmpty
        }
        guard let since = state.queue.since else { return false }
        return now >= since + UInt64(configuration.waitMilliseconds) * 1_000_000
    }

    private func committed(_ batch: RowQueue.Batch, _ writer: borrowing RowWriter) {
        let report = state.withLock { state in
            state.position = batch.position
            state.writing = 0
            state.levels.committed(batch)
            let isWorkingAgain = state.levels.hasFailed
            state.levels.hasFailed = false
            return isWorkingAgain ? state.onFailure : nil
        }
        report?(nil)
    }

    private func failed(_ error: StorageError) {
        let report = state.withLock { state in
            let isFirst = !state.levels.hasFailed
            state.levels.hasFailed = true
            return isFirst ? state.onFailure : nil
        }
        report?(error)
    }

    /// Keeps the database in order between two transactions.
    private func keep(_ writer: inout RowWriter, isStopping: Bool) {
    }
}

/// The figures of the rows.
package struct RowLevels: Sendable, Equatable {
    /// Whether the latest transaction failed.
    package var hasFailed = false
    /// The number of calls that this process has written.
    package var calls: UInt64 = 0
    /// The number of transactions.
    package var transactions: UInt64 = 0

    package init() {}

    mutating func committed(_ batch: RowQueue.Batch) {
        transactions += 1
        for case .calls(let written, _, _) in batch.entries { calls += UInt64(written.count) }
    }
}
