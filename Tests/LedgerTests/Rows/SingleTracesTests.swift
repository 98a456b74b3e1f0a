// SPDX-License-Identifier: Apache-2.0
import Billing
import GRDB
import GenAI
import OTLP
import Pricing
import TestData
import Testing

@testable import Ledger

/// A trace of one call is a row of `calls`, and reads as the row of `traces` that it would have.
@Suite struct SingleTracesTests {
    /// Expects that a check finds no difference, but for those of the journal, which these folders do not have.
    private static func expectAgreement(_ folder: RowFolder) throws {
        let wrong = try LedgerCheck(of: folder.path).run().filter { $0.level == .wrong && $0.area != .journal }
        #expect(wrong.map(\.text) == [])
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `traces are what a plain model makes of their spans, whatever comes when`(seed: UInt64) throws {
        let folder = try RowFolder()
        var history = TraceHistory(folder, seed: seed)
        var number: UInt64 = 0
        for _ in 0..<5 {
            let store = try folder.store {
                // What is not due is written by a flush, so that this decides on the transactions.
                $0.waitMilliseconds = 60_000
                $0.recentTraces = history.choose([2, 16, 65_536])
            }
            store.start()
            for _ in 0..<6 {
                let isFull = history.choose([true, false, false, false])
                if isFull { store.limit(pages: 1) }
                for _ in 0..<history.choose([1, 2, 5]) {
                    number += 1
                    history.send(to: store, number: number)
                }
                // A full disk stops some transactions somewhere; others need no further page.
                if isFull { store.flush() }
                store.limit(pages: 1 << 20)
                #expect(RowSumsTests.flushes(store))
                try history.check()
            }
            try Self.expectAgreement(folder)
            store.stop()
            history.restart()
        }
        #expect(try folder.value("SELECT count(*) FROM calls WHERE low IS NOT NULL") ?? 0 > 0)
        #expect(try folder.value("SELECT count(*) FROM traces") ?? 0 > 0)
    }

    @Test func `a second span of any kind gives the trace a row, with what the root was`() throws {
        let folder = try RowFolder()
        let store = try folder.store()
        store.start()
        let end = RowFolder.wall - 599_000_000_000
        for trace in 1...3 as ClosedRange<UInt64> {
            store.append(
                [TraceRoot(high: 9, low: trace, name: "root \(trace)", start: end - 3_000_000_000, end: end)],
                number: trace)
        }
        store.append(folder.priced((1...3).map { folder.call($0, trace: $0) }), arrivalNanoseconds: nil, number: 4)
        #expect(store.flush())
        #expect(try folder.rows("SELECT low, earlier, later FROM calls") == (1...3).map { [$0, 1_000_000, 1_000_000] })
        #expect(try folder.value("SELECT count(*) FROM traces") == 0)
        let before = try folder.rows("SELECT * FROM all_traces ORDER BY id")

        store.append(folder.priced([folder.call(4, trace: 1)]), arrivalNanoseconds: nil, number: 5)
        store.append([DroppedSpan(call: folder.call(5, trace: 2), outcome: .duplicate)], number: 6)
        store.stop()
        #expect(
            try folder.rows("SELECT low, calls, drops, length FROM traces") == [
                [1, 2, 0, 3_000_000], [2, 1, 1, 3_000_000],
            ])
        #expect(
            try folder.rows("SELECT low FROM calls WHERE coalesce(high, low, name, earlier, later) IS NOT NULL") == [
                [3]
            ])
        let after = try folder.rows("SELECT * FROM all_traces ORDER BY id")
        #expect(after.map { $0.prefix(6) } == before.map { $0.prefix(6) })
        #expect(after[2] == before[2])
        try Self.expectAgreement(folder)
    }

    @Test func `traces of the version before keep their rows and go on`() throws {
        let folder = try RowFolder()
        let store = try folder.store()
        store.start()
        store.append(
            folder.priced([folder.call(1, trace: 1), folder.call(2, trace: 2)]), arrivalNanoseconds: nil, number: 1)
        store.stop()
        // What the version before has written: rows of `traces`, and fewer columns in `calls`.
        var older = RowMigrations.current
        older.steps.removeAll { $0.version > 3 }
        let now = try RowDatabase.open(folder.file)
        let written = try now.read { database in
            (
                try Row.fetchAll(database, sql: "SELECT * FROM all_traces"),
                try Row.fetchAll(database, sql: "SELECT * FROM new_trace_keys"),
                try Row.fetchAll(database, sql: "SELECT * FROM calls")
            )
        }
        try now.close()
        let other = try RowFolder()
        let before = try RowDatabase.open(other.file, migrations: older)
        try before.write { database in
            func insert(_ table: String, _ row: Row, _ count: Int) throws {
                try database.execute(
                    sql: "INSERT INTO \(table) VALUES (\((0..<count).map { _ in "?" }.joined(separator: ", ")))",
                    arguments: StatementArguments(row.databaseValues.prefix(count)))
            }
            for row in written.0 { try insert("traces", row, row.count) }
            for row in written.1 { try insert("new_trace_keys", row, row.count) }
            for row in written.2 { try insert("calls", row, row.count - SingleTraces.columns.count) }
        }
        try before.close()
        try RowDatabase.open(other.file).close()
        #expect(try other.rows("SELECT * FROM traces") == folder.rows("SELECT * FROM all_traces"))
        #expect(try other.rows("SELECT * FROM all_traces") == folder.rows("SELECT * FROM all_traces"))
        #expect(try other.value("SELECT count(*) FROM calls WHERE low IS NOT NULL") == 0)

        for each in [folder, other] {
            let store = try each.store()
            store.start()
            store.append(each.priced([each.call(3, trace: 1)]), arrivalNanoseconds: nil, number: 2)
            store.append(
                [
                    TraceRoot(
                        high: 9, low: 2, name: "root", start: RowFolder.wall - 700_000_000_000, end: RowFolder.wall)
                ], number: 3)
            store.stop()
        }
        let columns = "high, low, start, length, lowest, highest, calls, input, output, drops"
        #expect(
            try other.rows("SELECT \(columns) FROM traces")
                == folder.rows("SELECT \(columns) FROM all_traces ORDER BY id"))
        #expect(try folder.value("SELECT count(*) FROM traces") == 1)
    }

    @Test func `such a trace goes with its call, and so do its key, its session and its name`() throws {
        let folder = try RowFolder()
        let store = try folder.store {
            $0.callSeconds = 2 * 86_400
            $0.mostNewTexts = 1
        }
        store.start()
        let day: UInt64 = 86_400_000_000_000
        for (trace, age) in [(1, day), (2, 0)] as [(UInt64, UInt64)] {
            var call = folder.call(trace, trace: trace)
            call.endNanoseconds = Outside(RowFolder.wall - age)
            call.startNanoseconds = Outside(RowFolder.wall - age - 1_000_000_000)
            let session = folder.symbols.symbol(for: "s\(trace)", in: .label)
            call.attribution = folder.attributions.attribution(
                of: .init(own: [.none, .init(text: session, rank: 0)], offers: [.none, .none]))
            store.append(folder.priced([call]), arrivalNanoseconds: nil, number: trace * 2)
            let root = TraceRoot(
                high: 9, low: trace, name: "root \(trace)", start: RowFolder.wall - age, end: RowFolder.wall - age)
            store.append([root], number: trace * 2 + 1)
        }
        #expect(store.flush())
        #expect(try folder.rows("SELECT low FROM calls") == [[1], [2]])
        for day in 1...2 as ClosedRange<UInt64> {
            folder.clock.advance(days: 1)
            // The first transaction of a day begins its kinds and sets.
            store.advance(to: 8 + day)
            #expect(store.settles())
        }
        store.stop()
        #expect(try folder.rows("SELECT low FROM all_traces") == [[2]])
        #expect(try RowReader(path: folder.file).read { try StoredKeys($0).counts.count } == 1)
        #expect(try folder.value("SELECT count(*) FROM sessions") == 1)
        let names = try RowReader(path: folder.file).read {
            try String.fetchAll($0, sql: "SELECT text FROM texts WHERE text LIKE 'root%'")
        }
        #expect(names == ["root 2"])
        try Self.expectAgreement(folder)
    }

    @Test(arguments: [
        "SELECT high, low FROM all_traces WHERE id = 5",
        "SELECT id FROM all_traces WHERE id = 5 AND high = 1 AND low = 2",
        "SELECT * FROM all_traces WHERE id >= 5 AND id < 9 ORDER BY micros DESC, rest DESC, id LIMIT 10",
        "SELECT * FROM all_traces WHERE id IN (SELECT trace FROM session_traces WHERE \(SessionTraces.areOf(session: "1"))) "
            + "ORDER BY id LIMIT 10",
        "SELECT id, low FROM all_traces WHERE id >= 5 ORDER BY id LIMIT 10",
    ])
    func `both halves of the view are searched by id`(sql: String) throws {
        let plan = try RowDatabase.openInMemory().write {
            try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN \(sql)").map { $0["detail"] as String }
        }
        for table in ["traces", "calls"] {
            #expect(plan.contains { $0.hasPrefix("SEARCH \(table) USING INTEGER PRIMARY KEY") }, "\(plan)")
            #expect(!plan.contains { $0.hasPrefix("SCAN \(table)") }, "\(plan)")
        }
    }
}
