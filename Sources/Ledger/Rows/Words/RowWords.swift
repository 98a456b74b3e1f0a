// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The ids of texts and of lines; those in use lately are in memory.
struct RowWords {
    private struct Line: Hashable {
        var model: Int64
        var provider: Int64
        var operation: Int64
        var source: Int64
    }

    private var texts: [String: Int64] = [:]
    private var lines: [Line: Int64] = [:]

    /// The texts that were used since a sweep began; `nil` while none is under way.
    var marks: TextMarks?

    /// The number of texts, and of lines, at which all are forgotten; the table finds them again.
    private static let most = 65_536

    /// The id of a text, which is new to the table or not; 0 for an empty one.
    mutating func id(of text: String, _ database: Database) throws -> Int64 {
        if text.isEmpty { return 0 }
        if let known = texts[text] {
            marks?.insert(known)
            return known
        }
        let search = try BoundStatement(database, "SELECT id FROM texts WHERE text = ?")
        search.bind(1, text)
        let id: Int64
        if let found = try search.number() {
            id = found
        } else {
            let insert = try BoundStatement(database, "INSERT INTO texts(text) VALUES (?)")
            insert.bind(1, text)
            try insert.run()
            id = database.lastInsertedRowID
        }
        texts[text] = id
        marks?.insert(id)
        return id
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

    /// Forgets texts, since some were removed.
    mutating func forgetTexts() { texts.removeAll() }

    /// Forgets everything if it has become too much; only between two transactions.
    mutating func trim() {
        if texts.count > Self.most { texts.removeAll() }
        if lines.count > Self.most { lines.removeAll() }
    }
}
