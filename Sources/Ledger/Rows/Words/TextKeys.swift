// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The keys by which texts lead to their ids.
///
/// Most texts are names of sessions, which are random: an index would put each new one on a different page. Here each 65,536 ids
/// are a *generation*. The keys of the newest generation are in memory; a start makes them from its texts. The keys of a full
/// generation are stored in 64 parts, each in ascending order. A look-up goes through all generations, the newest first. A filter
/// over all hashes saves nearly all look-ups of new texts.
///
/// A key is one word, as in ``PackedKeys``: 31 bits of a hash, then the distance of the id from the first one of its generation.
struct TextKeys {
    /// `nil` before the first text.
    private var hash: KeyHash?
    private var filter = HashFilter(hashes: 0)
    /// The hashes in the filter; some may be of texts that are removed.
    private var entered = 0
    /// The newest generation.
    private var newest: Int64 = 0
    private var keys = NewestTextKeys()
    /// Whether these are all keys of that generation.
    private var isWhole = false
    /// Adds a text; prepared once for each transaction.
    private var insert: BoundStatement?
    /// The id of the first text that the transaction has added; all later ones have higher ids.
    private(set) var firstAdded: Int64?

    private static let generationBits: Int64 = 16
    private static let partBits: UInt64 = 6

    // MARK: Texts

    /// Begins a transaction.
    mutating func begin() { (insert, firstAdded) = (nil, nil) }

    /// The id of a text, which is added if the table does not have it.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - database: The connection, in a transaction.
    /// - Returns: The id.
    /// - Throws: What SQLite throws.
    mutating func row(of text: String, _ database: Database) throws -> Int64 {
        let hash = try load(database)(text.utf8.span)
        // Most texts are new, so that ``add(_:_:)`` soon writes where this look-up reads.
        keys.fetch(hash)
        return try id(of: text, hash, database) ?? add(text, hash, database)
    }

    /// The id of a text; `nil` if the table does not have it.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - database: The connection.
    /// - Returns: The id.
    /// - Throws: What SQLite throws.
    mutating func id(of text: String, _ database: Database) throws -> Int64? {
        try id(of: text, load(database)(text.utf8.span), database)
    }

    private mutating func id(of text: String, _ hash: UInt32, _ database: Database) throws -> Int64? {
        guard filter.mayHave(hash) else { return nil }
        let search = try BoundStatement(database, Self.search)
        func first(of keys: some Sequence<UInt64>, _ generation: Int64) throws -> Int64? {
            for key in keys {
                search.bind(1, Self.id(key, generation))
                search.bind(2, text)
                if let id = try search.number() { return id }
            }
            return nil
        }
        if let id = try first(of: keys.words(ofHash: hash), newest) { return id }
        let older = try BoundStatement(database, Self.olderPart)
        var generation = newest
        while true {
            older.bind(1, Self.partID(of: 0, generation))
            guard let next = try older.number() else { return nil }
            generation = Self.generation(ofPart: next)
            let part = try Self.part(Self.partID(of: hash, generation), database)
            if let id = try first(of: part.words(ofHash: hash), generation) { return id }
        }
    }

    /// Adds a text that the table does not have.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - database: The connection, in a transaction.
    /// - Returns: Its id.
    /// - Throws: What SQLite throws.
    mutating func add(_ text: String, _ database: Database) throws -> Int64 {
        try add(text, load(database)(text.utf8.span), database)
    }

    private mutating func add(_ text: String, _ hash: UInt32, _ database: Database) throws -> Int64 {
        let hashOfText = try load(database)
        let insert = try self.insert ?? BoundStatement(database, "INSERT INTO texts(text) VALUES (?)")
        self.insert = insert
        try insert.run(with: text)
        let id = insert.lastID
        if firstAdded == nil { firstAdded = id }
        if Self.generation(of: id) == newest {
            keys.append(Self.key(hash, id))
        } else {
            try Self.write(keys.words, newest, database)
            try begin(Self.generation(of: id), hashOfText, database)
        }
        filter.enter(hash)
        entered += 1
        return id
    }

