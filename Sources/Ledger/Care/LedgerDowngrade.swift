// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Glibc

/// Puts the copy of the rows back that a newer version of the program kept before it changed them.
package struct LedgerDowngrade {
    /// A copy, and the rows that it would replace.
    package struct Plan: Sendable, Equatable {
        /// The name of the copy in the folder.
        package var copy: String
        /// The version of the rows in the copy.
        package var version: UInt64
        /// The version of the present rows; `nil` if they cannot be read.
        package var presentVersion: UInt64?
        /// The calls that the copy has counted, and those that the present rows have; `nil` if they cannot be read.
        package var calls: Int64?
        package var presentCalls: Int64?
        /// The numbers up to which the journal is in both.
        package var position: UInt64?
        package var presentPosition: UInt64?
        /// The number of the first record that the journal still has; `nil` without a journal.
        package var firstRecord: UInt64?
        /// The newest format of the journal's files, which a downgrade leaves as they are; `nil` without a journal.
        package var journalFormat: UInt64?
    }

    private let path: String
    private let lock: FolderLock
    /// What ``run()`` does.
    package let plan: Plan

    /// Looks for the newest copy, and locks the folder.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - holder: Who takes it meanwhile, for another process that finds it locked.
    /// - Throws: ``JournalError`` if a process has the folder, if there is no copy, or if the copy is damaged.
    package init(of path: String, holder: String) throws(JournalError) {
        self.path = path
        do {
            let folder = try DiskFolder(existing: path)
            lock = try FolderLock(of: path, by: holder)
            let names = try folder.names()
            guard let newest = Self.copies(in: names).last else {
                throw StorageError(
                    "put back a copy of the rows", code: 0,
                    reason:
                        "the folder \(path) has no file ledger-before-N.db, which an upgrade leaves that changes the rows"
                )
            }
            var plan = Plan(copy: newest, version: 0)
            let copy = try Self.facts(of: "\(path)/\(newest)", checks: true)
            (plan.version, plan.calls, plan.position) = (copy.version, copy.calls, copy.position)
            if let present = try? Self.facts(of: "\(path)/\(RowStore.fileName)", checks: false) {
                (plan.presentVersion, plan.presentCalls) = (present.version, present.calls)
                plan.presentPosition = present.position
            }
            for name in names.filter({ SegmentHeader.sequence(of: $0) != nil }).sorted() {
                guard let bytes = try folder.read(name, first: SegmentHeader.mostBytes),
                    let (header, _) = try SegmentHeader.read(bytes, name: name)
                else { continue }
                plan.firstRecord = min(plan.firstRecord ?? .max, header.firstNumber)
                plan.journalFormat = max(plan.journalFormat ?? 0, SegmentHeader.format(of: bytes) ?? 0)
            }
            self.plan = plan
        } catch {
            throw OwnRows.refusal(error, path)
        }
    }

    /// Puts the copy in the place of the present rows, which are gone then.
    ///
    /// - Throws: ``JournalError`` if it cannot; the present rows are still there then.
    package func run() throws(JournalError) {
        do {
            let copy = try OpenFile(plan.copy, at: "\(path)/\(plan.copy)")
            try copy.sync()
            // An empty log at most: what is in it belongs to the rows that go.
            try RowRewriting.replace("\(path)/\(RowStore.fileName)", by: "\(path)/\(plan.copy)")
        } catch {
            throw OwnRows.refusal(error, path)
        }
    }

    /// The names of the copies, oldest first.
    static func copies(in names: [String]) -> [String] {
        var copies: [(version: UInt64, name: String)] = []
        for name in names where name.hasPrefix(prefix) && name.hasSuffix(ending) {
            guard let version = UInt64(name.dropFirst(prefix.count).dropLast(ending.count)) else { continue }
            copies.append((version, name))
        }
        return copies.sorted { $0.version < $1.version }.map(\.name)
    }

    private static let (prefix, ending) = ("ledger-before-", ".db")

    /// What rows of any version say of themselves.
    private static func facts(
        of path: String, checks: Bool
    ) throws -> (version: UInt64, calls: Int64?, position: UInt64?) {
        guard RowRewriting.size(path) > 0 else {
            throw StorageError("open \(path)", code: ENOENT, reason: "it is empty")
        }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer {
            try? queue.close()
            if checks { for ending in ["-wal", "-shm"] { unsafe unlink(path + ending) } }
        }
        return try queue.read { database in
            if checks {
                let problems = try String.fetchAll(database, sql: "PRAGMA quick_check(1)")
                guard problems == ["ok"] else {
                    throw JournalError.damagedRows(
                        String(path.split(separator: "/").last ?? ""), problems.first ?? "it is empty")
                }
            }
            // A database of another version may lack these tables or columns.
            return (
                try RowMigrations.version(of: database),
                try? Int64.fetchOne(database, sql: "SELECT calls FROM totals WHERE what = 'counted'"),
                (try? Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'position'"))
                    .map { UInt64(bitPattern: $0) }
            )
        }
    }
}
