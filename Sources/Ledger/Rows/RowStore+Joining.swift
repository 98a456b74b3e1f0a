// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import Synchronization

/// How the rows and the counters stay one account: see ``RowJoining``.
extension RowStore: RowKeeping {
    package var dimensionNames: [String] { texts.dimensions.map(\.name) }

    package var figures: RowFigures {
        let levels = levels
        var figures = RowFigures()
        figures.calls = Int(clamping: levels.keptCalls)
        (figures.removedByAge, figures.removedBySize) = (levels.kept.callsByAge, levels.kept.callsBySize)
        figures.divide(levels.kept.usedBytes)
        figures.adjustments = levels.adjustments.sums
        return figures
    }

    package var keptCalls: Int {
        // For the log of a start: a database that cannot be read shows as a failure of the rows soon.
        let calls = try? database.read { try RowTotals.keptCalls($0) }
        return calls.map { Int(clamping: $0) } ?? figures.calls
    }

    package func totals() throws(JournalError) -> RowTotals {
        do {
            var totals = try database.read { database in
                try Self.account.reduce(RowTotals()) { try $0 + RowTotals($1, database) }
            }
            // No counter says how many spans were dropped.
            totals.drops = 0
            return totals
        } catch {
            throw RowDatabase.refusal(error, path)
        }
    }

    /// The totals that together are those of the counters.
    private static let account = ["counted", "machines", "before"]

    package func begin(at number: UInt64, missing: RowTotals, reason: String) throws(JournalError) {
        do {
            try database.write { database in
                try (RowTotals("before", database) + missing).store("before", database)
                // Marks of numbers that come again.
                try database.execute(
                    sql: "DELETE FROM totals_at WHERE number > ?", arguments: [Int64(bitPattern: number)])
                try RowWriter.setMeta("position", Int64(bitPattern: number), database)
                // For `ledger check` and the people who read it; the latest for each number, and few come to be.
                try database.execute(
                    sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                    arguments: ["gap \(number)", "\(reason): \(missing.calls) calls"])
            }
        } catch {
            throw RowDatabase.refusal(error, path)
        }
        state.withLock { ($0.queue, $0.position) = (RowQueue(position: number), number) }
    }
}
