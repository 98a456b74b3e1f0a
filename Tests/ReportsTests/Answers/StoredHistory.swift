// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import GenAI
import Pricing

@testable import Ledger
@testable import Reports

/// A history in a database of the service's own tables.
final class StoredHistory {
    let path: String
    private var texts: [String: Int64] = [:]

    /// The names of the dimensions; calls have values of those of the history alone.
    private let dimensions: [String]
    private let packing: Packing
    /// The roll-ups that are written after others are packed.
    private var late: [[Int64]] = []

    /// Which roll-ups are packed.
    enum Packing: CaseIterable {
        case none, all
        /// Some of them, and a part of each of some others, as when calls come late.
        case half
    }

    /// Whether traces of one call are in `calls`, as the writer does it, or have rows of `traces`, as those of older versions.
    private let isCompact: Bool

    init(
        _ history: History, dimensions: [String] = History.dimensions, packing: Packing = .half, isCompact: Bool = true
    ) throws {
        (self.dimensions, self.packing, self.isCompact) = (dimensions, packing, isCompact)
        path = NSTemporaryDirectory() + "history-\(UUID().uuidString).db"
        let queue = try RowDatabase.open(path)
        try queue.write { try self.write(history, $0) }
        if packing != .none { try queue.writeWithoutTransaction { try self.pack($0) } }
        try queue.close()
    }

    deinit {
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }

    /// Asks a question.
    func ask<T>(seconds: Int = 60, _ body: (RowSession) throws -> T) throws -> T {
        try RowReader(path: path).ask(seconds: seconds, body)
    }

    /// Answers a question as the service does.
    func desk(now: Int64, settings: ReportsConfiguration = ReportsConfiguration()) -> QuestionDesk {
        QuestionDesk(configuration: settings, seconds: { now }) {
            [path] () throws(JournalError) -> RowReader in
            try RowReader(path: path)
        }
    }

    func costs(_ query: String, now: Int64, settings: ReportsConfiguration = ReportsConfiguration()) throws
        -> CostAnswer
    {
        try ask { session in
            try StoredAnswers(session, configuration: settings, now: now).costs(query: query)
        }
    }

    /// Changes the rows.
    func execute(_ sql: String) throws { try DatabaseQueue(path: path).write { try $0.execute(sql: sql) } }

    // MARK: Writing

    private func pack(_ database: Database) throws {
        var packing = RollupPacking()
        while try packing.step(before: .max, database) {}
        try write(rollups: late, database)
    }

    private func write(rollups: [[Int64]], _ database: Database) throws {
        for values in rollups {
            try database.execute(
                sql: "INSERT INTO rollups VALUES (\(values.map { _ in "?" }.joined(separator: ", ")))",
                arguments: StatementArguments(values))
        }
    }

    private func id(_ text: String?, _ database: Database) throws -> Int64? {
        guard let text, !text.isEmpty else { return nil }
        if let known = texts[text] { return known }
        try database.execute(sql: "INSERT INTO texts(text) VALUES (?)", arguments: [text])
        texts[text] = database.lastInsertedRowID
        return database.lastInsertedRowID
    }

