// SPDX-License-Identifier: Apache-2.0
import Billing
import GRDB
import GenAI
import OTLP
import Pricing
import TestData
import Testing

@testable import Ledger

/// All sums of the rows agree with each other and with the calls, whatever fails and however often the process ends.
@Suite struct RowSumsTests {
    /// What was appended, added up by brute force.
    struct Expected {
        var total = RowTotals()
        var failed: Int64 = 0
        var unpriced: Int64 = 0
        var traces: [SpanIdentity: RowTotals] = [:]
        var teams: [String: RowTotals] = [:]
        var sessions: [String: RowTotals] = [:]
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `calls, roll-ups, traces, sessions and totals are the same sums after failures and restarts`(seed: UInt64)
        throws
    {
        let folder = try RowFolder()
        var generator = SeededGenerator(seed: seed)
        var expected = Expected()
        var number: UInt64 = 0
        for _ in 0..<3 {
            // An end without a stop loses what is not committed, and the journal appends it again.
            let store = try folder.store { $0.transactionCalls = Int.random(in: 1...50, using: &generator) }
            #expect(store.position == number)
            store.start()
            for _ in 0..<8 {
                // A full disk stops a transaction somewhere, and another writer stops it at its beginning.
                let fault = Int.random(in: 0..<4, using: &generator)
                if fault == 0 { store.limit(pages: 1) }
                let other = fault == 1 ? try Self.lock(folder.file) : nil
                for _ in 0..<5 {
                    number += 1
                    let calls = Self.calls(number, folder, &generator)
                    switch Int.random(in: 0..<6, using: &generator) {
                    case 0: store.advance(to: number)
                    case 1:
                        let dropped = calls.map { DroppedSpan(call: $0, outcome: .twin, inFavourOf: calls[0].identity) }
                        expected.drop(dropped)
                        store.append(dropped, number: number)
                    default:
                        let priced = folder.priced(calls)
                        expected.add(priced, folder)
                        store.append(priced, arrivalNanoseconds: RowFolder.wall, number: number)
                    }
                }
                if store.flush() { #expect(fault != 1) } else { #expect(fault <= 1 && store.hasFailed) }
                if fault == 1 { #expect(store.waiting > 0 || store.position < number) }
                store.limit(pages: 1 << 20)
                try other?.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
                #expect(Self.flushes(store))
                #expect(!store.hasFailed && store.waiting == 0)
                #expect(store.position == number)
            }
            store.mark(number)
            store.stop()
        }
        try RowReader(path: folder.file).read { try Self.check(expected, $0, number: number) }
    }

    /// Another process that writes.
    private static func lock(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        return queue
    }

    /// Flushes until the disk takes it.
    static func flushes(_ store: RowStore) -> Bool {
        for _ in 0..<100 where store.flush() { return true }
        return false
    }

    /// Random calls of a few traces, sessions, teams and minutes.
    static func calls(_ number: UInt64, _ folder: RowFolder, _ generator: inout SeededGenerator) -> [ModelCall] {
        var maker = SpanMaker(symbols: folder.symbols, generator: generator)
        let calls = (0..<UInt64.random(in: 1...20, using: &generator)).map { index in
            var call = maker.call(number * 100 + index, in: .random(in: 1...40, using: &generator))
            func text(_ words: [String]) -> AttributionTable.Value {
                let word = words.randomElement(using: &generator) ?? ""
                if word.isEmpty { return .none }
                return AttributionTable.Value(text: folder.symbols.symbol(for: word, in: .label), rank: 0)
            }
            let own = [text(["", "a", "b\u{0}", "b", "é😀"]), text(["", "s1", "s2", "s3"])]
            call.attribution = folder.attributions.attribution(
                of: AttributionTable.Entry(own: own, offers: [.none, .none]))
            if Int.random(in: 0..<9, using: &generator) == 0 { call.reportedFemtodollars = -123_456_789_012_345 }
            return call
        }
        generator = maker.generator
        return calls
    }

    private static func check(_ expected: Expected, _ database: Database, number: UInt64) throws {
        let counted = try RowTotals("counted", database)
        #expect(counted == expected.total)
        let marked = try Row.fetchOne(
            database, sql: "SELECT \(RowTotals.columns) FROM totals_at WHERE number = ?", arguments: [Int64(number)])
        #expect(marked.map { RowTotals($0) } == counted)
        func totals(_ columns: String, _ from: String) throws -> RowTotals? {
            try Row.fetchOne(database, sql: "SELECT \(columns) FROM \(from)").map { RowTotals($0) }
        }
        var calls = try #require(try totals(RowTotals.sumsOfCalls, "calls"))
        calls.drops = try Int64.fetchOne(database, sql: "SELECT count(*) FROM drops") ?? 0
        #expect(calls == counted)
        for dimension in 0...2 {
            var rolled = try #require(try totals(RowTotals.sumsOfRollups, "rollups WHERE dimension = \(dimension)"))
            rolled.drops = counted.drops
            #expect(rolled == counted, "dimension \(dimension)")
        }
        for table in ["all_traces", "rollups WHERE dimension = 0"] {
            let row = try #require(
                try Row.fetchOne(database, sql: "SELECT sum(failed), sum(unpriced) FROM \(table)"))
            #expect(row[0] == expected.failed, "\(table)")
            #expect(row[1] == expected.unpriced, "\(table)")
        }
        try checkTraces(expected, database)
        try checkValues(expected, database)
    }

    /// Every trace has one row, with the sums and the ends of its calls, and is found by its key.
    private static func checkTraces(_ expected: Expected, _ database: Database) throws {
        let traces = try Row.fetchAll(
            database,
            sql: """
                SELECT high, low, calls, drops, input + output + cache_read + cache_write + reasoning, micros, rest, id,
                    id - lowest, id + highest, start, length
                FROM all_traces
                """)
        #expect(traces.count == expected.traces.count)
        let keys = try StoredKeys(database)
        for trace in traces {
            let key = SpanIdentity(
                traceIDHigh: UInt64(bitPattern: trace[0]), traceIDLow: UInt64(bitPattern: trace[1]), spanID: 0)
            let sum = try #require(expected.traces[key])
            #expect(trace[2] == sum.calls && trace[3] == sum.drops)
            #expect(trace[4] == sum.tokens.reduce(0, +))
            #expect(RowMoney(micros: trace[5], rest: trace[6]).femtodollars == sum.cost)
            #expect(keys.counts[trace[7]] == 1)
            let id: Int64 = trace[7]
            let ends = try #require(
                try Row.fetchOne(
                    database,
                    sql: """
                        SELECT min(id), max(id), min((id >> 22) * 60000000 + finish - coalesce(max(duration, 0), 0)),
                            max((id >> 22) * 60000000 + finish)
                        FROM (SELECT id, trace, finish, duration FROM calls UNION ALL
                            SELECT id, trace, finish, duration FROM drops) WHERE id - trace = ?
                        """, arguments: [id]))
            #expect(ends[0] == trace[8] as Int64 && ends[1] == trace[9] as Int64)
            let start = (id >> 22) * 60_000_000 + (trace[10] as Int64)
            #expect(ends[2] == start && ends[3] == start + (trace[11] as Int64))
        }
    }

