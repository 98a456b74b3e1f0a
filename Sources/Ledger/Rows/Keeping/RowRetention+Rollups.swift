// SPDX-License-Identifier: Apache-2.0
import GRDB

extension RowRetention {
    /// Removes the roll-ups of the oldest quarter of an hour, packed or not, if it is before a limit.
    ///
    /// - Parameters:
    ///   - limit: The first quarter that stays.
    ///   - database: The connection, outside a transaction.
    /// - Returns: What was removed; `nil` if there are none.
    /// - Throws: What SQLite throws.
    func removeRollups(before limit: Int64, _ database: Database) throws -> Removed? {
        let dimensions =
            [RowDimension.all] + (try Int64.fetchAll(database, sql: "SELECT id FROM dimensions ORDER BY id"))
        var oldest: Int64?
        for dimension in dimensions {
            let found = try Int64.fetchOne(
                database, sql: PackedRollups.quarter("MIN", ofDimension: "?1"), arguments: [dimension])
            if let found, found < limit { oldest = min(oldest ?? found, found) }
        }
        guard let oldest else { return nil }
        var removed = Removed()
        try database.inTransaction(.immediate) {
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT \(RowTotals.sumsOfRollups), count(*) FROM rollups JOIN lines ON lines.id = line
                    WHERE dimension = 0 AND quarter = ? AND source <> \(LineSource.machine.rawValue)
                    """, arguments: [oldest])
            var totals = row.map { RowTotals($0) } ?? RowTotals()
            totals = try totals + RowTotals(ofPackedQuarter: oldest, database)
            try (RowTotals("rollups_removed", database) + totals).store("rollups_removed", database)
            for dimension in dimensions {
                try database.execute(
                    sql: "DELETE FROM rollups WHERE dimension = ? AND quarter = ?", arguments: [dimension, oldest])
                removed.rollups += Int64(database.changesCount)
                removed.rollups += try PackedRollups.remove(of: dimension, oldest, database)
            }
            return .commit
        }
        return removed
    }
}
