// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The table `session_traces` since the sixth version of the rows: the further traces of sessions, by generations.
///
/// The first trace of a session is in its row, and `session_traces` has a row for each further one. 65,536 rows, in the order of
/// their arrival, are a **generation**: only the pages of the latest one are written. A reader looks into each.
///
/// Each pair of session and trace is in one generation only.
package enum SessionTraces {
    /// The rows of a generation; it may have more, since it goes on to the end of a transaction.
    static let rowsOfGeneration = 65_536

    /// Makes the table, and fills it from that of before.
    static let sixth = """
        ALTER TABLE session_traces RENAME TO older_session_traces;
        CREATE TABLE session_traces(generation INT, session INT, trace INT, PRIMARY KEY(generation, session, trace))
            WITHOUT ROWID;
        INSERT INTO session_traces SELECT (row_number() OVER () - 1) / \(rowsOfGeneration), session, trace
            FROM older_session_traces;
        DROP TABLE older_session_traces;
        """

    /// The SQL of a condition that finds the rows of one session in `session_traces`, by its key.
    ///
    /// - Parameter session: The SQL of the session's id.
    /// - Returns: The condition.
    package static func areOf(session: String) -> String {
        """
        generation IN (WITH RECURSIVE g(number) AS (SELECT min(generation) FROM session_traces UNION ALL
            SELECT number + 1 FROM g WHERE number < (SELECT max(generation) FROM session_traces)) SELECT number FROM g)
            AND session = \(session)
        """
    }

    /// Removes what a session has in `session_traces`; the parameter is its id.
    static let removeSession = "DELETE FROM session_traces WHERE \(areOf(session: "?1"))"

    /// Removes what a generation, `?1`, has of traces before `?2` that no longer have a row.
    static let removeTraces =
        "DELETE FROM session_traces WHERE generation = ?1 AND trace < ?2 AND NOT \(SingleTraces.exists("trace"))"

    /// The first generation from `?1` on.
    static let nextGeneration = "SELECT min(generation) FROM session_traces WHERE generation >= ?1"

    /// The number of traces of each session in `session_traces`.
    static let counts =
        "SELECT session, count(*) AS traces FROM (SELECT DISTINCT session, trace FROM session_traces) GROUP BY session"
}

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
