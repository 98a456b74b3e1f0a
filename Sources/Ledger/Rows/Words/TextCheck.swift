// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI

/// Compares texts with the keys by which they are found.
struct TextCheck {
    /// The texts up to which each is compared with all others, some 64 MB.
    private static let mostCompared = 1 << 23

    /// Looks at all texts and keys.
    ///
    /// - Parameters:
    ///   - database: The rows.
    ///   - findings: Gets what was found.
    ///   - mostCompared: The texts up to which each is compared with all others.
    /// - Throws: What SQLite throws.
    static func run(
        _ database: Database, _ findings: inout CheckFindings, mostCompared: Int = Self.mostCompared
    ) throws {
        try compareKeys(database, &findings)
        try compareTexts(database, &findings, mostCompared)
    }

    /// Compares the keys of each full generation with its texts.
    private static func compareKeys(_ database: Database, _ findings: inout CheckFindings) throws {
        let hash = try KeyHash(database)
        let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM texts") ?? 0
        let newest = TextKeys.generation(of: last)
        var (missing, wrong) = (0, 0)
        let stored = try Int64.fetchOne(database, sql: "SELECT max(id) FROM text_keys") ?? 0
        for generation in 0...max(newest, TextKeys.generation(ofPart: stored)) {
            let expected = Set(try TextKeys.keys(of: generation, hash, database))
            var found: Set<UInt64> = []
            let read = try BoundStatement(database, "SELECT id, keys FROM text_keys WHERE id >= ? AND id < ?")
            read.bind(1, TextKeys.partID(of: 0, generation))
            read.bind(2, TextKeys.partID(of: 0, generation + 1))
            try read.eachRow { part, keys in
                var before: UInt64?
                for key in keys {
                    let isHere = TextKeys.partID(of: PackedKeys.hash(ofKey: key), generation) == part
                    if !isHere || before.map({ key <= $0 }) ?? false { wrong += 1 } else { found.insert(key) }
                    before = key
                }
            }
            // The newest generation has keys only if it was full before, and lost its latest texts.
            if generation < newest { missing += expected.subtracting(found).count }
            wrong += found.subtracting(expected).count
        }
        if wrong > 0 {
            findings.add(
                .references, .wrong,
                "\(wrong) keys of texts are wrong: they lead to no text or to another one, or are out of place",
                remedy: CheckRemedy.rows)
        }
        if missing > 0 {
            findings.add(
                .references, .wrong, "\(missing) texts cannot be found: their keys are missing",
                remedy: CheckRemedy.rows)
        }
    }

    /// Looks for texts that are there twice.
    private static func compareTexts(
        _ database: Database, _ findings: inout CheckFindings, _ mostCompared: Int
    ) throws {
        let hash = try KeyHash(database)
        let count = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM texts") ?? 0
        guard count <= mostCompared else {
            return findings.add(
                .references, .note, "there are more than \(mostCompared) texts, so copies were not looked for")
        }
        var hashes: [UInt64] = []
        hashes.reserveCapacity(count)
        try BoundStatement(database, "SELECT id, text FROM texts").eachText { _, text in
            hashes.append(hash.whole(text))
        }
        hashes.sort()
        let twice = zip(hashes, hashes.dropFirst()).count { $0 == $1 }
        if twice > 0 {
            findings.add(
                .references, .wrong, "\(twice) texts are stored more than once; each copy has only a part of the calls",
                remedy: CheckRemedy.rows)
        }
    }
}
