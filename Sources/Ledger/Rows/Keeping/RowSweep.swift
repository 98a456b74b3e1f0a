// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The texts that are in use, as a bit for each id of a range.
struct TextMarks {
    let ids: Range<Int64>
    private var bits: [UInt64]

    init(_ ids: Range<Int64>) {
        self.ids = ids
        bits = [UInt64](repeating: 0, count: ids.count / 64 + 1)
    }

    /// Notes that a text is in use.
    mutating func insert(_ id: Int64) {
        guard ids.contains(id) else { return }
        let index = Int(id - ids.lowerBound)
        bits[index >> 6] |= 1 << UInt64(index & 63)
    }

    func contains(_ id: Int64) -> Bool {
        let index = Int(id - ids.lowerBound)
        return bits[index >> 6] >> UInt64(index & 63) & 1 != 0
    }
}

/// Removes texts that nothing refers to any more, such as the names of sessions whose calls are removed.
///
/// It begins when so many texts are new since the last time that a search is worth it, and reads all that refers to texts once, in
/// steps. Texts that calls use meanwhile are marked as they are used (``RowWords/marks``). So there are never many more unused texts
/// than ``mostNew``.
struct RowSweep {
    /// A table that refers to texts: in its columns, and in the order of a column by which a step begins.
    private struct Source {
        let table: String
        let order: String
        let columns: [String]
    }

    private static let sources = [
        Source(table: "lines", order: "id", columns: ["model", "provider", "operation"]),
        Source(table: "cards", order: "id", columns: ["model", "provider", "book"]),
        Source(
            table: "kinds", order: "id",
            columns: ["answered", "requested", "tier", "region", "server", "error", "dialect", "reason", "tenant"]),
        Source(table: "sets", order: "id", columns: ["value"]),
        Source(table: "sessions", order: "id", columns: ["id"]),
        // Before `traces`: a name may move from a call to a row of `traces` meanwhile, and never back.
        Source(table: "calls", order: "id", columns: ["name"]),
        Source(table: "traces", order: "id", columns: ["name"]),
        Source(table: "drops", order: "id", columns: ["session"]),
    ]

    /// What a sweep has still to do.
    private enum Phase {
        case source(Int, after: Int64)
        case rollups(dimension: Int64, after: Int64)
        // After the others, since these become packed meanwhile.
        case packed(after: Int64)
        case texts(after: Int64)
    }

    private var phase: Phase?
    private let mostNew: Int64
    /// The rows that a step reads, and about how many of them a text has.
    private static let rowsOfStep = 20_000
    /// The ids of one sweep: further ones wait for the next, so that marks take 8 MiB at most.
    private static let mostIDs: Int64 = 1 << 26

    /// Makes a sweep that has nothing to do yet.
    ///
    /// - Parameter mostNew: The number of new texts after which it begins.
    init(mostNew: Int64) { self.mostNew = mostNew }

    /// Whether a sweep is under way.
    var isRunning: Bool { phase != nil }

    /// Begins a sweep, if enough texts are new.
    mutating func begin(_ writer: inout RowWriter, _ database: Database) throws {
        guard phase == nil else { return }
        let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM texts") ?? 0
        let swept = try RowWriter.meta("texts_swept", database) ?? 0
        guard last - swept >= mostNew else { return }
        // The range moves through all ids, and begins again at the first one.
        var first = try RowWriter.meta("texts_next", database) ?? 1
        if first > last { first = 1 }
        let end = min(last + 1, first + Self.mostIDs)
        writer.words.words.marks = TextMarks(first..<end)
        // The names of roots that wait for their traces are in no table.
        for name in writer.roots.names { writer.words.words.marks?.insert(name) }
        phase = .source(0, after: .min)
    }

    /// Does a step of the sweep that is under way.
    ///
    /// - Throws: What SQLite throws.
    mutating func step(_ writer: inout RowWriter, _ database: Database) throws {
        // The writer forgets marks when a transaction fails: the sweep begins again another time.
        guard let phase, writer.words.words.marks != nil else {
            self.phase = nil
            return
        }
        switch phase {
        case .source(let index, let after): self.phase = try read(index, after, &writer, database)
        case .rollups(let dimension, let after): self.phase = try readRollups(dimension, after, &writer, database)
        case .packed(let after): self.phase = try readPacked(after, &writer, database)
        case .texts(let after): self.phase = try remove(after, &writer, database)
        }
    }

