// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB

/// Takes a user out of the folder of a ledger: out of rows, journal and checkpoint, so that no file has the text any more.
///
/// Calls, tokens and dollars stay, without the user. Only the holder of the folder's lock may do this, and the service must be
/// stopped, since it has the user in memory.
package struct LedgerForgetting {
    /// What was changed, or would be.
    package struct Report: Sendable, Equatable {
        /// The kept calls that named the user, also those whose session did.
        package var calls = 0
        /// The combinations of values that had the user.
        package var sets = 0
        /// The roll-ups that were added to those without a user.
        package var rollups = 0
        /// The number of sessions and of traces whose names were taken out.
        package var sessions = 0
        package var traceNames = 0
        /// The values in definitions of the journal, and the segments with them.
        package var values = 0
        package var segments = 0
        /// The values in the checkpoint: of series and of labels.
        package var counterValues = 0
        /// The copies of earlier rows that were removed.
        package var copies: [String] = []
        /// What still names the user, as something else or within a longer text, in the order of its kind and text.
        package var mentions: [RemainingMention] = []
        /// Whether there are more mentions than that.
        package var hasMoreMentions = false
        /// Files of other origin in the folder that have the text.
        package var otherFiles: [String] = []

        /// Whether the folder had the user anywhere.
        package var hasFound: Bool {
            sets + rollups + sessions + traceNames + values + counterValues + copies.count > 0
        }
        /// Whether something in the folder still names the user.
        package var isNamedStill: Bool { !mentions.isEmpty || !otherFiles.isEmpty }
    }

    private let path: String
    private let holder: String
    private let user: ForgottenUser
    private let labels: Set<String>
    private let isDry: Bool

    /// Prepares to forget.
    ///
    /// - Parameters:
    ///   - user: The user.
    ///   - path: The folder.
    ///   - labels: The labels of the folder, from ``labels(in:)``; a value of anything else cannot be forgotten.
    ///   - holder: Who takes it meanwhile, for another process that finds it locked.
    ///   - isDry: Whether nothing is changed.
    package init(
        _ user: ForgottenUser, in path: String, labels: Set<String> = [], holder: String, isDry: Bool
    ) {
        (self.user, self.path, self.labels, self.holder, self.isDry) = (user, path, labels, holder, isDry)
    }

    /// The names of the labels and dimensions that a folder has values of, with the session and the name of traces.
    ///
    /// - Parameter path: The folder.
    /// - Returns: The names.
    /// - Throws: ``JournalError`` if the folder cannot be read, or has rows of another version.
    package static func labels(in path: String) throws(JournalError) -> Set<String> {
        var names: Set<String> = [RowDimension.session, ForgottenUser.traceName]
        do {
            let folder = try DiskFolder(existing: path)
            if let bytes = try folder.read(Checkpoint.name) { names.formUnion(try Checkpoint(bytes).labels.keys) }
            if RowRewriting.size("\(path)/\(RowStore.fileName)") > 0 {
                try RowReader.withRows(of: path) { reader in
                    names.formUnion(try reader.read { try String.fetchAll($0, sql: "SELECT name FROM dimensions") })
                }
            }
        } catch {
            throw OwnRows.refusal(error, path)
        }
        return names
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
            let hasRows = RowRewriting.size("\(path)/\(RowStore.fileName)") > 0
            guard try hasRows || folder.names().contains(where: Self.isOfJournalOrCounters) else {
                throw StorageError.noLedger(in: path)
            }
            var (report, mentions) = (Report(), RemainingMentions(user, labels: labels))
            try forgetCheckpoint(folder, &report, &mentions)
            try forgetJournal(folder, &report, &mentions)
            if hasRows { try forgetRows(&report, &mentions) }
            try forgetCopies(folder, &report)
            report.mentions = mentions.sorted
            report.hasMoreMentions = mentions.hasMore
            report.otherFiles = try otherFiles(folder)
            return report
        } catch {
            throw OwnRows.refusal(error, path)
        }
    }

    private static func isOfJournalOrCounters(_ name: String) -> Bool {
        name == Checkpoint.name || SegmentHeader.sequence(of: name) != nil
    }

    private func forgetCheckpoint(
        _ folder: DiskFolder, _ report: inout Report, _ mentions: inout RemainingMentions
    ) throws {
        guard let bytes = try folder.read(Checkpoint.name) else { return }
        var checkpoint = try Checkpoint(bytes)
        report.counterValues = checkpoint.forget(user)
        checkpoint.note(&mentions)
        guard report.counterValues > 0, !isDry else { return }
        try folder.replace(Checkpoint.name, with: checkpoint.bytes)
    }

    private func forgetJournal(
        _ folder: DiskFolder, _ report: inout Report, _ mentions: inout RemainingMentions
    ) throws {
        var forgetting = SegmentForgetting(user, mentions)
        for name in try folder.names().sorted() where SegmentHeader.sequence(of: name) != nil {
            guard let bytes = try folder.read(name), user.mayBeAnywhere(in: bytes) else { continue }
            guard let rewritten = try forgetting.rewritten(bytes, name: name) else { continue }
            report.segments += 1
            if !isDry { try folder.replace(name, with: rewritten) }
        }
        (report.values, mentions) = (forgetting.values, forgetting.mentions)
    }

    private func forgetRows(_ report: inout Report, _ mentions: inout RemainingMentions) throws {
        let queue = try isDry ? copiedRows() : OwnRows.open(path)
        var rows = RowsForgetting.Report()
        try queue.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                rows = try RowsForgetting.run(user, database)
                try RowsForgetting.noteMentions(&mentions, removingUnused: database)
                return isDry ? .rollback : .commit
            }
        }
        (report.calls, report.sets, report.rollups) = (rows.calls, rows.sets, rows.rollups)
        (report.sessions, report.traceNames) = (rows.sessions, rows.traceNames)
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

    /// Removes copies of earlier rows that name the user, since this version cannot change them, and writes the others anew.
    private func forgetCopies(_ folder: DiskFolder, _ report: inout Report) throws {
        let mentions = FileMentions(user)
        for name in try LedgerDowngrade.copies(in: folder.names()) {
            let isNamed = try mentions.areInCopy("\(path)/\(name)")
            let isClean = try !isNamed && (isDry || mentions.clean(name, in: path))
            guard !isClean else { continue }
            report.copies.append(name)
            if !isDry { try folder.remove(name) }
        }
    }

    /// Files of other origin in the folder that have the text.
    private func otherFiles(_ folder: DiskFolder) throws -> [String] {
        let names = try folder.names()
        let own =
            [FolderLock.name, LedgerFolder.secretName, LedgerFolder.userKeyName] + LedgerDowngrade.copies(in: names)
        return try names.sorted().filter { name in
            let isOwn =
                own.contains(name) || Self.isOfJournalOrCounters(name)
                || ["", "-wal", "-shm"].contains { name == RowStore.fileName + $0 }
            return try !isOwn && FileMentions(user).areInFile("\(path)/\(name)")
        }
    }
}
