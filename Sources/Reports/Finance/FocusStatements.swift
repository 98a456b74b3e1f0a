// SPDX-License-Identifier: Apache-2.0

/// The SQL of FOCUS files.
enum FocusStatements {
    /// The days since 1970 on which calls arrived, with the first ids of their kinds.
    static let arrivals = "SELECT day, kind FROM ages ORDER BY day"
    static let firstCall = "SELECT MIN(id) FROM calls"
    static let card = "SELECT rates FROM cards WHERE id = ?1"
    /// Whether repricing has tables.
    static let repricing = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'adjustments'"
    /// What repricing from `?3` to `?4`, in seconds since 1970, has changed of calls with ids `?1..<?2`.
    static let adjustments =
        "SELECT calls.id, kind, \"set\", session, at, adjustments.micros, adjustments.rest FROM adjustments "
        + "JOIN calls ON calls.id = call JOIN repricings ON repricings.id = repricing "
        + "WHERE call >= ?1 AND call < ?2 AND at >= ?3 AND at < ?4 ORDER BY call"
    /// Calls with ids `?1..<?2` and kinds `?3..<?4`.
    static let calls = Statements.calls(FocusSums.columns) + " AND kind >= ?3 AND kind < ?4"
}
