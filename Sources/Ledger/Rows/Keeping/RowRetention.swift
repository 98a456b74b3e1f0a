// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI

/// Removes the oldest rows, in steps of some thousand, each a transaction of its own.
///
/// First come calls and dropped spans, in the order of their ids, then what only these needed: traces, their keys, sessions, kinds
/// and sets. A trace or session goes once its last row has. Roll-ups go by their quarter of an hour. What is removed of calls and
/// roll-ups is added to `calls_removed` and `rollups_removed`, so that all sums can still be compared.
///
/// Texts that nothing refers to any more go by a sweep of their own, ``RowSweep``, and cards with the last of their kinds. Lines
/// stay: the limits of labels bound their number.
struct RowRetention {
    /// Why rows are removed.
    enum Reason {
        case age, size
    }

    /// What a step has removed.
    struct Removed {
        var calls: Int64 = 0
        var rollups: Int64 = 0
    }

    /// How far one look through keys and sessions has come.
    private struct Look {
        /// The first kept id at its beginning.
        let limit: Int64
        /// The day of keys, and how many of its parts are done.
        var day: Int64 = -1
        var part = 0
        var hasKeys = true
        /// The session up to which all are done.
        var session: Int64 = -1
        /// The first generation of ``SessionTraces`` that is not done.
        var generation: Int64 = 0
    }

    private let configuration: RowConfiguration
    private var look: Look?
    /// The limit of the last look, and the calls and dropped spans that were removed since.
    private var looked: Int64 = 0
    private var removedSince: Int64 = 0
    private var sweep: RowSweep

    /// The rows of calls, and of dropped spans, that one step removes.
    static let rowsOfStep = 2_000
    /// The calls and dropped spans after whose removal keys and sessions are looked through, if not a day of them is removed.
    private let mostBetweenLooks: Int64

    init(_ configuration: RowConfiguration) {
        self.configuration = configuration
        // In a small database, what calls leave behind must not take more room than the calls.
        mostBetweenLooks = min(250_000, max(1_024, Int64(configuration.mostBytes / 2_048)))
        sweep = RowSweep(mostNew: min(configuration.mostNewTexts, max(1_024, Int64(configuration.mostBytes / 1_024))))
    }

    /// Removes some rows that are too old or too many.
    ///
    /// - Parameters:
    ///   - writer: Has the time by which rows are too old, and learns the first id that is kept.
    ///   - database: The connection, outside a transaction.
    /// - Returns: What was removed and why; `nil` if there is nothing to do.
    /// - Throws: What SQLite throws.
    mutating func step(
        _ writer: inout RowWriter, _ database: Database
    ) throws -> (removed: Removed, reason: Reason)? {
        let minute = RowTime.minute(of: writer.agingTime)
        if let seconds = configuration.callSeconds, minute > seconds / 60,
            let removed = try removeCalls(before: (minute - seconds / 60) << RowTime.sequenceBits, &writer, database)
        {
            return (removed, .age)
        }
        if let seconds = configuration.rollupSeconds,
            let removed = try removeRollups(before: (minute - seconds / 60) / 15, database)
        {
            return (removed, .age)
        }
        if try tidy(&writer, database) { return (Removed(), .age) }
        if sweep.isRunning {
            try sweep.step(&writer, database)
            return (Removed(), .age)
        }
        if let most = configuration.mostSpans, let removed = try removeSpans(above: most, &writer, database) {
            return (removed, .size)
        }
        guard try Self.usedBytes(database) > configuration.mostBytes else { return nil }
        // Where the number of calls has a ceiling of its own, it is the roll-ups that have grown.
        if configuration.mostSpans != nil, let removed = try removeRollups(before: .max, database) {
            return (removed, .size)
        }
        if let removed = try removeCalls(before: .max, &writer, database) { return (removed, .size) }
        if let removed = try removeRollups(before: .max, database) { return (removed, .size) }
        return nil
    }

    /// The bytes of the pages that have rows.
    static func usedBytes(_ database: Database) throws -> Int {
        func number(_ pragma: String) throws -> Int { try Int.fetchOne(database, sql: "PRAGMA \(pragma)") ?? 0 }
        return try (number("page_count") - number("freelist_count")) * RowDatabase.pageBytes
    }

    // MARK: Calls

