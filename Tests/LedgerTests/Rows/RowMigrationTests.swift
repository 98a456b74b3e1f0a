// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Testing

@testable import Ledger

/// An older database is brought to this version, and its state of before is kept.
@Suite struct RowMigrationTests {
    /// The version after this one.
    private static let next = RowMigrations.current.latest + 1

    /// A later version of the program, with a further step that may fail.
    private static func later(fails: Bool = false) -> RowMigrations {
        var migrations = RowMigrations.current
        migrations.steps.append(
            RowMigrations.Step(next) { database in
                try database.execute(sql: "ALTER TABLE calls ADD COLUMN added INT")
                if fails { throw DatabaseError(resultCode: .SQLITE_FULL) }
            })
        return migrations
    }

    private static func columns(_ path: String) throws -> [String] {
        try DatabaseQueue(path: path).read { try $0.columns(in: "calls").map(\.name) }
    }

    /// A folder with a database of this version that has a call.
    private static func older() throws -> RowFolder {
        let folder = try RowFolder()
        let queue = try RowDatabase.open(folder.file)
        try queue.write { try $0.execute(sql: "INSERT INTO calls(id, span) VALUES (5, 7)") }
        try queue.close()
        return folder
    }

    @Test func `before a migration the database is copied, and the copy can be put back`() throws {
        let folder = try Self.older()
        let copy = RowMigrations.copyPath(of: folder.file, before: Self.next)
        #expect(copy == "\(folder.path)/ledger-before-\(Self.next).db")
        try RowDatabase.open(folder.file, migrations: Self.later()).close()
        #expect(try Self.columns(folder.file).contains("added"))
        #expect(try DatabaseQueue(path: copy).read { try RowMigrations.version(of: $0) } == Self.next - 1)
        #expect(try !Self.columns(copy).contains("added"))
        let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(throws: JournalError.newer("ledger.db", Self.next, reads: Self.next - 1)) {
            try RowDatabase.open(folder.file)
        }

        try FileManager.default.removeItem(atPath: folder.file)
        try FileManager.default.moveItem(atPath: copy, toPath: folder.file)
        let queue = try RowDatabase.open(folder.file)
        #expect(try queue.read { try Int64.fetchOne($0, sql: "SELECT span FROM calls") } == 7)
    }

    @Test func `a migration that fails changes nothing, and the next one replaces the copy`() throws {
        let folder = try Self.older()
        let error = #expect(throws: JournalError.self) {
            try RowDatabase.open(folder.file, migrations: Self.later(fails: true))
        }
        #expect(error?.description.contains("make room") == true)
        #expect(try !Self.columns(folder.file).contains("added"))
        try RowDatabase.open(folder.file, migrations: Self.later()).close()
        #expect(try Self.columns(folder.file).contains("added"))
    }

    @Test func `steps take effect together, so that the copy is never of a version between`() throws {
        let folder = try Self.older()
        var migrations = Self.later()
        migrations.steps.append(
            RowMigrations.Step(Self.next + 1) { _ in throw DatabaseError(resultCode: .SQLITE_FULL) })
        #expect(throws: JournalError.self) { try RowDatabase.open(folder.file, migrations: migrations) }
        #expect(try DatabaseQueue(path: folder.file).read { try RowMigrations.version(of: $0) } == Self.next - 1)
        #expect(try !Self.columns(folder.file).contains("added"))
    }

    @Test(arguments: [
        "CREATE TABLE notes(text)", "CREATE TABLE meta(key, value)",
        "CREATE TABLE grdb_migrations(identifier TEXT NOT NULL PRIMARY KEY); INSERT INTO grdb_migrations VALUES ('1'); "
            + "CREATE TABLE meta(key, value)",
    ])
    func `a database of another program is refused, and stays as it is`(tables: String) throws {
        let folder = try RowFolder()
        let queue = try DatabaseQueue(path: folder.file)
        try queue.write { try $0.execute(sql: tables) }
        try queue.close()
        let before = try Data(contentsOf: URL(filePath: folder.file))
        #expect(throws: JournalError.foreignRows(folder.file)) { try RowDatabase.open(folder.file) }
        #expect(throws: JournalError.foreignRows(folder.file)) { try RowReader(path: folder.file) }
        #expect(try Data(contentsOf: URL(filePath: folder.file)) == before)
    }

    @Test func `an empty file becomes a database`() throws {
        let folder = try RowFolder()
        try Data().write(to: URL(filePath: folder.file))
        try RowDatabase.open(folder.file).close()
        #expect(try Self.columns(folder.file).contains("span"))
    }

    @Test func `a new folder has no copy, nor has one of this version`() throws {
        let folder = try RowFolder()
        for _ in 0..<2 { try RowDatabase.open(folder.file, migrations: Self.later()).close() }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.filter { $0.hasPrefix("ledger-before") }.isEmpty)
    }

    @Test func `a reader of a later version asks for a start of the service`() throws {
        let folder = try RowFolder()
        try RowDatabase.open(folder.file, migrations: RowMigrations(steps: [])).close()
        #expect(throws: JournalError.olderRows("ledger.db", 0, reads: Self.next - 1)) {
            try RowReader(path: folder.file)
        }
    }

    @Test func `the traces of an older database are found by their ids`() throws {
        let folder = try RowFolder()
        let older = RowMigrations(steps: RowMigrations.current.steps.filter { $0.version < 3 })
        let queue = try RowDatabase.open(folder.file, migrations: older)
        let rows = (1...60_000).map { Int64($0) * 99_000_001 }
        try queue.write { database in
            for row in rows {
                try database.execute(
                    sql: "INSERT INTO traces(id, high, low, micros, calls) VALUES (?1, 9, ?1 * 7, ?1 % 99, 1)",
                    arguments: [row])
            }
            try database.execute(
                sql:
                    "INSERT INTO rollups(dimension, quarter, value, line, calls, input, reasoning) VALUES (0, 7, 0, 1, 2, 30, 4)"
            )
        }
        try queue.close()
        let migrated = try RowDatabase.open(folder.file)
        try migrated.read { database in
            var keys = TraceKeys()
            for row in rows where row % 100 == 1 {
                let key = TraceKey(high: 9, low: UInt64(bitPattern: row * 7))
                let found = try keys.rows(of: key, on: RowTime.day(of: row), database)
                #expect(found.contains(row))
            }
            let stored = try StoredKeys(database)
            #expect(stored.counts.count == rows.count)
            let peaks = try Row.fetchOne(database, sql: "SELECT sum(traces), max(micros), max(calls) FROM trace_peaks")
            #expect(peaks.map { row in (0..<3).map { row[$0] as Int64 } } == [60_000, 98, 1])
            let rollup = try Row.fetchOne(
                database, sql: "SELECT dimension, quarter, line, calls, input, tokens FROM rollups")
            #expect(rollup.map { row in (0..<6).map { row[$0] as Int64 } } == [0, 7, 1, 2, 30, 34])
        }
    }
}
