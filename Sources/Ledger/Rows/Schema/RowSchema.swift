// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The tables of `ledger.db`, and what their columns mean.
///
/// **Ids.** A call and a dropped span have ids of one sequence: `minute << 22 | number within the minute`, where `minute` counts
/// from 2020-01-01T00:00Z and is that of the span's end, or that of its arrival if the end is implausible (``RowTimes``). So the
/// tables are ordered by time and need no index on it: a time range is a range of ids. The next minute takes what a minute has no
/// room for; then `finish` is below zero.
///
/// **Times.** `finish` is in microseconds from the minute of the id, so `minute * 60_000_000 + finish` is the end of the span in
/// microseconds since 2020. A trace's `start` is in microseconds from the minute of the trace's id, its `length` in microseconds.
/// `start` and `finish` of a session are in microseconds since 1970. `duration` and `first` are in microseconds; `NULL` if unknown.
///
/// **Money.** A cost is `micros * 1e-6 + rest * 1e-15` dollars with `0 <= rest < 1_000_000_000`, so sums of both are exact. Both
/// are `NULL` for a call whose cost is not known, and 0 for one that reports no usage and costs nothing.
///
/// **What calls refer to.** Kinds and sets are made anew each day: `ages` has, for each day since 1970, the first ids of the kinds
/// and of the sets that only calls arriving from that day on use. So they are removed with these calls.
///
/// **Sessions.** A session is a text id, in a column of its own and in no set: there may be as many sessions as calls. The first
/// trace of a session is in its row, further ones are in `session_traces` (``SessionTraces``).
///
/// **Traces.** Since the fourth version a trace of one call is a row of `calls`, and the view `all_traces` has all (``SingleTraces``).
///
/// **Keys of texts.** A text leads to its id by ``TextKeys``, since the fourth version (``CompactSchema``).
///
/// **Keys of traces.** ``PackedKeys`` of the traces of a day, since the third version (``QuestionSchema``). Up to the fourth version
/// they had the last 31 bits of the id, since then a hash of it (``KeyHash``).
///
/// **Absent values.** `NULL` is none, and so is a text id of 0. Ids of spans and traces are the 64 bits as a signed number.
enum RowSchema {
    /// The columns of the token classes, in the order of ``TokenClass``.
    static let classes = TokenClass.allCases.map(\.name)
    /// The columns of billed units in ``rollups``, in the order of ``BilledUnits/Unit``.
    static let units = BilledUnits.Unit.allCases.map(\.name)
    /// The columns of the five sums of tokens of a trace or session: `input` is all input that no cache was read for or written
    /// with, `output` all output except reasoning; together they are all tokens.
    static let sums = ["input", "output", "cache_read", "cache_write", "reasoning"]

    private static func columns(_ names: [String], _ type: String = "INT") -> String {
        names.map { "\($0) \(type)" }.joined(separator: ", ")
    }

