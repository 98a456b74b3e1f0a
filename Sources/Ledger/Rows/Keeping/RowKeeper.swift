// SPDX-License-Identifier: Apache-2.0
import GRDB
import Glibc

/// Keeps the database in order between two transactions: retention, packed roll-ups, its size, and SQLite's checkpoints.
package struct RowKeeper {
    /// What was removed and what is left.
    package struct Levels: Sendable, Equatable {
        /// The calls that this process has removed because of their age, and because of the size.
        package var callsByAge: UInt64 = 0
        package var callsBySize: UInt64 = 0
        /// The roll-ups that this process has removed because of their age, and because of the size.
        package var rollupsByAge: UInt64 = 0
        package var rollupsBySize: UInt64 = 0
        /// The bytes of pages that have rows.
        package var usedBytes = 0
        /// Whether more is to be removed or packed than was so far.
        package var isBehind = false

        package init() {}
    }

    private let configuration: RowConfiguration
    private let path: String
    private var retention: RowRetention
    private var packing = RollupPacking()
    private(set) var levels = Levels()

    /// The most steps of retention, and of packing, after a transaction if more waits to be written.
    private static let busySteps = 16
    private static let idleSteps = 4
    /// The pages that one step of shrinking the file gives back, 4 MiB.
    private static let vacuumPages = 512

    init(_ configuration: RowConfiguration, path: String) {
        (self.configuration, self.path) = (configuration, path)
        retention = RowRetention(configuration)
    }

    /// Looks at what there is, at the start.
    mutating func look(_ writer: inout RowWriter, _ database: Database, _ now: UInt64) throws {
        try writer.tell(now, database)
        levels.usedBytes = try RowRetention.usedBytes(database)
    }

    /// Does some work, if there is any.
    ///
    /// - Parameters:
    ///   - writer: Learns what is removed.
    ///   - database: The connection, outside a transaction.
    ///   - now: The time, in nanoseconds since 1970.
    ///   - isBusy: Whether a transaction waits.
    /// - Throws: What SQLite throws.
    mutating func keep(_ writer: inout RowWriter, _ database: Database, _ now: UInt64, isBusy: Bool) throws {
        try writer.tell(now, database)
        levels.isBehind = false
        var steps = 0
        // Far above its size the database takes no more rows before it has shrunk: calls wait, and then bodies are refused.
        while try steps < (isBusy ? Self.busySteps : Self.idleSteps) || isMuchTooLarge(database) {
            steps += 1
            let step = try retention.step(&writer, database)
            levels.isBehind = step != nil
            guard let step else { break }
            note(step.removed, step.reason)
        }
        for _ in 0..<(isBusy ? Self.busySteps : 1) {
            guard try packing.step(written: writer.writtenRollups, database, now) else { break }
            levels.isBehind = true
        }
        if !isBusy, try shrink(database) { levels.isBehind = true }
        levels.usedBytes = try RowRetention.usedBytes(database)
        var log = stat()
        if unsafe stat("\(path)-wal", &log) == 0, log.st_size > configuration.logBytes {
            do {
                try database.checkpoint(.passive)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                // Another process moves pages right now; the next checkpoint does the rest, as it does for pages that readers of
                // old states hold back, which is no error. Any other error is a disk that refuses the rows.
            }
        }
    }

    private func isMuchTooLarge(_ database: Database) throws -> Bool {
        try RowRetention.usedBytes(database) > configuration.mostBytes + configuration.mostBytes / 8
    }

    private mutating func note(_ removed: RowRetention.Removed, _ reason: RowRetention.Reason) {
        switch reason {
        case .age:
            levels.callsByAge += UInt64(removed.calls)
            levels.rollupsByAge += UInt64(removed.rollups)
        case .size:
            levels.callsBySize += UInt64(removed.calls)
            levels.rollupsBySize += UInt64(removed.rollups)
        }
    }

    /// Gives pages back to the file system, if there are more free ones than new rows need soon.
    private func shrink(_ database: Database) throws -> Bool {
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
        let isTooLarge = pages * RowDatabase.pageBytes > configuration.mostBytes
        guard free > (isTooLarge ? Self.vacuumPages / 2 : max(4 * Self.vacuumPages, pages / 8)) else { return false }
        try database.execute(sql: "PRAGMA incremental_vacuum(\(Self.vacuumPages))")
        return true
    }
}
