// SPDX-License-Identifier: Apache-2.0
import GRDB
import Glibc

/// Takes a user out of the rows: sets and roll-ups have no value in its place, and no sum changes.
struct RowsForgetting {
    /// What was changed.
    struct Report: Equatable {
        var sets = 0
        var calls = 0
        var rollups = 0
        var sessions = 0
        var traceNames = 0
    }

    /// Changes the rows, within a transaction.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - database: The rows.
    /// - Returns: What was changed.
    /// - Throws: What SQLite throws.
    static func run(_ user: ForgottenUser, _ database: Database) throws -> Report {
        var (report, keys) = (Report(), TextKeys())
        let dimensions = try Row.fetchAll(database, sql: "SELECT id, name FROM dimensions")
            .filter { user.isUser($0["name"]) }.map { $0["id"] as Int64 }
        let found = try texts(of: user, database)
        report.calls = try calls(with: found.map(\.id), of: dimensions, sessions: user.forgetsSessions, database)
        for (text, bytes) in found {
            for dimension in dimensions { try forget(text, of: dimension, database, &report) }
            if user.forgetsSessions { report.sessions += try forgetSession(text, database) }
            if user.forgetsTraceNames { report.traceNames += try forgetTraceName(text, database) }
            if try !isUsed(text, database) { try keys.remove([(text, bytes)], database) }
        }
        return report
    }

    /// The texts of the user in all spellings, which no key finds.
    private static func texts(of user: ForgottenUser, _ database: Database) throws -> [(id: Int64, bytes: [UInt8])] {
        var found: [(id: Int64, bytes: [UInt8])] = []
        try BoundStatement(database, "SELECT id, text FROM texts").eachText { id, bytes in
            if user.isWhole(bytes) { found.append((id, bytes)) }
        }
        return found
    }

    /// Counts the calls that lose a value, each once.
    ///
    /// - Parameters:
    ///   - texts: The texts of the user.
    ///   - dimensions: The dimensions whose values are users.
    ///   - sessions: Whether sessions are forgotten as well.
    ///   - database: The rows, before anything is forgotten.
    /// - Returns: The number of calls.
    /// - Throws: What SQLite throws.
    private static func calls(
        with texts: [Int64], of dimensions: [Int64], sessions: Bool, _ database: Database
    ) throws -> Int {
        func list(_ ids: [Int64]) -> String { ids.map(String.init).joined(separator: ", ") }
        let sets = "SELECT id FROM sets WHERE dimension IN (\(list(dimensions))) AND value IN (\(list(texts)))"
        let bySession = sessions ? " OR session IN (\(list(texts)))" : ""
        return try Int.fetchOne(
            database, sql: "SELECT COUNT(*) FROM calls WHERE \"set\" IN (\(sets))\(bySession)") ?? 0
    }

    /// Takes a session out: its calls and traces have none, and there is no sum of it.
    ///
    /// - Returns: 1 if there was such a session.
    private static func forgetSession(_ text: Int64, _ database: Database) throws -> Int {
        for table in ["calls", "drops", "traces"] {
            try database.execute(sql: "UPDATE \(table) SET session = NULL WHERE session = ?", arguments: [text])
        }
        try database.execute(sql: SessionTraces.removeSession, arguments: [text])
        try database.execute(sql: "DELETE FROM sessions WHERE id = ?", arguments: [text])
        return database.changesCount
    }

    /// Takes the name of traces away: 0 is an empty one, and says that there was a root span.
    ///
    /// - Returns: The number of traces with that name.
    private static func forgetTraceName(_ text: Int64, _ database: Database) throws -> Int {
        var count = 0
        for table in ["calls", "traces"] {
            try database.execute(sql: "UPDATE \(table) SET name = 0 WHERE name = ?", arguments: [text])
            count += database.changesCount
        }
        return count
    }

    private static func forget(
        _ text: Int64, of dimension: Int64, _ database: Database, _ report: inout Report
    ) throws {
        let place: StatementArguments = [dimension, text]
        // 0 is no value, and the set stays one that exists.
        try database.execute(sql: "UPDATE sets SET value = 0 WHERE dimension = ? AND value = ?", arguments: place)
        report.sets += database.changesCount
        let sums = CallColumns.rollup + ["micros", "rest", "saved_micros", "saved_rest"]
        try database.execute(
            sql: """
                INSERT INTO rollups(dimension, quarter, value, line, \(sums.joined(separator: ", ")))
                SELECT dimension, quarter, 0, line, \(sums.joined(separator: ", ")) FROM rollups
                WHERE dimension = ? AND value = ?
                ON CONFLICT(dimension, quarter, value, line) DO UPDATE SET
                \(sums.map { "\($0) = COALESCE(\($0), 0) + COALESCE(excluded.\($0), 0)" }.joined(separator: ", "))
                """, arguments: place)
        try database.execute(sql: "DELETE FROM rollups WHERE dimension = ? AND value = ?", arguments: place)
        report.rollups += database.changesCount
        report.rollups += try forgetPacked(text, of: dimension, database)
    }

    /// Takes a value out of packed roll-ups.
    ///
    /// - Returns: The number of sums that had it.
    private static func forgetPacked(_ text: Int64, of dimension: Int64, _ database: Database) throws -> Int {
        var count = 0
        for id in try packed(PackedRollups.ids(of: dimension), with: text, database) {
            guard let packed = try PackedRollups.sums(ofID: id, database) else { continue }
            // Read without an error a moment ago.
            var sums = try LooseSums(packed.get())
            count += sums.replace(text, by: 0)
            sums.combine()
            try PackedRollups.write(sums, id: id, database)
        }
        return count
    }

    /// The ids of packed roll-ups that have a value.
    ///
    /// - Throws: An error of the storage if one cannot be read: it may have the value.
    private static func packed(_ ids: Range<Int64>, with value: Int64, _ database: Database) throws -> [Int64] {
        var (found, values): ([Int64], [Int64]) = ([], [])
        try PackedRollups.forEach(ids, database) { id, result in
            if try readValues(id, result, into: &values), values.contains(value) { found.append(id) }
        }
        return found
    }

    /// Reads the values of packed roll-ups.
    ///
    /// - Returns: Whether there are any.
    static func readValues(
        _ id: Int64, _ result: Result<PackedSums, PackedSumsError>, into values: inout [Int64]
    ) throws -> Bool {
        do throws(PackedSumsError) {
            let sums = try result.get()
            guard sums.has(RollupColumns.value) else { return false }
            try sums.read(RollupColumns.value, into: &values)
            return true
        } catch {
            throw StorageError(
                "read \(RowStore.fileName)", code: EIO, reason: PackedRollups.refusal(ofID: id, error))
        }
    }

    /// Whether a row names a text.
    private static func isUsed(_ text: Int64, _ database: Database) throws -> Bool {
        for (table, column) in ReferenceCheck.textColumns {
            let isUsed = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM \(table) WHERE \(column) = ?)", arguments: [text])
            if isUsed == true { return true }
        }
        return try !packed(0..<Int64.max, with: text, database).isEmpty
    }
}
