// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI

/// The keys by which texts lead to their ids.
///
/// Most texts are names of sessions, which are random: an index on them has each new one on another page, and so writes a page for
/// each. Here the ids are in generations of 65,536. The keys of the newest generation are in memory, and a start makes them from
/// its texts. Once a generation is full, its keys are written in 64 parts, each in ascending order. A text is looked for in each
/// generation. A filter over all hashes saves nearly all searches for texts that are new.
///
/// A key is one word, as in ``PackedKeys``: 31 bits of a hash, then the distance of the id from the first one of its generation.
struct TextKeys {
    /// A hash of the database's own, so that no sender can aim at equal hashes; `nil` before the first text.
    private var secret: KeyedTextHash?
    private var filter = HashFilter([])
    /// The hashes that were entered since the keys were read.
    private var entered = 0
    /// The newest generation.
    private var newest: Int64 = 0
    private var keys = NewestTextKeys()

    private static let generationBits: Int64 = 16
    private static let partBits: UInt64 = 6
    /// The entered hashes after which the keys are read again: the filter still has those of texts that are removed.
    private static let mostEntered = 4_000_000

    // MARK: Texts

    /// The id of a text; `nil` if the table does not have it.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - database: The connection.
    /// - Returns: The id.
    /// - Throws: What SQLite throws.
    mutating func id(of text: String, _ database: Database) throws -> Int64? {
        let hash = Self.hash(of: Array(text.utf8), try load(database))
        guard filter.mayHave(hash) else { return nil }
        let search = try BoundStatement(database, "SELECT id FROM texts WHERE id = ? AND text = ?")
        func first(of keys: some Sequence<UInt64>, _ generation: Int64) throws -> Int64? {
            for key in keys {
                search.bind(1, Self.id(key, generation))
                search.bind(2, text)
                if let id = try search.number() { return id }
            }
            return nil
        }
        if let id = try first(of: keys.words(ofHash: hash), newest) { return id }
        for generation in stride(from: newest - 1, through: 0, by: -1) {
            let part = try Self.part(hash, generation, database)
            if let id = try first(of: part.words(ofHash: hash), generation) { return id }
        }
        return nil
    }

    /// Adds a text that the table does not have.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - database: The connection, in a transaction.
    /// - Returns: Its id.
    /// - Throws: What SQLite throws.
    mutating func add(_ text: String, _ database: Database) throws -> Int64 {
        let secret = try load(database)
        let insert = try BoundStatement(database, "INSERT INTO texts(text) VALUES (?)")
        insert.bind(1, text)
        try insert.run()
        let id = database.lastInsertedRowID
        let hash = Self.hash(of: Array(text.utf8), secret)
        if Self.generation(of: id) == newest {
            keys.append(Self.key(hash, id))
        } else {
            try Self.write(keys.words, newest, database)
            try begin(Self.generation(of: id), secret, database)
        }
        filter.enter(hash)
        entered += 1
        return id
    }

    /// Removes a text.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - text: The bytes of the text.
    ///   - database: The connection, in a transaction.
    /// - Throws: What SQLite throws.
    mutating func remove(_ id: Int64, _ text: [UInt8], _ database: Database) throws {
        let (hash, generation) = (Self.hash(of: text, try load(database)), Self.generation(of: id))
        let delete = try BoundStatement(database, "DELETE FROM texts WHERE id = ?")
        delete.bind(1, id)
        try delete.run()
        let key = Self.key(hash, id)
        if generation == newest { keys.remove(key) }
        let part = try Self.part(hash, generation, database).words
        guard part.contains(key) else { return }
        let deletePart = try BoundStatement(database, "DELETE FROM text_keys WHERE id = ?")
        deletePart.bind(1, Self.partID(of: hash, generation))
        try deletePart.run()
        try Self.write(part.filter { $0 != key }, generation, database)
    }

    // MARK: Reading and writing keys

    /// Reads what there is.
    ///
    /// - Returns: The hash.
    private mutating func load(_ database: Database) throws -> KeyedTextHash {
        if let secret, entered <= Self.mostEntered { return secret }
        let secret = try Self.secret(database)
        (self.secret, entered, filter) = (secret, 0, HashFilter([]))
        try BoundStatement(database, "SELECT id, keys FROM text_keys").eachRow { _, keys in
            for key in keys { filter.enter(PackedKeys.hash(ofKey: key)) }
        }
        let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM texts") ?? 0
        try begin(Self.generation(of: last), secret, database)
        return secret
    }

    /// Makes a generation the newest one.
    private mutating func begin(_ generation: Int64, _ secret: KeyedTextHash, _ database: Database) throws {
        (newest, keys) = (generation, NewestTextKeys())
        for key in try Self.keys(of: generation, secret, database) {
            keys.append(key)
            filter.enter(PackedKeys.hash(ofKey: key))
        }
    }

