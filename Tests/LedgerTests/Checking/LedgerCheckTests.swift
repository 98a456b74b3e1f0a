// SPDX-License-Identifier: Apache-2.0
import GRDB
import Testing

@testable import Ledger

/// `ledger check` finds nothing in a folder that agrees, and each corruption with its place.
@Suite struct LedgerCheckTests {
    private static func wrong(_ findings: [CheckFinding]) -> [CheckFinding] { findings.filter { $0.level == .wrong } }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `a folder whose parts agree has no difference`(seed: UInt64) throws {
        let folder = try RowsFixture(seed: seed)
        let findings = try LedgerCheck(of: folder.path).run()
        #expect(Self.wrong(findings) == [])
        #expect(Set(findings.filter { $0.level == .ok }.map(\.area)).count == 9, "\(findings)")
        let text = try #require(findings.first { $0.area == .counters }?.text)
        #expect(text.hasPrefix("the totals are the counters of the checkpoint at record 5: "), "\(text)")
    }

    @Test func `a call without values has no set that could be missing, whichever sets are remembered`() throws {
        try RowDatabase.openInMemory().write { database in
            let size: Int64 = 1 << 14
            try database.execute(sql: "INSERT INTO sets(id, dimension, value) VALUES (?, 1, 1)", arguments: [size])
            var sets = try SetMemory(database, firstStart: 0)
            #expect(try sets.isKnown(size))
            #expect(try sets.isKnown(0))
            #expect(try !sets.isKnown(size + 1))
        }
    }

    /// A change of the rows, the area that a check names, and a part of its sentence.
    struct Corruption: CustomTestStringConvertible {
        let sql: String
        let area: CheckFinding.Area
        let text: String

        init(_ sql: String, _ area: CheckFinding.Area, _ text: String) {
            (self.sql, self.area, self.text) = (sql, area, text)
        }

        var testDescription: String { sql }
    }

