// SPDX-License-Identifier: Apache-2.0
import Billing
import GRDB
import GenAI
import OTLP
import Pricing
import TestData
import Testing

@testable import Ledger

/// Random spans and roots of many traces, and what the traces must be by a plain rule: the sums over all of their rows.
struct TraceHistory {
    private struct Trace {
        /// In the order in which they came.
        var spans: [Int64] = []
        /// The name and the times, in microseconds since 2020, of the root.
        var root: (name: String, start: Int64, finish: Int64)?
        var hasSentRoot = false
    }

    /// A row of `calls` or `drops`, with what its kind says.
    private struct Span {
        let id: Int64
        let trace: Int64
        let finish: Int64
        let duration: Int64
        let set: Int64?
        let session: Int64?
        /// Calls, failed, unpriced and estimated ones, five sums of tokens.
        let counts: [Int64]
        let cost: RowMoney
        let isDropped: Bool
    }

    private let folder: RowFolder
    private var random: SeededGenerator
    private var traces: [UInt64: Trace] = [:]
    private var span: UInt64 = 0

    init(_ folder: RowFolder, seed: UInt64) { (self.folder, random) = (folder, SeededGenerator(seed: seed)) }

    /// One of some values.
    mutating func choose<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    /// Roots that wait for a call are gone with the process.
    mutating func restart() {
        for (key, trace) in traces where trace.spans.isEmpty { traces[key]?.root = nil }
    }

    // MARK: Sending

