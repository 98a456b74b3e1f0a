// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import GenAI
import OTLP
import Pricing
import Synchronization
import Testing

@testable import Ledger

/// The rows begin where the last process ended, say what they cannot read or write, and lose nothing.
@Suite struct RowStoreTests {
    @Test func `a new process begins at the position that the last one committed`() throws {
        let folder = try RowFolder()
        let store = try folder.store()
        #expect(store.position == 0)
        store.start()
        store.advance(to: 7)
        #expect(store.flush())
        #expect(store.position == 7)
        #expect(try store.sync() == 7)
        store.advance(to: 9)
        store.stop()
        #expect(try folder.store().position == 9)
    }

    @Test func `rows that begin at another number say why, and have the account of the counters`() throws {
        let folder = try RowFolder()
        var store = try folder.store()
        store.start()
        store.append(folder.priced([folder.call(1), folder.call(2)]), arrivalNanoseconds: nil, number: 5)
        store.mark(5)
        store.append(
            [MachineCharge(model: "m", provider: "p", operation: "_idle", amount: Dollars(femtodollars: 7))], number: 6)
        store.mark(6)
        #expect(store.flush())
        let had = try store.totals()
        #expect(had.calls == 2 && had.tokens[TokenClass.input.index] == 200 && had.cost > 7)
        store.stop()
        // The journal ends at 5, and its counters have one call less.
        store = try folder.store()
        var counters = had
        counters.calls = 1
        (counters.tokens[TokenClass.input.index], counters.cost) = (100, 3)
        try store.begin(at: 5, missing: counters - store.totals(), reason: "a test")
        #expect(store.position == 5)
        #expect(try store.totals() == counters)
        store.start()
        store.append(folder.priced([folder.call(3)]), arrivalNanoseconds: nil, number: 6)
        store.stop()
        #expect(try folder.value("SELECT count(*) FROM calls") == 3)
        #expect(try folder.rows("SELECT number FROM totals_at") == [[5]])
        let text = try RowReader(path: folder.file).read {
            try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = 'gap 5'")
        }
        #expect(text == "a test: -1 calls")
        store = try folder.store()
        #expect(try store.totals().calls == 2)
        #expect(store.position == 6)
        store.close()
    }

    @Test func `rows are committed only once the journal is synced, and are tried again while it cannot be`() throws {
        let folder = try RowFolder()
        let store = try folder.store()
        let isFull = Mutex(true)
        let syncs = Mutex(0)
        store.start {
            () throws(StorageError) in
            syncs.withLock { $0 += 1 }
            if isFull.withLock({ $0 }) { throw StorageError("sync", code: 28, reason: "no space left on device") }
        } onFailure: { _ in
        }
        store.append(folder.priced([folder.call(1)]), arrivalNanoseconds: nil, number: 5)
        #expect(!store.flush())
        #expect(store.hasFailed && store.position == 0 && store.waiting == 1)
        // News of the journal do not put off the next attempt.
        while syncs.withLock({ $0 }) < 5 { store.advance(to: 5) }
        isFull.withLock { $0 = false }
        while store.position < 5 { store.advance(to: 5) }
        #expect(store.flush() && !store.hasFailed)
        store.stop()
        #expect(try folder.value("SELECT count(*) FROM calls") == 1)
    }

