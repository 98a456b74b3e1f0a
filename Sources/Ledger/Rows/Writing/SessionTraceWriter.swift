// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Writes the further traces of sessions.
struct SessionTraceWriter {
    private let most: Int
    /// The latest generation, and its number of rows; `nil` before the first transaction.
    private var latest: (generation: Int64, rows: Int)?

    /// Makes a writer that knows nothing of the database.
    ///
    /// - Parameter most: The rows of a generation.
    init(most: Int) { self.most = most }

    /// Begins a transaction.
    ///
    /// - Throws: What SQLite throws.
    mutating func begin(_ database: Database) throws {
        var found = try latest ?? Self.latest(database)
        if found.rows >= most { found = (found.generation + 1, 0) }
        latest = found
    }

    /// Notes a further trace of a session.
    ///
    /// - Parameters:
    ///   - trace: The id of the trace.
    ///   - session: The id of the session.
    ///   - isNew: Whether the trace came with this transaction; then no look for the pair is needed.
    ///   - database: The connection, in a transaction.
    /// - Returns: Whether the session did not have the trace yet.
    /// - Throws: What SQLite throws.
    mutating func add(_ trace: Int64, to session: Int64, isNew: Bool, _ database: Database) throws -> Bool {
        guard let (generation, rows) = latest, try isNew || !has(trace, session, generation, database) else {
            return false
        }
        let insert = try BoundStatement(
            database, "INSERT OR IGNORE INTO session_traces(generation, session, trace) VALUES (?, ?, ?)")
        insert.bind(1, generation)
        insert.bind(2, session)
        insert.bind(3, trace)
        try insert.run()
        guard insert.changes > 0 else { return false }
        latest = (generation, rows + 1)
        return true
    }

    private func has(_ trace: Int64, _ session: Int64, _ generation: Int64, _ database: Database) throws -> Bool {
        // Most pairs that are known are in the latest generation.
        let search = try BoundStatement(
            database,
            """
            SELECT 1 FROM sessions WHERE id = ?1 AND trace = ?2
            UNION ALL SELECT 1 FROM session_traces WHERE generation = ?3 AND session = ?1 AND trace = ?2
            UNION ALL SELECT 1 FROM session_traces WHERE \(SessionTraces.areOf(session: "?1")) AND trace = ?2 LIMIT 1
            """)
        search.bind(1, session)
        search.bind(2, trace)
        search.bind(3, generation)
        return try search.number() != nil
    }

    private static func latest(_ database: Database) throws -> (generation: Int64, rows: Int) {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT generation, count(*) FROM session_traces
                WHERE generation = (SELECT max(generation) FROM session_traces) GROUP BY generation
                """)
        return row.map { ($0[0], $0[1]) } ?? (0, 0)
    }
}
