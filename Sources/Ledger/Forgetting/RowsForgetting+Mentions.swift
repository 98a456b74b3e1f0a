// SPDX-License-Identifier: Apache-2.0
import GRDB

extension RowsForgetting {
    /// Finds the texts of the rows that still name the user, and removes those that no row uses any more.
    ///
    /// - Parameters:
    ///   - mentions: Gets the texts.
    ///   - database: The rows, within a transaction.
    /// - Throws: What SQLite throws.
    static func note(_ mentions: inout RemainingMentions, _ database: Database) throws {
        var found: [Int64: [UInt8]] = [:]
        try BoundStatement(database, "SELECT id, text FROM texts").eachText { id, text in
            if found.count < mostTexts, mentions.isNamed(in: text) { found[id] = text }
        }
        guard !found.isEmpty else { return }
        let ids = found.keys.map(String.init).joined(separator: ", ")
        var unused = found
        func note(_ id: Int64, _ place: String) {
            unused[id] = nil
            mentions.note(String(decoding: found[id] ?? [], as: UTF8.self), as: place, in: RowStore.fileName)
        }
        for (table, column) in ReferenceCheck.textColumns where !["sets", "rollups"].contains(table) {
            let scan = try RowScan(database, "SELECT DISTINCT \(column) FROM \(table) WHERE \(column) IN (\(ids))")
            while try scan.next() { note(scan[0], place(table, column)) }
            scan.end()
        }
        let names = try Row.fetchAll(database, sql: "SELECT id, name FROM dimensions")
            .map { (id: $0["id"] as Int64, name: $0["name"] as String) }
        for table in ["sets", "rollups"] {
            let scan = try RowScan(
                database, "SELECT DISTINCT value, dimension FROM \(table) WHERE value IN (\(ids))")
            while try scan.next() { note(scan[0], names.first { $0.id == scan[1] }?.name ?? "") }
            scan.end()
        }
        for (id, name) in names {
            let values = try packedValues(PackedRollups.ids(of: id), database).intersection(found.keys)
            for value in values { note(value, name) }
        }
        var keys = TextKeys()
        try keys.remove(unused.map { ($0.key, $0.value) }, database)
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
    private static func place(_ table: String, _ column: String) -> String {
        switch (table, column) {
        case (_, "name"): ForgottenUser.traceName
        case ("sessions", _), (_, "session"): RowDimension.session
        case ("cards", _): "price"
        case (_, "answered"): "answered_model"
        case (_, "requested"): "requested_model"
        default: column
        }
    }

    /// Bounds the length of a statement; a person reads fewer.
    private static let mostTexts = 1_000
}