    /// Removes the oldest calls and dropped spans if there are too many.
    private mutating func removeSpans(
        above most: Int, _ writer: inout RowWriter, _ database: Database
    ) throws -> Removed? {
        let drops = try Int.fetchOne(database, sql: "SELECT count(*) FROM drops") ?? 0
        let excess = Int(writer.keptCalls) + drops - most
        guard excess > 0 else { return nil }
        return try removeCalls(before: .max, atMost: min(excess, Self.rowsOfStep), &writer, database)
    }

    /// Removes the oldest calls and dropped spans before an id, some of each; `nil` if there are none.
    mutating func removeCalls(
        before limit: Int64, atMost count: Int = Self.rowsOfStep, _ writer: inout RowWriter, _ database: Database
    ) throws -> Removed? {
        var end = limit
        var first = Int64.max
        for table in ["calls", "drops"] {
            guard
                let oldest = try Int64.fetchOne(
                    database, sql: "SELECT id FROM \(table) WHERE id < ? ORDER BY id LIMIT 1", arguments: [limit])
            else { continue }
            first = min(first, oldest)
            let next = try Int64.fetchOne(
                database, sql: "SELECT id FROM \(table) ORDER BY id LIMIT 1 OFFSET \(count)")
            if let next { end = min(end, next) }
        }
        guard first != .max else { return nil }
        // At the ceiling without so many rows, all go.
        if end == .max { end = try Self.end(database) }
        var (removed, drops) = (Removed(), Int64(0))
        try database.inTransaction(.immediate) {
            let row = try Row.fetchOne(
                database, sql: "SELECT \(RowTotals.sumsOfCalls) FROM calls WHERE id < ?", arguments: [end])
            var totals = row.map { RowTotals($0) } ?? RowTotals()
            removed.calls = totals.calls
            drops = try Int64.fetchOne(database, sql: "SELECT count(*) FROM drops WHERE id < ?", arguments: [end]) ?? 0
            totals.drops = drops
            try (RowTotals("calls_removed", database) + totals).store("calls_removed", database)
            for table in ["calls", "drops"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE id < ?", arguments: [end])
            }
            try database.execute(sql: RepricingSchema.removeAdjustments, arguments: [end])
            // A trace goes with the last of its rows.
            try database.execute(
                sql: "DELETE FROM traces WHERE id < ?1 AND id + highest < ?1", arguments: [end])
            try database.execute(
                sql: "DELETE FROM trace_peaks WHERE quarter < ?", arguments: [TracePeaks.quarter(of: end)])
            try RowWriter.setMeta("calls_from", max(end, writer.firstKept), database)
            return .commit
        }
        writer.removed(before: max(end, writer.firstKept), calls: removed.calls)
        removedSince += removed.calls + drops
        return removed
    }

    private static func end(_ database: Database) throws -> Int64 {
        var end: Int64 = 0
        for table in ["calls", "drops"] {
            end = max(end, (try Int64.fetchOne(database, sql: "SELECT max(id) FROM \(table)") ?? 0) + 1)
        }
        return end
    }

    // MARK: What only removed calls needed

    /// Removes some rows that nothing refers to any more: once a day, and after very many calls.
    ///
    /// - Returns: Whether there may be more.
    private mutating func tidy(_ writer: inout RowWriter, _ database: Database) throws -> Bool {
        let firstKept = writer.firstKept
        // The clock was far ahead when they were looked through last.
        if firstKept < looked { (look, looked) = (nil, firstKept) }
        if look == nil {
            let isNewDay = RowTime.day(of: firstKept) > RowTime.day(of: looked)
            guard firstKept > looked, isNewDay || removedSince >= mostBetweenLooks else { return false }
            look = Look(limit: firstKept)
            removedSince = 0
        }
        guard var look else { return false }
        let isDone =
            try !removeKeys(&look, &writer, database) && !removeSessions(&look, database)
            && !removeSessionTraces(&look, database)
        self.look = look
        guard isDone else { return true }
        if try removeKindsAndSets(before: look.limit, database) { writer.words.forgetCards() }
        try sweep.begin(&writer, database)
        (self.look, looked) = (nil, look.limit)
        return sweep.isRunning
    }

