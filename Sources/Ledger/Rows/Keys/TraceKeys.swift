// SPDX-License-Identifier: Apache-2.0
import GRDB
import OTLP

/// Writes the keys of traces, and looks them up for the writer.
///
/// A row for each key would be on a random page of a tree. So each transaction writes the keys of a day as one row of
/// `new_trace_keys`, and once there are many, ``pack(_:)`` moves them into the parts of their days in `trace_keys`.
struct TraceKeys {
    /// `nil` before ``load(_:)``.
    private var hash: KeyHash?
    private var filter = TraceFilter()
    /// The keys in `new_trace_keys`, by day; `nil` before they are read.
    private var new: [Int64: [PackedKeys]]?
    private var newKeys = 0
    private var newRows = 0

    /// The keys, and the rows, in `new_trace_keys` from which on they move into parts.
    private static let mostNewKeys = 65_536
    private static let mostNewRows = 64
    /// Not a setting: hashes are read at once, so it may be a bit further ahead than in ``RowWriter``.
    private static let fetchedAhead = 8
    /// The keys of a row of `trace_keys`, 8,000 bytes: a page has room for them.
    private static let keysOfRow = 1_000

    /// Forgets what is known of the database, since a transaction was rolled back.
    mutating func forget() {
        // A key that is in the filter and not in the database costs a look-up, and no more.
        new = nil
    }

    /// Begins a transaction.
    ///
    /// - Parameters:
    ///   - today: The present day, since 2020.
    ///   - database: The connection.
    /// - Throws: What SQLite throws.
    mutating func begin(today: Int64, _ database: Database) throws {
        try load(database)
        let new = new ?? [:]
        try filter.begin(today: today) { Self.source(of: $0, new, database) }
    }

    @discardableResult
    private mutating func load(_ database: Database) throws -> KeyHash {
        let hash = try self.hash ?? KeyHash(database)
        self.hash = hash
        guard new == nil else { return hash }
        var found: [Int64: [PackedKeys]] = [:]
        (newKeys, newRows) = (0, 0)
        try BoundStatement(database, "SELECT day, keys FROM new_trace_keys ORDER BY id").eachRow { day, keys in
            found[day, default: []].append(PackedKeys(sorted: keys))
            newKeys += keys.count
            newRows += 1
        }
        new = found
        return hash
    }

    // MARK: Look-ups

    /// The newest day that may have keys, since 2020.
    var newestDay: Int64 { filter.newest }

    /// Prefetches what a look-up of a trace begins with.
    @inline(__always)
    func fetch(_ key: TraceKey) {
        if let hash { filter.fetch(hash(key)) }
    }

    /// The hash of a trace's id.
    mutating func hash(of key: TraceKey, _ database: Database) throws -> UInt32 {
        // An import looks before its first transaction.
        try load(database)(key)
    }

    /// The rows of a day's traces whose ids have a hash, the latest first.
    @inline(__always)
    mutating func rows(ofHash hash: UInt32, on day: Int64, _ database: Database) throws -> [Int64] {
        filter.mayHave(hash, day: day) == false ? [] : try read(hash, on: day, database)
    }

    @inline(never)
    private mutating func read(_ hash: UInt32, on day: Int64, _ database: Database) throws -> [Int64] {
        let known = new ?? [:]
        let source = Self.source(of: day, known, database)
        guard try filter.mayHave(hash, day: day, source) else { return [] }
        var rows: [Int64] = []
        for keys in known[day] ?? [] { rows += keys.rows(ofHash: hash, on: day) }
        let ids = PackedKeys.ids(forHash: hash, on: day)
        let search = try BoundStatement(database, "SELECT id, keys FROM trace_keys WHERE id >= ? AND id < ?")
        search.bind(1, ids.lowerBound)
        search.bind(2, ids.upperBound)
        try search.eachRow { _, keys in rows += PackedKeys(sorted: keys).rows(ofHash: hash, on: day) }
        if rows.isEmpty { try filter.passedInVain(day: day, source) }
        return rows.sorted(by: >)
    }

    /// The hashes of all keys of a day.
    private static func source(
        of day: Int64, _ new: [Int64: [PackedKeys]], _ database: Database
    ) -> TraceFilter.Source {
        func statement(_ columns: String) throws -> BoundStatement {
            let read = try BoundStatement(database, "SELECT \(columns) FROM trace_keys WHERE id >= ? AND id < ?")
            read.bind(1, PackedKeys.ids(of: 0, on: day).lowerBound)
            read.bind(2, PackedKeys.ids(of: 0, on: day + 1).lowerBound)
            return read
        }
        let added = new[day] ?? []
        return TraceFilter.Source {
            // The length of bytes is known without reading them.
            try Int(statement("sum(length(keys)) / 8").number() ?? 0) + added.reduce(0) { $0 + $1.words.count }
        } forEach: { body in
            for key in added.lazy.flatMap(\.words) { body(PackedKeys.hash(ofKey: key)) }
            try statement("id, keys").eachRow { _, keys in for key in keys { body(PackedKeys.hash(ofKey: key)) } }
        }
    }

    // MARK: Writing

