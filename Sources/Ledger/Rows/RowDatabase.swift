// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Glibc

/// Opens `ledger.db`, and puts SQLite's errors into words.
enum RowDatabase {
    /// Opens a database for the one who writes it, makes it if there is none, and brings it to the version of this program.
    ///
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - busyMilliseconds: How long it waits for the lock of another process.
    ///   - migrations: The versions.
    /// - Returns: The open database.
    /// - Throws: ``JournalError`` with what to do if it cannot be used.
    static func open(
        _ path: String, busyMilliseconds: Int = 5_000, migrations: RowMigrations = .current
    ) throws(JournalError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.journalMode = .wal
        configuration.foreignKeysEnabled = false
        // A reader of another process may hold the lock for a moment while it opens the file.
        configuration.busyMode = .timeout(Double(busyMilliseconds) / 1_000)
        configuration.prepareDatabase { database in
            // Of a file that is not new, the first two would change nothing and still write, which a full disk refuses.
            if try Int.fetchOne(database, sql: "PRAGMA page_count") == 0 {
                try database.execute(
                    sql: "PRAGMA page_size = \(pageBytes); PRAGMA auto_vacuum = INCREMENTAL")
            }
            // Automatic checkpoints are off: the writing thread makes them between transactions, and a commit then never waits
            // for one.
            try database.execute(
                sql: """
                    PRAGMA cache_size = -\(cacheBytes / 1024);
                    PRAGMA temp_store = MEMORY;
                    PRAGMA mmap_size = 0;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA journal_size_limit = \(logBytes);
                    """)
        }
        do {
            // The file is for the user of the service alone, as the rest of the folder is.
            let isNew = !FileManager.default.fileExists(atPath: path)
            if isNew { try restrict(path) } else { try refuseForeign(path) }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try migrations.migrate(queue, path: path)
            return queue
        } catch let error as JournalError {
            throw error
        } catch {
            throw refusal(error, path)
        }
    }

    /// The bytes of a page: fewer and larger ones than SQLite's 4,096, since rows are mostly written and read in their order.
    static let pageBytes = 8_192
    /// The bytes of pages that the writing connection keeps: several times what a transaction changes.
    static let cacheBytes = 6 << 20
    /// The bytes of the log that stay on the disk when all of it is in the database.
    private static let logBytes = 32 << 20

    /// Stores what is committed, so that it outlives a power cut.
    ///
    /// - Parameter path: The path of the database, which is open.
    /// - Throws: ``StorageError`` if it cannot be stored.
    static func sync(_ path: String) throws(StorageError) {
        // What a checkpoint of SQLite has moved into the database is synced by it, before the log is used again.
        try sync("\(path)-wal", O_RDONLY)
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try sync(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY)
    }

    private static func sync(_ path: String, _ flags: Int32) throws(StorageError) {
        // SQLite takes no locks on the log, so that another descriptor of it may be closed.
        let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw .latest("open \(path)") }
        defer { Glibc.close(descriptor) }
        if fsync(descriptor) != 0 { throw .latest("sync \(path)") }
    }

    /// Refuses a database of another program before anything of it is changed, such as the mode of its journal.
    private static func refuseForeign(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.read { try RowMigrations.refuseForeign($0, path: path) }
        try queue.close()
    }

    /// Makes an empty file that only the user of the service may read.
    static func restrict(_ path: String) throws(StorageError) {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .latest("make \(path)") }
        Glibc.close(descriptor)
    }

    /// Why a start cannot use a database, with what to do.
    static func refusal(_ error: any Error, _ path: String) -> JournalError {
        let name = String(path.split(separator: "/").last ?? "")
        if let error = error as? DatabaseError {
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_ERROR:
                return .damagedRows(name, error.message ?? error.resultCode.description)
            default: break
            }
        }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return .storage(storageError(error, "open \(name)").advised(forFolder: folder))
    }

    /// SQLite's error in the words and with the numbers of the file system's errors.
    ///
    /// - Parameters:
    ///   - error: What SQLite or the system threw.
    ///   - action: What was tried.
    /// - Returns: The error.
    static func storageError(_ error: any Error, _ action: String) -> StorageError {
        if let error = error as? StorageError { return error }
        guard let error = error as? DatabaseError else {
            return StorageError(action, code: EIO, reason: "\(error)")
        }
        let code: Int32 =
            switch error.resultCode {
            case .SQLITE_FULL: ENOSPC
            case .SQLITE_READONLY: EROFS
            case .SQLITE_CANTOPEN: ENOENT
            case .SQLITE_PERM, .SQLITE_AUTH: EACCES
            case .SQLITE_BUSY, .SQLITE_LOCKED: EWOULDBLOCK
            case .SQLITE_NOMEM: ENOMEM
            default: EIO
            }
        return StorageError(action, code: code, reason: error.message ?? error.resultCode.description)
    }
}