    /// Removes keys of removed traces; those of traces that are still there stay.
    private func removeKeys(
        _ look: inout Look, _ writer: inout RowWriter, _ database: Database
    ) throws -> Bool {
        guard look.hasKeys else { return false }
        if look.day < 0 || look.part == PackedKeys.parts {
            // All keys are in parts before the first one is looked at.
            if look.day < 0 {
                try database.inTransaction(.immediate) {
                    try writer.traceKeys.pack(database)
                    return .commit
                }
            }
            let next = try Int64.fetchOne(
                database, sql: "SELECT id FROM trace_keys WHERE id >= ? ORDER BY id LIMIT 1",
                arguments: [PackedKeys.ids(of: 0, on: look.day + 1).lowerBound])
            guard let day = next.map(PackedKeys.day(ofID:)), day <= RowTime.day(of: look.limit) else {
                look.hasKeys = false
                return false
            }
            (look.day, look.part) = (day, 0)
        }
        try database.inTransaction(.immediate) {
            try TraceKeys.remove(look.part, on: look.day, before: look.limit, database)
            return .commit
        }
        look.part += 1
        return true
    }

    /// Removes sessions whose last call is removed, and the first traces of others if these are removed.
    private func removeSessions(_ look: inout Look, _ database: Database) throws -> Bool {
        let limit = look.limit
        let finish = (limit >> RowTime.sequenceBits) * RowTime.minuteMicroseconds + RowTime.epochMicroseconds
        let found = try Row.fetchAll(
            database,
            sql: "SELECT id, finish, traces > (trace IS NOT NULL) FROM sessions WHERE id > ? ORDER BY id "
                + "LIMIT \(Self.rowsOfStep)", arguments: [look.session])
        guard let last = found.last else { return false }
        try database.inTransaction(.immediate) {
            let remove = try BoundStatement(database, "DELETE FROM sessions WHERE id = ?1")
            let removeTraces = try BoundStatement(database, SessionTraces.removeSession)
            let release = try BoundStatement(
                database,
                "UPDATE sessions SET trace = NULL WHERE id = ?1 AND trace < ?2 AND NOT \(SingleTraces.exists("trace"))")
            release.bind(2, limit)
            for row in found {
                // Most sessions have one trace, and look for no further ones.
                let (id, latest, hasFurther): (Int64, Int64, Bool) = (row[0], row[1], row[2])
                for statement in latest >= finish ? [release] : hasFurther ? [remove, removeTraces] : [remove] {
                    statement.bind(1, id)
                    try statement.run()
                }
            }
            return .commit
        }
        look.session = last[0]
        return true
    }

    /// Removes what kept sessions have of removed traces, one generation in each step.
    private func removeSessionTraces(_ look: inout Look, _ database: Database) throws -> Bool {
        let next = try Int64.fetchOne(database, sql: SessionTraces.nextGeneration, arguments: [look.generation])
        guard let next else { return false }
        try database.inTransaction(.immediate) {
            try database.execute(sql: SessionTraces.removeTraces, arguments: [next, look.limit])
            return .commit
        }
        look.generation = next + 1
        return true
    }

    /// Removes the kinds and sets of days whose calls are all removed, and the cards that only these had.
    ///
    /// - Returns: Whether there were any.
    private func removeKindsAndSets(before firstKept: Int64, _ database: Database) throws -> Bool {
        // The ids of calls that arrive on a day end an hour after it.
        let minute = firstKept >> RowTime.sequenceBits
        let day = (minute - 61) / 1_440 + RowTime.epochMicroseconds / (1_440 * RowTime.minuteMicroseconds)
        let next = try Row.fetchOne(
            database, sql: "SELECT day, kind, \"set\" FROM ages WHERE day >= ? ORDER BY day LIMIT 1", arguments: [day])
        guard let next else { return false }
        try database.inTransaction(.immediate) {
            try database.execute(sql: "DELETE FROM kinds WHERE id < ?", arguments: [next[1] as Int64])
            try database.execute(sql: "DELETE FROM sets WHERE id < ?", arguments: [next[2] as Int64])
            try database.execute(sql: "DELETE FROM ages WHERE day < ?", arguments: [next[0] as Int64])
            try database.execute(
                sql: "DELETE FROM cards WHERE id NOT IN (SELECT card FROM kinds WHERE card IS NOT NULL)")
            return .commit
        }
        return true
    }
}
