// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import OTLP
import Pricing
import Testing

@testable import Ledger

/// Names of traces, and values of dimensions that are no labels, as rows.
@Suite struct RowNamesTests {
    /// A root from a second before the first call of ``RowFolder`` to a second after it.
    private static func root(trace: UInt64, _ name: String) -> TraceRoot {
        let end = RowFolder.wall - 599_000_000_000
        return TraceRoot(high: 9, low: trace, name: name, start: end - 3_000_000_000, end: end)
    }

    private static func names(_ folder: RowFolder) throws -> [[String?]] {
        try RowReader(path: folder.file).read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT low, text, length FROM all_traces AS t LEFT JOIN texts ON texts.id = t.name ORDER BY low
                    """
            ).map { row in ["\(row[0] as Int64)", row[1], "\(row[2] as Int64)"] }
        }
    }

    @Test func `a root names its trace before, with and after its calls, and makes it longer`() throws {
        let folder = try RowFolder()
        let store = try folder.store()
        store.start()
        store.append([Self.root(trace: 1, "before")], number: 1)
        #expect(store.flush())
        let calls = [folder.call(1, trace: 1), folder.call(2, trace: 2)]
        store.append(folder.priced(calls), arrivalNanoseconds: nil, number: 2)
        store.append([Self.root(trace: 2, "with")], number: 3)
        store.append(folder.priced([folder.call(3, trace: 3)]), arrivalNanoseconds: nil, number: 4)
        #expect(store.flush())
        store.append([Self.root(trace: 3, "after"), Self.root(trace: 4, "never")], number: 5)
        // Whoever comes second changes nothing.
        store.append([Self.root(trace: 1, "other")], number: 6)
        store.append(folder.priced([folder.call(5, trace: 5)]), arrivalNanoseconds: nil, number: 7)
        store.stop()
        #expect(
            try Self.names(folder) == [
                ["1", "before", "3000000"], ["2", "with", "3000000"], ["3", "after", "3000000"],
                ["5", nil, "1000000"],
            ])
    }

    @Test func `a trace over midnight has one row, though its later part is stored first by another process`() throws {
        let folder = try RowFolder()
        let midnight = RowFolder.wall - RowFolder.wall % 86_400_000_000_000
        for (number, end) in [(1, midnight + 60_000_000_000), (2, midnight - 60_000_000_000)] as [(UInt64, UInt64)] {
            let store = try folder.store()
            store.start()
            var call = folder.call(number, trace: 7)
            call.startNanoseconds = Outside(end - 1_000_000_000)
            call.endNanoseconds = Outside(end)
            store.append(folder.priced([call]), arrivalNanoseconds: nil, number: number)
            store.stop()
        }
        #expect(try folder.value("SELECT count(*) FROM calls") == 2)
        #expect(try folder.value("SELECT count(*) FROM traces") == 1)
        #expect(try folder.value("SELECT calls FROM traces") == 2)
    }

    @Test func `a root without a row waits some minutes, and implausible times count for nothing`() throws {
        let folder = try RowFolder()
        let store = try folder.store()
        store.start()
        var odd = Self.root(trace: 2, "odd")
        odd.end = 5
        store.append([Self.root(trace: 1, "gone"), odd], number: 1)
        store.append(folder.priced([folder.call(2, trace: 2)]), arrivalNanoseconds: nil, number: 2)
        #expect(store.flush())
        for day in 1...2 as ClosedRange<UInt64> {
            folder.clock.advance(days: 1)
            store.append([Self.root(trace: 10 + day, "none")], number: 2 + day)
            #expect(store.flush())
        }
        store.append(folder.priced([folder.call(1, trace: 1)]), arrivalNanoseconds: nil, number: 5)
        store.stop()
        #expect(try Self.names(folder) == [["1", nil, "1000000"], ["2", "odd", "1000000"]])
    }

    @Test func `a trace older than what is kept has the time of its arrival, with its root span or not`() throws {
        let folder = try RowFolder()
        let age: UInt64 = 101 * 86_400_000_000_000
        for (number, order) in [[0, 1], [1, 0]].enumerated() {
            let store = try folder.store()
            store.start()
            let trace = UInt64(number + 1)
            var call = folder.call(trace, trace: trace)
            call.startNanoseconds = Outside(RowFolder.wall - age - 1_000_000_000)
            call.endNanoseconds = Outside(RowFolder.wall - age)
            let end = RowFolder.wall - age + 1_000_000_000
            let root = TraceRoot(high: 9, low: trace, name: "old", start: end - 3_000_000_000, end: end)
            for (step, part) in order.enumerated() {
                let record = UInt64(2 * number + step + 1)
                if part == 0 {
                    store.append(folder.priced([call]), arrivalNanoseconds: nil, number: record)
                } else {
                    store.append([root], number: record)
                }
                #expect(store.flush())
            }
            store.stop()
        }
        #expect(try Self.names(folder) == [["1", "old", "1000000"], ["2", "old", "1000000"]])
        let wrong = try LedgerCheck(of: folder.path).run().filter { $0.level == .wrong && $0.area != .journal }
        #expect(wrong == [])
    }

    @Test func `a sweep leaves the names of roots that wait for their traces`() throws {
        let folder = try RowFolder()
        try RowDatabase.openInMemory().writeWithoutTransaction { database in
            var writer = RowWriter(configuration: RowConfiguration(), texts: folder.texts)
            func write(_ entry: RowQueue.Entry, _ number: UInt64) throws {
                var batch = RowQueue.Batch(position: number)
                batch.entries = [entry]
                try writer.write(batch, database, RowFolder.wall)
            }
            let roots = [Self.root(trace: 1, "waiting")]
            try write(.roots(roots, arrivalNanoseconds: RowFolder.wall, number: 1), 1)
            var sweep = RowSweep(mostNew: 0)
            try sweep.begin(&writer, database)
            while sweep.isRunning { try sweep.step(&writer, database) }
            let calls = folder.priced([folder.call(1, trace: 1)])
            try write(.calls(calls, arrivalNanoseconds: RowFolder.wall, number: 2), 2)
            let name = try String.fetchOne(
                database, sql: "SELECT text FROM all_traces JOIN texts ON texts.id = all_traces.name")
            #expect(name == "waiting")
        }
    }

    @Test func `values of dimensions are in sets and roll-ups beside those of labels`() throws {
        let table = DimensionTable(rules: DimensionRule.defaults, monotonicNanoseconds: { 0 })
        let folder = try RowFolder(dimensions: table)
        #expect(
            folder.texts.dimensions.map(\.name) == [
                "user", "session", "agent", "service", "environment", "project", "team",
            ])
        #expect(folder.texts.dimensions.map(\.hasRollup) == [true, false, true, true, true, true, true])
        let store = try folder.store()
        store.start()
        var calls = (1...4).map { folder.call($0, trace: $0) }
        for index in 0..<3 {
            calls[index].dimensions = table.set(ofRecorded: [
                .init(name: "user", own: 0, offer: 6, isHashed: false, text: index == 2 ? "bob" : "ada"),
                .init(name: "session", own: 0, offer: .max, isHashed: false, text: "s\(index)"),
            ])
        }
        let team = folder.symbols.symbol(for: "search", in: .label)
        calls[0].attribution = folder.attributions.attribution(
            of: .init(own: [.init(text: team, rank: 0), .none], offers: [.none, .none]))
        store.append(folder.priced(calls), arrivalNanoseconds: nil, number: 1)
        store.stop()
        let sums = try RowReader(path: folder.file).read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT name, coalesce(text, ''), sum(calls) FROM rollups
                        JOIN dimensions ON dimensions.id = rollups.dimension LEFT JOIN texts ON texts.id = value
                        WHERE name IN ('user', 'team', 'session') GROUP BY 1, 2 ORDER BY 1, 2
                    """
            ).map { row in "\(row[0] as String) \(row[1] as String) \(row[2] as Int64)" }
        }
        #expect(sums == ["team  3", "team search 1", "user  1", "user ada 2", "user bob 1"])
        #expect(try folder.value("SELECT count(*) FROM sessions") == 3)
    }

    @Test func `a label is no dimension where one has its name, nor for a user who is not kept`() throws {
        let labels = [LabelRule(name: "user", sources: [.span("a")]), LabelRule(name: "team", sources: [.span("b")])]
        for (users, names) in [(UserTreatment.keep, ["user", "team"]), (.hash, ["user", "team"]), (.off, ["team"])] {
            let table = DimensionTable(
                rules: [DimensionRule(name: "user", sources: [.span("user.id")])], users: users,
                userKey: Array(0..<16), monotonicNanoseconds: { 0 })
            #expect(try RowFolder(labels: labels, dimensions: table).texts.dimensions.map(\.name) == names)
        }
    }
}