    private func write(_ history: History, _ database: Database) throws {
        var dimensions: [String: Int64] = [:]
        for name in self.dimensions {
            try database.execute(
                sql: "INSERT INTO dimensions(name, rollup) VALUES (?, ?)",
                arguments: [name, name != "session"])
            dimensions[name] = database.lastInsertedRowID
        }
        var lines: [[Int64]: Int64] = [:]
        var kinds: [String: Int64] = [:]
        var sets: [[String: String]: Int64] = [:]
        var rollups: [[Int64]: [Int64]] = [:]
        var sequences: [Int64: Int64] = [:]
        var traces: [Int: Int64] = [:]
        var traceSums: [Int: TraceSums] = [:]
        func line(_ facts: [String: String]) throws -> Int64 {
            let source = Int64(History.sources.firstIndex(of: facts["source"] ?? "") ?? 0)
            let numbers = try ["model", "provider", "operation"].map { try id(facts[$0], database) ?? 0 } + [source]
            if let known = lines[numbers] { return known }
            try database.execute(
                sql: "INSERT INTO lines(model, provider, operation, source) VALUES (?, ?, ?, ?)",
                arguments: StatementArguments(numbers))
            lines[numbers] = database.lastInsertedRowID
            return database.lastInsertedRowID
        }
        func add(_ sums: [Int64], to key: [Int64]) {
            rollups[key] = zip(rollups[key] ?? [Int64](repeating: 0, count: 30), sums).map(+)
        }
        let cards = try history.cards.map { try write($0, database) }
        for (index, call) in history.calls.enumerated() {
            let line = try line(call.facts)
            let kindKey = "\(call.facts.sorted { $0.key < $1.key }) \(call.flags) \(call.card ?? -1)"
            if kinds[kindKey] == nil {
                let names = ["answered_model", "requested_model", "tier", "region", "server", "error", "dialect"]
                var values: [Int64?] = [line] + (try names.map { try id(call.facts[$0], database) })
                values += [
                    call.flags, try id(call.facts["unpriced_reason"], database), call.card.map { cards[$0] },
                    try id(call.facts["tenant"], database),
                ]
                try database.execute(
                    sql:
                        "INSERT INTO kinds(line, answered, requested, tier, region, server, error, dialect, flags, reason, "
                        + "card, tenant) VALUES (\(values.map { _ in "?" }.joined(separator: ", ")))",
                    arguments: StatementArguments(values))
                kinds[kindKey] = database.lastInsertedRowID
            }
            let ownSession = dimensions["session"] == nil ? nil : try id(call.dimensions["session"], database)
            let values = call.dimensions.filter { $0.key != "session" }
            if sets[values] == nil, !values.isEmpty {
                let number = Int64(sets.count + 1)
                for (name, value) in values where dimensions[name] != nil {
                    try database.execute(
                        sql: "INSERT INTO sets VALUES (?, ?, ?)",
                        arguments: [number, dimensions[name], try id(value, database)])
                }
                sets[values] = number
            }
            let sequence = sequences[call.minute, default: 0]
            sequences[call.minute] = sequence + 1
            let row = (call.minute - 26_297_280) << 22 | sequence
            let trace = traces[call.trace] ?? row
            traces[call.trace] = trace
            traceSums[call.trace, default: TraceSums()].add(call, row: row, set: sets[values])
            let micros = call.cost.map { Int64($0.femtodollars / 1_000_000_000) }
            let rest = call.cost.map { Int64($0.femtodollars % 1_000_000_000) }
            var word = BilledUnits()
            for unit in BilledUnits.Unit.allCases { word[unit] = call.units[Int(unit.rawValue)] }
            var columns: [Int64?] = [
                row, row - trace, Int64(index + 1), nil, 0, call.duration, nil, kinds[kindKey], sets[values],
                ownSession,
            ]
            columns += call.tokens.map { $0 == 0 ? nil : $0 }
            columns += [word.word == 0 ? nil : Int64(word.word), micros, rest, nil, nil, nil, nil, nil, nil, nil]
            try database.execute(
                sql: "INSERT INTO calls VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))",
                arguments: StatementArguments(columns))
            var (savedMicros, savedRest) = call.saved.femtodollars.quotientAndRemainder(dividingBy: 1_000_000_000)
            if savedRest < 0 { (savedMicros, savedRest) = (savedMicros - 1, savedRest + 1_000_000_000) }
            let sums: [Int64] =
                [
                    1, call.hasFailed ? 1 : 0, call.cost == nil ? 1 : 0, call.isEstimated ? 1 : 0,
                    call.isStreamed ? 1 : 0,
                ]
                + call.tokens + call.units
                + [call.duration ?? 0, micros ?? 0, rest ?? 0, Int64(savedMicros), Int64(savedRest)]
            let quarter = (call.minute - 26_297_280) / 15
            add(sums, to: [0, quarter, 0, line])
            for name in self.dimensions where name != "session" && !call.lost.contains(name) {
                add(sums, to: [dimensions[name] ?? 0, quarter, try id(call.dimensions[name], database) ?? 0, line])
            }
        }
        try write(traces, traceSums, database)
        for machine in history.machines {
            let line = try line(["model": machine.model, "provider": "own", "operation": "chat", "source": "machine"])
            var sums = [Int64](repeating: 0, count: 30)
            sums[26] = Int64(machine.cost.femtodollars / 1_000_000_000)
            sums[27] = Int64(machine.cost.femtodollars % 1_000_000_000)
            for dimension in [0] + dimensions.filter({ $0.key != "session" && !machine.lost.contains($0.key) }).values {
                add(sums, to: [dimension, (machine.minute - 26_297_280) / 15, 0, line])
            }
        }
        for (key, sums) in rollups {
            switch packing == .half ? key.reduce(0, +) % 3 : 0 {
            case 0: try write(rollups: [key + sums], database)
            case 1: late.append(key + sums)
            default:
                try write(rollups: [key + sums.map { $0 / 2 }], database)
                late.append(key + sums.map { $0 - $0 / 2 })
            }
        }
    }

