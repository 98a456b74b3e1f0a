// SPDX-License-Identifier: Apache-2.0
import Billing
import GRDB
import GenAI
import OTLP
import Pricing
import TestData
import Testing

@testable import Ledger

/// Old rows go, oldest first; what is removed is counted to the token, and what is left agrees with itself.
@Suite struct RowRetentionTests {
    private static let day: UInt64 = 86_400_000_000_000

    /// Three days of calls of some traces and sessions, with ends in the order of their numbers.
    private static func fill(_ folder: RowFolder, _ store: RowStore, seed: UInt64, days: UInt64 = 3) {
        var generator = SeededGenerator(seed: seed)
        for number in 1...(days * 40) {
            var calls = RowSumsTests.calls(number, folder, &generator)
            for index in calls.indices {
                let end = RowFolder.wall - days * Self.day + number * (Self.day / 40)
                calls[index].endNanoseconds = Outside(end - .random(in: 0...Self.day / 4, using: &generator))
                calls[index].startNanoseconds = Outside(calls[index].endNanoseconds.asSent - 1_000_000_000)
                calls[index].identity.traceIDLow = number / 8 * 100 + calls[index].identity.traceIDLow % 5
            }
            store.append(folder.priced(calls), arrivalNanoseconds: RowFolder.wall, number: 2 * number - 1)
            store.append(calls.prefix(2).map { DroppedSpan(call: $0, outcome: .duplicate) }, number: 2 * number)
            if number % 10 == 0 { #expect(store.flush()) }
        }
    }

    @Test func `a log that cannot be moved into the database is an error`() throws {
        let folder = try RowFolder()
        let queue = try RowDatabase.open(folder.file)
        try queue.write { try $0.execute(sql: "INSERT INTO meta(key, value) VALUES ('test', 1)") }
        var configuration = RowConfiguration()
        configuration.logBytes = 0
        var writer = RowWriter(configuration: configuration, texts: folder.texts)
        var keeper = RowKeeper(configuration, path: folder.file)
        try queue.writeWithoutTransaction { database in
            try keeper.keep(&writer, database, RowFolder.wall, isBusy: true)
            // SQLite refuses a checkpoint within a transaction; that stands for a disk that refuses it.
            try database.execute(sql: "BEGIN IMMEDIATE; UPDATE meta SET value = 2 WHERE key = 'test'")
            var refused: ResultCode?
            do {
                try keeper.keep(&writer, database, RowFolder.wall, isBusy: true)
            } catch let error as DatabaseError {
                refused = error.resultCode
            }
            #expect(refused == .SQLITE_LOCKED)
            try database.execute(sql: "ROLLBACK")
        }
    }

    private static func check(_ folder: RowFolder) throws {
        try RowReader(path: folder.file).read { database in
            let counted = try RowTotals("counted", database)
            func totals(_ sql: String) throws -> RowTotals {
                try Row.fetchOne(database, sql: "SELECT \(sql)").map { RowTotals($0) } ?? RowTotals()
            }
            var kept = try totals("\(RowTotals.sumsOfCalls) FROM calls")
            kept.drops = try Int64.fetchOne(database, sql: "SELECT count(*) FROM drops") ?? 0
            #expect(try kept + RowTotals("calls_removed", database) == counted)
            var rolled = try StoredRollups(database).totals(of: RowDimension.all)
            rolled.drops = counted.drops
            #expect(try rolled + RowTotals("rollups_removed", database) == counted)
            let questions = [
                "SELECT count(*) FROM calls WHERE id - trace NOT IN (SELECT id FROM all_traces) AND id - trace >= ?1",
                "SELECT count(*) FROM all_traces WHERE id + highest < ?1",
                "SELECT count(*) FROM calls WHERE kind NOT IN (SELECT id FROM kinds) AND ?1 = ?1",
                "SELECT count(*) FROM calls WHERE \"set\" > 0 AND \"set\" NOT IN (SELECT id FROM sets) AND ?1 = ?1",
                "SELECT count(*) FROM sets WHERE value NOT IN (SELECT id FROM texts) AND ?1 = ?1",
                "SELECT count(*) FROM sessions WHERE id NOT IN (SELECT id FROM texts) AND ?1 = ?1",
                "SELECT count(*) FROM kinds WHERE card NOT IN (SELECT id FROM cards) AND ?1 = ?1",
                "SELECT count(*) FROM calls WHERE id < ?1",
            ]
            let keys = try StoredKeys(database)
            for row in try Int64.fetchAll(database, sql: "SELECT id FROM all_traces") {
                #expect(keys.counts[row] == 1)
            }
            let first = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'calls_from'") ?? 0
            for question in questions {
                let arguments: StatementArguments = question.contains("?1") ? [first] : []
                #expect(try Int64.fetchOne(database, sql: question, arguments: arguments) == 0, "\(question)")
            }
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `calls and roll-ups of before the retention are removed and counted`(seed: UInt64) throws {
        let folder = try RowFolder()
        let store = try folder.store {
            $0.callSeconds = 5 * 86_400
            $0.rollupSeconds = 6 * 86_400
            $0.rowsOfGeneration = 10
        }
        store.start()
        Self.fill(folder, store, seed: seed)
        #expect(store.flush())
        let all = try #require(try folder.value("SELECT calls FROM totals WHERE what = 'counted'"))
        #expect(try folder.value("SELECT calls FROM totals WHERE what = 'calls_removed'") == 0)
        try Self.check(folder)

        folder.clock.advance(days: 4)
        #expect(store.settles())
        store.stop()
        let removed = try #require(try folder.value("SELECT calls FROM totals WHERE what = 'calls_removed'"))
        #expect(removed > 0 && removed < all)
        #expect(store.levels.kept.callsByAge == UInt64(removed))
        #expect(store.levels.kept.callsBySize == 0)
        #expect(store.levels.keptCalls == all - removed)
        #expect(store.levels.kept.rollupsByAge > 0)
        try Self.check(folder)
        #expect(try #require(try folder.value("SELECT count(DISTINCT generation) FROM session_traces")) > 1)
        let gone = "trace NOT IN (SELECT id FROM all_traces) OR session NOT IN (SELECT id FROM sessions)"
        #expect(try folder.value("SELECT count(*) FROM session_traces WHERE \(gone)") == 0)
        let oldest = (RowFolder.wall - Self.day) / 60_000_000_000 - 26_297_280
        #expect(try #require(try folder.value("SELECT min(id) >> 22 FROM calls")) >= oldest)
    }

    @Test func `everything of long ago goes, and what comes then is kept`() throws {
        let folder = try RowFolder()
        let store = try folder.store { $0.mostNewTexts = 1 }
        store.start()
        Self.fill(folder, store, seed: 5)
        #expect(store.flush())
        folder.clock.advance(days: 1_000)
        // The first transaction of a day begins its kinds and sets.
        store.advance(to: 999)
        #expect(store.settles())
        for table in [
            "calls", "drops", "traces", "trace_keys", "new_trace_keys", "sessions", "session_traces", "rollups",
            "packed_rollups",
        ] {
            #expect(try folder.value("SELECT count(*) FROM \(table)") == 0, "\(table)")
        }
        var call = folder.call(1)
        call.endNanoseconds = Outside(folder.clock.now)
        store.append(folder.priced([call]), arrivalNanoseconds: nil, number: 1_000)
        store.flush()
        store.stop()
        #expect(try folder.value("SELECT count(*) FROM calls") == 1)
        #expect(try folder.value("SELECT count(*) FROM kinds") == 1)
        #expect(try folder.value("SELECT count(*) FROM cards") == 1)
        #expect(try folder.value("SELECT count(*) FROM texts WHERE text IN ('s1', 's2', 'a')") == 0)
        let model = "SELECT count(*) FROM kinds JOIN texts ON texts.id = requested WHERE text = 'gpt-4o'"
        #expect(try folder.value(model) == 1)
        try Self.check(folder)
    }

    @Test func `at the largest size the oldest calls go first, and then the oldest roll-ups`() throws {
        let folder = try RowFolder()
        var store = try folder.store()
        store.start()
        Self.fill(folder, store, seed: 7)
        store.flush()
        store.stop()
        let all = try #require(try folder.value("SELECT calls FROM totals WHERE what = 'counted'"))

        let bytes = store.levels.kept.usedBytes
        store = try folder.store { $0.mostBytes = bytes - 100_000 }
        store.start()
        #expect(store.settles())
        store.stop()
        #expect(store.levels.kept.callsBySize > 0 && store.levels.kept.callsByAge == 0)
        #expect(store.levels.kept.usedBytes <= bytes - 100_000)
        try Self.check(folder)

        store = try folder.store { $0.mostBytes = 1 }
        store.start()
        #expect(store.settles())
        store.stop()
        #expect(try folder.value("SELECT count(*) FROM calls") == 0)
        #expect(try folder.rollups().sums.isEmpty)
        #expect(try folder.value("PRAGMA page_size") == 8_192)
        // What was freed is given back, but for a little.
        #expect(try #require(try folder.value("PRAGMA freelist_count")) <= 256)
        #expect(try folder.value("SELECT calls FROM totals WHERE what = 'rollups_removed'") == all)
        try Self.check(folder)
    }

    @Test func `new sessions without end do not make the database larger than it may be`() throws {
        let table = DimensionTable(
            rules: [DimensionRule(name: "session", sources: [.span("session.id")], isRolledUp: false)],
            monotonicNanoseconds: { 0 })
        let folder = try RowFolder(dimensions: table)
        let most = 500_000
        let store = try folder.store { $0.mostBytes = most }
        store.start()
        var generator = SeededGenerator(seed: 11)
        for number in 1...40 as ClosedRange<UInt64> {
            var calls = (0..<10).flatMap { _ in RowSumsTests.calls(number, folder, &generator) }
            for index in calls.indices {
                calls[index].identity.traceIDLow = generator.next()
                let end = RowFolder.wall - 40 * 60_000_000_000 + number * 60_000_000_000
                calls[index].endNanoseconds = Outside(end)
                calls[index].startNanoseconds = Outside(end - 1_000_000_000)
                calls[index].dimensions = table.set(ofRecorded: [
                    .init(name: "session", own: 0, offer: .max, isHashed: false, text: "session \(generator.next())")
                ])
            }
            store.append(folder.priced(calls), arrivalNanoseconds: RowFolder.wall, number: number)
            store.flush()
            #expect(store.levels.kept.usedBytes <= most * 5 / 4)
        }
        #expect(store.levels.kept.callsBySize > 0)
        store.stop()
        try Self.check(folder)
    }

    @Test func `packed roll-ups go by their age and by the size as others do`() throws {
        let folder = try RowFolder()
        var store = try folder.store()
        store.start()
        Self.fill(folder, store, seed: 13)
        store.stop()
        let queue = try RowDatabase.open(folder.file)
        try queue.writeWithoutTransaction { database in
            // Half of them.
            var packing = RollupPacking()
            _ = try packing.step(before: .max, database)
            let places = try #require(try Int.fetchOne(database, sql: "SELECT count(*) FROM packed_rollups"))
            #expect(places == 64)
        }
        try queue.close()
        try Self.check(folder)
        let sums = try folder.rollups().sums.count

        folder.clock.advance(days: 2)
        store = try folder.store { $0.rollupSeconds = 3 * 86_400 }
        store.start()
        #expect(store.settles())
        store.stop()
        try Self.check(folder)
        let left = try folder.rollups().sums.count
        #expect(left > 0 && store.levels.kept.rollupsByAge == sums - left)

        store = try folder.store { $0.mostBytes = 1 }
        store.start()
        #expect(store.settles())
        store.stop()
        #expect(try folder.rollups().sums.isEmpty)
        #expect(store.levels.kept.rollupsBySize == left)
        try Self.check(folder)
    }

    @Test func `what is kept shows before anything is written`() throws {
        let folder = try RowFolder()
        var store = try folder.store()
        store.start()
        Self.fill(folder, store, seed: 5, days: 1)
        store.stop()
        let calls = store.levels.keptCalls
        store = try folder.store()
        store.start()
        store.flush()
        #expect(store.levels.keptCalls == calls && calls > 0)
        #expect(store.levels.kept.usedBytes > 0)
        store.stop()
    }

    @Test func `a folder that keeps no calls has roll-ups and totals that agree`() throws {
        let folder = try RowFolder()
        let store = try folder.store { $0.keepsCalls = false }
        store.start()
        Self.fill(folder, store, seed: 3)
        store.flush()
        store.stop()
        for table in ["calls", "drops", "traces", "sessions", "sets", "kinds", "cards"] {
            #expect(try folder.value("SELECT count(*) FROM \(table)") == 0, "\(table)")
        }
        try Self.check(folder)
    }
}
