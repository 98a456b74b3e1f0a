// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Testing

@testable import Ledger

/// An older database is brought to this version, and its state of before is kept.
@Suite struct RowMigrationTests {
    /// A later version of the program, with a further step that may fail.
    private static func later(fails: Bool = false) -> RowMigrations {
        var migrations = RowMigrations.current
        migrations.steps.append(
            RowMigrations.Step(3) { database in
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
        let copy = RowMigrations.copyPath(of: folder.file, before: 3)
        #expect(copy == "\(folder.path)/ledger-before-3.db")
        try RowDatabase.open(folder.file, migrations: Self.later()).close()
        #expect(try Self.columns(folder.file).contains("added"))
        #expect(try DatabaseQueue(path: copy).read { try RowMigrations.version(of: $0) } == 2)
        #expect(try !Self.columns(copy).contains("added"))
        #expect(throws: JournalError.newer("ledger.db", 3, reads: 2)) { try RowDatabase.open(folder.file) }

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

    @Test func `a new folder has no copy, nor has one of this version`() throws {
        let folder = try RowFolder()
        for _ in 0..<2 { try RowDatabase.open(folder.file, migrations: Self.later()).close() }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.filter { $0.hasPrefix("ledger-before") }.isEmpty)
    }

    @Test func `a reader of a later version asks for a start of the service`() throws {
        let folder = try RowFolder()
        try RowDatabase.open(folder.file, migrations: RowMigrations(steps: [])).close()
        #expect(throws: JournalError.olderRows("ledger.db", 0, reads: 2)) { try RowReader(path: folder.file) }
    }
}