    /// The statements of the first version.
    static let first = """
        CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE texts(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
        CREATE TABLE lines(id INTEGER PRIMARY KEY, model INT NOT NULL, provider INT NOT NULL, operation INT NOT NULL,
            source INT NOT NULL, UNIQUE(model, provider, operation, source));
        CREATE TABLE cards(id INTEGER PRIMARY KEY, model INT, provider INT, book INT NOT NULL, rates BLOB NOT NULL,
            UNIQUE(rates, book));
        CREATE TABLE kinds(id INTEGER PRIMARY KEY, line INT, answered INT, requested INT, tier INT, region INT, server INT,
            error INT, dialect INT, flags INT NOT NULL, reason INT, card INT, tenant INT);
        CREATE TABLE dimensions(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, rollup INT NOT NULL);
        CREATE TABLE sets(id INTEGER, dimension INT, value INT, PRIMARY KEY(id, dimension)) WITHOUT ROWID;
        CREATE TABLE calls(id INTEGER PRIMARY KEY, trace INT, span INT, parent INT, finish INT, duration INT, first INT,
            kind INT, "set" INT, session INT, \(columns(classes)), units INT, micros INT, rest INT, reported_micros INT,
            reported_rest INT);
        CREATE TABLE drops(id INTEGER PRIMARY KEY, trace INT, span INT, parent INT, finish INT, duration INT, kind INT,
            "set" INT, session INT, \(columns(classes)), fate INT, favour_trace INT, favour INT);
        CREATE TABLE traces(id INTEGER PRIMARY KEY, high INT, low INT, name INT, start INT, length INT, lowest INT,
            highest INT, calls INT, failed INT, unpriced INT, estimated INT, \(columns(sums)), micros INT, rest INT,
            "set" INT, session INT, drops INT);
        CREATE TABLE trace_keys(day INT, hash INT, trace INT, PRIMARY KEY(day, hash, trace)) WITHOUT ROWID;
        CREATE TABLE sessions(id INTEGER PRIMARY KEY, start INT, finish INT, traces INT, calls INT, failed INT, unpriced INT,
            estimated INT, \(columns(sums)), micros INT, rest INT, "set" INT, trace INT);
        CREATE TABLE session_traces(session INT, trace INT, PRIMARY KEY(session, trace)) WITHOUT ROWID;
        CREATE TABLE rollups(dimension INT, quarter INT, value INT, line INT, calls INT, failed INT, unpriced INT,
            estimated INT, streamed INT, \(columns(classes)), \(columns(units)), duration INT, micros INT, rest INT,
            saved_micros INT, saved_rest INT, PRIMARY KEY(dimension, quarter, value, line)) WITHOUT ROWID;
        CREATE TABLE totals(what TEXT PRIMARY KEY, calls INT NOT NULL DEFAULT 0, drops INT NOT NULL DEFAULT 0,
            \(columns(classes, "INT NOT NULL DEFAULT 0")), micros INT NOT NULL DEFAULT 0, rest INT NOT NULL DEFAULT 0)
            WITHOUT ROWID;
        CREATE TABLE totals_at(number INTEGER PRIMARY KEY, calls INT NOT NULL, drops INT NOT NULL,
            \(columns(classes, "INT NOT NULL")), micros INT NOT NULL, rest INT NOT NULL);
        CREATE TABLE ages(day INTEGER PRIMARY KEY, kind INT NOT NULL, "set" INT NOT NULL);
        INSERT INTO totals(what) VALUES ('counted'), ('calls_removed'), ('rollups_removed'), ('machines'), ('before');
        INSERT INTO meta VALUES ('position', 0);
        """
}

/// Flags of ``RowSchema`` `kinds.flags`.
package struct KindFlags: OptionSet, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static let failed = KindFlags(rawValue: 1)
    package static let streamed = KindFlags(rawValue: 2)
    /// The span is an agent, workflow or chain.
    package static let aggregate = KindFlags(rawValue: 4)
    /// A gateway answered from its own cache.
    package static let fromCache = KindFlags(rawValue: 8)
    package static let reportsUsage = KindFlags(rawValue: 16)
    package static let unmarked = KindFlags(rawValue: 32)
    /// The minute of the id is that of the arrival, since the end of the span is implausible.
    package static let arrivalTime = KindFlags(rawValue: 64)
    /// Some tokens were inferred and not reported.
    package static let guessed = KindFlags(rawValue: 128)
}

/// The numbers of `lines.source`: what the figures of a line's calls are.
package enum LineSource: Int64, Sendable, CaseIterable {
    /// The cost follows from the price book.
    case computed
    /// The cost is the reported one.
    case reported
    /// The cost follows from the price book, and a part of it is an estimate.
    case estimated
    /// The cost is unknown.
    case unpriced
    /// The call reports no usage and costs nothing, such as a failed one; also the line of every dropped span.
    case nothing
    /// The time of machines that are paid by the clock, which belongs to no call.
    case machine
}

/// The numbers of `dimensions.id` that are not those of settings.
package enum RowDimension {
    /// Roll-ups of all calls, whatever their values.
    package static let all: Int64 = 0
    /// The name of the dimension whose values are sessions.
    package static let session = "session"
}
