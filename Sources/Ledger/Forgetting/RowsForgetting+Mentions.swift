// SPDX-License-Identifier: Apache-2.0
import GRDB

extension RowsForgetting {
    /// Notes the texts of the rows that still name the user, and removes those of them that no row uses any more.
    ///
    /// It goes on until it has seen all texts, or ``RemainingMentions/hasMore``.
    ///
    /// - Parameters:
    ///   - mentions: Gets the texts.
    ///   - database: The rows, within a transaction.
    ///   - most: The number of texts that one step looks up.
    /// - Throws: What SQLite throws.
    static func noteMentions(
        _ mentions: inout RemainingMentions, removingUnused database: Database, most: Int = usualMost
    ) throws {
        var last = Int64.min
        while !mentions.hasMore {
            var named: [Int64: [UInt8]] = [:]
            let texts = try BoundStatement(database, "SELECT id, text FROM texts WHERE id > \(last) ORDER BY id")
            try texts.eachText { id, text in
                guard named.count < most, mentions.user.isNamed(in: text) else { return }
                named[id] = text
                last = id
            }
            guard !named.isEmpty else { return }
            let used = try noteUses(of: named, &mentions, database)
            var keys = TextKeys()
            try keys.remove(named.filter { !used.contains($0.key) }.map { ($0.key, $0.value) }, database)
        }
    }

    /// Notes what rows use texts for.
    ///
    /// - Returns: The ids of the texts that a row uses.
    private static func noteUses(
        of texts: [Int64: [UInt8]], _ mentions: inout RemainingMentions, _ database: Database
    ) throws -> Set<Int64> {
        var used: Set<Int64> = []
        func use(_ id: Int64, as kind: String) {
            used.insert(id)
            mentions.note(String(decoding: texts[id] ?? [], as: UTF8.self), as: kind, in: RowStore.fileName)
        }
        let ids = texts.keys.map(String.init).joined(separator: ", ")
        for (table, column) in ReferenceCheck.textColumns where !["sets", "rollups"].contains(table) {
            let scan = try RowScan(database, "SELECT DISTINCT \(column) FROM \(table) WHERE \(column) IN (\(ids))")
            while try scan.next() { use(scan[0], as: kind(table, column)) }
            scan.end()
        }
        let names = try Row.fetchAll(database, sql: "SELECT id, name FROM dimensions")
            .map { (id: $0["id"] as Int64, name: $0["name"] as String) }
        for table in ["sets", "rollups"] {
            let scan = try RowScan(
                database, "SELECT DISTINCT value, dimension FROM \(table) WHERE value IN (\(ids))")
            while try scan.next() { use(scan[0], as: names.first { $0.id == scan[1] }?.name ?? "") }
            scan.end()
        }
        for (id, name) in names {
            let values = try packedValues(PackedRollups.ids(of: id), database).intersection(texts.keys)
            for value in values { use(value, as: name) }
        }
        return used
    }

    /// All values of packed roll-ups.
    private static func packedValues(_ ids: Range<Int64>, _ database: Database) throws -> Set<Int64> {
        var (all, values): (Set<Int64>, [Int64]) = ([], [])
        try PackedRollups.forEach(ids, database) { id, result in
            guard try readValues(id, result, into: &values) else { return }
            all.formUnion(values)
        }
        return all
    }

    /// What the texts of a column are.
    private static func kind(_ table: String, _ column: String) -> String {
        switch (table, column) {
        case (_, "name"): ForgottenUser.traceName
        case ("sessions", _), (_, "session"): RowDimension.session
        case (_, RemainingMention.tenant): RemainingMention.tenant
        default: RemainingMention.fact
        }
    }

    /// Bounds the length of a statement.
    static let usualMost = 1_000
}
