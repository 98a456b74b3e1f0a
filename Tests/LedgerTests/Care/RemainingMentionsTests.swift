// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Testing

@testable import Ledger

/// What still names a forgotten user: copies of earlier rows, other files, and texts that stay.
@Suite struct RemainingMentionsTests {
    private static func user(_ text: String) -> ForgottenUser {
        ForgottenUser(texts: [text], labels: ForgottenUser.usualLabels)
    }

    /// A folder with a copy of earlier rows.
    private static func folderWithCopy(seed: UInt64) throws -> RowsFixture {
        let folder = try RowsFixture(seed: seed)
        let queue = try RowDatabase.open("\(folder.path)/ledger.db")
        let copy = try DatabaseQueue(path: "\(folder.path)/ledger-before-5.db")
        try queue.backup(to: copy)
        try copy.close()
        try queue.close()
        return folder
    }

    @Test(arguments: ["bo", "all", "TABLE", "ali"])
    func `a copy of earlier rows stays if only its statements or longer words have the text`(text: String) throws {
        let folder = try Self.folderWithCopy(seed: 41)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let report = try LedgerForgetting(Self.user(text), in: folder.path, holder: "a test", isDry: true).run()
        #expect(!report.hasFound && report.copies == [] && !report.isNamedStill)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == names)
    }

    @Test func `a copy of earlier rows goes if one of its texts names the user`() throws {
        let folder = try Self.folderWithCopy(seed: 42)
        try folder.change("UPDATE texts SET text = 'by zoe' WHERE id = 14")
        let older = try DatabaseQueue(path: "\(folder.path)/ledger-before-5.db")
        try older.write { try $0.execute(sql: "UPDATE texts SET text = 'by zoe, again' WHERE id = 14") }
        try older.close()
        let report = try LedgerForgetting(Self.user("zoe"), in: folder.path, holder: "a test", isDry: true).run()
        #expect(report.copies == ["ledger-before-5.db"])
    }

    @Test(arguments: [("no ledger", false), ("an alicex of the pages", true)])
    func `a damaged copy of earlier rows goes if it has the text anywhere`(content: String, goes: Bool) throws {
        let folder = try RowsFixture(seed: 43)
        try Data(content.utf8).write(to: URL(filePath: "\(folder.path)/ledger-before-5.db"))
        let report = try LedgerForgetting(Self.user("alice"), in: folder.path, holder: "a test", isDry: true).run()
        #expect(report.copies == (goes ? ["ledger-before-5.db"] : []))
    }

    @Test(arguments: [
        ("", "alice", "", true), (" ", "alice", " ", true), ("m", "alice", "", false), ("", "alice", "x", false),
        ("x alice", "", "", true), ("xalice", "", "", false), ("", "", "alice", true), ("", "m", "alice", false),
    ])
    func `a text is found as a word wherever a file is cut into pieces`(
        before: String, text: String, after: String, isFound: Bool
    ) throws {
        let folder = try RowFolder()
        for shift in [-7, -6, -5, -1, 0] {
            for rest in [0, 1] {
                let filler = String(repeating: " ", count: 1 << 20 + shift)
                let content = filler + before + text + after + String(repeating: " ", count: rest)
                try Data(content.utf8).write(to: URL(filePath: "\(folder.path)/notes"))
                let mentions = FileMentions(Self.user("alice"))
                #expect(try mentions.areInFile("\(folder.path)/notes") == isFound, "\(shift), \(rest)")
            }
        }
    }

    @Test(arguments: [1, 2, 1_000])
    func `texts are looked up in steps, until none is left that names the user`(most: Int) throws {
        let folder = try RowsFixture(seed: 44)
        try folder.change("UPDATE texts SET text = 'by dora' WHERE id = 14")
        let queue = try RowDatabase.open("\(folder.path)/ledger.db")
        defer { try? queue.close() }
        try queue.write { database in
            // No row uses these, and they come before and after the one that stays.
            for id in [12, 900, 901, 902] {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO texts(id, text) VALUES (?, ?)", arguments: [id, "dora \(id)"])
            }
            var mentions = RemainingMentions(Self.user("dora"), labels: [])
            try RowsForgetting.noteMentions(&mentions, removingUnused: database, most: most)
            #expect(mentions.sorted.map(\.text).contains("by dora") && !mentions.hasMore)
            #expect(try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM texts WHERE id >= 900") == 0)
        }
    }

    @Test func `more texts than are listed are said to be there`() throws {
        let folder = try RowsFixture(seed: 45)
        try folder.change(
            """
            WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 2499)
            INSERT INTO texts SELECT i, 'by dora ' || i FROM n;
            WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 2499)
            INSERT INTO sets SELECT i, 3, i FROM n
            """)
        let report = try LedgerForgetting(Self.user("dora"), in: folder.path, holder: "a test", isDry: true).run()
        #expect(report.mentions.count == 100 && report.hasMoreMentions && report.isNamedStill)
    }

    @Test(arguments: [("chat", false), ("text", false), ("output", false), ("gpt-4o", true)])
    func `a fact of calls is told once, and not if it is a word of the program`(name: String, isTold: Bool) {
        var mentions = RemainingMentions(Self.user(name), labels: ["user", "team"])
        for text in ["chat", "text_completion", "output", "gpt-4o"] {
            for file in ["ledger.db", "checkpoint"] { mentions.note(text, as: RemainingMention.fact, in: file) }
        }
        #expect(mentions.sorted.map(\.text) == (isTold ? [name] : []))
        #expect(mentions.sorted.allSatisfy { $0.files == ["ledger.db", "checkpoint"] && !$0.isOfLabel })
        mentions.note(name, as: "team", in: "ledger.db")
        #expect(mentions.sorted.contains { $0.kind == "team" && $0.text == name })
    }

    @Test func `a model that rows and series have is listed once, and a value of a label as such`() {
        var mentions = RemainingMentions(Self.user("zoe"), labels: ["team"])
        mentions.note("zoe-7b", as: RemainingMention.fact, in: "ledger.db")
        let series = RecordedFamily.Series(labels: ["zoe-7b", "zoe", "of zoe"], created: 0, value: 1, buckets: [])
        var family = RecordedFamily(name: "llm_requests_total", labels: ["model", "team", "tenant"], scale: 0)
        family.series = [series]
        family.note(&mentions, in: "checkpoint")
        #expect(
            mentions.sorted == [
                RemainingMention(
                    kind: RemainingMention.fact, text: "zoe-7b", isOfLabel: false, files: ["ledger.db", "checkpoint"]),
                RemainingMention(kind: "team", text: "zoe", isOfLabel: true, files: ["checkpoint"]),
                RemainingMention(kind: "tenant", text: "of zoe", isOfLabel: false, files: ["checkpoint"]),
            ])
    }

    @Test func `rows of an earlier version are refused with what to do, before any label is looked up`() throws {
        let folder = try RowsFixture(seed: 46)
        let queue = try RowDatabase.open("\(folder.path)/ledger.db")
        let latest = "\(RowMigrations.current.latest)"
        try queue.write { try $0.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = ?", arguments: [latest]) }
        try queue.close()
        #expect { _ = try LedgerForgetting.labels(in: folder.path) } throws: {
            "\($0)".contains("start the service once")
        }
    }
}
