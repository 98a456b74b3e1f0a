// SPDX-License-Identifier: Apache-2.0
import GRDB
import TestData
import Testing

@testable import Ledger

/// Keys that lead from texts to their ids.
@Suite struct TextKeysTests {
    /// Texts of which many differ only in their last byte, and some have bytes that end a text elsewhere.
    private static func texts(_ count: Int, _ random: inout SeededGenerator) -> [String] {
        (0..<count).map { number in
            let word = String(UInt64.random(in: .min ... .max, using: &random), radix: 36)
            return number % 7 == 0 ? "session \u{0}\(number / 256)-\(number % 256)" : "\(word)é\(number)"
        }
    }

    /// Moves the next texts to a later generation.
    private static func skip(to id: Int64, _ database: Database) throws {
        try database.execute(sql: "INSERT INTO texts(id, text) VALUES (?, ?)", arguments: [id, "a gap before \(id)"])
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `each text is found in every generation, by the writer, after a start, and none that is not there`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let texts = Self.texts(2_000, &random)
        try RowDatabase.openInMemory().write { database in
            var keys = TextKeys()
            var ids: [String: Int64] = [:]
            for (number, text) in texts.enumerated() {
                if number % 500 == 499 { try Self.skip(to: Int64(number / 500 + 1) << 17, database) }
                #expect(try keys.id(of: text, database) == nil)
                ids[text] = try keys.add(text, database)
            }
            #expect(Set(ids.values).count == texts.count)
            var started = TextKeys()
            for text in texts {
                #expect(try keys.id(of: text, database) == ids[text])
                #expect(try started.id(of: text, database) == ids[text])
                #expect(try started.id(of: text + " ", database) == nil)
            }
            var findings = CheckFindings()
            try TextCheck.run(database, &findings)
            #expect(findings.agrees(.references))
        }
    }

    @Test func `a removed text is not found, leaves no key, and may come again`() throws {
        try RowDatabase.openInMemory().write { database in
            var keys = TextKeys()
            let (alice, bob) = (try keys.add("alice", database), try keys.add("bob", database))
            try Self.skip(to: 1 << 17, database)
            let carol = try keys.add("carol", database)
            for (id, text) in [(alice, "alice"), (carol, "carol")] {
                try keys.remove([(id, Array(text.utf8))], database)
                #expect(try keys.id(of: text, database) == nil)
            }
            #expect(try keys.id(of: "bob", database) == bob)
            let left = try Int.fetchOne(database, sql: "SELECT sum(length(keys)) FROM text_keys")
            #expect(left == 8)
            let again = try keys.add("alice", database)
            #expect(try keys.id(of: "alice", database) == again)
        }
    }

