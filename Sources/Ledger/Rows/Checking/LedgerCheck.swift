// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Glibc

/// Proves that checkpoint, rows and journal of a folder agree, to the femtodollar, and says where they do not.
///
/// It writes nothing and may run while the service does: it reads all rows as they are at one moment.
package struct LedgerCheck {
    /// How far a check is.
    package struct Progress: Sendable {
        /// What is checked.
        package var part: String
        package var done: Int
        /// The number at which the part is done; 0 if that is not known.
        package var all: Int
    }

    private let path: String
    private let isQuick: Bool
    private let progress: (Progress) -> Void

    /// Prepares a check.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - isQuick: Whether SQLite's own check of the file is left out.
    ///   - progress: Called now and then.
    package init(of path: String, isQuick: Bool = false, progress: @escaping (Progress) -> Void = { _ in }) {
        (self.path, self.isQuick, self.progress) = (path, isQuick, progress)
    }

    /// Checks.
    ///
    /// - Returns: What was found, in the order of the areas.
    /// - Throws: ``JournalError`` if the folder or its rows cannot be opened.
    package func run() throws(JournalError) -> [CheckFinding] {
        var findings = CheckFindings()
        do {
            let folder = try DiskFolder(existing: path)
            var state = State()
            do {
                try check(folder, &state, &findings)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
                findings.add(
                    .file, .wrong, "\(RowStore.fileName) is damaged: \(error.message ?? error.resultCode.description)",
                    remedy: CheckRemedy.rows)
            }
            progress(Progress(part: "the journal", done: 0, all: 0))
            try checkJournal(folder, state, &findings)
        } catch let error as JournalError {
            throw error
        } catch {
            throw RowDatabase.refusal(error, "\(path)/\(RowStore.fileName)")
        }
        return findings.sorted
    }

    /// What the parts of a folder say of themselves.
    private struct State {
        var checkpoint: Checkpoint?
        var position: UInt64?
    }

    /// How often checkpoint and rows are looked at, every 100 milliseconds, until the rows have the number of the checkpoint.
    private static let attempts = 100

    private func check(_ folder: DiskFolder, _ state: inout State, _ findings: inout CheckFindings) throws {
        let rows = "\(path)/\(RowStore.fileName)"
        guard FileManager.default.fileExists(atPath: rows) else {
            state.checkpoint = try checkpoint(folder, &findings)
            let hasJournal = try folder.names().contains { SegmentHeader.sequence(of: $0) != nil }
            guard state.checkpoint != nil || hasJournal else {
                throw JournalError.storage(.noLedger(in: path))
            }
            return findings.add(
                .folder, .wrong,
                "there is no \(RowStore.fileName), so nothing proves the counters; the next start begins it",
                remedy: "restore a copy of the folder if single calls were kept before")
        }
        let before = (state, findings)
        try RowReader.withRows(of: path, cacheBytes: 32 << 20) { reader in
            // A second reading begins anew.
            (state, findings) = before
            try compare(reader, folder, &state, &findings)
        }
    }

    private func compare(
        _ reader: RowReader, _ folder: DiskFolder, _ state: inout State, _ findings: inout CheckFindings
    ) throws {
        for attempt in 1... {
            let isTaken = FolderUse.of(path).isTaken
            // The checkpoint first: the rows are then no older than it, except for what they lag behind.
            let saved = try checkpoint(folder, &findings)
            let isDone = try reader.read { database in
                let position = UInt64(
                    bitPattern: try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'position'") ?? 0)
                let noted = try saved.map { try CounterCheck.totals(at: $0.counted, database) } ?? nil
                if let saved, noted == nil, isTaken, attempt < Self.attempts, position < saved.counted || attempt < 20 {
                    return false
                }
                (state.checkpoint, state.position) = (saved, position)
                try RowsCheck(database, isQuick: isQuick, progress: progress)
                    .run(saved, noted, position: position, isTaken: isTaken, &findings)
                return true
            }
            if isDone { return }
            usleep(100_000)
        }
    }

    private func checkpoint(_ folder: DiskFolder, _ findings: inout CheckFindings) throws -> Checkpoint? {
        guard let bytes = try folder.read(Checkpoint.name) else { return nil }
        do throws(JournalError) {
            return try Checkpoint(bytes)
        } catch {
            if findings.agrees(.counters) { findings.add(.counters, .wrong, "\(error)") }
            return nil
        }
    }

    private func checkJournal(_ folder: DiskFolder, _ state: State, _ findings: inout CheckFindings) throws {
        let isTaken = FolderUse.of(path).isTaken
        for attempt in 1... {
            do throws(JournalError) {
                let found = try JournalCheck.read(folder, state.checkpoint ?? Checkpoint())
                // The service may have removed segments that rows and checkpoint of a later moment do not need.
                var (counted, position) = (state.checkpoint?.counted, state.position)
                if isTaken, let first = found.first, first > min(counted ?? 0, position ?? .max) + 1 {
                    (counted, position) = try latest(folder)
                }
                return JournalCheck.compare(found, position: position, counted: counted, &findings)
            } catch {
                // Between its names and its content, a segment can come or go.
                guard isTaken, attempt < 5 else { return findings.add(.journal, .wrong, "\(error)") }
            }
        }
    }

    /// The numbers of checkpoint and rows at this moment.
    private func latest(_ folder: DiskFolder) throws(JournalError) -> (counted: UInt64?, position: UInt64?) {
        do {
            let counted = try folder.read(Checkpoint.name).map { try Checkpoint($0).counted }
            let rows = "\(path)/\(RowStore.fileName)"
            guard FileManager.default.fileExists(atPath: rows) else { return (counted, nil) }
            let position = try RowReader(path: rows, readers: 1).read {
                try Int64.fetchOne($0, sql: "SELECT value FROM meta WHERE key = 'position'") ?? 0
            }
            return (counted, UInt64(bitPattern: position))
        } catch let error as JournalError {
            throw error
        } catch {
            throw RowDatabase.refusal(error, path)
        }
    }
}