    private func read(_ index: Int, _ after: Int64, _ writer: inout RowWriter, _ database: Database) throws -> Phase {
        guard index < Self.sources.count else { return .rollups(dimension: 0, after: .min) }
        let source = Self.sources[index]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT \(source.order), \(source.columns.joined(separator: ", ")) FROM \(source.table)
                WHERE \(source.order) > ? ORDER BY \(source.order) LIMIT \(Self.rowsOfStep)
                """, arguments: [after])
        var (last, count) = (after, 0)
        while let row = try rows.next() {
            (last, count) = (row[0], count + 1)
            for column in 1...source.columns.count {
                if let id = row[column] as Int64? { writer.words.words.marks?.insert(id) }
            }
        }
        // Rows with the same number may be cut in two, and are read again.
        guard count == Self.rowsOfStep else { return .source(index + 1, after: .min) }
        return .source(index, after: source.table == "sets" ? last - 1 : last)
    }

    private func readRollups(
        _ dimension: Int64, _ after: Int64, _ writer: inout RowWriter, _ database: Database
    ) throws -> Phase {
        let next = try Row.fetchOne(
            database,
            sql: """
                SELECT dimension, quarter FROM rollups WHERE (dimension, quarter) > (?, ?) AND dimension > 0
                ORDER BY dimension, quarter LIMIT 1
                """, arguments: [dimension, after])
        guard let next else { return .packed(after: .min) }
        let (dimension, first): (Int64, Int64) = (next[0], next[1])
        let values = try Int64.fetchCursor(
            database, sql: "SELECT value FROM rollups WHERE dimension = ? AND quarter BETWEEN ? AND ?",
            arguments: [dimension, first, first + Self.quartersOfStep])
        while let value = try values.next() { writer.words.words.marks?.insert(value) }
        return .rollups(dimension: dimension, after: first + Self.quartersOfStep)
    }

    /// Reads packed roll-ups; `nil`, which ends the sweep, if some cannot be read: these may need any text.
    private func readPacked(_ after: Int64, _ writer: inout RowWriter, _ database: Database) throws -> Phase? {
        let rows = try RowScan(
            database, "SELECT id, sums FROM packed_rollups WHERE id > ? ORDER BY id LIMIT \(Self.quartersOfStep)")
        try rows.begin(after)
        var last: Int64?
        var values: [Int64] = []
        while try rows.next() {
            last = rows[0]
            guard let sums = try? PackedRollups.sums(rows.bytes(1)).get(),
                !sums.has(RollupColumns.value) || (try? sums.read(RollupColumns.value, into: &values)) != nil
            else {
                writer.words.words.marks = nil
                return nil
            }
            guard sums.has(RollupColumns.value) else { continue }
            for value in values { writer.words.words.marks?.insert(value) }
        }
        return last.map { .packed(after: $0) } ?? .texts(after: 0)
    }

    /// Six hours of roll-ups at a time.
    private static let quartersOfStep: Int64 = 24

    private func remove(_ after: Int64, _ writer: inout RowWriter, _ database: Database) throws -> Phase? {
        guard let marks = writer.words.words.marks else { return nil }
        let read = try BoundStatement(
            database, "SELECT id, text FROM texts WHERE id >= ? AND id < ? ORDER BY id LIMIT \(Self.rowsOfStep / 4)")
        read.bind(1, max(after + 1, marks.ids.lowerBound))
        read.bind(2, marks.ids.upperBound)
        var (last, unused): (Int64?, [(id: Int64, text: [UInt8])]) = (nil, [])
        try read.eachText { id, text in
            last = id
            if !marks.contains(id) { unused.append((id, text)) }
        }
        try database.inTransaction(.immediate) {
            if !unused.isEmpty { try writer.words.words.remove(unused, database) }
            if last == nil {
                let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM texts") ?? 0
                try RowWriter.setMeta("texts_swept", last, database)
                try RowWriter.setMeta("texts_next", marks.ids.upperBound, database)
            }
            return .commit
        }
        guard let last else {
            writer.words.words.marks = nil
            return nil
        }
        return .texts(after: last)
    }
}
