// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Glibc

/// Takes a user out of the folder of a ledger: out of rows, journal and checkpoint, so that no file has the text any more.
///
/// Calls, tokens and dollars stay, without the user. Only the holder of the folder's lock may do this, and the service must be
/// stopped, since it has the user in memory.
package struct LedgerForgetting {
    /// What was changed, or would be.
    package struct Report: Sendable, Equatable {
        /// The kept calls that named the user.
        package var calls = 0
        /// The combinations of values that had the user.
        package var sets = 0
        /// The roll-ups that were added to those without a user.
        package var rollups = 0
        /// The values in definitions of the journal, and the segments with them.
        package var values = 0
        package var segments = 0
        /// The values in the checkpoint: of series and of labels.
        package var counterValues = 0
        /// The copies of earlier rows that were removed.
        package var copies: [String] = []
        /// The files that have the text still: as a part of another text, or as the value of something else.
        package var remaining: [String] = []

        /// Whether the folder had the user anywhere.
        package var hasFound: Bool { sets + rollups + values + counterValues + copies.count > 0 }
    }

    private let path: String
    private let holder: String
    private let user: ForgottenUser
    private let isDry: Bool

    /// Prepares to forget.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - path: The folder.
    ///   - holder: Who takes it meanwhile, for another process that finds it locked.
    ///   - isDry: Whether nothing is changed.
    package init(_ user: ForgottenUser, in path: String, holder: String, isDry: Bool) {
        (self.user, self.path, self.holder, self.isDry) = (user, path, holder, isDry)
    }

    /// Forgets.
    ///
    /// What an earlier attempt did that was cut short is not done twice: the command may simply run again.
    ///
    /// - Returns: What was changed.
    /// - Throws: ``JournalError`` if a process has the folder, or a file cannot be read or written.
    package func run() throws(JournalError) -> Report {
        do {
            let folder = try DiskFolder(existing: path)
            // A dry run does not write the lock either: it only makes sure that no process has the folder.
            let lock = try isDry ? nil : FolderLock(of: path, by: holder)
            if isDry, case .taken(let other) = FolderUse.of(path) { throw FolderLock.taken(path, by: other) }
            defer { withExtendedLifetime(lock) {} }
            var report = Report()
            try forgetCheckpoint(folder, &report)
            try forgetJournal(folder, &report)
            if RowRewriting.size("\(path)/\(RowStore.fileName)") > 0 { try forgetRows(&report) }
            try removeCopies(folder, &report)
            if !isDry { report.remaining = try remaining(folder) }
            return report
        } catch {
            throw OwnRows.refusal(error, path)
        }
    }

    private func forgetCheckpoint(_ folder: DiskFolder, _ report: inout Report) throws {
        guard let bytes = try folder.read(Checkpoint.name) else { return }
        var checkpoint = try Checkpoint(bytes)
        report.counterValues = checkpoint.forget(user)
        guard report.counterValues > 0, !isDry else { return }
        try folder.replace(Checkpoint.name, with: checkpoint.bytes)
    }

    private func forgetJournal(_ folder: DiskFolder, _ report: inout Report) throws {
        var forgetting = SegmentForgetting(user)
        for name in try folder.names().sorted() where SegmentHeader.sequence(of: name) != nil {
            guard let bytes = try folder.read(name), user.isAnywhere(in: bytes) else { continue }
            guard let rewritten = try forgetting.rewritten(bytes, name: name) else { continue }
            report.segments += 1
            if !isDry { try folder.replace(name, with: rewritten) }
        }
        report.values = forgetting.values
    }

    private func forgetRows(_ report: inout Report) throws {
        let queue = try isDry ? copiedRows() : OwnRows.open(path)
        var rows = RowsForgetting.Report()
        try queue.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                rows = try RowsForgetting.run(user, database)
                return isDry ? .rollback : .commit
            }
        }
        (report.calls, report.sets, report.rollups) = (rows.calls, rows.sets, rows.rollups)
        // What was deleted is in free places of the file until the file is written anew; so is what an earlier attempt deleted.
        if !isDry { try RowRewriting(in: path).run(queue) } else { try queue.close() }
    }

    /// A copy of the rows that may be changed.
    ///
    /// SQLite keeps it among the temporary files, and removes it when it is closed.
    private func copiedRows() throws -> DatabaseQueue {
        let copy = try DatabaseQueue(path: "")
        try RowReader.withRows(of: path) { reader in
            try reader.read { rows in try copy.inDatabase { try rows.backup(to: $0) } }
        }
        return copy
    }

    /// Removes copies of earlier rows that have the text: this version cannot change them.
    private func removeCopies(_ folder: DiskFolder, _ report: inout Report) throws {
        for name in try LedgerDowngrade.copies(in: folder.names()) {
            guard try places(in: name) > 0 else { continue }
            report.copies.append(name)
            if !isDry { try folder.remove(name) }
        }
    }

    private func remaining(_ folder: DiskFolder) throws -> [String] {
        try folder.names().sorted().filter { try places(in: $0) > 0 }
    }

    /// How often a file has one of the texts, read in pieces.
    private func places(in name: String) throws -> Int {
        let file: OpenFile
        do throws(StorageError) {
            file = try OpenFile(name, at: "\(path)/\(name)")
        } catch {
            guard error.code != ENOENT else { return 0 }
            throw error
        }
        let texts = user.spellings.map { Array($0.utf8) }
        let overlap = max(0, (texts.map(\.count).max() ?? 0) - 1)
        var (tail, count): ([UInt8], Int) = ([], 0)
        try file.read(Int(try file.status().st_size)) { piece throws(StorageError) in
            let bytes = tail + piece
            for text in texts { count += ByteSearch.count(of: text, in: bytes) }
            tail = bytes.suffix(overlap)
        }
        return count
    }
}
