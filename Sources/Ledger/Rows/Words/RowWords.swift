// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI

/// The ids of texts and of lines; those in use lately are in memory.
struct RowWords {
    private struct Line: Hashable {
        var model: Int64
        var provider: Int64
        var operation: Int64
        var source: Int64
    }

    /// A text of senders, by a hash with the secret of the process.
    private struct TextHash: WordKey {
        let value: UInt64

        @inline(__always)
        func hash(_ salt: UInt64) -> UInt64 { value }
    }

    /// Ids that were used lately.
    private struct Half {
        var texts: [String: Int64] = [:]
        var hashes = KeyTable<TextHash>()
        /// By the number of a hash.
        var hashedTexts: [Int64] = []

        func id(of key: TextHash) -> Int64? { hashes.known(key).map { hashedTexts[$0] } }

        mutating func set(_ key: TextHash, _ id: Int64) {
            _ = hashes.number(of: key)
            hashedTexts.append(id)
        }
    }

    private var newer = Half()
    private var older = Half()
    private var lines: [Line: Int64] = [:]

    private var keys = TextKeys()

    /// The id of the first text that the transaction has added; `nil` if it has added none.
    var firstAdded: Int64? { keys.firstAdded }

    /// The texts that were used since a sweep began; `nil` while none is under way.
    var marks: TextMarks?

    /// The number of lines at which all are forgotten, and of texts at which those are that were not used lately; the tables find
    /// them again.
    private static let most = 65_536

    /// The id of a text, which is new to the table or not; 0 for an empty one.
    mutating func id(of text: String, _ database: Database) throws -> Int64 {
        if text.isEmpty { return 0 }
        if let known = newer.texts[text] {
            marks?.insert(known)
            return known
        }
        let id = try older.texts[text] ?? row(of: text, database)
        newer.texts[text] = id
        marks?.insert(id)
        return id
    }

    /// Prefetches what the look-up of a hash begins with.
    @inline(__always)
    func fetch(_ hash: UInt64) { newer.hashes.fetch(TextHash(value: hash)) }

    /// The id of a value of a dimension by the hash of its text; `nil` if it was not used lately.
    @inline(__always)
    mutating func id(ofHash hash: UInt64) -> Int64? {
        let key = TextHash(value: hash)
        if let known = newer.id(of: key) {
            marks?.insert(known)
            return known
        }
        guard let id = older.id(of: key) else { return nil }
        newer.set(key, id)
        marks?.insert(id)
        return id
    }

    /// The id of a value whose hash ``id(ofHash:)`` does not know; adds the text if the table lacks it.
    mutating func add(_ text: String, hash: UInt64, _ database: Database) throws -> Int64 {
        let id = try row(of: text, database)
        // A set that was forgotten meanwhile has no texts.
        guard id != 0 else { return 0 }
        newer.set(TextHash(value: hash), id)
        marks?.insert(id)
        return id
    }

    private mutating func row(of text: String, _ database: Database) throws -> Int64 {
        text.isEmpty ? 0 : try keys.row(of: text, database)
    }

    /// The id of a line.
    mutating func line(
        model: Int64, provider: Int64, operation: Int64, source: LineSource, _ database: Database
    ) throws -> Int64 {
        let line = Line(model: model, provider: provider, operation: operation, source: source.rawValue)
        if let known = lines[line] { return known }
        func statement(_ sql: String) throws -> BoundStatement {
            let statement = try BoundStatement(database, sql)
            statement.bind(1, line.model)
            statement.bind(2, line.provider)
            statement.bind(3, line.operation)
            statement.bind(4, line.source)
            return statement
        }
        let search = try statement(
            "SELECT id FROM lines WHERE model = ? AND provider = ? AND operation = ? AND source = ?")
        let id: Int64
        if let found = try search.number() {
            id = found
        } else {
            try statement("INSERT INTO lines(model, provider, operation, source) VALUES (?, ?, ?, ?)").run()
            id = database.lastInsertedRowID
        }
        lines[line] = id
        return id
    }

    /// Removes texts that nothing refers to.
    mutating func remove(_ texts: [(id: Int64, text: [UInt8])], _ database: Database) throws {
        try keys.remove(texts, database)
        (newer, older) = (Half(), Half())
    }

    /// What outlives a transaction that was rolled back.
    mutating func takeKeys(of other: RowWords) {
        keys = other.keys
        keys.forget()
    }

    /// Begins a transaction, and forgets everything if it has become too much.
    mutating func begin() {
        keys.begin()
        if newer.texts.count > Self.most / 2 || newer.hashedTexts.count > Self.most / 2 {
            (older, newer) = (newer, Half())
        }
        if lines.count > Self.most { lines.removeAll() }
    }
}
