// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Moves the roll-ups of quarters of an hour that are over from `rollups` to `packed_rollups`, in steps, each a transaction.
///
/// A pass visits all quarters of all dimensions except the last two quarters. The first pass begins a minute after the start; a
/// further one begins every quarter of an hour, and earlier once ``rowsBetweenPasses`` roll-ups were written. What late calls add to
/// a packed quarter stays in `rollups` until the next pass, which makes a new part of it. A pass rewrites a part only to add at least
/// half as many sums.
struct RollupPacking {
    /// The dimension and quarter of an hour up to which the pass has come; `nil` between two passes.
    private var place: (dimension: Int64, quarter: Int64)?
    /// When the latest pass began, in nanoseconds since 1970, and the roll-ups that were written until then.
    private var latest: (now: UInt64, written: UInt64)?

    private static let nanosecondsBetweenPasses: UInt64 = 900_000_000_000
    private static let nanosecondsAfterStart: UInt64 = 60_000_000_000
    private static let rowsBetweenPasses: UInt64 = 65_536
    /// The rows that a step moves, and the quarters that it visits: some milliseconds.
    private static let rowsOfStep = 2_048
    private static let quartersOfStep = 64
    /// The sums of a part, some 80 kB.
    static let sumsOfPart = 4_096

    /// Does a step, if a pass is under way or due.
    ///
    /// - Parameters:
    ///   - written: The number of roll-ups that were written so far.
    ///   - database: The connection, outside a transaction.
    ///   - now: The time, in nanoseconds since 1970.
    /// - Returns: Whether it has packed anything, so that there may be more.
    /// - Throws: What SQLite throws; then nothing was changed.
    mutating func step(written: UInt64, _ database: Database, _ now: UInt64) throws -> Bool {
        if latest == nil {
            // Nothing long happens at a start.
            latest = (now &+ Self.nanosecondsAfterStart &- Self.nanosecondsBetweenPasses, written)
        }
        guard place != nil || isDue(written, now) else { return false }
        if place == nil {
            latest = (now, written)
            place = (.min, .min)
        }
        let minute = RowTime.minute(of: now)
        // The last one still gets calls, and the one before those that come a little late.
        return try step(before: minute / 15 - 1, database)
    }

    private func isDue(_ written: UInt64, _ now: UInt64) -> Bool {
        guard let latest else { return false }
        // A clock that was set back does not put the next pass off.
        return now < latest.now || now - latest.now >= Self.nanosecondsBetweenPasses
            || written &- latest.written >= Self.rowsBetweenPasses
    }

    /// Packs some of the quarters before one.
    ///
    /// - Returns: Whether there were any.
    mutating func step(before limit: Int64, _ database: Database) throws -> Bool {
        let start = place ?? (.min, .min)
        guard let first = try Self.next(after: start, before: limit, database) else {
            place = nil
            return false
        }
        var reached = start
        try database.inTransaction(.immediate) {
            var (found, rows): ((dimension: Int64, quarter: Int64)?, Int) = (first, Self.rowsOfStep)
            for _ in 0..<Self.quartersOfStep {
                guard let pair = found, rows > 0 else { break }
                let moved = try Self.pack(pair.dimension, pair.quarter, atMost: rows, database)
                // The quarter may have more rows than were moved.
                reached = moved < rows ? pair : (pair.dimension, pair.quarter - 1)
                rows -= moved
                found = try Self.next(after: reached, before: limit, database)
            }
            return .commit
        }
        place = reached
        return true
    }

    /// The first dimension and quarter behind a place that has rows and is before a quarter.
    private static func next(
        after place: (dimension: Int64, quarter: Int64), before limit: Int64, _ database: Database
    ) throws -> (dimension: Int64, quarter: Int64)? {
        var place = place
        while true {
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT dimension, quarter FROM rollups WHERE (dimension, quarter) > (?, ?)
                    ORDER BY dimension, quarter LIMIT 1
                    """, arguments: [place.dimension, place.quarter])
            guard let row else { return nil }
            let (dimension, quarter): (Int64, Int64) = (row[0], row[1])
            if quarter < limit, PackedRollups.hasRoom(for: dimension, quarter) { return (dimension, quarter) }
            place = (dimension, quarter < limit ? quarter : .max)
        }
    }

    /// Moves the first rows of a dimension and a quarter.
    ///
    /// - Returns: The number of rows; fewer than asked for if no more can be moved.
    private static func pack(
        _ dimension: Int64, _ quarter: Int64, atMost most: Int, _ database: Database
    ) throws -> Int {
        let read = try RowScan(
            database,
            """
            SELECT \(RollupColumns.names.joined(separator: ", ")) FROM rollups WHERE dimension = ? AND quarter = ?
            ORDER BY value, line LIMIT \(most)
            """)
        try read.begin(dimension, quarter)
        var sums = LooseSums()
        while try read.next() { sums.append { read[$0] } }
        read.end()
        guard let value = sums.columns[RollupColumns.value].last, let line = sums.columns[RollupColumns.line].last
        else {
            return 0
        }
        let moved = sums.count
        let ids = PackedRollups.ids(of: dimension, quarter..<quarter + 1)
        var next =
            try Int64.fetchOne(
                database, sql: "SELECT max(id) + 1 FROM packed_rollups WHERE id >= ? AND id < ?",
                arguments: [ids.lowerBound, ids.upperBound]) ?? ids.lowerBound
        while next > ids.lowerBound, let last = try small(next - 1, besides: sums.count, database) {
            sums.append(last)
            try PackedRollups.remove(next - 1, database)
            next -= 1
        }
        // Without a number for a further part the rows stay where they are, and count as well there.
        guard next < ids.upperBound else { return 0 }
        sums.combine()
        try PackedRollups.write(sums, id: next, database)
        try database.execute(
            sql: "DELETE FROM rollups WHERE dimension = ? AND quarter = ? AND (value, line) <= (?, ?)",
            arguments: [dimension, quarter, value, line])
        return moved
    }

    /// The sums of a part that is small enough to be rewritten with some more; `nil` if it is not, or cannot be read.
    private static func small(_ id: Int64, besides added: Int, _ database: Database) throws -> LooseSums? {
        let count = try Int.fetchOne(database, sql: "SELECT count FROM packed_rollups WHERE id = ?", arguments: [id])
        guard let count, count <= 2 * added, count + added <= sumsOfPart else { return nil }
        guard let sums = try PackedRollups.sums(ofID: id, database) else { return nil }
        return try? LooseSums(sums.get())
    }
}