    /// Adds the keys of new traces, within a transaction.
    ///
    /// - Parameters:
    ///   - traces: Their ids, and the ids of their rows.
    ///   - database: The connection.
    /// - Throws: What SQLite throws.
    mutating func add(_ traces: [(key: TraceKey, row: Int64)], _ database: Database) throws {
        guard !traces.isEmpty else { return }
        let hashOfTrace = try load(database)
        var keys: [(day: Int64, keys: [UInt64])] = []
        let hashes = traces.map { hashOfTrace($0.key) }
        for index in traces.indices {
            if index + Self.fetchedAhead < hashes.count { filter.fetch(hashes[index + Self.fetchedAhead]) }
            let (trace, hash) = (traces[index], hashes[index])
            let day = RowTime.day(of: trace.row)
            // Nearly all are of one day.
            var place = keys.indices.last { keys[$0].day == day } ?? -1
            if place < 0 {
                place = keys.count
                keys.append((day, []))
            }
            keys[place].keys.append(PackedKeys.key(hash, row: trace.row))
            filter.enter(hash, day: day)
        }
        let insert = try BoundStatement(database, "INSERT INTO new_trace_keys(day, keys) VALUES (?, ?)")
        for (day, keys) in keys {
            let packed = PackedKeys(keys)
            insert.bind(1, day)
            insert.bind(2, words: packed.words)
            try insert.run()
            new?[day, default: []].append(packed)
            newKeys += keys.count
            newRows += 1
        }
        if newKeys >= Self.mostNewKeys || newRows >= Self.mostNewRows { try pack(database) }
    }

    /// Makes all keys of traces anew, as the fifth version of the tables has them.
    ///
    /// - Parameter database: A database with a secret, in a transaction.
    /// - Throws: What SQLite throws.
    static func fill(_ database: Database) throws {
        try database.execute(sql: "DELETE FROM trace_keys; DELETE FROM new_trace_keys")
        var keys = TraceKeys()
        for rows in ["traces", "calls WHERE low IS NOT NULL"] {
            let traces = try Row.fetchCursor(database, sql: "SELECT id, high, low FROM \(rows)")
            var some: [(key: TraceKey, row: Int64)] = []
            while let row = try traces.next() {
                some.append((TraceKey(high: UInt64(bitPattern: row[1]), low: UInt64(bitPattern: row[2])), row[0]))
                guard some.count == mostNewKeys else { continue }
                try keys.add(some, database)
                some.removeAll(keepingCapacity: true)
            }
            try keys.add(some, database)
        }
        try keys.pack(database)
    }

    /// Moves the new keys into the parts of their days, within a transaction.
    mutating func pack(_ database: Database) throws {
        try load(database)
        guard let new, newRows > 0 else { return }
        for (day, runs) in new {
            let keys = PackedKeys(runs.flatMap(\.words)).words
            var start = 0
            while start < keys.count {
                let part = PackedKeys.part(of: keys[start])
                var end = start + 1
                while end < keys.count, PackedKeys.part(of: keys[end]) == part { end += 1 }
                try Self.append(keys[start..<end], to: PackedKeys.ids(of: part, on: day), database)
                start = end
            }
        }
        try database.execute(sql: "DELETE FROM new_trace_keys")
        (self.new, newKeys, newRows) = ([:], 0, 0)
    }

    /// Adds keys to a part: to its last row while that has room, then to further ones.
    private static func append(_ keys: ArraySlice<UInt64>, to ids: Range<Int64>, _ database: Database) throws {
        let search = try BoundStatement(
            database, "SELECT id, keys FROM trace_keys WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1")
        search.bind(1, ids.lowerBound)
        search.bind(2, ids.upperBound)
        var (id, words) = (ids.lowerBound, Array(keys))
        try search.eachRow { last, before in
            let hasRoom = before.count <= keysOfRow / 2 || last + 1 == ids.upperBound
            id = hasRoom ? last : last + 1
            if hasRoom { words += before }
        }
        let insert = try BoundStatement(database, "INSERT OR REPLACE INTO trace_keys(id, keys) VALUES (?, ?)")
        var start = 0
        while start < words.count {
            // The last row of a part takes all that is left; there are 16,777,215 rows before it.
            let end = id + 1 == ids.upperBound ? words.count : min(start + keysOfRow, words.count)
            insert.bind(1, id)
            insert.bind(2, words: PackedKeys(Array(words[start..<end])).words)
            try insert.run()
            (start, id) = (end, id + 1)
        }
    }

    // MARK: Removing

    /// Removes the keys of a part of a day whose traces no longer have a row, within a transaction.
    ///
    /// - Parameters:
    ///   - part: The part.
    ///   - day: The day, since 2020.
    ///   - limit: The first row that is kept.
    ///   - database: The connection.
    /// - Throws: What SQLite throws.
    static func remove(_ part: Int, on day: Int64, before limit: Int64, _ database: Database) throws {
        let ids = PackedKeys.ids(of: part, on: day)
        let read = try BoundStatement(database, "SELECT id, keys FROM trace_keys WHERE id >= ? AND id < ?")
        read.bind(1, ids.lowerBound)
        read.bind(2, ids.upperBound)
        var rows: [(id: Int64, keys: [UInt64])] = []
        try read.eachRow { rows.append(($0, $1)) }
        let exists = try BoundStatement(database, "SELECT 1 FROM all_traces WHERE id = ?")
        let update = try BoundStatement(database, "UPDATE trace_keys SET keys = ?2 WHERE id = ?1")
        let delete = try BoundStatement(database, "DELETE FROM trace_keys WHERE id = ?")
        for row in rows {
            let kept = try row.keys.filter { key in
                let trace = PackedKeys.row(key, on: day)
                guard trace < limit else { return true }
                exists.bind(1, trace)
                return try exists.number() != nil
            }
            if kept.isEmpty {
                delete.bind(1, row.id)
                try delete.run()
            } else if kept.count < row.keys.count {
                update.bind(1, row.id)
                update.bind(2, words: kept)
                try update.run()
            }
        }
    }
}
