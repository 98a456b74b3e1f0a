// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import GenAI
import TestData
import TestSupport

@testable import Ledger

/// A folder whose checkpoint, rows and journal agree, made by statements of its own and not by the code that writes rows.
final class RowsFixture {
    private let temporary: TemporaryFolder
    /// The folder.
    let path: String
    private var generator: SeededGenerator
    /// The number of the checkpoint.
    private let counted: UInt64

    /// The number of the rows and of the last record.
    static let number: UInt64 = 5

    /// Makes a folder.
    ///
    /// - Parameters:
    ///   - seed: Decides on calls.
    ///   - calls: The number of calls.
    ///   - counted: The number of the checkpoint, at which nothing else was counted than later.
    /// - Throws: What SQLite or the file system throws.
    init(seed: UInt64, calls: Int = 200, counted: UInt64 = number) throws {
        self.counted = counted
        temporary = try TemporaryFolder()
        path = temporary.url.path
        generator = SeededGenerator(seed: seed)
        try Data((0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) }).write(
            to: temporary.url.appending(path: "secret"))
        let queue = try RowDatabase.open("\(path)/\(RowStore.fileName)")
        try queue.write { database in
            try self.names(database)
            try self.spans(database, calls)
            try self.derived(database)
        }
        try writeCheckpoint(queue)
        try queue.close()
        try writeJournal()
    }

    /// Changes the rows.
    func change(_ sql: String) throws {
        let queue = try RowDatabase.open("\(path)/\(RowStore.fileName)")
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// Packs all roll-ups.
    func pack() throws {
        let queue = try RowDatabase.open("\(path)/\(RowStore.fileName)")
        try queue.writeWithoutTransaction { try RollupPacking.packAll($0) }
        try queue.close()
    }

    /// Changes packed roll-ups.
    ///
    /// - Parameters:
    ///   - dimension: Their dimension.
    ///   - quarter: Their quarter of an hour.
    ///   - body: Changes them.
    /// - Throws: What SQLite throws, or if they cannot be read.
    func changePacked(_ dimension: Int64, _ quarter: Int64, _ body: (inout LooseSums) -> Void) throws {
        let queue = try RowDatabase.open("\(path)/\(RowStore.fileName)")
        try queue.writeWithoutTransaction { database in
            let id = PackedRollups.ids(of: dimension, quarter..<quarter + 1).lowerBound
            var sums = LooseSums()
            if let packed = try PackedRollups.sums(ofID: id, database) { sums = try LooseSums(packed.get()) }
            body(&sums)
            try PackedRollups.write(sums, id: id, database)
        }
        try queue.close()
    }

    /// Changes the bytes of a file.
    func change(file name: String, _ body: (inout [UInt8]) -> Void) throws {
        let url = temporary.url.appending(path: name)
        var bytes = [UInt8](try Data(contentsOf: url))
        body(&bytes)
        try Data(bytes).write(to: url)
    }

    /// The name of the segment of the journal.
    static let segment = SegmentHeader.name(1)

    // MARK: Rows

    private static let texts = [
        "gpt-4o", "openai", "chat", "claude-sonnet-4-5", "anthropic", "alice", "bob", "search", "s-1", "s-2", "s-3",
        "2026", "dora", "by dora and others",
    ]

    private func names(_ database: Database) throws {
        var keys = TextKeys()
        for text in Self.texts { _ = try keys.add(text, database) }
        try database.execute(
            sql: """
                INSERT INTO lines VALUES (1, 1, 2, 3, 0), (2, 4, 5, 3, 2), (3, 1, 2, 3, 3), (4, 4, 5, 3, 5);
                INSERT INTO cards VALUES (1, 1, 2, 12, x'00');
                INSERT INTO kinds(id, line, answered, flags, card) VALUES (1, 1, 1, 0, 1), (2, 2, 4, 2, NULL), (3, 3, 1, 1, NULL);
                INSERT INTO dimensions VALUES (1, 'user', 1), (2, 'session', 0), (3, 'team', 1);
                INSERT INTO sets VALUES (1, 1, 6), (2, 1, 7), (2, 3, 8), (3, 1, 7), (4, 3, 8);
                """)
    }

    /// Calls of 40 minutes and dropped spans, in traces whose first row is not always their lowest.
    private func spans(_ database: Database, _ count: Int) throws {
        var next: [Int64: Int64] = [:]
        var traces: [Int64] = []
        for index in 0..<count {
            let minute = 3_600_000 + Int64(index * 40 / count) - .random(in: 0...1, using: &generator)
            let id = minute << 22 | next[minute, default: 0]
            next[minute, default: 0] += 1
            // A row of an earlier minute than that of its trace is below it.
            let isFirst = traces.isEmpty || Int.random(in: 0..<3, using: &generator) == 0
            if isFirst { traces.append(id) }
            let offset = isFirst ? 0 : id - (traces.suffix(4).randomElement(using: &generator) ?? id)
            let set = Int64.random(in: 0...4, using: &generator)
            if Int.random(in: 0..<8, using: &generator) == 0 {
                try database.execute(
                    sql:
                        "INSERT INTO drops(id, trace, span, kind, \"set\", fate, finish, duration) "
                        + "VALUES (?, ?, ?, 1, ?, 2, 7000000, 1000)",
                    arguments: [id, offset, index, set == 0 ? nil : set])
                continue
            }
            let kind = Int64.random(in: 1...3, using: &generator)
            let isUnpriced = kind == 3
            let tokens = RowSchema.classes.map { _ in
                Bool.random(using: &generator) ? Int64.random(in: 1...9_999, using: &generator) : nil
            }
            let columns = RowSchema.classes.joined(separator: ", ")
            let marks = RowSchema.classes.map { _ in "?" }.joined(separator: ", ")
            var values: [(any DatabaseValueConvertible)?] = [
                id, offset, index, kind, set == 0 ? nil : set, Int64.random(in: 0...9_000_000, using: &generator),
                Int64.random(in: 0...3, using: &generator),
                isUnpriced ? nil : Int64.random(in: 0...90_000, using: &generator),
                isUnpriced ? nil : Int64.random(in: 0..<1_000_000_000, using: &generator),
            ]
            values += tokens
            try database.execute(
                sql: """
                    INSERT INTO calls(id, trace, span, kind, "set", duration, units, micros, rest, \(columns), finish)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, \(marks), 5000000 + ?3)
                    """, arguments: StatementArguments(values))
        }
    }

    private static func sum(_ prefix: String) -> String {
        let others = ["cache_read", "cache_write", "reasoning"]
        return RowSchema.classes.filter { name in
            name.hasPrefix(prefix) && (others.contains(prefix) || !others.contains { name.hasPrefix($0) })
        }.map { "COALESCE(\($0), 0)" }.joined(separator: " + ")
    }

    /// Traces, sessions, roll-ups and totals, as sums over calls and dropped spans.
    private func derived(_ database: Database) throws {
        let facts = """
            COUNT(c.id), SUM(k.flags & 1), SUM(l.source = 3), SUM(l.source = 2),
            \(RowSchema.sums.map { "SUM(\(Self.sum($0)))" }.joined(separator: ", ")), SUM(micros), SUM(rest)
            """
        let joined = "calls c JOIN kinds k ON k.id = c.kind JOIN lines l ON l.id = k.line"
        let sums = "calls, failed, unpriced, estimated, \(RowSchema.sums.joined(separator: ", ")), micros, rest"
        let classes = RowSchema.classes.joined(separator: ", ")
        let classSums = RowSchema.classes.map { "COALESCE(SUM(\($0)), 0)" }.joined(separator: ", ")
        try database.execute(
            sql: """
                UPDATE calls SET session = CASE "set" WHEN 1 THEN 9 WHEN 2 THEN 10 WHEN 3 THEN 11 END;
                CREATE TEMP TABLE every AS SELECT id - trace AS t, id, 0 AS dropped, finish, duration FROM calls
                    UNION ALL SELECT id - trace, id, 1, finish, duration FROM drops;
                ALTER TABLE every ADD COLUMN minutes INT;
                UPDATE every SET minutes = ((id >> 22) - (t >> 22)) * 60000000;
                INSERT INTO traces(id, high, low, lowest, highest, drops, start, length)
                    SELECT t, 1, t * 65537, t - MIN(id), MAX(id) - t, SUM(dropped), MIN(minutes + finish - duration),
                        MAX(minutes + finish) - MIN(minutes + finish - duration) FROM every GROUP BY t;
                UPDATE traces SET name = 13 + id % 5 / 3, start = start - 300, length = length + 800 WHERE id % 5 > 1;
                UPDATE traces SET (\(sums)) = (SELECT \(facts) FROM \(joined) WHERE c.id - c.trace = traces.id);
                UPDATE traces SET micros = micros + rest / 1000000000, rest = rest % 1000000000;
                INSERT INTO sessions(id, \(sums))
                    SELECT session, \(facts) FROM \(joined) WHERE session IS NOT NULL GROUP BY session;
                UPDATE sessions SET trace = (SELECT MIN(c.id - c.trace) FROM calls c WHERE c.session = sessions.id);
                INSERT INTO session_traces SELECT DISTINCT (c.id - c.trace) % 3, c.session, c.id - c.trace
                    FROM calls c JOIN sessions s ON s.id = c.session WHERE c.id - c.trace <> s.trace;
                UPDATE sessions SET traces = 1 + (SELECT COUNT(*) FROM session_traces WHERE session = sessions.id);
                """)
        try TraceKeys.fill(database)
        try database.execute(sql: QuestionSchema.fillPeaks)
        // Of the traces of one call some are in its row.
        try database.execute(
            sql: """
                UPDATE calls SET (high, low, name, earlier, later) = (SELECT high, low, name, iif(name IS NULL, 0, 300),
                        iif(name IS NULL, 0, 500) FROM traces WHERE traces.id = calls.id)
                    WHERE id IN (SELECT id FROM traces WHERE calls = 1 AND drops = 0 AND id % 4 > 0);
                DELETE FROM traces WHERE id IN (SELECT id FROM calls WHERE low IS NOT NULL);
                """)
        let units = BilledUnits.Unit.allCases
        let unitSums = units.map { "SUM(units >> \(12 * Int($0.rawValue)) & 4095)" }.joined(separator: ", ")
        for dimension in [0, 1, 3] {
            try database.execute(
                sql: """
                    INSERT INTO rollups(dimension, quarter, value, line, calls, failed, unpriced, estimated, streamed, \(classes),
                        \(units.map(\.name).joined(separator: ", ")), duration, micros, rest, saved_micros, saved_rest)
                    SELECT \(dimension), (c.id >> 22) / 15, COALESCE(s.value, 0) AS v, k.line, COUNT(*), SUM(k.flags & 1),
                        SUM(l.source = 3), SUM(l.source = 2), SUM(k.flags >> 1 & 1), \(classSums), \(unitSums), SUM(duration),
                        SUM(micros), SUM(rest), 7 * COUNT(*), COUNT(*)
                    FROM \(joined) LEFT JOIN sets s ON s.id = c."set" AND s.dimension = \(dimension)
                    GROUP BY (c.id >> 22) / 15, v, k.line
                    """)
        }
        let totals = "COUNT(*), (SELECT COUNT(*) FROM drops), \(classSums), SUM(micros), SUM(rest)"
        try database.execute(
            sql: """
                UPDATE totals SET (calls, drops, \(classes), micros, rest) = (SELECT \(totals) FROM calls) WHERE what = 'counted';
                INSERT INTO totals_at SELECT \(counted), calls, drops, \(classes), micros, rest FROM totals
                    WHERE what = 'counted';
                UPDATE meta SET value = \(Self.number) WHERE key = 'position';
                """)
    }

    // MARK: Checkpoint and journal

    private func writeCheckpoint(_ queue: DatabaseQueue) throws {
        let totals = try queue.read { try CounterCheck($0)["counted"] }
        var checkpoint = Checkpoint()
        checkpoint.counted = counted
        func family(_ name: String, _ series: [([String: String], Int128)], scale: UInt64 = 0) -> RecordedFamily {
            var family = RecordedFamily(
                name: name, labels: series.first.map { $0.0.keys.sorted() } ?? [], scale: scale)
            family.series = series.map { labels, value in
                RecordedFamily.Series(
                    labels: labels.sorted { $0.key < $1.key }.map(\.value), created: 0, value: UInt128(value),
                    buckets: [])
            }
            return family
        }
        let tokens = zip(RowSchema.classes, totals.counts.dropFirst(2)).map {
            (["token_type": $0, "model": "m"], Int128($1))
        }
        checkpoint.families = [
            family("llm_requests_total", [(["model": "a"], 3), (["model": "b"], Int128(totals.counts[0]) - 3)]),
            family("llm_tokens_used_total", tokens),
            family(
                "llm_cost_dollars_total", [(["model": "a"], 1), (["model": "b"], totals.femtodollars - 1)], scale: 15),
        ]
        try Data(checkpoint.bytes).write(to: temporary.url.appending(path: Checkpoint.name))
    }

    private func writeJournal() throws {
        let header = SegmentHeader(sequence: 1, firstNumber: 1, wallNanoseconds: 0, writer: "test")
        var records = RecordBytes()
        for number in 1...Self.number {
            let start = records.beginRecord(.charges, number: number)
            records.append(0 as UInt64)
            records.append(0 as UInt64)
            records.endRecord(at: start)
        }
        var sealed = records.bytes
        RecordBytes.seal(&sealed)
        try Data(header.bytes + sealed).write(to: temporary.url.appending(path: header.name))
    }
}

extension RecordedFamily {
    /// A family without series.
    init(name: String, labels: [String], scale: UInt64) {
        var content = RecordBytes()
        content.append(name)
        content.append(texts: labels)
        content.append(scale)
        content.append(0 as UInt64)
        content.append(0 as UInt64)
        content.append(0 as UInt64)
        var reader = RecordReader(content.bytes[...])
        // The bytes are those of a family, so reading them cannot fail.
        self = (try? RecordedFamily(&reader)) ?? RecordedFamily(name: "", labels: [], scale: 0)
    }
}
