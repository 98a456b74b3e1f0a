// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The opened folder of the ledger: its lock, its secret and its checkpoint.
package struct LedgerFolder: Sendable {
    let files: any StorageFolder
    private let lock: FolderLock?
    /// The secret for the hashes that the journal has of senders' texts; it was made with the folder.
    package let secret: UInt64
    /// The path of the database with the rows; `nil` for a folder that is not of the file system.
    package private(set) var rowsPath: String?
    /// Whether a folder with records had no secret that can be read, so that it has a new one: hashes of before do not match
    /// those of the same texts any more.
    package let lostSecret: Bool
    /// The secret for hashes of users, 16 bytes; empty before ``readUserKey()``.
    package private(set) var userKey: [UInt8] = []
    /// The state of the counters, or `nil` for a folder without one.
    package let checkpoint: Checkpoint?

    /// Opens a folder of the file system, and makes it if it does not exist.
    ///
    /// - Parameters:
    ///   - path: Its path; a relative one begins at the working directory.
    ///   - holder: Who opens it, for another process that finds it locked.
    ///   - isOfCommand: Whether it is for a command that works on this folder, and not for a start.
    /// - Throws: ``JournalError`` if the folder cannot be used, if another process uses it, or if its checkpoint is damaged
    ///   or of a newer version.
    package init(_ path: String, holder: String, isOfCommand: Bool = false) throws(JournalError) {
        // Errors show where a relative path leads: the working directory of a service is not that of a shell.
        let path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        let (files, lock): (DiskFolder, FolderLock)
        do throws(StorageError) {
            files = try DiskFolder(path)
            lock = try FolderLock(of: path, by: holder)
        } catch {
            throw .storage(error.advised(forFolder: path, isOfCommand: isOfCommand))
        }
        do throws(JournalError) {
            try self.init(files, lock: lock)
            rowsPath = path + "/" + RowStore.fileName
        } catch {
            guard case .storage(let refused) = error else { throw error }
            throw .storage(refused.advised(forFolder: path))
        }
    }

    /// Removes the unfinished copies of rows that a killed `ledger compact` or `ledger forget` has left.
    ///
    /// - Returns: The names of the copies and their bytes.
    package func removeUnfinishedRows() -> [(name: String, bytes: Int)] {
        guard lock != nil, let rowsPath, let names = try? files.names() else { return [] }
        let folder = String(rowsPath.dropLast(RowStore.fileName.utf8.count + 1))
        return names.filter { $0.hasPrefix("ledger") && $0.hasSuffix(".db" + RowRewriting.ending) }.sorted()
            .compactMap { name in
                let rewriting = RowRewriting(in: folder, name: String(name.dropLast(RowRewriting.ending.utf8.count)))
                return rewriting.removeDraft().map { (name, $0) }
            }
    }

    /// Opens a folder that needs no lock.
    package init(_ files: any StorageFolder) throws(JournalError) { try self.init(files, lock: nil) }

    private init(_ files: any StorageFolder, lock: FolderLock?) throws(JournalError) {
        (self.files, self.lock) = (files, lock)
        let saved: [UInt8]?
        let known: [UInt8]?
        do throws(StorageError) {
            saved = try files.read(Checkpoint.name)
            known = try files.read(Self.secretName)
            let names = try files.names()
            let isUsed = saved != nil || names.contains { SegmentHeader.sequence(of: $0) != nil }
            lostSecret = known?.count != 8 && isUsed
        } catch {
            throw .storage(error)
        }
        if let saved { checkpoint = try Checkpoint(saved) } else { checkpoint = nil }
        if let known, known.count == 8 {
            secret = known.reduce(0) { $0 << 8 | UInt64($1) }
            return
        }
        let secret = UInt64.random(in: .min ... .max)
        self.secret = secret
        do throws(StorageError) {
            try files.replace(Self.secretName, with: (0..<8).map { UInt8(truncatingIfNeeded: secret >> (56 - 8 * $0)) })
        } catch {
            throw .storage(error)
        }
    }

    /// Reads ``userKey``, and makes it the first time.
    ///
    /// - Throws: ``JournalError`` if it cannot be read or stored.
    package mutating func readUserKey() throws(JournalError) {
        do throws(StorageError) {
            if let known = try files.read(Self.userKeyName), known.count == 16 { return userKey = known }
            userKey = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
            try files.replace(Self.userKeyName, with: userKey)
        } catch {
            throw .storage(error)
        }
    }

    /// A folder that has no files and refuses writes, for a ledger that only registers its families.
    package static var unused: LedgerFolder { LedgerFolder() }

    private init() { (files, lock, secret, lostSecret, checkpoint) = (NoFolder(), nil, 0, false, nil) }

    /// The name of the file with the secret for hashes of users.
    static let userKeyName = "secret.users"
    /// The name of the file with the secret.
    static let secretName = "secret"
}

/// A folder that has no files and refuses writes.
private struct NoFolder: StorageFolder {
    func names() throws(StorageError) -> [String] { [] }
    func create(_ name: String, roomAhead: Int) throws(StorageError) -> any GrowingFile { throw .noFolder }
    func read(_ name: String, first count: Int) throws(StorageError) -> [UInt8]? { nil }
    func sync(_ name: String) throws(StorageError) { throw .noFolder }
    func replace(_ name: String, with bytes: [UInt8]) throws(StorageError) { throw .noFolder }
    func remove(_ name: String) throws(StorageError) {}
}

extension StorageError {
    fileprivate static let noFolder = StorageError("write", code: 0, reason: "there is no folder")
}
