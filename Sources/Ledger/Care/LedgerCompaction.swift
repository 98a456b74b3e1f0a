// SPDX-License-Identifier: Apache-2.0
import GRDB
import Glibc

/// Makes the rows of a folder as small as they can be, while no process has the folder.
package struct LedgerCompaction {
    /// What was done.
    package struct Report: Sendable, Equatable {
        /// The bytes of the rows and of their log before and after.
        package var before: Int
        package var after: Int
        /// Whether the file was written anew; otherwise its free pages were cut off in place, since the disk has no room for a
        /// second file.
        package var isRewritten: Bool
    }

    private let path: String
    private let holder: String

    /// Prepares a compaction.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - holder: Who takes it meanwhile, for another process that finds it locked.
    package init(of path: String, holder: String) { (self.path, self.holder) = (path, holder) }

    /// Compacts.
    ///
    /// - Returns: What was done.
    /// - Throws: ``JournalError`` if a process has the folder, or the rows cannot be read or written.
    package func run() throws(JournalError) -> Report {
        do {
            _ = try DiskFolder(existing: path)
            let lock = try FolderLock(of: path, by: holder)
            defer { withExtendedLifetime(lock) {} }
            let rewriting = RowRewriting(in: path)
            let before = rewriting.bytes
            let queue = try OwnRows.open(path)
            let needed = try queue.read { database in
                let pages =
                    try (Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0)
                    - (Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0)
                return try pages * (Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0)
            }
            let hasRoom = RowRewriting.room(in: path) > needed + Self.spareBytes
            if hasRoom {
                try rewriting.run(queue)
            } else {
                try queue.inDatabase { database in
                    try database.execute(sql: "PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)")
                }
                try queue.close()
            }
            return Report(before: before, after: rewriting.bytes, isRewritten: hasRoom)
        } catch {
            throw OwnRows.refusal(error, path)
        }
    }

    /// What the disk keeps for the journal of the service.
    private static let spareBytes = 64 << 20
}

/// Opens the rows of a folder for a command that changes them and has the lock of the folder.
enum OwnRows {
    /// Opens the rows.
    ///
    /// - Parameter folder: The folder.
    /// - Returns: The open database, of the version of this program.
    /// - Throws: ``JournalError`` if there are none, or they are of another version.
    static func open(_ folder: String) throws(JournalError) -> DatabaseQueue {
        let path = "\(folder)/\(RowStore.fileName)"
        guard RowRewriting.size(path) > 0 else {
            throw .storage(
                StorageError("open \(RowStore.fileName)", code: ENOENT, reason: "the folder \(folder) has no rows"))
        }
        // Opening for writing would bring older rows to this version, which only a start of the service may do.
        _ = try RowReader(path: path, readers: 1)
        return try RowDatabase.open(path)
    }

    /// Why a command cannot go on, with what to do.
    static func refusal(_ error: any Error, _ folder: String) -> JournalError {
        if let error = error as? JournalError { return error }
        if let error = error as? StorageError { return .storage(error.advised(forFolder: folder, isOfCommand: true)) }
        return RowDatabase.refusal(error, "\(folder)/\(RowStore.fileName)")
    }
}
