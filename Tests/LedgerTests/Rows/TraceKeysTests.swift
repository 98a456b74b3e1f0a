// SPDX-License-Identifier: Apache-2.0
import GRDB
import TestData
import Testing

@testable import Ledger

/// Keys that lead from the ids of traces to their rows.
@Suite struct TraceKeysTests {
    private struct Trace {
        let key: TraceKey
        let row: Int64
    }

    private static let today: Int64 = 2_500
    /// The days of the traces, counted back from today.
    private static let ages: [Int64] = [0, 0, 0, 0, 1, 1, 2, 40]
    private static let day = Int64(1_440) << RowTime.sequenceBits

    /// Traces of some days, of which some have ids that end alike.
    private static func traces(_ count: Int, _ random: inout SeededGenerator) -> [Trace] {
        (0..<count).map { number in
            let day = today - ages[Int.random(in: 0..<ages.count, using: &random)]
            let low = UInt64.random(in: .min ... .max, using: &random)
            let isAlike = number % 50 == 0
            return Trace(
                key: TraceKey(high: .random(in: .min ... .max, using: &random), low: isAlike ? 0xFF << 56 | 7 : low),
                row: day * Self.day + Int64.random(in: 0..<Self.day, using: &random))
        }
    }

    private static func write(_ traces: [Trace], _ keys: inout TraceKeys, _ database: Database) throws {
        for start in stride(from: 0, to: traces.count, by: 700) {
            try keys.begin(today: today, database)
            let some = traces[start..<min(start + 700, traces.count)]
            for trace in some {
                try database.execute(sql: "INSERT OR IGNORE INTO traces(id) VALUES (?)", arguments: [trace.row])
            }
            try keys.add(some.map { ($0.key, $0.row) }, database)
        }
    }

