// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import Pricing

/// Writes batches into the database, one transaction each; only the writing thread has one.
struct RowWriter {
    let configuration: RowConfiguration
    let texts: RowTexts

    init(configuration: RowConfiguration, texts: RowTexts) {
        self.configuration = configuration
        self.texts = texts
    }

    /// Forgets everything that is known of the database, since a transaction was rolled back.
    mutating func forget() {}

    /// Writes a batch and its position, all or nothing.
    ///
    /// - Parameters:
    ///   - batch: The batch.
    ///   - database: The connection, outside a transaction.
    ///   - now: The time, in nanoseconds since 1970 (UTC).
    /// - Throws: What SQLite throws; then nothing was written.
    mutating func write(_ batch: RowQueue.Batch, _ database: Database, _ now: UInt64) throws {
        try database.inTransaction(.immediate) {
            try database.cachedStatement(sql: "UPDATE meta SET value = ? WHERE key = 'position'").execute(
                arguments: [Int64(bitPattern: batch.position)])
            return .commit
        }
    }
}
