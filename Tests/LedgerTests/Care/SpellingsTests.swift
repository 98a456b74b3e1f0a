// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import GenAI
import TestSupport
import Testing

@testable import Ledger

/// `ledger forget` finds a user in every spelling of Unicode, and in parts of copies that no row uses.
@Suite struct SpellingsTests {
    /// One name in all its spellings.
    private static let names = ["\u{C5}sa", "A\u{30A}sa", "\u{212B}sa"]

    private static func bytes(_ texts: [String]) -> Set<[UInt8]> { Set(texts.map { Array($0.utf8) }) }

    /// The files of a folder that have one of some texts.
    private static func files(with texts: [String], in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
            return texts.contains { ByteSearch.count(of: Array($0.utf8), in: bytes) > 0 }
        }.sorted()
    }

    private static func copy(of folder: RowsFixture, _ change: (Database) throws -> Void) throws -> String {
        let path = "\(folder.path)/ledger-before-5.db"
        let queue = try RowDatabase.open("\(folder.path)/ledger.db")
        let copy = try DatabaseQueue(path: path)
        try queue.backup(to: copy)
        try copy.writeWithoutTransaction(change)
        try copy.close()
        try queue.close()
        return path
    }

    @Test(arguments: [
        ("alice@example.com", ["alice@example.com"]), ("\u{C5}", ["\u{C5}", "A\u{30A}", "\u{212B}"]),
        ("\u{2126}", ["\u{2126}", "\u{3A9}"]), ("aK", ["aK", "a\u{212A}"]), ("\u{F900}", ["\u{F900}", "\u{8C48}"]),
        // Marks below and above a letter come in either order.
        ("\u{1EC7}", ["\u{1EC7}", "\u{1EB9}\u{302}", "e\u{323}\u{302}", "e\u{302}\u{323}", "\u{EA}\u{323}"]),
        ("\u{AC01}", ["\u{AC01}", "\u{AC00}\u{11A8}", "\u{1100}\u{1161}\u{11A8}"]),
        ("o\u{308}\u{F6}", ["o\u{308}o\u{308}", "o\u{308}\u{F6}", "\u{F6}o\u{308}", "\u{F6}\u{F6}"]),
        ("\u{E9}", ["\u{E9}", "e\u{301}", "e\u{341}"]),
    ])
    func `a text has all spellings that Unicode takes for the same`(text: String, expected: [String]) {
        let found = CanonicalSpellings(of: text, most: 100)
        #expect(Self.bytes(found.all) == Self.bytes(expected) && found.all.count == expected.count)
        #expect(!found.isCutShort && found.all.allSatisfy { $0 == text })
    }

    @Test func `a text with very many spellings has some of them`() {
        let found = CanonicalSpellings(of: String(repeating: "\u{1EC7}", count: 64), most: 50)
        #expect(found.all.count == 50 && found.isCutShort)
        #expect(Self.bytes(found.all).count == 50)
    }

    @Test func `rows lose a user in every spelling`() throws {
        let folder = try RowsFixture(seed: 61)
        try folder.change(
            """
            UPDATE texts SET text = '\(Self.names[0])' WHERE id = 6;
            INSERT INTO texts VALUES (50, '\(Self.names[1])'), (51, '\(Self.names[2])'), (52, 'by \(Self.names[2])');
            INSERT INTO sets VALUES (900, 1, 50), (901, 1, 51)
            """)
        #expect(try Self.files(with: Self.names, in: folder.path) == ["ledger.db"])
        let user = ForgottenUser(texts: [Self.names[1]], labels: ForgottenUser.usualLabels)
        let report = try LedgerForgetting(user, in: folder.path, holder: "a test", isDry: false).run()
        #expect(report.sets == 3 && report.calls > 0 && report.mentions == [])
        #expect(try Self.files(with: Self.names, in: folder.path) == [])
    }

    @Test(arguments: names)
    func `a copy is removed and another file is listed, in whichever spelling`(name: String) throws {
        let folder = try RowsFixture(seed: 62)
        _ = try Self.copy(of: folder) { try $0.execute(sql: "UPDATE texts SET text = 'by \(name)!' WHERE id = 14") }
        try Data("of \(name).".utf8).write(to: URL(filePath: "\(folder.path)/notes"))
        try Data("of \(name)a".utf8).write(to: URL(filePath: "\(folder.path)/others"))
        let user = ForgottenUser(texts: [Self.names[0]], labels: ForgottenUser.usualLabels)
        let report = try LedgerForgetting(user, in: folder.path, holder: "a test", isDry: true).run()
        #expect(report.copies == ["ledger-before-5.db"] && report.otherFiles == ["notes"])
    }

    @Test func `hashes of a user are those of every spelling`() throws {
        let folder = try RowFolder()
        var opened = try LedgerFolder(folder.path, holder: "a test")
        try opened.readUserKey()
        let hash = KeyedTextHash(key: opened.userKey)
        let expected = Self.names.map { String(decoding: hash.text(of: Array($0.utf8).span), as: UTF8.self) }
        for name in Self.names {
            let found = try ForgottenUser.hashes(of: name, in: folder.path)
            #expect(Set(found.texts) == Set(expected) && !found.isCutShort)
        }
    }

    @Test func `what was deleted from a copy is in no part of it, and the copy has its rows`() throws {
        let folder = try RowsFixture(seed: 63)
        let gone = ["mallory@example.com", "trudy@example.com"]
        let path = try Self.copy(of: folder) { database in
            try database.execute(
                sql: """
                    PRAGMA secure_delete = OFF;
                    CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT);
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                        INSERT INTO notes SELECT i, 'mallory@example.com ' || i FROM n;
                    INSERT INTO texts VALUES (900, 'trudy@example.com');
                    DELETE FROM texts WHERE id = 900;
                    DROP TABLE notes
                    """)
        }
        #expect(try Self.files(with: gone, in: folder.path) == ["ledger-before-5.db"])
        let texts = { try DatabaseQueue(path: path).read { try String.fetchAll($0, sql: "SELECT text FROM texts") } }
        let before = try texts()
        for name in gone {
            let user = ForgottenUser(texts: [name], labels: ForgottenUser.usualLabels)
            let report = try LedgerForgetting(user, in: folder.path, holder: "a test", isDry: false).run()
            #expect(report.copies == [] && report.otherFiles == [])
        }
        #expect(try Self.files(with: gone, in: folder.path) == [])
        #expect(try texts() == before)
        #expect(RowRewriting.size(path) > 0)
        #expect(try LedgerDowngrade(of: folder.path, holder: "a test").plan.copy == "ledger-before-5.db")
    }
}
