// SPDX-License-Identifier: Apache-2.0
import Ledger

/// A trace, with all rows that it has.
struct StoredTrace {
    /// A row of the table of traces.
    struct Row {
        let id: Int64
        /// The ids of its first and last call or dropped span.
        let range: ClosedRange<Int64>
    }

    let high: Int64
    let low: Int64
    private(set) var rows: [Row] = []
    private(set) var bill = Bill()
    /// The number of the root span's name; 0 if it was not seen.
    private(set) var name: Int64 = 0
    /// Microseconds since 1970.
    private(set) var start = Int64.max
    private(set) var end = Int64.min
    private(set) var drops: Int64 = 0
    /// The session of its first call that has one; 0 for none.
    private(set) var session: Int64 = 0

    /// Makes a trace from its first row, a row of ``SingleStatements``.
    init(_ row: RowStatement) {
        (high, low) = (row.number(13), row.number(14))
        add(row)
    }

    /// Adds a further row.
    mutating func add(_ row: RowStatement) {
        let id = row.number(0)
        rows.append(Row(id: id, range: id - max(0, row.number(18))...id + max(0, row.number(19))))
        bill.add(Bill(row))
        if name == 0 { name = row.number(15) }
        let begin = StoredTime.microseconds(ofID: id) + row.number(16)
        start = min(start, begin)
        end = max(end, begin + row.number(17))
        drops += row.number(20)
        if session == 0 { session = row.number(21) }
    }

    /// The id in hexadecimal digits.
    var text: String { HexID.trace(high: high, low: low) }
}

extension StoredAnswers {
    /// Finds a trace.
    ///
    /// - Parameters:
    ///   - high: The first half of its id.
    ///   - low: The second half.
    /// - Returns: The trace; `nil` if nothing of it is kept.
    /// - Throws: ``RowReadingError``.
    func trace(high: Int64, low: Int64) throws(RowReadingError) -> StoredTrace? {
        var trace: StoredTrace?
        for id in try session.rows(ofTraceWithHigh: high, low: low) {
            let row = try session.statement(SingleStatements.traceByID).bind(id)
            guard try row.next(), row.number(13) == high, row.number(14) == low else { continue }
            if trace == nil { trace = StoredTrace(row) } else { trace?.add(row) }
        }
        return trace
    }

    /// The calls and dropped spans of a trace, in the order of their start.
    ///
    /// - Parameters:
    ///   - trace: The trace.
    ///   - limit: The largest number of them.
    /// - Returns: The calls and dropped spans.
    /// - Throws: ``RowReadingError``.
    func spans(of trace: StoredTrace, limit: Int) throws(RowReadingError) -> [StoredSpan] {
        var spans: [StoredSpan] = []
        for row in trace.rows {
            for isDrop in [false, true] {
                let sql = isDrop ? SingleStatements.dropsOfTrace : SingleStatements.callsOfTrace
                let statement = try session.statement(sql)
                    .bind(row.id, row.range.lowerBound, row.range.upperBound, Int64(limit))
                while try statement.next() { spans.append(StoredSpan(statement, isDrop: isDrop)) }
            }
        }
        spans.sort { ($0.start, $0.id) < ($1.start, $1.id) }
        return spans
    }
}