    /// Sends some calls, dropped spans or roots.
    mutating func send(to store: RowStore, number: UInt64) {
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            let dropped = calls().map {
                DroppedSpan(call: $0, outcome: choose([.twin, .duplicate]), inFavourOf: $0.identity)
            }
            store.append(dropped, arrivalNanoseconds: RowFolder.wall, number: number)
        case 1, 2: store.append(roots(), arrivalNanoseconds: RowFolder.wall, number: number)
        default: store.append(folder.priced(calls()), arrivalNanoseconds: RowFolder.wall, number: number)
        }
    }

    /// A trace that is new more often than not.
    private mutating func trace() -> UInt64 {
        let known = UInt64(traces.count)
        let trace =
            Int.random(in: 0..<5, using: &random) < 3 || known == 0 ? known + 1 : .random(in: 1...known, using: &random)
        traces[trace, default: Trace()].spans += []
        return trace
    }

    private mutating func calls() -> [ModelCall] {
        (0..<Int.random(in: 1...6, using: &random)).map { _ in
            span += 1
            let trace = self.trace()
            traces[trace]?.spans.append(Int64(span))
            var maker = SpanMaker(symbols: folder.symbols, generator: random)
            var call = maker.call(span, in: trace)
            random = maker.generator
            func text(_ words: [String]) -> AttributionTable.Value {
                let word = words.randomElement(using: &random) ?? ""
                if word.isEmpty { return .none }
                return AttributionTable.Value(text: folder.symbols.symbol(for: word, in: .label), rank: 0)
            }
            call.attribution = folder.attributions.attribution(
                of: .init(own: [text(["", "a", "b"]), text(["", "s1", "s2", "s3"])], offers: [.none, .none]))
            return call
        }
    }

    private mutating func roots() -> [TraceRoot] {
        (0..<Int.random(in: 1...4, using: &random)).compactMap { _ in
            let trace = self.trace()
            guard traces[trace]?.hasSentRoot == false else { return nil }
            let end = RowFolder.wall - .random(in: 0...900_000_000_000, using: &random)
            let start = end - .random(in: 0...900_000_000_000, using: &random)
            let name = "root \(trace)"
            // As ``RootTimes`` cuts them down to microseconds.
            let finish = Int64(end / 1_000) - RowTime.epochMicroseconds
            traces[trace]?.root = (name, finish - Int64((end - start) / 1_000), finish)
            traces[trace]?.hasSentRoot = true
            return TraceRoot(high: 9, low: trace, name: name, start: start, end: end)
        }
    }

    // MARK: Checking

    /// Compares the traces of the folder, column by column, and where each of them is.
    func check() throws {
        try RowReader(path: folder.file).read { database in
            let spans = try Self.spans(database)
            var expected: [Int64: [Int64?]] = [:]
            var singles = 0
            for (key, trace) in traces where !trace.spans.isEmpty {
                let rows = try trace.spans.map { try #require(spans[$0]) }
                let row = try Self.row(of: trace, key, rows, database)
                expected[rows[0].id] = row
                if rows.count == 1, !rows[0].isDropped { singles += 1 }
            }
            let found = try Row.fetchAll(database, sql: "SELECT * FROM all_traces ORDER BY id").map { row in
                (0..<row.count).map { row[$0] as Int64? }
            }
            #expect(found.map { $0[0] } == expected.keys.sorted())
            for row in found { #expect(row == expected[row[0] ?? 0]) }
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM calls WHERE low IS NOT NULL") == singles)
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM traces WHERE calls = 1 AND drops = 0") == 0)
            let keys = try StoredKeys(database)
            #expect(keys.counts == expected.mapValues { _ in 1 })
        }
    }

    private static func row(of trace: Trace, _ key: UInt64, _ rows: [Span], _ database: Database) throws -> [Int64?] {
        let id = rows[0].id
        for row in rows { #expect(row.trace == id) }
        let minute = (id >> RowTime.sequenceBits) * RowTime.minuteMicroseconds
        let start = min(rows.map { $0.finish - $0.duration }.min() ?? 0, trace.root?.start ?? .max)
        let finish = max(rows.map(\.finish).max() ?? 0, trace.root?.finish ?? .min)
        let ids = rows.map(\.id)
        let calls = rows.filter { !$0.isDropped }
        let name = try trace.root.map { root in
            try Int64.fetchOne(database, sql: "SELECT id FROM texts WHERE text = ?", arguments: [root.name])
        }
        let cost = RowMoney(femtodollars: calls.reduce(0) { $0 + $1.cost.femtodollars })
        let counts = (0..<9).map { index in calls.reduce(0) { $0 + $1.counts[index] } }
        let head: [Int64?] = [
            id, 9, Int64(key), name ?? nil, start - minute, finish - start, id - (ids.min() ?? 0),
            (ids.max() ?? 0) - id,
        ]
        let tail: [Int64?] = [
            cost.micros, cost.rest, calls.lazy.compactMap(\.set).first, calls.lazy.compactMap(\.session).first,
            Int64(rows.count - calls.count),
        ]
        return head + counts + tail
    }

    /// All rows of calls and dropped spans, by their spans.
    private static func spans(_ database: Database) throws -> [Int64: Span] {
        var spans: [Int64: Span] = [:]
        for (table, money) in [("calls", "micros, rest"), ("drops", "NULL, NULL")] {
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT span, c.id, c.id - trace, finish, duration, "set", session, flags & 1, source, \(money),
                        \(RowSchema.classes.joined(separator: ", "))
                        FROM \(table) AS c JOIN kinds ON kinds.id = kind JOIN lines ON lines.id = line
                    """)
            for row in rows {
                let source: Int64 = row[8]
                var counts: [Int64] = [1, row[7], source == 3 ? 1 : 0, source == 2 ? 1 : 0, 0, 0, 0, 0, 0]
                for (index, place) in CallColumns.sumOfClass.enumerated() {
                    counts[place] += row[11 + index] as Int64? ?? 0
                }
                let id: Int64 = row[1]
                spans[row[0]] = Span(
                    id: id, trace: row[2],
                    finish: (id >> RowTime.sequenceBits) * RowTime.minuteMicroseconds + (row[3] as Int64),
                    duration: row[4] ?? 0, set: row[5], session: row[6], counts: counts,
                    cost: RowMoney(micros: row[9] ?? 0, rest: row[10] ?? 0), isDropped: table == "drops")
            }
        }
        return spans
    }
}
