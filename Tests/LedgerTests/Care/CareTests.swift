// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Testing

@testable import Ledger

/// `ledger info`, `compact` and `downgrade`.
@Suite struct CareTests {
    @Test func `what is in a folder is told, and nothing is changed`() throws {
        let folder = try RowsFixture(seed: 21)
        let before = try Set(FileManager.default.contentsOfDirectory(atPath: folder.path))
        let info = try LedgerInfo(of: folder.path)
        #expect(info.use == .free)
        #expect(info.segments == 1 && info.firstRecord == 1 && info.writer == "test")
        let rows = try #require(info.rows)
        #expect(rows.calls == info.counters?.calls)
        #expect(rows.countedDollars == info.counters?.dollars)
        #expect(rows.calls + rows.drops == 200 && rows.traces > 10 && rows.sessions == 3)
        #expect(rows.firstCall?.hasPrefix("2026-11-0") == true && rows.lastRollup == "2026-11-05T00:30:00Z")
        // Calls of the fixture end five seconds after the begin of their minute.
        #expect(rows.firstCall?.hasSuffix(":05Z") == true && rows.lastCall?.hasSuffix(":05Z") == true)
        #expect(rows.dimensions == ["user", "session", "team"])
        #expect(info.bytes > 50_000)
        let lock = try FolderLock(of: folder.path, by: "process 1 of version 2")
        #expect(try LedgerInfo(of: folder.path).use == .taken(by: "process 1 of version 2"))
        withExtendedLifetime(lock) {}
        let after = try Set(FileManager.default.contentsOfDirectory(atPath: folder.path)).subtracting(["lock"])
        #expect(after.subtracting(before).allSatisfy { $0.hasPrefix("ledger.db-") })
    }

    @Test func `commands that only look change no file of a folder that no process has, and make none`() throws {
        // A name with characters that have a meaning in a URI.
        let folder = try RowsFixture(seed: 24)
        let path = folder.path + " 100%?#"
        try FileManager.default.moveItem(atPath: folder.path, toPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let before = try Self.content(of: path)
        _ = try LedgerInfo(of: path)
        #expect(try LedgerCheck(of: path).run().filter { $0.level == .wrong } == [])
        let user = ForgottenUser(texts: ["user-1", "alice"], labels: ["user"])
        _ = try LedgerForgetting(user, in: path, holder: "a test", isDry: true).run()
        #expect(try Self.content(of: path) == before)
    }

    @Test func `what only the log of the rows has is read as well`() throws {
        let folder = try RowsFixture(seed: 25)
        let queue = try RowDatabase.open("\(folder.path)/ledger.db")
        try queue.write { try $0.execute(sql: "UPDATE dimensions SET name = 'crew' WHERE name = 'team'") }
        #expect(RowRewriting.size("\(folder.path)/ledger.db-wal") > 0)
        #expect(try LedgerInfo(of: folder.path).rows?.dimensions == ["user", "session", "crew"])
        try queue.close()
    }

    /// The files of a folder.
    private static func content(of path: String) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(filePath: "\(path)/\($0)"))) })
    }

    @Test func `a compacted file is smaller and has the same rows`() throws {
        let folder = try RowsFixture(seed: 22, calls: 4_000)
        try folder.change(
            "CREATE TABLE filler AS SELECT id, hex(randomblob(400)) AS text FROM calls; DROP TABLE filler")
        let report = try LedgerCompaction(of: folder.path, holder: "a test").run()
        #expect(report.isRewritten)
        #expect(report.after < report.before - 1_000_000, "\(report)")
        #expect(try LedgerCheck(of: folder.path).run().filter { $0.level == .wrong } == [])
        let mode =
            try FileManager.default.attributesOfItem(atPath: "\(folder.path)/ledger.db")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let queue = try RowDatabase.open("\(folder.path)/ledger.db")
        #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA auto_vacuum") } == 2)
        try queue.close()
    }

    @Test func `a start removes the copies that a killed command has left, and nothing else`() throws {
        let folder = try RowsFixture(seed: 26)
        for name in ["ledger.db.new", "ledger-before-6.db.new", "notes.new"] {
            try Data(count: 5_000).write(to: URL(filePath: "\(folder.path)/\(name)"))
        }
        let before = try Self.content(of: folder.path)
        let opened = try LedgerFolder(folder.path, holder: "a test")
        let removed = opened.removeUnfinishedRows()
        #expect(removed.map(\.name) == ["ledger-before-6.db.new", "ledger.db.new"])
        #expect(removed.map(\.bytes) == [5_000, 5_000])
        #expect(opened.removeUnfinishedRows().isEmpty)
        let after = try Self.content(of: folder.path)
        #expect(Set(before.keys).subtracting(after.keys) == Set(removed.map(\.name)))
        #expect(before["ledger.db"] == after["ledger.db"])
    }

    @Test func `commands that change a folder are refused while a process has it, and name the process`() throws {
        let folder = try RowsFixture(seed: 23)
        let lock = try FolderLock(of: folder.path, by: "process 7 of version 1")
        func isRefused(_ body: () throws -> Void) {
            #expect { try body() } throws: {
                "\($0)".hasSuffix(
                    "it is in use by process 7 of version 1; stop that process first, then run this command again")
            }
        }
        isRefused { _ = try LedgerCompaction(of: folder.path, holder: "a test").run() }
        isRefused { _ = try LedgerDowngrade(of: folder.path, holder: "a test") }
        isRefused {
            let user = ForgottenUser(texts: ["alice"], labels: ["user"])
            _ = try LedgerForgetting(user, in: folder.path, holder: "a test", isDry: true).run()
        }
        withExtendedLifetime(lock) {}
    }

    @Test func `the newest copy of earlier rows is put back, and what is lost is told`() throws {
        let folder = try RowsFixture(seed: 24)
        #expect { _ = try LedgerDowngrade(of: folder.path, holder: "a test") } throws: {
            "\($0)".contains("has no file ledger-before-N.db")
        }
        let queue = try RowDatabase.open("\(folder.path)/ledger.db")
        for version in [9, 10] {
            let copy = try DatabaseQueue(path: "\(folder.path)/ledger-before-\(version).db")
            try queue.backup(to: copy)
            try copy.close()
        }
        try queue.close()
        try folder.change("UPDATE totals SET calls = calls + 5 WHERE what = 'counted'")
        let downgrade = try LedgerDowngrade(of: folder.path, holder: "a test")
        #expect(downgrade.plan.copy == "ledger-before-10.db")
        #expect(downgrade.plan.position == RowsFixture.number && downgrade.plan.firstRecord == 1)
        #expect(downgrade.plan.journalFormat == RecordFrame.version)
        #expect((downgrade.plan.presentCalls ?? 0) - (downgrade.plan.calls ?? 0) == 5)
        try downgrade.run()
        #expect(try LedgerCheck(of: folder.path).run().filter { $0.level == .wrong } == [])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.contains("ledger-before-9.db") && !names.contains("ledger-before-10.db"))
    }

    @Test func `a damaged copy is not put back`() throws {
        let folder = try RowsFixture(seed: 25)
        try Data("no database".utf8).write(to: URL(filePath: "\(folder.path)/ledger-before-2.db"))
        #expect(throws: JournalError.self) { _ = try LedgerDowngrade(of: folder.path, holder: "a test") }
    }
}
