// SPDX-License-Identifier: Apache-2.0
import GRDB
import TestData
import Testing

@testable import Ledger

/// Packing changes no sum, in whatever steps it goes.
@Suite struct RollupPackingTests {
    private static let minute: UInt64 = 60_000_000_000
    /// The quarter of an hour of ``RowFolder/wall``.
    private static let present = Int64(RowFolder.wall / minute - 26_297_280) / 15

    private static func change<T>(_ folder: RowFolder, _ body: (Database) throws -> T) throws -> T {
        let queue = try RowDatabase.open(folder.file)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { try body($0) }
    }

    private static func count(_ folder: RowFolder, _ table: String) throws -> Int64 {
        try #require(try folder.value("SELECT count(*) FROM \(table)"))
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `sums are the same before and after, and with what comes later`(seed: UInt64) throws {
        let folder = try RowFolder()
        var generator = SeededGenerator(seed: seed)
        for start in 0..<4 as Range<UInt64> {
            let store = try folder.store()
            store.start()
            for number in (start * 10 + 1)...(start * 10 + 10) {
                let calls = RowSumsTests.calls(number, folder, &generator)
                store.append(folder.priced(calls), arrivalNanoseconds: RowFolder.wall, number: number)
            }
            store.stop()
            let before = try folder.rollups()
            try Self.change(folder) { database in
                var packing = RollupPacking()
                let steps = start == 2 ? 1 : Int.max
                let limit = start == 0 ? Self.present - 40 : .max
                for _ in 0..<steps {
                    guard try packing.step(before: limit, database) else { break }
                }
            }
            #expect(try folder.rollups() == before)
            #expect(try start == 0 || Self.count(folder, "packed_rollups") > 0)
            #expect(try LedgerCheck(of: folder.path).run().filter { $0.level == .wrong && $0.area != .journal } == [])
        }
        #expect(try Self.count(folder, "rollups") == 0)
    }

    @Test func `the last two quarters of an hour are not packed, and the first pass waits for a minute`() throws {
        let folder = try RowFolder()
        try Self.change(folder) { database in
            for age in 0..<4 {
                try database.execute(
                    sql: """
                        INSERT INTO rollups(dimension, quarter, value, line, calls)
                            VALUES (0, ?1, 0, 1, 1), (1, ?1, 0, 1, 1)
                        """,
                    arguments: [Self.present - Int64(age)])
            }
            var packing = RollupPacking()
            func rows() throws -> Int? { try Int.fetchOne(database, sql: "SELECT count(*) FROM rollups") }
            func step(seconds: UInt64, written: UInt64 = 0) throws -> Bool {
                try packing.step(written: written, database, RowFolder.wall + seconds * 1_000_000_000)
            }
            #expect(try !step(seconds: 0) && !step(seconds: 59))
            #expect(try step(seconds: 60) && !step(seconds: 60))
            #expect(try rows() == 4)
            // Half an hour on, the others are over; the next pass has not begun.
            let later: UInt64 = 60 + 899
            #expect(try !step(seconds: later, written: 65_535))
            #expect(try step(seconds: later, written: 65_536) && !step(seconds: later, written: 65_536))
            #expect(try rows() == 2)
            #expect(try step(seconds: later + 900, written: 65_536))
            #expect(try rows() == 0)
        }
    }

    @Test func `a quarter of an hour with many sums is several parts`() throws {
        let folder = try RowFolder()
        try Self.change(folder) {
            try $0.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 11000)
                    INSERT INTO rollups(dimension, quarter, value, line, calls, input, micros, rest)
                        SELECT 1, 5, i, 1 + i % 3, 1 + i % 2, i * 7, i, i % 10 * 100000000 FROM n
                    """)
        }
        let before = try folder.rollups()
        try Self.change(folder) { try RollupPacking.packAll($0) }
        #expect(try folder.rollups() == before)
        let parts = try folder.rows("SELECT count, length(sums) FROM packed_rollups")
        #expect(parts.allSatisfy { ($0[0] ?? 0) <= 4_096 } && parts.count >= 3)
        #expect(parts.reduce(0) { $0 + ($1[0] ?? 0) } == 11_000)
        #expect(parts.reduce(0) { $0 + ($1[1] ?? 0) } < 11_000 * 12)
        #expect(try LedgerInfo(of: folder.path).rows?.rollups == 11_000)
    }

    @Test func `one late sum after the other makes few parts, and seldom writes a large one again`() throws {
        let folder = try RowFolder()
        try Self.change(folder) { database in
            var writes = 0
            for late in 0..<300 {
                try database.execute(
                    sql: "INSERT INTO rollups(dimension, quarter, value, line, calls) VALUES (1, 5, ?, 1, 1)",
                    arguments: [late])
                try RollupPacking.packAll(database)
                writes +=
                    try Int.fetchOne(
                        database, sql: "SELECT count FROM packed_rollups ORDER BY id DESC LIMIT 1") ?? 0
                #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM packed_rollups") ?? 99 <= 10)
            }
            #expect(writes < 300 * 10)
        }
        #expect(try folder.rollups().totals(of: 1).calls == 300)
    }

    @Test func `a step that fails has changed nothing`() throws {
        let folder = try RowFolder()
        try Self.change(folder) { database in
            try database.execute(
                sql: """
                    INSERT INTO rollups(dimension, quarter, value, line, calls) VALUES (0, 5, 0, 1, 1), (0, 6, 0, 1, 1);
                    CREATE TRIGGER refuses BEFORE DELETE ON rollups WHEN old.quarter = 6 BEGIN SELECT RAISE(ABORT, 'no'); END
                    """)
            var packing = RollupPacking()
            #expect(throws: DatabaseError.self) { try packing.step(before: .max, database) }
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM packed_rollups") == 0)
            try database.execute(sql: "DROP TRIGGER refuses")
            while try packing.step(before: .max, database) {}
        }
        #expect(try Self.count(folder, "rollups") == 0)
        #expect(try folder.rollups().totals(of: 0).calls == 2)
    }

    @Test func `a part that cannot be read stays as it is, and another one is begun`() throws {
        let folder = try RowFolder()
        try Self.change(folder) { database in
            try database.execute(
                sql: """
                    INSERT INTO packed_rollups VALUES (5 << 16, 1, x'0102030405060708');
                    INSERT INTO rollups(dimension, quarter, value, line, calls) VALUES (0, 5, 0, 1, 1)
                    """)
            try RollupPacking.packAll(database)
        }
        #expect(try folder.rows("SELECT id - (5 << 16), count FROM packed_rollups") == [[0, 1], [1, 1]])
        #expect(try Self.count(folder, "rollups") == 0)
    }

    @Test func `what no id has room for is not packed`() throws {
        let folder = try RowFolder()
        try Self.change(folder) { database in
            try database.execute(
                sql: """
                    INSERT INTO rollups(dimension, quarter, value, line, calls) VALUES (-1, 5, 0, 1, 1), (0, -1, 0, 1, 1),
                        (0, 5, 0, 1, 1), (0, 1 << 24, 0, 1, 1), (1, 5, 0, 1, 1), (1 << 40, 5, 0, 1, 1);
                    INSERT INTO packed_rollups VALUES ((1 << 40) + (5 << 16) + 65535, 9999, x'01')
                    """)
            try RollupPacking.packAll(database)
        }
        #expect(try Self.count(folder, "rollups") == 5)
        #expect(try Self.count(folder, "packed_rollups") == 2)
    }
}
