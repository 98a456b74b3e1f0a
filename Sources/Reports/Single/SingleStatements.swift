// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger

/// The SQL of questions about one trace, span or session, and about the dearest ones.
enum SingleStatements {
    static let kind = Statements.kinds + " WHERE id = ?1"
    static let line = Statements.lines + " WHERE id = ?1"
    static let card = "SELECT model, provider, book FROM cards WHERE id = ?1"

    static let anySet = "SELECT id FROM sets WHERE id = ?1 LIMIT 1"
    /// What a call or dropped span has of dimensions.
    static let setOfSpan =
        "SELECT \"set\", session FROM calls WHERE id = ?1 UNION ALL SELECT \"set\", session FROM drops WHERE id = ?1"

    static let anyAdjustment = "SELECT call FROM adjustments LIMIT 1"
    static let adjustmentsOfCall = "SELECT sum(micros), sum(rest) FROM adjustments WHERE call = ?1"
    /// Those of the calls of a trace, among the ids from `?2` to `?3`, and how many of them had no price.
    static let adjustmentsOfTrace =
        "SELECT sum(a.micros), sum(a.rest), count(DISTINCT iif(c.micros IS NULL, a.call, NULL)) FROM adjustments AS a "
        + "JOIN calls AS c ON c.id = a.call WHERE a.call >= ?2 AND a.call <= ?3 AND c.id - c.trace = ?1"
    /// The same for the calls of one session, `?4`.
    static let adjustmentsOfSession = adjustmentsOfTrace + " AND c.session = ?4"

    private static let bill =
        "calls, failed, unpriced, estimated, input, output, cache_read, cache_write, reasoning, micros, rest, \"set\""
    private static let trace =
        "SELECT id, \(bill), high, low, name, start, length, lowest, highest, drops, session FROM all_traces"
    private static let session = "SELECT id, \(bill), start, finish, traces FROM sessions"

    static let traceByID = trace + " WHERE id = ?1"
    static let sessionByID = session + " WHERE id = ?1"
    static let tracesOfSession =
        trace + " WHERE id IN (SELECT trace FROM sessions WHERE id = ?1 UNION SELECT trace FROM session_traces "
        + "WHERE \(SessionTraces.areOf(session: "?1"))) ORDER BY id LIMIT ?2"
    /// The number of traces of the quarters of an hour from `?1` to before `?2`.
    static let countTracesOfQuarters = "SELECT SUM(traces) FROM trace_peaks WHERE quarter >= ?1 AND quarter < ?2"
    static let countSessions = "SELECT COUNT(*) FROM sessions WHERE finish >= ?1 AND start < ?2"

    private static let classes = TokenClass.allCases.map(\.name).joined(separator: ", ")
    /// All tokens of a call.
    static let sumOfClasses = TokenClass.allCases.map { "coalesce(\($0.name), 0)" }.joined(separator: " + ")
    private static let call =
        "SELECT id, trace, span, parent, finish, duration, kind, \"set\", first, units, micros, rest, "
        + "reported_micros, reported_rest, \(classes), session FROM calls"
    private static let drop =
        "SELECT id, trace, span, parent, finish, duration, kind, \"set\", fate, favour_trace, favour, "
        + "NULL, NULL, NULL, \(classes), session FROM drops"

    /// Those of a trace among the ids from `?2` to `?3`, which are few: a trace is short.
    static let callsOfTrace = call + " WHERE id >= ?2 AND id <= ?3 AND id - trace = ?1 ORDER BY id LIMIT ?4"
    static let dropsOfTrace = drop + " WHERE id >= ?2 AND id <= ?3 AND id - trace = ?1 ORDER BY id LIMIT ?4"
    static let calls = call + " WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3"

    static func topCalls(_ order: String) -> String {
        call + " WHERE id >= ?1 AND id < ?2 ORDER BY \(order), id LIMIT ?3"
    }

    /// The quarters of an hour with traces, from `?1` to before `?2`, in descending order of the highest figure of one trace; of
    /// equal ones the earlier first.
    ///
    /// - Parameters:
    ///   - column: The column with that figure.
    ///   - rest: The column with the rest of a cost, or `0`.
    /// - Returns: The statement.
    static func peaks(_ column: String, rest: String) -> String {
        "SELECT quarter, \(column), \(rest) FROM trace_peaks WHERE quarter >= ?1 AND quarter < ?2 "
            + "ORDER BY 2 DESC, 3 DESC, quarter"
    }

    static func topTraces(_ order: String) -> String {
        trace + " WHERE id >= ?1 AND id < ?2 ORDER BY \(order), id LIMIT ?3"
    }

    static func topSessions(_ order: String) -> String {
        session + " WHERE finish >= ?1 AND start < ?2 ORDER BY \(order), id LIMIT ?3"
    }
}