    @Test func `keys are whole although the newest generation loses all texts, and grows again`() throws {
        try RowDatabase.openInMemory().write { database in
            var keys = TextKeys()
            _ = try keys.add("alice", database)
            try Self.skip(to: 1 << 17, database)
            let bob = try keys.add("bob", database)
            try keys.remove(
                [(bob, Array("bob".utf8)), (1 << 17, Array("a gap before \(1 << 17)".utf8))], database)
            // The next text is one of the first generation, whose keys are written a second time.
            let carol = try keys.add("carol", database)
            #expect(carol == 2)
            try Self.skip(to: 1 << 18, database)
            _ = try keys.add("dave", database)
            var started = TextKeys()
            for text in ["alice", "carol", "dave"] {
                #expect(try keys.id(of: text, database) != nil)
                #expect(try started.id(of: text, database) != nil)
            }
            var findings = CheckFindings()
            try TextCheck.run(database, &findings)
            #expect(findings.agrees(.references))
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `many texts are removed at once, of full generations and of the newest one`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let texts = Array(Set(Self.texts(900, &random)))
        try RowDatabase.openInMemory().write { database in
            var keys = TextKeys()
            var rows: [(id: Int64, text: [UInt8])] = []
            for (number, text) in texts.enumerated() {
                if number == 300 || number == 600 { try Self.skip(to: Int64(number / 300) << 17, database) }
                rows.append((try keys.add(text, database), Array(text.utf8)))
            }
            let gone = Set(texts.indices.filter { _ in Bool.random(using: &random) })
            try keys.remove(gone.map { rows[$0] }, database)
            var started = TextKeys()
            for (number, text) in texts.enumerated() {
                let expected = gone.contains(number) ? nil : rows[number].id
                #expect(try keys.id(of: text, database) == expected)
                #expect(try started.id(of: text, database) == expected)
            }
            var findings = CheckFindings()
            try TextCheck.run(database, &findings)
            #expect(findings.agrees(.references))
        }
    }

    @Test func `a transaction that is rolled back leaves neither texts nor keys`() throws {
        let queue = try RowDatabase.openInMemory()
        var keys = TextKeys()
        try queue.write { _ = try keys.add("alice", $0) }
        try queue.writeWithoutTransaction { database in
            try database.inTransaction {
                _ = try keys.add("bob", database)
                try Self.skip(to: 1 << 17, database)
                _ = try keys.add("carol", database)
                return .rollback
            }
        }
        keys.forget()
        try queue.write { database in
            let found = try ["bob", "carol", "alice"].map { try keys.id(of: $0, database) }
            #expect(found == [nil, nil, 1])
            let bob = try keys.add("bob", database)
            let again = try keys.id(of: "bob", database)
            #expect(bob == 2 && again == 2)
        }
    }

    @Test func `a filter that is full is made anew, with more room`() {
        var filter = HashFilter(hashes: 0)
        #expect(filter.room == 1 << 20)
        #expect(HashFilter(hashes: filter.room + 1).room == 2 * filter.room)
        #expect(HashFilter(hashes: .max / 32).room == .max)
        for hash in 0..<1_000 as Range<UInt32> { filter.enter(hash) }
        #expect((0..<1_000 as Range<UInt32>).allSatisfy { filter.mayHave($0) })
        #expect((1_000..<100_000 as Range<UInt32>).count { filter.mayHave($0) } < 100)
    }

    @Test func `a database with an index on texts gets keys for them, and the same ids`() throws {
        let folder = try RowFolder()
        var older = RowMigrations.current
        older.steps.removeAll { $0.version > 3 }
        let before = try RowDatabase.open(folder.file, migrations: older)
        try before.write { database in
            try database.execute(
                sql: "INSERT INTO texts(id, text) VALUES (1, 'gpt-4o'), (300000, 'session'), (7, 'alice')")
        }
        try before.close()
        let queue = try RowDatabase.open(folder.file)
        try queue.write { database in
            var keys = TextKeys()
            for (text, id) in [("gpt-4o", 1), ("session", 300_000), ("alice", 7)] {
                #expect(try keys.id(of: text, database) == Int64(id))
            }
            #expect(try keys.add("bob", database) == 300_001)
            var findings = CheckFindings()
            try TextCheck.run(database, &findings)
            #expect(findings.agrees(.references))
        }
    }

    @Test(arguments: [
        ("DELETE FROM text_keys", "2 texts cannot be found"),
        ("DELETE FROM texts WHERE id = 2", "1 keys of texts are wrong"),
        ("UPDATE texts SET text = 'carol' WHERE id = 2", "1 keys of texts are wrong"),
        ("UPDATE text_keys SET id = id + 64", "2 keys of texts are wrong"),
        ("INSERT INTO texts VALUES (200000, 'bob')", "1 texts are stored more than once"),
    ])
    func `the check finds keys and texts that do not agree`(change: String, finding: String) throws {
        try RowDatabase.openInMemory().write { database in
            var keys = TextKeys()
            for text in ["alice", "bob"] { _ = try keys.add(text, database) }
            try Self.skip(to: 1 << 17, database)
            _ = try keys.add("carl", database)
            var findings = CheckFindings()
            try TextCheck.run(database, &findings)
            #expect(findings.agrees(.references))
            try database.execute(sql: change)
            try TextCheck.run(database, &findings)
            #expect(findings.all.contains { $0.text.contains(finding) })
            var few = CheckFindings()
            try TextCheck.run(database, &few, mostCompared: 0)
            #expect(few.all.contains { $0.text.contains("so copies were not looked for") })
        }
    }
}