    /// The keys of a generation, made from its texts.
    static func keys(of generation: Int64, _ secret: KeyedTextHash, _ database: Database) throws -> [UInt64] {
        let read = try BoundStatement(database, "SELECT id, text FROM texts WHERE id >= ? AND id < ?")
        read.bind(1, generation << generationBits)
        read.bind(2, (generation + 1) << generationBits)
        var keys: [UInt64] = []
        try read.eachText { id, text in keys.append(key(hash(of: text, secret), id)) }
        return keys
    }

    /// The stored keys of the part of a generation that a hash is in.
    static func part(_ hash: UInt32, _ generation: Int64, _ database: Database) throws -> PackedKeys {
        let read = try BoundStatement(database, Self.readPart)
        read.bind(1, partID(of: hash, generation))
        var part: [UInt64] = []
        try read.eachRow { _, keys in part = keys }
        return PackedKeys(sorted: part)
    }

    /// Writes all keys of a generation, or of some of its parts.
    private static func write(_ keys: [UInt64], _ generation: Int64, _ database: Database) throws {
        let insert = try BoundStatement(database, "INSERT OR REPLACE INTO text_keys(id, keys) VALUES (?, ?)")
        let sorted = keys.sorted()
        var start = 0
        while start < sorted.count {
            let part = partID(of: PackedKeys.hash(ofKey: sorted[start]), generation)
            var end = start + 1
            while end < sorted.count, partID(of: PackedKeys.hash(ofKey: sorted[end]), generation) == part { end += 1 }
            insert.bind(1, part)
            insert.bind(2, words: Array(sorted[start..<end]))
            try insert.run()
            start = end
        }
    }

    /// Makes the keys of all texts, with a new secret.
    ///
    /// - Parameter database: A database without keys, in a transaction.
    /// - Throws: What SQLite throws.
    static func fill(_ database: Database) throws {
        for key in secretKeys { try RowWriter.setMeta(key, .random(in: .min ... .max), database) }
        let secret = try secret(database)
        let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM texts") ?? 0
        for generation in 0..<generation(of: last) {
            try write(try keys(of: generation, secret, database), generation, database)
        }
    }

    // MARK: Forms

    /// What the fourth version of the tables adds: `texts` without an index, and a table of keys.
    static let fourth = """
        CREATE TABLE new_texts(id INTEGER PRIMARY KEY, text TEXT NOT NULL);
        INSERT INTO new_texts SELECT id, text FROM texts;
        DROP TABLE texts;
        ALTER TABLE new_texts RENAME TO texts;
        CREATE TABLE text_keys(id INTEGER PRIMARY KEY, keys BLOB NOT NULL);
        """

    /// One part of a generation.
    static let readPart = "SELECT id, keys FROM text_keys WHERE id = ?1"
    /// The two halves of the secret in `meta`.
    static let secretKeys = ["text_secret_low", "text_secret_high"]

    /// The generation of an id.
    static func generation(of id: Int64) -> Int64 { id >> generationBits }

    /// The first id of the generation of an id.
    static func firstID(ofGenerationOf id: Int64) -> Int64 { generation(of: id) << generationBits }

    /// The id of a key.
    static func id(_ key: UInt64, _ generation: Int64) -> Int64 {
        generation << generationBits + Int64(key & (1 << UInt64(generationBits) - 1))
    }

    /// The id in `text_keys` of the part of a generation that a hash is in.
    static func partID(of hash: UInt32, _ generation: Int64) -> Int64 {
        generation << Int64(partBits) | Int64(hash >> UInt32(31 - partBits))
    }

    /// The generation of an id in `text_keys`.
    static func generation(ofPart id: Int64) -> Int64 { id >> Int64(partBits) }

    private static func key(_ hash: UInt32, _ id: Int64) -> UInt64 {
        UInt64(hash) << PackedKeys.distanceBits | UInt64(id & (1 << generationBits - 1))
    }

    /// The hash of a text, in a key.
    static func hash(of text: [UInt8], _ secret: KeyedTextHash) -> UInt32 {
        UInt32(truncatingIfNeeded: secret(text.span)) & 0x7FFF_FFFF
    }

    /// The hash with the secret that `meta` has.
    ///
    /// - Parameter halves: The values of ``secretKeys``.
    /// - Returns: The hash.
    static func secret(_ halves: [Int64]) -> KeyedTextHash {
        KeyedTextHash(
            key: halves.flatMap { half in
                (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: half) >> UInt64(8 * $0)) }
            })
    }

    /// Reads the secret of a database.
    static func secret(_ database: Database) throws -> KeyedTextHash {
        secret(try secretKeys.map { try RowWriter.meta($0, database) ?? 0 })
    }
}
