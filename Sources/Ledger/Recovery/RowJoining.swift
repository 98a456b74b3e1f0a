// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Foundation
import Synchronization

/// Brings the rows to where the journal ends, each of rows and counters from its own position.
final class RowJoining: Sendable {
    let rows: (any RowKeeping)?
    let limits: JournalConfiguration
    /// The number up to which the rows had records before the start.
    private let found = Atomic<UInt64>(0)
    private let noted = Mutex<String?>(nil)
    /// Why the rows cannot be written.
    private let failure = Mutex<StorageError?>(nil)

    init(rows: (any RowKeeping)?, limits: JournalConfiguration) { (self.rows, self.limits) = (rows, limits) }

    /// Lets the rows begin at the checkpoint if the journal does not have what comes after their position any more.
    ///
    /// This happens in a folder in which an earlier version has counted, after the rows were removed from the folder, and with
    /// an older copy of the rows.
    ///
    /// - Parameters:
    ///   - checkpoint: The checkpoint of the counters.
    ///   - first: The number of the first record of the journal; `nil` if there is none.
    /// - Throws: ``JournalError`` if the rows cannot be written.
    func begin(_ checkpoint: Checkpoint, _ first: UInt64?) throws(JournalError) {
        guard let rows else { return }
        let found = rows.position
        self.found.store(found, ordering: .relaxed)
        let first = first ?? checkpoint.counted + 1
        // Without a checkpoint of what is gone, the journal is refused.
        guard first > found + 1, first <= checkpoint.counted + 1 else { return }
        try begin(
            rows, at: checkpoint.counted, RowTotals(checkpoint.families),
            found == 0
                ? "counted before there were rows"
                : "the records \(found + 1) to \(first - 1) of the journal are gone, and the rows did not have them")
        self.found.store(checkpoint.counted, ordering: .relaxed)
    }

    /// Starts the writing of the rows.
    func start(_ journal: Journal, _ notice: @escaping @Sendable (LedgerKeeper.Notice) -> Void) {
        rows?.start {
            () throws(StorageError) in
            guard !journal.configuration.syncs else { return }
            // The file may have been full and closed a moment ago.
            do { try journal.sync() } catch { try journal.sync() }
        } onFailure: { [self] error in
            failure.withLock { $0 = error }
            notice(error.map { .rowsFailing($0) } ?? .rowsWorking)
        }
    }

    /// Pauses while the rows have too much to write, so that a start with a long journal takes little memory.
    ///
    /// - Throws: ``StorageError`` if they have more than may wait and cannot be written.
    func pause() throws(StorageError) {
        guard let rows else { return }
        while rows.waiting > limits.pausingUncounted {
            if rows.hasFailed {
                guard rows.waiting > limits.mostUncounted * 2, let failure = failure.withLock({ $0 }) else { return }
                throw failure
            }
            usleep(1_000)
        }
    }

    /// Continues where the journal ends.
    ///
    /// If the rows have records that the journal does not have, they are newer than the journal: a copy of the folder was put back
    /// without them, or the disk lost stored data. Numbers are not used twice otherwise, so the rows go back to the number of the
    /// journal, keep what they have, and note the difference to the counters.
    func end(at last: UInt64, _ store: MetricsStore) throws(JournalError) {
        guard let rows else { return }
        let found = found.load(ordering: .relaxed)
        guard found > last else { return rows.advance(to: last) }
        try begin(
            rows, at: last, RowTotals(store),
            "the rows have records \(last + 1) to \(found), which the journal does not have")
    }

    /// Lets the rows begin at another number, and notes why.
    private func begin(
        _ rows: any RowKeeping, at number: UInt64, _ counters: RowTotals, _ reason: String
    ) throws(JournalError) {
        try rows.begin(at: number, missing: counters - rows.totals(), reason: reason)
        noted.withLock { $0 = reason }
    }

    /// Why the rows began at another number than their own; `nil` if they did not.
    var gap: String? { noted.withLock { $0 } }
}