    private static func found(_ trace: Trace, _ keys: inout TraceKeys, _ database: Database) throws -> Bool {
        try keys.rows(of: trace.key, on: RowTime.day(of: trace.row), database).contains(trace.row)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `each key is found, by the writer, after a start, and after it was put into parts`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let traces = Self.traces(3_000, &random)
        try RowDatabase.openInMemory().write { database in
            var writer = TraceKeys()
            try Self.write(traces, &writer, database)
            var started = TraceKeys()
            try started.begin(today: Self.today, database)
            for trace in traces {
                #expect(try Self.found(trace, &writer, database))
                #expect(try Self.found(trace, &started, database))
            }
            var looking = TraceKeys()
            for trace in traces { #expect(try Self.found(trace, &looking, database)) }
            let new = try StoredKeys(database)
            #expect(new.new > 0 && new.packed == 0 && new.counts.values.reduce(0, +) == traces.count)
            try started.pack(database)
            let packed = try StoredKeys(database)
            #expect(packed.new == 0 && packed.packed > 0 && packed.counts == new.counts)
            for trace in traces { #expect(try Self.found(trace, &started, database)) }
            var other = 0
            for _ in 0..<1_000 {
                let trace = Trace(
                    key: TraceKey(high: 1, low: .random(in: .min ... .max, using: &random)), row: Self.today * Self.day)
                other += try started.rows(of: trace.key, on: Self.today, database).count
            }
            #expect(other < 10)
        }
    }

    @Test func `many keys, and many transactions, are put into parts by themselves`() throws {
        var random = SeededGenerator(seed: 4)
        try RowDatabase.openInMemory().write { database in
            var keys = TraceKeys()
            let traces = Self.traces(70_000, &random)
            try Self.write(traces, &keys, database)
            #expect(try StoredKeys(database).new < 70)
            for trace in Self.traces(200, &random) {
                try keys.begin(today: Self.today, database)
                try keys.add([(trace.key, trace.row)], database)
            }
            let stored = try StoredKeys(database)
            #expect(stored.new < 64)
            // Rows have some hundred keys, although there were hundreds of transactions.
            #expect(stored.packed < PackedKeys.parts * 4 * 2)
            #expect(stored.counts.values.reduce(0, +) == 70_200)
            for trace in traces.prefix(2_000) { #expect(try Self.found(trace, &keys, database)) }
        }
    }

    @Test(arguments: [false, true])
    func `ids that are alike, or follow each other, have different keys in different parts`(isCounted: Bool) throws {
        try RowDatabase.openInMemory().write { database in
            // One in ten secrets leaves one of the parts empty.
            for (index, name) in KeyHash.secretNames.enumerated() {
                try RowWriter.setMeta(name, Int64(index + 1), database)
            }
            var keys = TraceKeys()
            let traces = (0..<2_000).map { number in
                let key = TraceKey(high: isCounted ? 1 : UInt64(number), low: isCounted ? UInt64(number) : 7)
                return Trace(key: key, row: Self.today * Self.day + Int64(number))
            }
            try Self.write(traces, &keys, database)
            for trace in traces { #expect(try keys.rows(of: trace.key, on: Self.today, database) == [trace.row]) }
            try keys.pack(database)
            let parts = try Int.fetchOne(database, sql: "SELECT count(*) FROM trace_keys") ?? 0
            #expect(parts == PackedKeys.parts)
        }
    }

    @Test func `keys of traces without a row are removed, and others stay`() throws {
        var random = SeededGenerator(seed: 6)
        let traces = Self.traces(2_000, &random)
        try RowDatabase.openInMemory().write { database in
            var keys = TraceKeys()
            try Self.write(traces, &keys, database)
            try keys.pack(database)
            let limit = Self.today * Self.day + Self.day / 2
            // One in ten of those before the limit has a row that is still there.
            try database.execute(sql: "DELETE FROM traces WHERE id < ? AND id % 10 > 0", arguments: [limit])
            for day in Set(traces.map { RowTime.day(of: $0.row) }) {
                for part in 0..<PackedKeys.parts { try TraceKeys.remove(part, on: day, before: limit, database) }
            }
            let rows = Set(try Int64.fetchAll(database, sql: "SELECT id FROM traces"))
            #expect(Set(try StoredKeys(database).counts.keys) == rows)
        }
    }

    @Test(arguments: [1, 7, 1_000]) func `a check of some traces at a time finds the key of each`(step: Int) throws {
        try RowDatabase.openInMemory().write { database in
            var keys = TraceKeys()
            let rows = (0..<60).map { (Self.today + Int64($0 % 4)) * Self.day + Int64($0) }
            for row in rows {
                try database.execute(
                    sql: "INSERT INTO traces(id, high, low) VALUES (?1, 1, ?1 * 77)", arguments: [row])
            }
            try keys.add(rows.map { (TraceKey(high: 1, low: UInt64(bitPattern: $0 &* 77)), $0) }, database)
            for _ in 0..<2 {
                var findings = CheckFindings()
                try KeyCheck.run(database, &findings, tracesOfStep: step)
                #expect(findings.all == [])
                try keys.pack(database)
            }
        }
    }

    /// The keys of a day.
    private static func source(_ hashes: [UInt32], onRead: @escaping () -> Void = {}) -> TraceFilter.Source {
        TraceFilter.Source {
            hashes.count
        } forEach: { body in
            onRead()
            for hash in hashes { body(hash) }
        }
    }

    @Test func `before the first transaction, many days may be asked for often`() throws {
        var filter = TraceFilter()
        for day in 0..<10 as Range<Int64> {
            for _ in 0..<600 { _ = try filter.mayHave(7, day: day, Self.source([UInt32(day)])) }
            #expect(try filter.mayHave(UInt32(day), day: day, Self.source([])))
        }
    }

    @Test func `a day that is asked for often enters the filter, and is right there`() throws {
        var random = SeededGenerator(seed: 7)
        try RowDatabase.openInMemory().write { database in
            var keys = TraceKeys()
            let traces = Self.traces(3_000, &random).filter { RowTime.day(of: $0.row) == Self.today - 40 }
            try Self.write(traces, &keys, database)
            for _ in 0..<5 {
                for trace in traces { #expect(try Self.found(trace, &keys, database)) }
            }
            var filter = TraceFilter()
            var reads = 0
            for _ in 0..<5_000 {
                let hash = UInt32.random(in: 0...0x7FFF_FFFF, using: &random)
                _ = try filter.mayHave(hash, day: 3, Self.source([5]) { reads += 1 })
            }
            #expect(reads == 1)
            #expect(try filter.mayHave(5, day: 3, Self.source([])))
            let others = try (0..<1_000).count { _ in
                try filter.mayHave(.random(in: 6...0x7FFF_FFFF, using: &random), day: 3, Self.source([]))
            }
            #expect(others < 10)
        }
    }

    @Test func `days with millions of keys get filters of their own, which grow`() throws {
        let known = (0..<UInt32(TraceFilter.mostInLines + 1)).map { $0 * 7 }
        let others = (0..<20_000 as Range<UInt32>).map { $0 * 7 + 3 }
        var filter = TraceFilter()
        var reads: [Int64: Int] = [:]
        func source(_ day: Int64) -> TraceFilter.Source { Self.source(known) { reads[day, default: 0] += 1 } }
        func passing(_ day: Int64) -> Int { others.count { filter.mayHave($0, day: day) == true } }
        try filter.begin(today: 100) { $0 == 100 ? source($0) : Self.source([]) }
        // All keys would not leave room for others.
        #expect(reads[100] == nil && passing(100) == others.count)
        for _ in 0..<TraceFilter.mostInVain { try filter.passedInVain(day: 100, source(100)) }
        #expect(reads[100] == 1 && passing(100) < others.count / 40)
        #expect(known.allSatisfy { filter.mayHave($0, day: 100) == true })
        filter.enter(3, day: 100)
        #expect(filter.mayHave(3, day: 100) == true)
        // There is room for more.
        for _ in 0..<TraceFilter.mostInVain { try filter.passedInVain(day: 100, source(100)) }
        #expect(reads[100] == 1)
        for key in 0..<UInt32(3 * TraceFilter.mostInLines) { filter.enter(key &* 2_654_435_761 >> 1, day: 100) }
        for _ in 0..<TraceFilter.mostInVain { try filter.passedInVain(day: 100, source(100)) }
        #expect(reads[100] == 2)
    }

    @Test func `today and yesterday stay in the filter, and of others the two that came last`() throws {
        var filter = TraceFilter()
        func expect(_ days: Set<Int64>) {
            let found = (0...200 as ClosedRange<Int64>).filter { filter.mayHave(UInt32($0), day: $0) == true }
            #expect(Set(found) == days)
        }
        func ask(_ day: Int64) throws {
            for _ in 0..<600 { _ = try filter.mayHave(7, day: day, Self.source([UInt32(day)])) }
        }
        try filter.begin(today: 100) { Self.source([UInt32($0)]) }
        for day in [50, 60, 71] as [Int64] { try ask(day) }
        expect([99, 100, 60, 71])
        // Tomorrow was asked for before it came, and then the clock is set back.
        try ask(101)
        for today in [101, 55, 100] as [Int64] {
            try filter.begin(today: today) { Self.source([UInt32($0)]) }
            for day in [today - 1, today] { #expect(filter.mayHave(UInt32(day), day: day) == true) }
            #expect(filter.mayHave(7, day: today) == false)
        }
        expect([99, 100, 71])
    }
}

extension TraceKeys {
    /// The rows of a day's traces that may have an id, the latest first.
    mutating func rows(of key: TraceKey, on day: Int64, _ database: Database) throws -> [Int64] {
        try rows(ofHash: hash(of: key, database), on: day, database)
    }
}