    private static let single = "(SELECT MAX(id) FROM calls WHERE low IS NOT NULL)"
    private static let priced = "(SELECT MAX(id) FROM calls WHERE micros IS NOT NULL)"
    static let corruptions = [
        Corruption("UPDATE calls SET micros = micros + 1 WHERE id = \(priced)", .calls, "0.000001 dollars too many"),
        Corruption(
            "UPDATE calls SET rest = rest + 1 WHERE id = \(priced)", .calls, "0.000000000000001 dollars too many"),
        Corruption(
            "UPDATE calls SET output_video = COALESCE(output_video, 0) + 3 WHERE id = \(priced)", .rollups,
            "3 output_video tokens missing"),
        Corruption("DELETE FROM calls WHERE id = \(priced)", .calls, "1 calls"),
        Corruption("DELETE FROM drops WHERE id = (SELECT MIN(id) FROM drops)", .traces, "1 dropped spans too many"),
        Corruption(
            "UPDATE totals SET rest = rest - 1 WHERE what = 'counted'", .rollups, "0.000000000000001 dollars too many"),
        Corruption("UPDATE totals SET calls = calls + 1 WHERE what = 'calls_removed'", .calls, "1 calls too many"),
        Corruption(
            "UPDATE totals SET cache_write_1h = cache_write_1h + 2 WHERE what = 'counted'", .counters,
            "2 cache_write_1h tokens too many"),
        Corruption(
            "UPDATE totals SET micros = micros - 1 WHERE what = 'machines'", .counters, "0.000001 dollars missing"),
        Corruption("UPDATE totals SET calls = calls + 1 WHERE what = 'before'", .counters, "1 calls too many"),
        Corruption(
            "UPDATE rollups SET input = input + 1 WHERE dimension = 0 AND quarter = 240000", .rollups,
            "the roll-ups of 2026-11-05T00:00:00Z differ from the calls: "),
        Corruption(
            "UPDATE rollups SET streamed = streamed + 1 WHERE dimension = 0 AND line = 2", .rollups,
            "streamed calls too many"),
        Corruption(
            "UPDATE rollups SET saved_rest = saved_rest + 1 WHERE dimension = 1 AND value = 6", .dimensions,
            "the roll-ups by user of "),
        Corruption(
            "DELETE FROM rollups WHERE dimension = 3 AND value = 8 AND quarter = 240001", .dimensions,
            "the roll-ups by team of 2026-11-05T00:15:00Z"),
        Corruption(
            "DELETE FROM rollups WHERE dimension = 3 AND quarter = 240001", .dimensions,
            "the roll-ups by team of 2026-11-05T00:15:00Z differ from the calls with the value search: "),
        Corruption(
            "UPDATE rollups SET calls = calls - 1 WHERE dimension = 1 AND value = 6 AND quarter = 240000 AND calls > 1",
            .dimensions, "the roll-ups by user of 2026-11-05T00:00:00Z differ from"),
        Corruption(
            "UPDATE rollups SET input = input - 1 WHERE dimension = 1 AND value = 6 AND input > 0", .dimensions,
            "input tokens missing"),
        Corruption(
            "UPDATE rollups SET calls = calls + 1 WHERE dimension = 1 AND quarter = 240002", .dimensions,
            "the roll-ups by user of 2026-11-05T00:30:00Z differ from those of all calls"),
        Corruption(
            "UPDATE rollups SET quarter = 1 WHERE dimension = 1 AND quarter = 240002", .dimensions,
            "there are none of all calls"),
        Corruption(
            "UPDATE rollups SET dimension = 9 WHERE dimension = 3", .dimensions, "1 dimensions of roll-ups have no name"
        ),
        Corruption(
            "UPDATE traces SET output = output + 1 WHERE id = (SELECT MAX(id) FROM traces)", .traces,
            "1 output tokens too many"),
        Corruption(
            "UPDATE traces SET highest = highest + 1 WHERE id = (SELECT MAX(id) FROM traces WHERE calls > 1)", .traces,
            "says that its rows are from"),
        Corruption(
            "DELETE FROM traces WHERE id = (SELECT MAX(id) FROM traces)", .traces,
            "which has no row or ends before them"),
        Corruption(
            "INSERT INTO traces SELECT * FROM all_traces WHERE id = \(single)", .traces,
            "is a call and has a row of traces"),
        Corruption(
            "UPDATE calls SET high = 1, low = 9 WHERE id = (SELECT MAX(id) FROM calls WHERE trace > 0)", .traces,
            "has the columns of a trace of its own, but belongs to the trace"),
        Corruption(
            "UPDATE calls SET (high, low) = (SELECT high, low FROM calls WHERE id = \(single)) "
                + "WHERE id = (SELECT MAX(id) FROM calls WHERE low IS NOT NULL AND id < \(single))", .references,
            "1 traces are stored twice on one day"),
        Corruption("UPDATE calls SET low = NULL WHERE id = \(single)", .traces, "which has no row or ends before them"),
        Corruption(
            "UPDATE calls SET low = NULL WHERE id = \(single)", .references,
            "1 keys of traces lead to no trace"),
        Corruption(
            "UPDATE calls SET earlier = 0, later = 9000000000 WHERE id = \(single)", .traces,
            "trace_peaks differs from the traces of 1 quarters of an hour"),
        Corruption(
            "UPDATE calls SET earlier = earlier + 1 WHERE low IS NOT NULL AND name IS NULL", .traces,
            "says that it ran from 2026-11-"),
        Corruption(
            "UPDATE calls SET later = later + 1 WHERE low IS NOT NULL AND name IS NULL", .traces,
            "Z, and its calls and dropped spans ran from 2026-11-"),
        Corruption(
            "UPDATE calls SET earlier = -1 WHERE low IS NOT NULL AND name IS NOT NULL", .traces,
            "says that it ran from 2026-11-"),
        Corruption(
            "UPDATE traces SET start = NULL WHERE id = (SELECT MAX(id) FROM traces)", .traces,
            "says that it ran at no time, and its calls and dropped spans ran from 2026-11-"),
        Corruption(
            "UPDATE traces SET length = NULL WHERE id = (SELECT MAX(id) FROM traces)", .traces,
            "says that it ran at no time"),
        Corruption("UPDATE calls SET earlier = NULL WHERE id = \(single)", .traces, "says that it ran at no time"),
        Corruption("UPDATE trace_peaks SET length = length + 1", .traces, "trace_peaks differs from the traces of"),
        Corruption(
            "UPDATE traces SET start = start + 1 WHERE id = (SELECT MAX(id) FROM traces WHERE name IS NULL)", .traces,
            "says that it ran from 2026-11-"),
        Corruption("UPDATE calls SET name = 99 WHERE id = \(single)", .references, "1 calls name in calls.name"),
        Corruption(
            "UPDATE sessions SET input = input + CASE id WHEN 9 THEN 1 WHEN 10 THEN -1 ELSE 0 END", .sessions,
            "the session s-1 differs from its calls: 1 input tokens too many"),
        Corruption("DELETE FROM sessions WHERE id = 11", .sessions, "the session s-3 differs from its calls"),
        Corruption(
            "DELETE FROM session_traces WHERE session = 10", .sessions, "1 sessions have another number of traces"),
        Corruption(
            "UPDATE trace_keys SET keys = substr(keys, 1, length(keys) - 8) WHERE id = (SELECT MAX(id) FROM trace_keys)",
            .references, "1 traces cannot be found by their ids"),
        Corruption(
            "UPDATE trace_peaks SET traces = traces - 1 WHERE quarter = (SELECT MAX(quarter) FROM trace_peaks)",
            .traces, "trace_peaks differs from the traces of 1 quarters of an hour"),
        Corruption("UPDATE trace_peaks SET micros = micros - 1", .traces, "trace_peaks differs from the traces of"),
        Corruption(
            "INSERT INTO new_trace_keys(day, keys) VALUES (9000, zeroblob(16))", .references,
            "2 keys of traces lead to no trace"),
        Corruption("DELETE FROM sets WHERE id = 4", .references, "name a set that does not exist"),
        Corruption("DELETE FROM kinds WHERE id = 2", .references, "name a kind that does not exist"),
        Corruption(
            "DELETE FROM texts WHERE id = 2", .references, "name in lines.provider a row of texts that does not exist"),
        Corruption("DELETE FROM cards", .references, "name in kinds.card a row of cards"),
        Corruption("UPDATE meta SET value = 6 WHERE key = 'position'", .journal, "the rows have those up to record 6"),
    ]

