// SPDX-License-Identifier: Apache-2.0
import GRDB
import Pricing

/// Compares the tables of `ledger.db` with each other and with the checkpoint, as they are at one moment.
struct RowsCheck {
    let database: Database
    private let isQuick: Bool
    let progress: (LedgerCheck.Progress) -> Void

    /// Prepares a check.
    ///
    /// - Parameters:
    ///   - database: The rows, within a read.
    ///   - isQuick: Whether SQLite's own check of the file is left out.
    ///   - progress: Called now and then.
    init(_ database: Database, isQuick: Bool, progress: @escaping (LedgerCheck.Progress) -> Void) {
        (self.database, self.isQuick, self.progress) = (database, isQuick, progress)
    }

    /// Checks everything.
    ///
    /// - Parameters:
    ///   - checkpoint: The checkpoint; `nil` if there is none.
    ///   - noted: The totals at its number; `nil` if the rows have not noted them.
    ///   - position: The number up to which the journal is in the rows.
    ///   - isTaken: Whether the service writes meanwhile.
    ///   - findings: Gets what was found.
    /// - Throws: What SQLite throws.
    func run(
        _ checkpoint: Checkpoint?, _ noted: CheckedSums?, position: UInt64, isTaken: Bool,
        _ findings: inout CheckFindings
    ) throws {
        do {
            try checkFile(&findings)
            let totals = try CounterCheck(database)
            try compareCounters(totals, checkpoint, noted, position: position, &findings)
            try PackedCheck.run(database, &findings)
            try sweep(totals, &findings)
            progress(LedgerCheck.Progress(part: "the roll-ups", done: 0, all: 0))
            try compareRollups(totals, &findings)
            try DimensionCheck.run(database, &findings)
            try ReferenceCheck.run(database, &findings) { done, all in
                progress(LedgerCheck.Progress(part: "references", done: done, all: all))
            }
            if findings.agrees(.references) {
                findings.add(
                    .references, .ok,
                    "every text, line, kind, set, rate card and trace that a row names exists; "
                        + "texts and traces can be found by their keys")
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            findings.add(
                .file, .wrong, "\(RowStore.fileName) is damaged: \(error.message ?? error.resultCode.description)",
                remedy: CheckRemedy.rows)
        }
    }

    private func checkFile(_ findings: inout CheckFindings) throws {
        guard !isQuick else { return findings.add(.file, .note, "SQLite's own check of the file was left out") }
        progress(LedgerCheck.Progress(part: "the file", done: 0, all: 0))
        let problems = try String.fetchAll(database, sql: "PRAGMA integrity_check(\(CheckFindings.mostDifferences))")
        guard problems != ["ok"] else { return findings.add(.file, .ok, "SQLite finds no damage") }
        for problem in problems {
            findings.add(.file, .wrong, "\(RowStore.fileName): \(problem)", remedy: CheckRemedy.rows)
        }
    }

    private func compareCounters(
        _ totals: CounterCheck, _ checkpoint: Checkpoint?, _ noted: CheckedSums?, position: UInt64,
        _ findings: inout CheckFindings
    ) throws {
        let gaps = try gaps()
        for gap in gaps {
            findings.add(.counters, .note, "the rows were begun anew at record \(gap.record): \(gap.text)")
        }
        guard let checkpoint else {
            if findings.agrees(.counters) {
                findings.add(.counters, .note, "there is no checkpoint yet, so no counters to compare the totals with")
            }
            return
        }
        // Rows that have the records of the checkpoint and no more have its totals, whatever was noted.
        let isBegunSince = gaps.contains { $0.record >= checkpoint.counted }
        let present = position == checkpoint.counted ? totals["counted"] : isBegunSince ? nil : noted
        if let present { return totals.compare(checkpoint, present, position: position, &findings) }
        if position < checkpoint.counted {
            return findings.add(
                .counters, .note,
                "the rows end with record \(position), and the checkpoint has the counters up to record \(checkpoint.counted): the next "
                    + "start adds what is between; until then they cannot be compared")
        }
        findings.add(
            .counters, .note,
            "the rows have not noted their totals at record \(checkpoint.counted), the number of the checkpoint, as after a kill; "
                + "they can be compared after the next checkpoint, in a minute or at an orderly stop")
    }

    /// Where the rows were begun anew, without what the journal did not have any more.
    private func gaps() throws -> [(record: UInt64, text: String)] {
        let found = try Row.fetchAll(database, sql: "SELECT key, value FROM meta WHERE key LIKE 'gap %' ORDER BY key")
        return found.compactMap { row in
            UInt64((row["key"] as String).dropFirst(4)).map { ($0, row["value"] as String? ?? "") }
        }
    }

    /// Compares the totals with the roll-ups.
    private func compareRollups(_ totals: CounterCheck, _ findings: inout CheckFindings) throws {
        var quarters = try RollupQuarters(database, dimension: RowDimension.all, machines: false)
        var kept = totals["rollups_removed"]
        while quarters.quarter != nil {
            kept.counts[0] &+= quarters.sums.counts[0]
            // The counts of totals are calls, dropped spans, and token classes.
            for place in CallColumns.classes.indices {
                kept.counts[2 + place] &+= quarters.sums.counts[CallColumns.firstClass + place]
            }
            kept.femtodollars &+= quarters.sums.femtodollars
            try quarters.advance()
        }
        var counted = totals.everAdded
        (kept.counts[1], counted.counts[1]) = (0, 0)
        if let difference = kept.difference(from: counted, CounterCheck.names) {
            findings.add(
                .rollups, .wrong,
                "the roll-ups, with those that were removed, differ from all that was counted: \(difference)",
                remedy: CheckRemedy.rows)
        } else if findings.agrees(.rollups) {
            findings.add(.rollups, .ok, "the roll-ups, with those that were removed, are all that was counted")
        }
    }
}
