// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import Pricing

/// What is in the folder of a ledger, read without changing anything, also while the service runs.
package struct LedgerInfo: Sendable, Equatable {
    /// A file of the folder.
    package struct File: Sendable, Equatable {
        package var name: String
        package var bytes: Int
    }

    /// The checkpoint of the counters.
    package struct Counters: Sendable, Equatable {
        /// The number up to which all records of the journal are in it.
        package var counted: UInt64
        /// When it was taken, in nanoseconds since 1970 (UTC).
        package var wallNanoseconds: UInt64
        package var calls: Int64
        /// By token class, without those of which there is none.
        package var tokens: [(name: String, count: Int64)]
        package var dollars: Dollars

        package static func == (left: Self, right: Self) -> Bool {
            left.counted == right.counted && left.wallNanoseconds == right.wallNanoseconds
                && left.calls == right.calls && left.dollars == right.dollars
                && left.tokens.elementsEqual(right.tokens) { $0 == $1 }
        }
    }

    /// The rows.
    package struct Rows: Sendable, Equatable {
        package var version: UInt64 = 0
        /// The number up to which all records of the journal are in them.
        package var position: UInt64 = 0
        /// The kept calls, and those that were counted once and removed since.
        package var calls: Int64 = 0
        package var removedCalls: Int64 = 0
        /// The kept dropped spans.
        package var drops: Int64 = 0
        package var traces = 0
        package var sessions = 0
        package var rollups = 0
        package var texts = 0
        /// The ends of the first and the last kept call, in microseconds since 2020; `nil` without calls.
        package var firstEnd: Int64?
        package var lastEnd: Int64?
        /// The first and the last quarter of an hour with roll-ups, since 2020; `nil` without roll-ups.
        package var firstQuarter: Int64?
        package var lastQuarter: Int64?
        /// What was counted since the rows began.
        package var countedCalls: Int64 = 0
        package var countedDollars = Dollars.zero
        /// What was imported, which no counter has.
        package var importedCalls: Int64 = 0
        package var importedDollars = Dollars.zero
        /// What the counters had when the rows began.
        package var callsBefore: Int64 = 0
        package var dollarsBefore = Dollars.zero
        /// The bytes of the database that rows may take again.
        package var freeBytes = 0
        /// The names of the dimensions.
        package var dimensions: [String] = []
    }

    /// Who has the folder.
    package var use: FolderUse
    /// The version of the format of new segments of the journal.
    package var journalVersion = RecordFrame.version
    package var files: [File] = []
    /// The number of the first record of the oldest segment; `nil` without segments.
    package var firstRecord: UInt64?
    /// The version of the program that began the newest segment; empty if it is not known.
    package var writer = ""
    package var segments = 0
    package var counters: Counters?
    package var rows: Rows?

    /// The bytes of all files.
    package var bytes: Int { files.reduce(0) { $0 + $1.bytes } }

    /// Reads a folder.
    ///
    /// - Parameter path: The folder.
    /// - Throws: ``JournalError`` if it cannot be read.
    package init(of path: String) throws(JournalError) {
        use = FolderUse.of(path)
        do {
            let folder = try DiskFolder(existing: path)
            for name in try folder.names().sorted() {
                guard let bytes = try? OpenFile(name, at: "\(path)/\(name)").status().st_size else { continue }
                files.append(File(name: name, bytes: Int(bytes)))
            }
            try readJournal(folder)
            if let saved = try folder.read(Checkpoint.name) { counters = Counters(try Checkpoint(saved)) }
            let rows = "\(path)/\(RowStore.fileName)"
            if FileManager.default.fileExists(atPath: rows) {
                self.rows = try RowReader.withRows(of: path) { reader in try reader.read { try Rows($0) } }
            }
        } catch let error as JournalError {
            throw error
        } catch let error as StorageError {
            throw .storage(error.advised(forFolder: path))
        } catch {
            throw RowDatabase.refusal(error, "\(path)/\(RowStore.fileName)")
        }
    }

    private mutating func readJournal(_ folder: DiskFolder) throws {
        let names = files.map(\.name).filter { SegmentHeader.sequence(of: $0) != nil }
        segments = names.count
        for name in names {
            guard let bytes = try folder.read(name, first: SegmentHeader.mostBytes),
                let (header, _) = try SegmentHeader.read(bytes, name: name)
            else { continue }
            firstRecord = firstRecord ?? header.firstNumber
            writer = header.writer
        }
    }
}

