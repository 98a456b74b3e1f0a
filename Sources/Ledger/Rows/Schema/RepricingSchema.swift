// SPDX-License-Identifier: Apache-2.0

/// The tables of repricing, which came with the second version of `ledger.db`.
///
/// A call keeps the cost by which it was counted. What repricing makes of it is that cost and the sum of its `adjustments`; an
/// unpriced call that has one is priced by it. Money is in two columns, as everywhere: `rest` is never below zero, `micros` may be.
enum RepricingSchema {
    /// The statements of the second version.
    ///
    /// `repricings.at` is in seconds since 1970, `first` and `last` in minutes since 1970 (the last one is excluded). `adjusted` has
    /// the sums of all adjustments that were ever made, also of calls that are removed: neither direction ever falls.
    static let second = """
        CREATE TABLE repricings(id INTEGER PRIMARY KEY, at INT NOT NULL, book TEXT NOT NULL, first INT NOT NULL,
            last INT NOT NULL, model TEXT NOT NULL);
        CREATE TABLE adjustments(call INT, repricing INT, micros INT NOT NULL, rest INT NOT NULL,
            PRIMARY KEY(call, repricing)) WITHOUT ROWID;
        CREATE TABLE adjusted(model TEXT, up INT, micros INT NOT NULL DEFAULT 0, rest INT NOT NULL DEFAULT 0,
            PRIMARY KEY(model, up)) WITHOUT ROWID;
        """

    /// Calls with ids `?1..<?2`, at most `?3`, with the sums of their adjustments.
    static let calls =
        "SELECT c.id, c.finish, c.duration, c.kind, c.units, c.micros, c.rest, c.reported_micros, c.reported_rest, "
        + "(SELECT sum(micros) FROM adjustments WHERE call = c.id), (SELECT sum(rest) FROM adjustments WHERE call = c.id), "
        + "\(RowSchema.classes.map { "c.\($0)" }.joined(separator: ", ")) FROM calls AS c "
        + "WHERE c.id >= ?1 AND c.id < ?2 ORDER BY c.id LIMIT ?3"

    /// What prices depend on of a kind.
    static let kind =
        "SELECT m.text, v.text, k.flags, "
        + ["answered", "requested", "tier", "region", "server", "tenant"]
        .map { "(SELECT text FROM texts WHERE id = k.\($0))" }.joined(separator: ", ")
        + " FROM kinds AS k LEFT JOIN lines AS l ON l.id = k.line LEFT JOIN texts AS m ON m.id = l.model "
        + "LEFT JOIN texts AS v ON v.id = l.provider WHERE k.id = ?1"

    /// The books by which any calls were priced.
    static let books =
        "SELECT text FROM texts WHERE id IN (SELECT book FROM cards) UNION SELECT book FROM repricings"

    /// The calls with ids `?1..<?2` by model and by the book of their price, which for a repriced call is that of the latest
    /// repricing that changed its cost.
    static let pricedBy = """
        SELECT m.text, coalesce(r.book, b.text), sum(g.calls)
        FROM (SELECT c.kind, a.latest, count(*) AS calls FROM calls AS c
            LEFT JOIN (SELECT call, max(repricing) AS latest FROM adjustments WHERE call >= ?1 AND call < ?2 GROUP BY call) AS a
            ON a.call = c.id WHERE c.id >= ?1 AND c.id < ?2 GROUP BY c.kind, a.latest) AS g
        LEFT JOIN kinds AS k ON k.id = g.kind LEFT JOIN lines AS l ON l.id = k.line LEFT JOIN texts AS m ON m.id = l.model
        LEFT JOIN cards AS d ON d.id = k.card LEFT JOIN texts AS b ON b.id = d.book LEFT JOIN repricings AS r ON r.id = g.latest
        GROUP BY 1, 2
        """

    static let insertRepricing = "INSERT INTO repricings(at, book, first, last, model) VALUES (?1, ?2, ?3, ?4, ?5)"
    static let insertAdjustment = "INSERT INTO adjustments(call, repricing, micros, rest) VALUES (?1, ?2, ?3, ?4)"
    static let addAdjusted =
        "INSERT INTO adjusted(model, up, micros, rest) VALUES (?1, ?2, ?3, ?4) ON CONFLICT(model, up) DO UPDATE SET "
        + RowMoney.adding("micros", "rest", "?3", "?4")
    static let adjusted = "SELECT model, up, micros, rest FROM adjusted"
    /// Adjustments go with their calls.
    static let removeAdjustments = "DELETE FROM adjustments WHERE call < ?"
}
