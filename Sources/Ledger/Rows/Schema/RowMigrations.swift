// SPDX-License-Identifier: Apache-2.0
import Foundation
package import GRDB

/// The versions of `ledger.db`, and the way from each to the next.
///
/// Before an older database is changed, a copy of it is kept as `ledger-before-N.db`, where `N` is the version that it becomes;
/// `ledger downgrade` puts it back. The name of a migration is the version that it makes.
package struct RowMigrations: Sendable {
    /// A step from the version before to a version.
    package struct Step: Sendable {
        package let version: UInt64
        package let migrate: @Sendable (Database) throws -> Void

        package init(_ version: UInt64, _ migrate: @escaping @Sendable (Database) throws -> Void) {
            (self.version, self.migrate) = (version, migrate)
        }
    }

    /// The steps, the first one for an empty file.
    package var steps: [Step]

    /// Those of this version of the program.
    package static let current = RowMigrations(steps: [
        Step(1) { try $0.execute(sql: RowSchema.first) }, Step(2) { try $0.execute(sql: RepricingSchema.second) },
        Step(3) { try QuestionSchema.migrate($0) }, Step(4) { try CompactSchema.migrate($0) },
        Step(5) { try TraceKeys.fill($0) }, Step(6) { try $0.execute(sql: SessionTraces.sixth) },
    ])

    package init(steps: [Step]) { self.steps = steps }

    /// The version that this program reads and writes.
    package var latest: UInt64 { steps.last?.version ?? 0 }

    /// The version of a database; 0 for an empty one.
    ///
    /// - Parameter database: The database.
    /// - Returns: The highest version that was made.
    /// - Throws: What SQLite throws.
    package static func version(of database: Database) throws -> UInt64 {
        guard try database.tableExists("grdb_migrations") else { return 0 }
        let names = try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations")
        return names.compactMap { UInt64($0) }.max() ?? 0
    }

    /// Refuses a database that another program has made.
    ///
    /// - Parameters:
    ///   - database: The database.
    ///   - path: Its path.
    /// - Throws: ``JournalError/foreignRows(_:)``, or what SQLite throws.
    static func refuseForeign(_ database: Database, path: String) throws {
        let tables = try String.fetchSet(
            database, sql: "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@'"
        ).subtracting(["grdb_migrations"])
        // Other programs may name their migrations by numbers as well.
        let isOurs = try version(of: database) > 0 && tables.isSuperset(of: ["meta", "calls"])
        guard tables.isEmpty || isOurs else {
            throw JournalError.foreignRows(path)
        }
    }

    /// The path of the copy that is kept of a database before it becomes a version.
    ///
    /// - Parameters:
    ///   - path: The path of the database.
    ///   - version: The version.
    /// - Returns: The path, in the same folder.
    package static func copyPath(of path: String, before version: UInt64) -> String {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        return "\(folder)ledger-before-\(version).db"
    }

    /// Brings a database to the latest version, and keeps a copy if it has rows.
    ///
    /// - Parameters:
    ///   - queue: The open database.
    ///   - path: Its path.
    /// - Throws: ``JournalError/newer(_:_:reads:)`` for a database of a later version; otherwise what SQLite throws.
    func migrate(_ queue: DatabaseQueue, path: String) throws {
        let found = try queue.read { try Self.version(of: $0) }
        let name = String(path.split(separator: "/").last ?? "")
        guard found <= latest else { throw JournalError.newer(name, found, reads: latest) }
        guard found < latest else { return }
        if found > 0 { try Self.keepCopy(of: queue, at: Self.copyPath(of: path, before: latest)) }
        // One transaction for all steps: if the process ended between two of them, the next start would copy the state between.
        try queue.write { database in
            try database.execute(
                sql: "CREATE TABLE IF NOT EXISTS grdb_migrations(identifier TEXT NOT NULL PRIMARY KEY)")
            for step in steps where step.version > found {
                try step.migrate(database)
                try database.execute(
                    sql: "INSERT INTO grdb_migrations(identifier) VALUES (?)", arguments: ["\(step.version)"])
            }
        }
    }

    /// Copies a database into a file of its own, which has its name only once it is whole.
    ///
    /// - Parameters:
    ///   - queue: The open database.
    ///   - path: The path of the copy; a file there is replaced.
    /// - Throws: What SQLite or the file system throws.
    private static func keepCopy(of queue: DatabaseQueue, at path: String) throws {
        let draft = path + ".new"
        for stale in [draft, path] where FileManager.default.fileExists(atPath: stale) {
            try FileManager.default.removeItem(atPath: stale)
        }
        try RowDatabase.restrict(draft)
        // Not `VACUUM INTO`: a copy page by page is as it was, to the last byte.
        let copy = try DatabaseQueue(path: draft)
        try queue.backup(to: copy)
        try copy.close()
        try FileManager.default.moveItem(atPath: draft, toPath: path)
    }
}
