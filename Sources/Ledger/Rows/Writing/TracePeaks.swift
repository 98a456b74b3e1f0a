// SPDX-License-Identifier: Apache-2.0
import GRDB

/// What a transaction adds to `trace_peaks`: for each quarter of an hour, the number of new traces and the highest figures of one.
struct TracePeaks {
    /// The figures of one trace, or the highest of several.
    struct Peak {
        /// In 1e-15 dollars.
        var cost: Int128
        var tokens: Int64
        var calls: Int64
        /// In microseconds.
        var length: Int64
    }

    private var quarters: [Int64: (new: Int64, peak: Peak)] = [:]

    /// The quarter of an hour, since 2020, of a row.
    static func quarter(of row: Int64) -> Int64 { (row >> RowTime.sequenceBits) / 15 }

    /// Notes the present figures of a trace.
    mutating func note(_ row: Int64, isNew: Bool, _ peak: Peak) {
        let quarter = Self.quarter(of: row)
        guard var known = quarters[quarter] else {
            quarters[quarter] = (isNew ? 1 : 0, peak)
            return
        }
        if isNew { known.new += 1 }
        known.peak.cost = max(known.peak.cost, peak.cost)
        known.peak.tokens = max(known.peak.tokens, peak.tokens)
        known.peak.calls = max(known.peak.calls, peak.calls)
        known.peak.length = max(known.peak.length, peak.length)
        quarters[quarter] = known
    }

    /// Writes the noted figures, and forgets them.
    mutating func write(_ database: Database) throws {
        defer { quarters.removeAll(keepingCapacity: true) }
        let upsert = try BoundStatement(
            database,
            """
            INSERT INTO trace_peaks VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(quarter) DO UPDATE SET
                traces = traces + ?2, micros = max(micros, ?3), rest = iif(micros > ?3, rest, iif(micros = ?3, max(rest, ?4), ?4)),
                tokens = max(tokens, ?5), calls = max(calls, ?6), length = max(length, ?7)
            """)
        for (quarter, known) in quarters {
            upsert.bind(1, quarter)
            upsert.bind(2, known.new)
            let cost = RowMoney(femtodollars: known.peak.cost)
            upsert.bind(3, cost.micros)
            upsert.bind(4, cost.rest)
            upsert.bind(5, known.peak.tokens)
            upsert.bind(6, known.peak.calls)
            upsert.bind(7, known.peak.length)
            try upsert.run()
        }
    }

    /// The end of a statement that changes a trace, so that it returns a ``Peak``.
    static let returning = "RETURNING micros, rest, \(QuestionSchema.tokensOfTrace), calls, length"
}

extension TracePeaks.Peak {
    /// The figures of a new trace.
    init(_ trace: borrowing TraceSum) {
        let tokens = trace.calls.tokens
        cost = trace.calls.cost
        self.tokens = tokens.input &+ tokens.output &+ tokens.cacheRead &+ tokens.cacheWrite &+ tokens.reasoning
        calls = trace.calls.calls
        length = trace.finish - trace.start
    }

    /// The figures of a changed trace: a row of ``TracePeaks/returning``.
    init(_ row: InlineArray<5, Int64>) {
        cost = RowMoney(micros: row[0], rest: row[1]).femtodollars
        (tokens, calls, length) = (row[2], row[3], row[4])
    }
}
