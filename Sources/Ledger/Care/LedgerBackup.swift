// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Glibc

/// Copies the folder of a ledger into one tar file, also while the service writes to it.
///
/// A start goes on from the copy exactly: its checkpoint and its rows are not ahead of its journal, and its journal reaches back
/// to what they lack. So the journal is held open first, then checkpoint and rows are fixed at one moment, and what the journal
/// has got by then is copied with them.
package struct LedgerBackup {
    /// What was copied.
    package struct Report: Sendable, Equatable {
        /// The number of files in the archive.
        package var files = 0
        /// The bytes of the archive.
        package var bytes = 0
        /// The number up to which all records of the journal are in the rows; `nil` without rows.
        package var position: UInt64?
        /// The number up to which all are in the counters of the checkpoint; `nil` without one.
        package var counted: UInt64?
        /// The files of the folder that the copy leaves out.
        package var leftOut: [String] = []
    }

    private let path: String
    private let target: String
    private let progress: (_ done: Int, _ all: Int) -> Void

    /// Prepares a copy.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - target: The path of the archive; a file there is not replaced.
    ///   - progress: Called with the bytes that are copied, and those of the whole folder.
    package init(
        of path: String, to target: String, progress: @escaping (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) {
        (self.path, self.target, self.progress) = (path, target, progress)
    }

    /// Copies.
    ///
    /// - Returns: What was copied.
    /// - Throws: ``JournalError`` if the folder has no ledger or cannot be read, or the archive cannot be written; there is no
    ///   archive then.
    package func run() throws(JournalError) -> Report {
        do {
            let folder = try DiskFolder(existing: path)
            // A start that ended before its first record leaves only secrets.
            guard try folder.names().contains(where: { Self.isCopied($0) && !Self.isSecret($0) }) else {
                throw JournalError.storage(.noLedger(in: path))
            }
            let archive = Archive(try NewFile(target))
            var report = Report()
            let rows = "\(path)/\(RowStore.fileName)"
            if FileManager.default.fileExists(atPath: rows) {
                let reader = try RowReader(path: rows, readers: 1)
                for attempt in 1... {
                    let isDone = try reader.read { database in
                        try copy(folder, archive, &report, rows: database, isLast: attempt == Self.attempts)
                    }
                    if isDone { break }
                    usleep(100_000)
                }
            } else {
                for attempt in 1... {
                    if try copy(folder, archive, &report, rows: nil, isLast: attempt == Self.attempts) { break }
                }
            }
            report.leftOut = try folder.names().filter { !Self.isCopied($0) && !Self.isOfTheMoment($0) }.sorted()
            (report.files, report.bytes) = (archive.files, try archive.finish())
            return report
        } catch let error as JournalError {
            throw error
        } catch {
            throw .storage(RowDatabase.storageError(error, "copy the folder \(path)"))
        }
    }

    /// How often the parts are looked at, every 100 milliseconds, until they fit each other.
    private static let attempts = 50

    private static func isCopied(_ name: String) -> Bool {
        isSecret(name) || [Checkpoint.name, RowStore.fileName].contains(name) || SegmentHeader.sequence(of: name) != nil
    }

    /// Whether a file has a secret for hashes, which never changes.
    private static func isSecret(_ name: String) -> Bool {
        name.hasPrefix(LedgerFolder.secretName) && !name.hasSuffix(".new")
    }

    /// Whether a file is of use to running processes only.
    private static func isOfTheMoment(_ name: String) -> Bool {
        name == FolderLock.name || name.hasSuffix(".new") || name.hasPrefix(RowStore.fileName + "-")
    }

    /// Copies everything, if the parts fit each other at this moment.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - archive: Gets the files.
    ///   - report: Gets the numbers of checkpoint and rows.
    ///   - rows: The rows, within a read whose moment is not fixed yet; `nil` if there are none.
    ///   - isLast: Whether rows that lag behind the checkpoint are taken as they are: a start brings them up.
    /// - Returns: `false` if nothing was copied.
    /// - Throws: What SQLite or the file system throws.
    private func copy(
        _ folder: DiskFolder, _ archive: Archive, _ report: inout Report, rows: Database?, isLast: Bool
    ) throws -> Bool {
        var journal = try PinnedJournal(path)
        let secrets = try folder.names().filter(Self.isSecret).sorted()
        let saved = try folder.read(Checkpoint.name)
        report.counted = try saved.map { try Checkpoint($0).counted }
        // The first read fixes the moment.
        report.position = try rows.map { rows in
            UInt64(bitPattern: try Int64.fetchOne(rows, sql: "SELECT value FROM meta WHERE key = 'position'") ?? 0)
        }
        let isInOneRow = try journal.pinLater()
        let isBehind = (report.position ?? .max) < (report.counted ?? 0) && FolderUse.of(path).isTaken
        guard isInOneRow && !isBehind || isLast else { return false }
        let segments = try journal.sized()
        let pages = try rows.map { rows in
            try (Int.fetchOne(rows, sql: "PRAGMA page_count") ?? 0) * (Int.fetchOne(rows, sql: "PRAGMA page_size") ?? 0)
        }
        let all = segments.reduce((saved?.count ?? 0) + (pages ?? 0)) { $0 + $1.bytes }
        archive.onProgress = { progress(min($0, all), all) }
        for name in secrets {
            if let secret = try folder.read(name) { try archive.add(name, secret, like: "\(path)/\(name)") }
        }
        if let saved { try archive.add(Checkpoint.name, saved, like: "\(path)/\(Checkpoint.name)") }
        for (file, bytes) in segments { try archive.add(file, bytes: bytes) }
        if let rows { try add(rows, to: archive) }
        return true
    }

    /// Copies the rows into a database of their own, which then goes into the archive.
    private func add(_ rows: Database, to archive: Archive) throws {
        let draft = archive.file.draft + ".db"
        // Its content is not for other users, and nothing of it stays.
        let descriptor = unsafe open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.latest("make \(draft)") }
        close(descriptor)
        defer { for ending in ["", "-wal", "-shm", "-journal"] { unsafe unlink(draft + ending) } }
        let copy = try DatabaseQueue(path: draft)
        try copy.inDatabase { copy in
            try copy.execute(sql: "PRAGMA synchronous = OFF")
            try rows.backup(to: copy, pagesPerStep: Self.pages)
        }
        try copy.close()
        let file = try OpenFile(RowStore.fileName, at: draft)
        try archive.add(file, bytes: Int(try file.status().st_size), like: "\(path)/\(RowStore.fileName)")
    }

    /// The pages of the database that are copied at a time.
    private static let pages: CInt = 1_024
}

