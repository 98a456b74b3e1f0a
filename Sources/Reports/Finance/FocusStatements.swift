// SPDX-License-Identifier: Apache-2.0

/// The SQL of FOCUS files.
enum FocusStatements {
    /// The days since 1970 on which calls arrived, with the first ids of their kinds.
    static let arrivals = "SELECT day, kind FROM ages ORDER BY day"
    static let firstCall = "SELECT MIN(id) FROM calls"
    static let card = "SELECT rates FROM cards WHERE id = ?1"
    /// Calls with ids `?1..<?2` and kinds `?3..<?4`.
    static let calls = Statements.calls(FocusSums.columns) + " AND kind >= ?3 AND kind < ?4"
}
