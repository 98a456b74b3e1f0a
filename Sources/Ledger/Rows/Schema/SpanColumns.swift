// SPDX-License-Identifier: Apache-2.0

/// The statements that write spans, traces, sessions and roll-ups.
enum SpanColumns {
    static let call =
        ["id", "trace", "span", "parent", "finish", "duration", "first", "kind", "\"set\"", "session"]
        + RowSchema.classes + ["units", "micros", "rest", "reported_micros", "reported_rest"] + SingleTraces.columns

    static let insertDrop = insert(
        "drops",
        ["id", "trace", "span", "parent", "finish", "duration", "kind", "\"set\"", "session"] + RowSchema.classes
            + ["fate", "favour_trace", "favour"])

    private static func insert(_ table: String, _ columns: [String]) -> String {
        let places = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        return "INSERT INTO \(table)(\(columns.joined(separator: ", "))) VALUES (\(places))"
    }

    /// The columns of ``CallSum``.
    private static let counts = ["calls", "failed", "unpriced", "estimated"] + RowSchema.sums

    private static func adding(_ columns: [String], _ added: (Int) -> String) -> String {
        columns.enumerated().map { "\($1) = \($1) + \(added($0))" }.joined(separator: ", ")
    }

    static let insertTrace =
        "INSERT INTO traces(id, high, low, name, start, length, lowest, highest, \(counts.joined(separator: ", ")), micros, "
        + "rest, \"set\", drops, session) VALUES (?1, ?2, ?3, ?4, ?5, ?6 - ?5, ?7, ?8, "
        + (9...22).map { "?\($0)" }.joined(separator: ", ") + ")"

    /// Adds to a trace; the parameters are those of ``insertTrace``.
    static let updateTrace = """
        UPDATE traces SET name = coalesce(name, ?4), start = min(start, ?5),
            length = max(start + length, ?6) - min(start, ?5), lowest = max(lowest, ?7), highest = max(highest, ?8),
            \(adding(counts) { "?\($0 + 9)" }), \(RowMoney.adding("micros", "rest", "?18", "?19")),
            "set" = coalesce("set", ?20), drops = drops + ?21, session = coalesce(session, ?22)
            WHERE id = ?1 \(TracePeaks.returning)
        """

    /// Names a trace; `?3` and `?4` are the times of the root from the minute of the id, or `NULL`.
    static let nameTrace = """
        UPDATE traces SET name = coalesce(name, ?2), start = min(start, coalesce(?3, start)),
            length = max(start + length, coalesce(?4, start + length)) - min(start, coalesce(?3, start))
            WHERE id = ?1 \(TracePeaks.returning)
        """

    static let session =
        ["id", "start", "finish", "traces"] + counts + ["micros", "rest", "\"set\"", "trace"]

    /// Does nothing for a session that has a row.
    static let insertSession = insert("sessions", session) + " ON CONFLICT DO NOTHING"

    /// Adds to a session; the parameters are those of ``insertSession``, without the last one.
    static let updateSession = """
        UPDATE sessions SET start = min(start, ?2), finish = max(finish, ?3), traces = traces + ?4,
            \(adding(counts) { "?\($0 + 5)" }), \(RowMoney.adding("micros", "rest", "?14", "?15")),
            "set" = coalesce("set", ?16)
            WHERE id = ?1
        """

    /// The columns of a roll-up that are added up, except money.
    private static let rolled =
        ["calls", "failed", "unpriced", "estimated", "streamed"] + RowSchema.classes + RowSchema.units + ["duration"]

    static let upsertRollup: String = {
        let columns =
            ["dimension", "quarter", "value", "line"] + rolled + ["micros", "rest", "saved_micros", "saved_rest"]
        let money = 5 + rolled.count
        return insert("rollups", columns) + " ON CONFLICT(dimension, quarter, value, line) DO UPDATE SET "
            + adding(rolled) { "?\($0 + 5)" } + ", " + RowMoney.adding("micros", "rest", "?\(money)", "?\(money + 1)")
            + ", " + RowMoney.adding("saved_micros", "saved_rest", "?\(money + 2)", "?\(money + 3)")
    }()
}
