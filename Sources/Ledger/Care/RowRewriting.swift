// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Glibc

/// Writes `ledger.db`, or a copy of it, anew, without free pages and without remains of rows that are gone, in the place of the
/// old file.
///
/// At each moment the folder has the whole old or the whole new file. Only the holder of the folder's lock may do this.
struct RowRewriting {
    private let path: String
    /// The end of the name of a file that is not whole yet.
    static let ending = ".new"
    private var draft: String { path + Self.ending }

    /// Prepares to rewrite.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - name: The name of the database.
    init(in folder: String, name: String = RowStore.fileName) { path = "\(folder)/\(name)" }

    /// The bytes of the file and of its log.
    var bytes: Int { ["", "-wal"].reduce(0) { $0 + Self.size(path + $1) } }

    /// Rewrites the file.
    ///
    /// - Parameter queue: The open database, which is closed; it may be open for reading only, if it has no log.
    /// - Throws: What SQLite or the file system throws; then the old file is still there.
    func run(_ queue: DatabaseQueue) throws {
        unsafe unlink(draft)
        // SQLite takes an empty file, and so its mode, for the copy.
        let descriptor = unsafe open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.latest("make \(draft)") }
        defer { Glibc.close(descriptor) }
        do {
            var status = stat()
            if unsafe stat(path, &status) == 0 { _ = fchown(descriptor, status.st_uid, status.st_gid) }
            try queue.inDatabase { database in
                // Nothing may be left in the log: it would be taken for that of the new file.
                if !database.configuration.readonly { try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
                try database.execute(sql: "VACUUM INTO ?", arguments: [draft])
            }
            guard fsync(descriptor) == 0 else { throw StorageError.latest("store \(draft)") }
            try queue.close()
        } catch {
            unsafe unlink(draft)
            throw error
        }
        try Self.replace(path, by: draft)
    }

    /// Puts a database, which is stored, in the place of another one, which no process has open.
    static func replace(_ path: String, by other: String) throws(StorageError) {
        for ending in ["-wal", "-shm"] { unsafe unlink(path + ending) }
        guard unsafe rename(other, path) == 0 else { throw .latest("replace \(path)") }
        let folder = unsafe open(
            String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .latest("open the folder of \(path)") }
        defer { Glibc.close(folder) }
        if fsync(folder) != 0 { throw .latest("store the name \(path)") }
    }

    /// Removes what a process that was killed while it rewrote the file has left; it cannot be used.
    ///
    /// - Returns: The bytes that were removed; `nil` if there was nothing.
    func removeDraft() -> Int? {
        let bytes = Self.size(draft)
        return unsafe unlink(draft) == 0 ? bytes : nil
    }

    /// The size of a file; 0 if there is none.
    static func size(_ path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The bytes that the file system of a folder has for a process of this user.
    static func room(in folder: String) -> Int {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else { return .max }
        return Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