    /// Removes texts.
    ///
    /// - Parameters:
    ///   - texts: Their ids and bytes.
    ///   - database: The connection, in a transaction.
    /// - Throws: What SQLite throws.
    mutating func remove(_ texts: [(id: Int64, text: [UInt8])], _ database: Database) throws {
        let hashOfText = try load(database)
        let delete = try BoundStatement(database, "DELETE FROM texts WHERE id = ?")
        var removed: [Int64: Set<UInt64>] = [:]
        for (id, text) in texts {
            delete.bind(1, id)
            try delete.run()
            let hash = hashOfText(text.span)
            removed[Self.partID(of: hash, Self.generation(of: id)), default: []].insert(Self.key(hash, id))
        }
        keys.remove(
            removed.filter { Self.generation(ofPart: $0.key) == newest }.values.reduce(into: []) { $0.formUnion($1) })
        for (part, gone) in removed {
            let left = try Self.part(part, database).words.filter { !gone.contains($0) }
            let deletePart = try BoundStatement(database, "DELETE FROM text_keys WHERE id = ?")
            deletePart.bind(1, part)
            try deletePart.run()
            try Self.write(left, Self.generation(ofPart: part), database)
        }
    }

    /// Forgets what may not be in the database, since a transaction was rolled back.
    ///
    /// A hash that is in the filter and not in the database costs a look-up, and no more.
    mutating func forget() { isWhole = false }

    // MARK: Reading and writing keys

    /// Reads the secret, all hashes and the newest generation, unless they are in memory.
    ///
    /// - Returns: The hash of the database.
    private mutating func load(_ database: Database) throws -> KeyHash {
        if let hash, isWhole, entered <= filter.room { return hash }
        let known = try hash ?? KeyHash(database)
        if hash == nil || entered > filter.room { try readFilter(database) }
        let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM texts") ?? 0
        try begin(Self.generation(of: last), known, database)
        (hash, isWhole) = (known, true)
        return known
    }

    /// Reads the hashes of all full generations into a filter that has room for twice as many.
    private mutating func readFilter(_ database: Database) throws {
        let bytes = try Int.fetchOne(database, sql: "SELECT sum(length(keys)) FROM text_keys") ?? 0
        var all = HashFilter(hashes: bytes / 4)
        try BoundStatement(database, "SELECT id, keys FROM text_keys").eachRow { _, keys in
            for key in keys { all.enter(PackedKeys.hash(ofKey: key)) }
        }
        (filter, entered) = (all, bytes / 8)
    }

    /// Makes a generation the newest one.
    private mutating func begin(_ generation: Int64, _ hash: KeyHash, _ database: Database) throws {
        let all = try Self.keys(of: generation, hash, database)
        (newest, keys) = (generation, NewestTextKeys())
        for key in all {
            keys.append(key)
            filter.enter(PackedKeys.hash(ofKey: key))
        }
        entered += all.count
    }

    /// The keys of a generation, made from its texts.
    static func keys(of generation: Int64, _ hash: KeyHash, _ database: Database) throws -> [UInt64] {
        let read = try BoundStatement(database, "SELECT id, text FROM texts WHERE id >= ? AND id < ?")
        read.bind(1, generation << generationBits)
        read.bind(2, (generation + 1) << generationBits)
        var keys: [UInt64] = []
        try read.eachText { id, text in keys.append(key(hash(text.span), id)) }
        return keys
    }

    /// The stored keys of a part.
    private static func part(_ id: Int64, _ database: Database) throws -> PackedKeys {
        let read = try BoundStatement(database, readPart)
        read.bind(1, id)
        var part: [UInt64] = []
        try read.eachRow { _, keys in part = keys }
        return PackedKeys(sorted: part)
    }

    /// Writes keys of a generation, in parts; a part that is there is replaced.
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

    /// Makes a secret, and the keys of all full generations.
    ///
    /// - Parameter database: A database without keys, in a transaction.
    /// - Throws: What SQLite throws.
    static func fill(_ database: Database) throws {
        try KeyHash.makeSecret(database)
        let hash = try KeyHash(database)
        let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM texts") ?? 0
        for generation in 0..<generation(of: last) {
            try write(try keys(of: generation, hash, database), generation, database)
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

    /// A text with an id, if it is the one that is looked for.
    static let search = "SELECT id FROM texts WHERE id = ?1 AND text = ?2"
    /// The last part of the next older generation that has texts.
    static let olderPart = "SELECT max(id) FROM text_keys WHERE id < ?1"
    /// One part of a generation.
    static let readPart = "SELECT id, keys FROM text_keys WHERE id = ?1"

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
}