    @Test(arguments: corruptions)
    func `a corruption of the rows is found and named`(corruption: Corruption) throws {
        let folder = try RowsFixture(seed: 3)
        try folder.change(corruption.sql)
        let wrong = Self.wrong(try LedgerCheck(of: folder.path).run())
        #expect(
            wrong.contains { $0.area == corruption.area && $0.text.contains(corruption.text) }, "\(wrong.map(\.text))")
        #expect(wrong.allSatisfy { !$0.remedy.isEmpty || $0.text.hasSuffix("of this kind") })
    }

    /// Changes that settings can make, and a part of the sentence about them.
    static let lacking = [
        (
            "DELETE FROM rollups WHERE dimension = 3 AND value = 0 AND quarter = 240001",
            "of the quarter of an hour 2026-11-05T00:15:00Z, which happens while the settings lack the dimension"
        ),
        (
            "DELETE FROM rollups WHERE dimension = 3 AND value = 0",
            "of 3 quarters of an hour, 2026-11-05T00:00:00Z to 2026-11-05T00:30:00Z, which happens"
        ),
        (
            "INSERT INTO meta VALUES ('without_rollups 3', 1); DELETE FROM rollups WHERE dimension = 3 AND value = 8",
            "the roll-ups by team lack "
        ),
        (
            "UPDATE dimensions SET rollup = 0 WHERE id = 3; DELETE FROM rollups WHERE dimension = 3 AND value = 8",
            "the roll-ups by team lack "
        ),
    ]

    @Test(arguments: lacking, [false, true])
    func `roll-ups without calls of other settings are a note`(change: (sql: String, text: String), packs: Bool) throws
    {
        let folder = try RowsFixture(seed: 3)
        try folder.change(change.sql)
        if packs { try folder.pack() }
        let findings = try LedgerCheck(of: folder.path).run()
        #expect(Self.wrong(findings) == [])
        let note = try #require(findings.first { $0.area == .dimensions && $0.level == .note })
        #expect(note.text.contains(change.text), "\(note.text)")
        #expect(findings.contains { $0.area == .dimensions && $0.text.hasSuffix("or of a part of them") })
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `a folder with packed roll-ups has no difference`(seed: UInt64) throws {
        let folder = try RowsFixture(seed: seed)
        try folder.pack()
        let findings = try LedgerCheck(of: folder.path).run()
        #expect(Self.wrong(findings) == [])
        #expect(Set(findings.filter { $0.level == .ok }.map(\.area)).count == 9, "\(findings)")
    }

    /// A change of packed roll-ups of 2026-11-05T00:00:00Z, the area that a check names, and a part of its sentence.
    static let packedCorruptions: [(dimension: Int64, area: CheckFinding.Area, text: String, Int64)] = [
        (0, .rollups, "the roll-ups of 2026-11-05T00:00:00Z differ from the calls: 1 calls too many", 0),
        (1, .dimensions, "the roll-ups by user of 2026-11-05T00:00:00Z differ from those of all calls", 0),
        (0, .references, "name as their line in packed_rollups a row of lines that does not exist", 1),
        (1, .references, "name as their value in packed_rollups a row of texts that does not exist", 2),
        (1, .rollups, "the roll-ups of 2026-11-05T00:00:00Z cannot be read: the sums are out of order", 3),
        (3, .rollups, "the roll-ups of 2026-11-05T00:00:00Z cannot be read: the sums are out of order", 4),
    ]

    @Test(arguments: packedCorruptions)
    func `a corruption of packed roll-ups is found and named`(
        dimension: Int64, area: CheckFinding.Area, text: String, kind: Int64
    ) throws {
        let folder = try RowsFixture(seed: 3)
        try folder.pack()
        try folder.changePacked(dimension, 240_000) { sums in
            var changed = LooseSums()
            let last = sums.count - 1
            for index in kind == 3 ? Array((0...last).reversed()) : Array(0...last) {
                changed.append { column in
                    let number = sums.columns[column][index]
                    guard index == last else { return number }
                    switch (kind, column) {
                    case (0, RollupColumns.counts): return number + 1
                    case (1, RollupColumns.line): return 99
                    case (2, RollupColumns.value): return 99
                    default: return number
                    }
                }
            }
            if kind == 4 { changed.append { sums.columns[$0][last] } }
            sums = changed
        }
        let wrong = Self.wrong(try LedgerCheck(of: folder.path).run())
        #expect(wrong.contains { $0.area == area && $0.text.contains(text) }, "\(wrong.map(\.text))")
    }

    @Test(arguments: [
        ("UPDATE packed_rollups SET sums = substr(sums, 1, length(sums) - 1)", "the checksum does not match"),
        ("UPDATE packed_rollups SET sums = x'02' || substr(sums, 2)", "version 2 is unknown"),
        ("UPDATE packed_rollups SET count = count + 1", "sums instead of"),
    ])
    func `packed roll-ups with other bytes are told`(sql: String, text: String) throws {
        let folder = try RowsFixture(seed: 3)
        try folder.pack()
        try folder.change("\(sql) WHERE id = (SELECT max(id) FROM packed_rollups)")
        let wrong = Self.wrong(try LedgerCheck(of: folder.path).run())
        #expect(wrong.contains { $0.area == .rollups && $0.text.contains(text) }, "\(wrong.map(\.text))")
    }

    @Test func `rows beyond the checkpoint are compared by the totals that they noted at its number`() throws {
        let folder = try RowsFixture(seed: 4, counted: 3)
        #expect(Self.wrong(try LedgerCheck(of: folder.path).run()) == [])
        try folder.change("UPDATE totals_at SET rest = rest + 1")
        let wrong = Self.wrong(try LedgerCheck(of: folder.path).run())
        #expect(wrong.map(\.area) == [.counters])
        #expect(
            wrong.first?.text.contains(
                "at record 3 differ from the counters of the checkpoint: 0.000000000000001 dollars") == true)
        // After a kill, a start may not have noted them yet.
        try folder.change("DELETE FROM totals_at")
        let findings = try LedgerCheck(of: folder.path).run()
        #expect(Self.wrong(findings) == [])
        #expect(findings.contains { $0.level == .note && $0.text.contains("have not noted their totals at record 3") })
    }

    @Test func `machines that are paid by the clock are in the counters, and a gap of the rows is told`() throws {
        let folder = try RowsFixture(seed: 4, counted: 3)
        try folder.change(
            "UPDATE totals SET micros = 70 WHERE what = 'machines'; UPDATE totals_at SET micros = micros - 60")
        #expect(Self.wrong(try LedgerCheck(of: folder.path).run()) == [])
        try folder.change(
            "UPDATE totals_at SET micros = micros - 20; INSERT INTO meta VALUES ('gap 2', 'lost: 7 calls')")
        let findings = try LedgerCheck(of: folder.path).run()
        #expect(Self.wrong(findings).map(\.area) == [.counters])
        #expect(findings.contains { $0.text == "the rows were begun anew at record 2: lost: 7 calls" })
    }

    @Test func `rows behind the checkpoint are a note, since a start adds what is missing`() throws {
        let folder = try RowsFixture(seed: 4)
        try folder.change("UPDATE meta SET value = 4 WHERE key = 'position'; DELETE FROM totals_at")
        let findings = try LedgerCheck(of: folder.path).run()
        #expect(Self.wrong(findings) == [])
        #expect(findings.contains { $0.level == .note && $0.text.contains("the next start adds what is between") })
    }

    @Test func `a damaged checkpoint, a damaged journal and a damaged file are told`() throws {
        let folder = try RowsFixture(seed: 5)
        try folder.change(file: Checkpoint.name) { $0[40] ^= 1 }
        #expect(Self.wrong(try LedgerCheck(of: folder.path).run()).map(\.area) == [.counters])
        let second = try RowsFixture(seed: 5)
        // The third of five records: what follows a damaged one is not read.
        try second.change(file: RowsFixture.segment) { $0[$0.count - 100] ^= 1 }
        let journal = Self.wrong(try LedgerCheck(of: second.path).run())
        #expect(journal.first?.text.contains("the journal ends with record 2") == true, "\(journal)")
        let third = try RowsFixture(seed: 5, calls: 2_000)
        try third.change(file: RowStore.fileName) { bytes in
            for index in (bytes.count / 4)..<(bytes.count / 4 + 8_192) { bytes[index] = 0 }
        }
        #expect(Self.wrong(try LedgerCheck(of: third.path).run()).contains { $0.area == .file })
    }

    @Test func `a folder that does not exist, or has no database in the file, is refused`() throws {
        #expect(throws: JournalError.self) { try LedgerCheck(of: "/nonexistent/folder").run() }
        let folder = try RowsFixture(seed: 6)
        try folder.change(file: RowStore.fileName) { $0 = Array("no database at all, but long enough".utf8) }
        #expect(throws: JournalError.self) { try LedgerCheck(of: folder.path).run() }
    }
}
