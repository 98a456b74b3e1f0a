// SPDX-License-Identifier: Apache-2.0
import GRDB
import Synchronization

/// The rows of a service without a folder: a database in memory, which gets what came since the last question.
final class MemoryRows: Sendable {
    /// What is to be added.
    struct Additions {
        var entries: [RowQueue.Entry] = []
        /// The latest minute, since 2020, of a call that gets no row; `nil` if all do.
        var latestWithoutRow: Int64?
        /// Whether everything of before was lost.
        var followsLoss = false
    }

    /// What writes the rows, with statements of the connection.
    ///
    /// Sound: it is used only by what the database runs, which is one thing at a time, in its order.
    private final class State: @unchecked Sendable {
        var writer: RowWriter
        var retention: RowRetention

        init(_ configuration: RowConfiguration, _ texts: RowTexts) {
            writer = RowWriter(configuration: configuration, texts: texts)
            retention = RowRetention(configuration)
        }
    }

    let database: DatabaseQueue
    private let configuration: RowConfiguration
    private let state: State
    private let counts = Mutex((kept: 0, removed: UInt64(0)))

    /// Opens a database without rows.
    ///
    /// - Parameters:
    ///   - configuration: What is kept.
    ///   - texts: The texts of calls.
    /// - Throws: What SQLite throws.
    init(configuration: RowConfiguration, texts: RowTexts) throws {
        self.configuration = configuration
        database = try RowDatabase.openInMemory()
        state = State(configuration, texts)
    }

    /// The number of calls that have rows, and of those that had.
    var calls: (kept: Int, removed: UInt64) { counts.withLock { $0 } }

    /// Adds rows, and removes those that are too old or too many.
    ///
    /// - Parameters:
    ///   - additions: What to add.
    ///   - now: The time, in nanoseconds since 1970 (UTC).
    /// - Throws: What SQLite throws; these rows must not be used any more.
    func add(_ additions: Additions, now: UInt64) throws {
        try database.writeWithoutTransaction { database in
            for batch in Self.batches(additions.entries, of: configuration.transactionCalls) {
                try state.writer.write(batch, database, now)
            }
            try state.writer.load(database)
            if additions.followsLoss {
                var lost = RowTotals()
                lost.calls = 1
                try lost.store("rollups_removed", database)
            }
            var removed: UInt64 = 0
            if let minute = additions.latestWithoutRow {
                removed += try forget(before: minute << RowTime.sequenceBits, database)
            }
            try state.writer.tell(now, database)
            while let step = try state.retention.step(&state.writer, database) {
                removed += UInt64(step.removed.calls)
            }
            let kept = Int(state.writer.keptCalls)
            counts.withLock { $0 = (kept, $0.removed + removed) }
        }
    }

    /// Removes the rows of calls that others of their time are missing of, and notes from when on all are there.
    ///
    /// - Returns: The number of calls that were removed.
    private func forget(before first: Int64, _ database: Database) throws -> UInt64 {
        guard first > state.writer.firstKept else { return 0 }
        var calls: UInt64 = 0
        while let removed = try state.retention.removeCalls(before: first, &state.writer, database) {
            calls += UInt64(removed.calls)
        }
        try RowWriter.setMeta("calls_from", first, database)
        state.writer.removed(before: first, calls: 0)
        return calls
    }

    /// Divides entries into transactions, at least one, since the first one writes the names of the dimensions.
    private static func batches(_ entries: [RowQueue.Entry], of spans: Int) -> [RowQueue.Batch] {
        var batches: [RowQueue.Batch] = []
        var batch = RowQueue.Batch(position: 0)
        for entry in entries {
            batch.entries.append(entry)
            batch.spans += entry.spans
            guard batch.spans >= spans else { continue }
            batches.append(batch)
            batch = RowQueue.Batch(position: 0)
        }
        return batch.entries.isEmpty && !batches.isEmpty ? batches : batches + [batch]
    }
}

extension RowDatabase {
    /// Opens a database without rows that is gone with the process.
    ///
    /// - Returns: The open database.
    /// - Throws: What SQLite throws.
    static func openInMemory() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "ledger in memory"
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            // Retention counts pages of this size.
            try database.execute(sql: "PRAGMA page_size = \(pageBytes); PRAGMA temp_store = MEMORY")
        }
        let queue = try DatabaseQueue(configuration: configuration)
        try RowMigrations.current.migrate(queue, path: "memory")
        return queue
    }
}
