// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The fourth version of the tables: fewer bytes for each call.
enum CompactSchema {
    /// Makes what the fourth version adds; calls, traces and sums of the third version stay as they are.
    ///
    /// - Parameter database: A database of the third version, in a transaction.
    /// - Throws: What SQLite throws.
    static func migrate(_ database: Database) throws {
        try database.execute(sql: PackedRollups.fourth)
        try database.execute(sql: SingleTraces.fourth)
        try database.execute(sql: TextKeys.fourth)
        try TextKeys.fill(database)
    }
}