    private static func checkValues(_ expected: Expected, _ database: Database) throws {
        let teams = try Row.fetchAll(
            database,
            sql: """
                SELECT \(RowTotals.sumsOfRollups), coalesce(text, '') FROM rollups LEFT JOIN texts ON texts.id = value
                WHERE dimension = (SELECT id FROM dimensions WHERE name = 'team') GROUP BY value
                """)
        #expect(teams.count == expected.teams.count)
        for team in teams where (team[19] as String) != "b" {
            #expect(RowTotals(team) == expected.teams[team[19]])
        }
        let sessions = try Row.fetchAll(
            database,
            sql: """
                SELECT text, calls, input + output + cache_read + cache_write + reasoning, micros, rest, traces,
                    (trace IS NOT NULL) + (SELECT count(*) FROM session_traces WHERE session = sessions.id)
                FROM sessions JOIN texts ON texts.id = sessions.id
                """)
        #expect(sessions.count == expected.sessions.count)
        for session in sessions {
            let sum = try #require(expected.sessions[session[0]])
            #expect(session[1] == sum.calls)
            #expect(session[2] == sum.tokens.reduce(0, +))
            #expect(RowMoney(micros: session[3], rest: session[4]).femtodollars == sum.cost)
            #expect(session[5] as Int64 == session[6] as Int64)
        }
    }
}

extension RowSumsTests.Expected {
    mutating func add(_ batch: PricedCalls, _ folder: RowFolder) {
        for priced in batch {
            let call = priced.call
            var sum = RowTotals()
            sum.calls = 1
            for tokenClass in call.usage.classes { sum.tokens[tokenClass.index] = call.usage[tokenClass] }
            switch priced.outcome {
            case .priced(_, let cost), .reported(let cost): sum.cost = cost.femtodollars
            case .unpriced: unpriced += 1
            case .nothingToPrice: if !call.hasFailed { unpriced += 1 }
            }
            if call.hasFailed { failed += 1 }
            total = total + sum
            add(sum, to: &traces, call.trace)
            let texts = folder.texts.labelValues(of: call, card: nil)
            add(sum, to: &teams, texts[0])
            if !texts[1].isEmpty { add(sum, to: &sessions, texts[1]) }
        }
    }

    mutating func drop(_ dropped: [DroppedSpan]) {
        for span in dropped {
            var sum = RowTotals()
            sum.drops = 1
            total = total + sum
            add(sum, to: &traces, span.call.trace)
        }
    }

    private func add<Key: Hashable>(_ sum: RowTotals, to sums: inout [Key: RowTotals], _ key: Key) {
        sums[key] = sums[key, default: RowTotals()] + sum
    }
}

extension ModelCall {
    fileprivate var trace: SpanIdentity {
        SpanIdentity(traceIDHigh: identity.traceIDHigh, traceIDLow: identity.traceIDLow, spanID: 0)
    }
}
