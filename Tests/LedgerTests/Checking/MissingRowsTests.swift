// SPDX-License-Identifier: Apache-2.0
import GenAI
import Testing

@testable import Ledger

/// A check says so where nothing proves the counters, and the command that forgets a user knows the hash.
@Suite struct MissingRowsTests {
    @Test func `an empty folder is no ledger`() throws {
        let folder = try RowFolder()
        #expect(throws: JournalError.self) { try LedgerCheck(of: folder.path).run() }
    }

    @Test func `counters without rows do not agree with anything`() throws {
        let folder = try RowFolder()
        try DiskFolder(folder.path).replace(Checkpoint.name, with: Checkpoint().bytes)
        let findings = try LedgerCheck(of: folder.path).run()
        #expect(findings.contains { $0.area == .folder && $0.level == .wrong })
    }

    @Test func `a user has a hash where the folder has a key, the one that the rows get`() throws {
        let folder = try RowFolder()
        #expect(try ForgottenUser.hashes(of: "alice", in: folder.path).texts == [])
        var opened = try LedgerFolder(folder.path, holder: "a test")
        try opened.readUserKey()
        let expected = KeyedTextHash(key: opened.userKey).text(of: Array("alice".utf8).span)
        #expect(
            try ForgottenUser.hashes(of: "alice", in: folder.path).texts.first
                == String(decoding: expected, as: UTF8.self))
        // Senders may spell a letter in any way; the accent is there twice.
        let composed = Set(try ForgottenUser.hashes(of: "Ren\u{E9}", in: folder.path).texts)
        let decomposed = Set(try ForgottenUser.hashes(of: "Rene\u{301}", in: folder.path).texts)
        #expect(composed.count == 3 && decomposed == composed)
        #expect(expected.count == 16)
    }

    @Test func `a user is looked for as the ledger keeps it, in both spellings of Unicode`() {
        let long = String(repeating: "é", count: 200)
        #expect(DimensionText.kept(long).utf8.count == 256)
        #expect(DimensionText.kept("alice@example.com") == "alice@example.com")
        let forms = ForgottenUser(texts: ["e\u{301}clair"], labels: []).forms
        #expect(Set(forms) == [Array("\u{E9}clair".utf8), Array("e\u{301}clair".utf8)])
    }
}
