// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The third version of the tables: summaries that questions read instead of all rows.
///
/// - `trace_keys` has the keys of traces by parts of a day, and `new_trace_keys` those of the latest transactions (``PackedKeys``).
///   Before, `trace_keys` had a row for each key. The fifth version fills both tables.
/// - `trace_peaks` has, for each quarter of an hour, the number of its traces and their highest cost, tokens, calls and duration.
///   So a question for the dearest traces reads only quarters that can have them.
/// - `rollups.tokens` is the sum of all tokens: fewer columns to read.
enum QuestionSchema {
    private static let third = """
        DROP TABLE trace_keys;
        CREATE TABLE trace_keys(id INTEGER PRIMARY KEY, keys BLOB NOT NULL);
        CREATE TABLE new_trace_keys(id INTEGER PRIMARY KEY, day INT NOT NULL, keys BLOB NOT NULL);
        CREATE TABLE trace_peaks(quarter INTEGER PRIMARY KEY, traces INT NOT NULL, micros INT NOT NULL, rest INT NOT NULL,
            tokens INT NOT NULL, calls INT NOT NULL, length INT NOT NULL);
        ALTER TABLE rollups RENAME TO older_rollups;
        CREATE TABLE rollups(dimension INT, quarter INT, value INT, line INT, \(sums.map { "\($0) INT" }.joined(separator: ", ")),
            tokens INT AS (\(RowSchema.classes.map { "coalesce(\($0), 0)" }.joined(separator: " + "))) STORED,
            PRIMARY KEY(dimension, quarter, value, line)) WITHOUT ROWID;
        INSERT INTO rollups SELECT * FROM older_rollups;
        DROP TABLE older_rollups;
        """
    private static let sums =
        ["calls", "failed", "unpriced", "estimated", "streamed"] + RowSchema.classes + RowSchema.units
        + ["duration", "micros", "rest", "saved_micros", "saved_rest"]

    /// All tokens of a trace.
    static let tokensOfTrace = RowSchema.sums.joined(separator: " + ")

    /// Fills `trace_peaks` from all traces.
    // For the rest of the highest cost this writes the largest one: a question may read a quarter more, and stays right.
    static let fillPeaks = """
        INSERT INTO trace_peaks SELECT (id >> \(RowTime.sequenceBits)) / 15, count(*), max(coalesce(micros, 0)), 999999999,
            max(coalesce(\(tokensOfTrace), 0)), max(coalesce(calls, 0)), max(coalesce(length, 0)) FROM traces GROUP BY 1
        """

    /// Makes the tables, and fills them from the rows that are there.
    ///
    /// - Parameter database: A database of the second version, in a transaction.
    /// - Throws: What SQLite throws.
    static func migrate(_ database: Database) throws {
        try database.execute(sql: third)
        try database.execute(sql: fillPeaks)
    }
}
