// SPDX-License-Identifier: Apache-2.0

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

    /// Takes removed traces from all sessions.
    static let releaseRemoved = [
        "UPDATE sessions SET trace = NULL WHERE trace IS NOT NULL AND NOT \(SingleTraces.exists("trace"))",
        "DELETE FROM session_traces WHERE NOT \(SingleTraces.exists("trace"))",
    ]

    /// The first generation from `?1` on.
    static let nextGeneration = "SELECT min(generation) FROM session_traces WHERE generation >= ?1"

    /// The number of traces of each session in `session_traces`; a pair that is there twice counts once, so that a check notices it.
    static let counts =
        "SELECT session, count(*) AS traces FROM (SELECT DISTINCT session, trace FROM session_traces) GROUP BY session"
}