extension LedgerInfo.Counters {
    fileprivate init(_ checkpoint: Checkpoint) {
        let sums = CounterCheck.counters(of: checkpoint)
        (counted, wallNanoseconds) = (checkpoint.counted, checkpoint.wallNanoseconds)
        (calls, dollars) = (sums.counts[0], sums.dollars)
        tokens = zip(CallColumns.classes, sums.counts.dropFirst(2)).filter { $0.1 != 0 }.map { ($0.0, $0.1) }
    }
}

extension LedgerInfo.Rows {
    fileprivate init(_ database: Database) throws {
        func number(_ sql: String) throws -> Int64? { try Int64.fetchOne(database, sql: sql) }
        version = try RowMigrations.version(of: database)
        position = UInt64(bitPattern: try number("SELECT value FROM meta WHERE key = 'position'") ?? 0)
        let totals = try CounterCheck(database)
        (countedCalls, countedDollars) = (totals["counted"].counts[0], totals["counted"].dollars)
        (importedCalls, importedDollars) = (totals["imported"].counts[0], totals["imported"].dollars)
        (callsBefore, dollarsBefore) = (totals["before"].counts[0], totals["before"].dollars)
        // Counting ten million rows would take seconds.
        removedCalls = totals["calls_removed"].counts[0]
        (calls, drops) = (
            totals.everAdded.counts[0] - removedCalls,
            totals.everAdded.counts[1] - totals["calls_removed"].counts[1]
        )
        traces = try Self.traces(database)
        sessions = Int(try number("SELECT COUNT(*) FROM sessions") ?? 0)
        rollups = Int(
            try number(
                "SELECT (SELECT COUNT(*) FROM rollups) + (SELECT coalesce(SUM(count), 0) FROM packed_rollups)") ?? 0)
        texts = Int(try number("SELECT COUNT(*) FROM texts") ?? 0)
        firstEnd = try Self.end("MIN", database)
        lastEnd = try Self.end("MAX", database)
        firstQuarter = try number(PackedRollups.quarter("MIN", ofDimension: "0"))
        lastQuarter = try number(PackedRollups.quarter("MAX", ofDimension: "0"))
        freeBytes = Int(try number("PRAGMA freelist_count") ?? 0) * Int(try number("PRAGMA page_size") ?? 0)
        dimensions = try String.fetchAll(database, sql: "SELECT name FROM dimensions ORDER BY id")
    }

    /// The end of the first or the last call, of which ids have only the minute.
    ///
    /// - Parameters:
    ///   - function: `MIN` or `MAX`.
    ///   - database: The rows.
    /// - Returns: Microseconds since 2020; `nil` without calls.
    /// - Throws: What SQLite throws.
    private static func end(_ function: String, _ database: Database) throws -> Int64? {
        guard let id = try Int64.fetchOne(database, sql: "SELECT \(function)(id) FROM calls") else { return nil }
        let minute = id >> RowTime.sequenceBits
        let finish = try Int64.fetchOne(
            database, sql: "SELECT \(function)(finish) FROM calls WHERE id >= ? AND id < ?",
            arguments: [minute << RowTime.sequenceBits, (minute + 1) << RowTime.sequenceBits])
        return RowTime(minute: minute, finish: finish ?? 0).microseconds
    }

    private static func traces(_ database: Database) throws -> Int {
        // Where no call was removed, the sums of quarters are exact.
        let first = TracePeaks.quarter(of: try RowWriter.meta("calls_from", database) ?? 0) + 1
        return try Int.fetchOne(
            database, sql: SingleTraces.count, arguments: [first, (first * 15) << RowTime.sequenceBits]) ?? 0
    }

    private static func second(_ microseconds: Int64) -> String {
        let exact = CheckedTime.text(microseconds: microseconds)
        // Without the point, the six digits behind it and the `Z`; a damaged row has another text.
        return exact.hasSuffix("Z") ? "\(exact.dropLast(8))Z" : exact
    }

    /// The time of the first kept call, to the second; `nil` without calls.
    package var firstCall: String? { firstEnd.map(Self.second) }
    /// The time of the last kept call, to the second; `nil` without calls.
    package var lastCall: String? { lastEnd.map(Self.second) }
    /// The beginning of the first quarter of an hour with roll-ups; `nil` without roll-ups.
    package var firstRollup: String? { firstQuarter.map { CheckedTime.text(quarter: $0) } }
    /// The beginning of the last quarter of an hour with roll-ups; `nil` without roll-ups.
    package var lastRollup: String? { lastQuarter.map { CheckedTime.text(quarter: $0) } }
}
