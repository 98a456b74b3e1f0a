// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Looks for rows that name a row that does not exist.
struct ReferenceCheck {
    /// A column that names rows of another table.
    private struct Reference {
        let what: String
        let table: String
        let column: String
        let target: String
        /// Which rows are looked at, in addition to those with a number other than 0.
        var condition = "1"

        /// What has the rows of the target.
        var rows: String { target == "traces" ? "all_traces" : target }
    }

    /// What refers to removed traces is removed once a day.
    private static let kept =
        "a.trace >= COALESCE((SELECT value FROM meta WHERE key = 'calls_from'), 0)"
    private static let texts = [
        "answered", "requested", "tier", "region", "server", "error", "dialect", "reason", "tenant",
    ]

    private static let references: [Reference] =
        ["model", "provider", "operation"].map {
            Reference(what: "lines", table: "lines", column: $0, target: "texts")
        }
        + texts.map { Reference(what: "kinds", table: "kinds", column: $0, target: "texts") }
        + [
            Reference(what: "kinds", table: "kinds", column: "line", target: "lines"),
            Reference(what: "kinds", table: "kinds", column: "card", target: "cards"),
            Reference(what: "rate cards", table: "cards", column: "model", target: "texts"),
            Reference(what: "rate cards", table: "cards", column: "provider", target: "texts"),
            Reference(what: "rate cards", table: "cards", column: "book", target: "texts"),
            Reference(what: "sets", table: "sets", column: "dimension", target: "dimensions"),
            Reference(what: "sets", table: "sets", column: "value", target: "texts"),
            Reference(what: "traces", table: "traces", column: "name", target: "texts"),
            Reference(what: "traces", table: "traces", column: "session", target: "texts"),
            Reference(what: "calls", table: "calls", column: "name", target: "texts"),
            Reference(what: "dropped spans", table: "drops", column: "session", target: "texts"),
            Reference(what: "sessions", table: "sessions", column: "id", target: "texts"),
            Reference(what: "sessions", table: "sessions", column: "trace", target: "traces", condition: kept),
            Reference(what: "traces of sessions", table: "session_traces", column: "session", target: "sessions"),
            Reference(
                what: "traces of sessions", table: "session_traces", column: "trace", target: "traces", condition: kept),
            Reference(what: "roll-ups", table: "rollups", column: "line", target: "lines"),
            Reference(what: "roll-ups", table: "rollups", column: "value", target: "texts"),
            Reference(what: "adjustments", table: "adjustments", column: "call", target: "calls"),
            Reference(what: "adjustments", table: "adjustments", column: "repricing", target: "repricings"),
        ]

    /// The columns that name texts.
    static let textColumns = references.filter { $0.target == "texts" }.map { ($0.table, $0.column) }

    /// Looks at all tables.
    ///
    /// - Parameters:
    ///   - database: The rows.
    ///   - findings: Gets what was found.
    ///   - progress: Called with the number of references that were looked at, and that of all.
    /// - Throws: What SQLite throws.
    static func run(
        _ database: Database, _ findings: inout CheckFindings, _ progress: (Int, Int) -> Void
    ) throws {
        for (index, reference) in references.enumerated() {
            progress(index, references.count)
            let count =
                try Int.fetchOne(
                    database,
                    sql: """
                        SELECT COUNT(*) FROM \(reference.table) a WHERE a.\(reference.column) <> 0 AND \(reference.condition)
                            AND NOT EXISTS (SELECT 1 FROM \(reference.rows) b WHERE b.id = a.\(reference.column))
                        """) ?? 0
            guard count > 0 else { continue }
            findings.add(
                .references, .wrong,
                "\(count) \(reference.what) name in \(reference.table).\(reference.column) a row of \(reference.target) that does "
                    + "not exist", remedy: CheckRemedy.rows)
        }
        try KeyCheck.run(database, &findings)
        try TextCheck.run(database, &findings)
        try PeakCheck.run(database, &findings)
    }
}