    private func write(_ card: RateCard, _ database: Database) throws -> Int64 {
        var bytes = RecordBytes()
        CardRecord.write(card.recorded, &bytes)
        try database.execute(
            sql: "INSERT INTO cards(model, book, rates) VALUES (?, ?, ?)",
            arguments: [try id(card.modelID, database), try id("book", database), Data(bytes.bytes)])
        return database.lastInsertedRowID
    }

    /// What a trace or a session comes to.
    private struct TraceSums {
        var rows: ClosedRange<Int64>?
        /// Microseconds since 2020.
        var start = Int64.max
        var end = Int64.min
        var calls: [History.Call] = []
        var set: Int64?
        var session: String?
        /// The first trace of a session.
        var trace: Int64?

        mutating func add(_ call: History.Call, row: Int64, set: Int64?) {
            rows = min(rows?.lowerBound ?? row, row)...max(rows?.upperBound ?? row, row)
            let finish = (row >> 22) * 60_000_000
            start = min(start, finish - (call.duration ?? 0))
            end = max(end, finish)
            calls.append(call)
            self.set = self.set ?? set
            session = session ?? call.dimensions["session"]
        }

        /// The columns from `calls` to `"set"`.
        var bill: [Int64?] {
            func sum(_ value: (History.Call) -> Int64) -> Int64 { calls.reduce(0) { $0 + value($1) } }
            func tokens(_ classes: Int...) -> Int64 { sum { call in classes.reduce(0) { $0 + call.tokens[$1] } } }
            let cost = calls.reduce(Dollars.zero) { $0 + ($1.cost ?? .zero) }
            let counts: [Int64] = [
                Int64(calls.count), sum { $0.hasFailed ? 1 : 0 }, sum { $0.cost == nil ? 1 : 0 },
                sum { $0.isEstimated ? 1 : 0 },
                tokens(0, 7, 10, 13), tokens(1, 8, 11, 14), tokens(2, 9, 12), tokens(3, 4, 5), tokens(6),
            ]
            return counts + [Int64(cost.femtodollars / 1_000_000_000), Int64(cost.femtodollars % 1_000_000_000), set]
        }
    }

    private func write(_ rows: [Int: Int64], _ sums: [Int: TraceSums], _ database: Database) throws {
        func insert(_ table: String, _ values: [Int64?]) throws {
            try database.execute(
                sql: "INSERT OR IGNORE INTO \(table) VALUES (\(values.map { _ in "?" }.joined(separator: ", ")))",
                arguments: StatementArguments(values))
        }
        var sessions: [String: TraceSums] = [:]
        for (number, trace) in sums {
            guard let id = rows[number], let range = trace.rows else { continue }
            let (high, low) = History.traceID(number)
            let name = try self.id("trace \(number)", database)
            try insert(
                "traces",
                [
                    id, high, low, name, trace.start - (id >> 22) * 60_000_000, trace.end - trace.start,
                    id - range.lowerBound, range.upperBound - id,
                ]
                    + trace.bill + [try self.id(trace.session, database), 0])
            for call in trace.calls {
                guard let session = call.dimensions["session"] else { continue }
                if let first = sessions[session]?.trace, first != id {
                    try insert("session_traces", [id % 3, try self.id(session, database), id])
                }
                let row = (call.minute - 26_297_280) << 22
                sessions[session, default: TraceSums()].add(call, row: row, set: nil)
                if sessions[session]?.trace == nil { sessions[session]?.trace = id }
            }
        }
        for (session, sums) in sessions {
            let traces = Set(sums.calls.map(\.trace)).count
            let epoch: Int64 = 1_577_836_800_000_000
            try insert(
                "sessions",
                [try id(session, database), sums.start + epoch, sums.end + epoch, Int64(traces)] + sums.bill + [
                    sums.trace
                ])
        }
        try TraceKeys.fill(database)
        try database.execute(sql: QuestionSchema.fillPeaks)
        guard isCompact else { return }
        try database.execute(
            sql: """
                UPDATE calls SET (high, low, name, earlier, later) = (
                    SELECT t.high, t.low, t.name, calls.finish - coalesce(calls.duration, 0) - t.start,
                        t.start + t.length - calls.finish FROM traces AS t WHERE t.id = calls.id)
                    WHERE id IN (SELECT id FROM traces WHERE calls = 1);
                DELETE FROM traces WHERE calls = 1;
                """)
    }
}
