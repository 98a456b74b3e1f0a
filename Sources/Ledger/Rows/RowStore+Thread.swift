// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import GRDB
import Synchronization

/// The writing thread.
extension RowStore {
    /// Starts the writing thread.
    ///
    /// - Parameters:
    ///   - syncJournal: Called by the thread before each commit: the rows must not be ahead of the journal after a power cut.
    ///   - onFailure: Called by the thread with the error when writing begins to fail, and with `nil` when it works again.
    package func start(
        syncJournal: @escaping @Sendable () throws(StorageError) -> Void,
        onFailure: @escaping @Sendable (StorageError?) -> Void
    ) {
        state.withLock { ($0.syncJournal, $0.onFailure, $0.isRunning) = (syncJournal, onFailure, true) }
        Thread.detachNewThread { [self] in work() }
    }

    /// Starts the writing thread for a journal that syncs its records itself.
    package func start(onFailure: @escaping @Sendable (StorageError?) -> Void = { _ in }) {
        start(syncJournal: {}, onFailure: onFailure)
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
    ///
    /// The last connection that closes moves the log into the database and removes it. While a command reads the rows, the log
    /// stays, and is empty if that reading allows it. The next start reads a log that could not be moved.
    package func close() {
        try? database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA busy_timeout = \(Self.closingMilliseconds)")
            _ = try database.checkpoint(.truncate)
        }
        try? database.close()
    }

    /// How long a stop waits for other readers of the rows.
    private static let closingMilliseconds = 500

    private func work() {
        var writer = RowWriter(configuration: configuration, texts: texts)
        var keeper = RowKeeper(configuration, path: path)
        var batch: RowQueue.Batch?
        var adjustments = RowAdjustments()
        // `/metrics` shows the kept calls from the start. If they cannot be read, the first transaction reports the error.
        do {
            try database.writeWithoutTransaction { database in
                try keeper.look(&writer, database, wallNanoseconds())
                try adjustments.refresh(database)
            }
            succeeded(keeper.levels, adjustments, writer)
        } catch {
            writer.forget()
        }
        while true {
            pause(retries: batch != nil || hasFailed, hasMore: keeper.levels.isBehind)
            let now = DispatchTime.now().uptimeNanoseconds
            let (isStopping, waiters) = state.withLock { state in
                if batch == nil, isDue(state, now) {
                    batch = state.queue.take(most: configuration.transactionCalls, now: now)
                    state.writing = batch?.spans ?? 0
                }
                return (state.isStopping, state.waiters.count)
            }
            do {
                if let due = batch {
                    try state.withLock { $0.syncJournal }?()
                    try database.writeWithoutTransaction { try writer.write(due, $0, wallNanoseconds()) }
                    batch = nil
                    committed(due)
                }
                if !isStopping {
                    let isBusy = state.withLock { isDue($0, now) }
                    try database.writeWithoutTransaction {
                        try keeper.keep(&writer, $0, wallNanoseconds(), isBusy: isBusy)
                        try adjustments.refresh($0)
                    }
                }
                succeeded(keeper.levels, adjustments, writer)
            } catch {
                writer.forget()
                failed(RowDatabase.storageError(error, "write \(Self.fileName)"))
            }
            let isDone = batch != nil || state.withLock { $0.queue.isEmpty }
            guard isDone else { continue }
            let ended = state.withLock { state -> DispatchSemaphore? in
                for waiter in state.waiters.prefix(waiters) { waiter.signal() }
                state.waiters.removeFirst(min(waiters, state.waiters.count))
                guard isStopping else { return nil }
                state.isRunning = false
                for waiter in state.waiters { waiter.signal() }
                return state.ended
            }
            guard let ended else { continue }
            ended.signal()
            return
        }
    }

    /// Waits until something is due.
    private func pause(retries: Bool, hasMore: Bool) {
        if hasMore, !retries {
            // Old rows go beside the work of others, not instead of it.
            if state.withLock({ $0.waiters.isEmpty }) { wake.wait(atMost: 10_000_000) }
            return
        }
        let retry = DispatchTime.now().uptimeNanoseconds + UInt64(configuration.retryMilliseconds) * 1_000_000
        while true {
            let now = DispatchTime.now().uptimeNanoseconds
            let rest: UInt64? = state.withLock { state in
                if state.isStopping || !state.waiters.isEmpty { return 0 }
                // Whatever comes meanwhile does not put the next attempt off.
                if retries { return retry > now ? retry - now : 0 }
                if isDue(state, now) { return 0 }
                guard let since = state.queue.since else { return nil }
                let wait = UInt64(configuration.waitMilliseconds) * 1_000_000
                return since + wait > now ? since + wait - now : 0
            }
            if rest == 0 { return }
            let limit = rest ?? Self.idleNanoseconds
            if !wake.wait(atMost: limit) { return }
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

    private func committed(_ batch: RowQueue.Batch) {
        state.withLock { state in
            state.position = batch.position
            state.writing = 0
            state.levels.transactions += 1
            for case .calls(let written, _, _) in batch.entries { state.levels.calls += UInt64(written.count) }
        }
    }

    private func succeeded(
        _ kept: RowKeeper.Levels, _ adjustments: RowAdjustments, _ writer: borrowing RowWriter
    ) {
        let (keptCalls, saturated) = (writer.keptCalls, writer.saturatedCosts)
        let report = state.withLock { state in
            let isWorkingAgain = state.levels.hasFailed
            state.levels.hasFailed = false
            state.levels.kept = kept
            state.levels.adjustments = adjustments
            state.levels.saturatedCosts = saturated
            state.levels.keptCalls = keptCalls
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
}