    @Test func `a database of a newer version is refused with what to do`() throws {
        let folder = try RowFolder()
        try folder.store().close()
        try DatabaseQueue(path: folder.file).write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9')") }
        #expect(throws: JournalError.newer("ledger.db", 9, reads: RowMigrations.current.latest)) { try folder.store() }
        #expect(throws: JournalError.newer("ledger.db", 9, reads: RowMigrations.current.latest)) {
            try RowReader(path: folder.file)
        }
    }

    @Test func `a file that is no database is refused with what to do`() throws {
        let folder = try RowFolder()
        try Data(repeating: 7, count: 9_000).write(to: URL(fileURLWithPath: folder.file))
        let error = #expect(throws: JournalError.self) { try folder.store() }
        #expect(error?.description.contains("move it out of the folder") == true)
    }

    @Test func `a failure is told once, everything is kept, and its end is told once`() throws {
        let folder = try RowFolder()
        let told = Mutex<[StorageError?]>([])
        let store = try folder.store()
        store.start { error in told.withLock { $0.append(error) } }
        store.limit(pages: 1)
        store.append(folder.priced((1...2_000).map { folder.call($0, trace: $0) }), arrivalNanoseconds: nil, number: 1)
        for _ in 0..<5 { #expect(!store.flush()) }
        #expect(store.hasFailed)
        #expect(store.waiting == 2_000)
        #expect(store.position == 0)
        #expect(told.withLock { $0 }.count == 1)
        #expect(told.withLock { $0.first??.description }?.hasPrefix("cannot write ledger.db: ") == true)
        store.limit(pages: 1 << 20)
        #expect(RowSumsTests.flushes(store))
        #expect(told.withLock { $0.count } == 2 && told.withLock { $0.last ?? nil } == nil)
        store.stop()
        #expect(try folder.value("SELECT count(*) FROM calls") == 2_000)
        #expect(try folder.value("SELECT count(*) FROM all_traces") == 2_000)
    }

    @Test func `readers see whole transactions while calls are written`() throws {
        let folder = try RowFolder()
        let store = try folder.store { $0.transactionCalls = 20 }
        store.start()
        store.flush()
        let reader = try RowReader(path: folder.file)
        for number in 1...200 as ClosedRange<UInt64> {
            store.append(
                folder.priced([folder.call(number, trace: number / 3)]), arrivalNanoseconds: nil, number: number)
            guard number % 10 == 0 else { continue }
            let (calls, position) = try reader.read { database in
                (
                    try Int64.fetchOne(database, sql: "SELECT count(*) FROM calls"),
                    try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'position'")
                )
            }
            #expect(calls == position)
        }
        store.stop()
        #expect(try folder.value("SELECT max(calls) FROM all_traces") == 3)
    }

    @Test func `a trace that left memory is found by its key, and after a restart`() throws {
        let folder = try RowFolder()
        for round in 0..<2 as Range<UInt64> {
            let store = try folder.store { $0.recentTraces = 4 }
            store.start()
            for number in 0..<40 as Range<UInt64> {
                let call = folder.call(round * 100 + number, trace: number % 20)
                let record = round * 40 + number + 1
                store.append(folder.priced([call]), arrivalNanoseconds: nil, number: record)
                store.flush()
            }
            store.stop()
        }
        #expect(try folder.value("SELECT count(*) FROM all_traces") == 20)
        #expect(try folder.rows("SELECT DISTINCT calls FROM all_traces") == [[4]])
    }

    @Test func `the cost of a call is exact whatever it is, and cut down where sums would not fit`() throws {
        for amount in [0, 1, -1, 999_999_999, 1_000_000_000, -1_000_000_001, .max, .min] as [Int128] {
            let money = RowMoney(femtodollars: amount)
            #expect((0..<1_000_000_000).contains(money.rest))
            if amount.magnitude < UInt128(1) << 80 { #expect(money.femtodollars == amount) }
        }
        let folder = try RowFolder()
        let store = try folder.store()
        store.start()
        let costs: [Int64] = [.max, .max - 1, .min + 1, -1, 1, 999_999_999]
        for (index, cost) in costs.enumerated() {
            var call = folder.call(UInt64(index + 1))
            call.requestModel = folder.symbols.symbol(for: "a-model-of-nobody", in: .model)
            call.reportedFemtodollars = cost
            store.append(folder.priced([call]), arrivalNanoseconds: nil, number: UInt64(index + 1))
        }
        store.stop()
        let rows = try folder.rows("SELECT micros, rest, reported_micros, reported_rest FROM calls ORDER BY id")
        for (row, cost) in zip(rows, costs) {
            let money = RowMoney(femtodollars: Int128(cost))
            // A cost below zero is no price.
            let counted: [Int64?] = cost < 0 ? [nil, nil] : [money.micros, money.rest]
            #expect(row == counted + [money.micros, money.rest])
        }
        let total = try folder.rows("SELECT micros, rest FROM totals WHERE what = 'counted'")
        let sum = RowMoney(femtodollars: costs.reduce(0) { $0 + max(0, Int128($1)) })
        #expect(total == [[sum.micros, sum.rest]])
    }
}
