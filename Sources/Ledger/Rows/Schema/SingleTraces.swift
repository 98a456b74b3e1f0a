// SPDX-License-Identifier: Apache-2.0
import GenAI

/// Traces of one call, which since the fourth version have no row of `traces`: the row of the call has what theirs would add.
///
/// In most traces one span is a call, and a row of `traces` would repeat that call. So **each trace is one of two things**:
///
/// - a call whose `low` is not `NULL`, with no other call and no dropped span of its trace. Its `high` and `low` are the id of the
///   trace, `name` is that of the root span, and the trace begins `earlier` and ends `later` than the call by these microseconds;
/// - a row of `traces`, whose calls have `NULL` in all five columns.
///
/// Both have the id of the trace's first row, so keys, sessions and distances are the same. The transaction that writes a second
/// call or a dropped span gives the trace a row of `traces`, and sets these columns of the call to `NULL`. All readers of traces
/// read the view `all_traces`, which has both, with the columns of `traces`.
package enum SingleTraces {
    /// The columns that the fourth version adds to `calls`.
    static let columns = ["high", "low", "name", "earlier", "later"]

    /// The statements of the fourth version.
    static let fourth =
        columns.map { "ALTER TABLE calls ADD COLUMN \($0) INT; " }.joined()
        + "CREATE VIEW all_traces AS SELECT \(traceColumns) FROM traces UNION ALL \(traces)"

    /// Makes the row of `traces` of a call that has been its trace; to be followed by ``releaseCall``.
    static let insertTrace = "INSERT INTO traces(\(traceColumns)) \(traces) AND id = ?1"
    /// A call is its trace no longer.
    static let releaseCall =
        "UPDATE calls SET \(columns.map { "\($0) = NULL" }.joined(separator: ", ")) WHERE id = ?1"

    /// Names a trace that is a call; `?3` and `?4` are the times of the root from the minute of the id, or `NULL`.
    static let nameCall = """
        UPDATE calls SET name = coalesce(name, ?2),
            earlier = max(earlier, coalesce(finish - coalesce(duration, 0) - ?3, 0)),
            later = max(later, coalesce(?4 - finish, 0))
            WHERE id = ?1 AND low IS NOT NULL
            RETURNING coalesce(micros, 0), coalesce(rest, 0), \(tokens(RowSchema.classes)), 1,
                earlier + coalesce(duration, 0) + later
        """

    /// Whether there is a trace with an id, for statements that ask for many: the view would have them prepared slowly.
    ///
    /// - Parameter id: The SQL of the id, which names no column of `traces` or `calls`.
    /// - Returns: The SQL.
    static func exists(_ id: String) -> String {
        "(EXISTS (SELECT 1 FROM traces AS t WHERE t.id = \(id)) "
            + "OR EXISTS (SELECT 1 FROM calls AS c WHERE c.id = \(id) AND c.low IS NOT NULL))"
    }

    /// The traces that are kept: all before `?2` one by one, and from there on, where no call was removed, the sums of the quarters
    /// from `?1` on.
    static let count = """
        SELECT (SELECT count(*) FROM traces WHERE id < ?2) + (SELECT count(*) FROM calls WHERE id < ?2 AND low IS NOT NULL)
            + (SELECT coalesce(sum(traces), 0) FROM trace_peaks WHERE quarter >= ?1)
        """

    /// The number of traces with ids `?1..<?2`; a count of the view would compute all its columns.
    package static let countOfIDs = """
        SELECT (SELECT count(*) FROM traces WHERE id >= ?1 AND id < ?2)
            + (SELECT count(*) FROM calls WHERE id >= ?1 AND id < ?2 AND low IS NOT NULL)
        """

    private static let traceColumns =
        "id, high, low, name, start, length, lowest, highest, calls, failed, unpriced, estimated, "
        + RowSchema.sums.joined(separator: ", ") + ", micros, rest, \"set\", session, drops"

    /// The calls that are traces, with the columns of `traces`.
    private static let traces: String = {
        let kind = "FROM kinds JOIN lines ON lines.id = kinds.line WHERE kinds.id = calls.kind"
        let values =
            ["finish - coalesce(duration, 0) - earlier", "earlier + coalesce(duration, 0) + later", "0", "0", "1"]
            + ["coalesce((SELECT flags & \(KindFlags.failed.rawValue) FROM kinds WHERE kinds.id = calls.kind), 0)"]
            + ["micros IS NULL", "coalesce((SELECT source = \(LineSource.estimated.rawValue) \(kind)), 0)"]
            + RowSchema.sums.indices.map { tokens(classes(ofSum: $0)) } + ["coalesce(micros, 0)", "coalesce(rest, 0)"]
        // SQLite pushes a condition into both halves of the view only if their columns have the same affinity.
        let alike = values.map { "CAST(\($0) AS INT)" }.joined(separator: ", ")
        return "SELECT id, high, low, name, \(alike), \"set\", session, CAST(0 AS INT) FROM calls WHERE low IS NOT NULL"
    }()

    private static func tokens(_ classes: [String]) -> String {
        classes.map { "coalesce(\($0), 0)" }.joined(separator: " + ")
    }

    /// The token classes of one of ``RowSchema/sums``.
    private static func classes(ofSum index: Int) -> [String] {
        TokenClass.allCases.filter { tokenClass in
            var sums = TokenSums()
            sums.add(1, tokenClass)
            return [sums.input, sums.output, sums.cacheRead, sums.cacheWrite, sums.reasoning][index] == 1
        }.map(\.name)
    }
}