/// The tar file of a backup.
private final class Archive {
    let file: NewFile
    private(set) var files = 0
    var onProgress: (Int) -> Void = { _ in }

    init(_ file: NewFile) { self.file = file }

    func add(_ name: String, _ bytes: [UInt8], like original: String) throws(StorageError) {
        try file.write(header(name, bytes.count, try OpenFile(name, at: original).status()))
        try file.write(bytes + TarHeader.filling(bytes.count))
        files += 1
    }

    func add(_ source: OpenFile, bytes: Int, like original: String? = nil) throws {
        let status = try (original.map { try OpenFile(source.name, at: $0) } ?? source).status()
        try file.write(header(source.name, bytes, status))
        try source.read(bytes, isFilled: original == nil) { piece throws(StorageError) in
            try file.write(piece)
            onProgress(file.bytes)
        }
        try file.write(TarHeader.filling(bytes))
        files += 1
    }

    /// Ends the archive, and stores it.
    func finish() throws(StorageError) -> Int {
        try file.write(TarHeader.end)
        try file.finish()
        return file.bytes
    }

    private func header(_ name: String, _ bytes: Int, _ status: stat) -> [UInt8] {
        TarHeader(
            name: name, bytes: bytes, mode: status.st_mode & 0o777, user: status.st_uid, group: status.st_gid,
            modified: status.st_mtim.tv_sec
        ).block
    }
}
