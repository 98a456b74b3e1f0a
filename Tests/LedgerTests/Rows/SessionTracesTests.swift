// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import TestData
import Testing

@testable import Ledger

/// The traces of sessions that go on for long.
@Suite struct SessionTracesTests {
    private static let sessions = ["a", "b", "c"]
    private static let labels = [LabelRule(name: "session", sources: [.span("session.id")])]

    /// Random calls of few sessions, and which traces each session has.
    private struct History {
        private let folder: RowFolder
        private var random: SeededGenerator
        private var span: UInt64 = 0
        private(set) var traces: [String: Set<UInt64>] = [:]

        init(_ folder: RowFolder, seed: UInt64) { (self.folder, random) = (folder, SeededGenerator(seed: seed)) }

        /// Sends calls of new traces and of old ones, which may have several sessions.
        mutating func send(to store: RowStore, number: UInt64) {
            var calls: [ModelCall] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                span += 1
                let trace = UInt64.random(in: 0..<3, using: &random) > 0 ? span : .random(in: 1...span, using: &random)
                let session = SessionTracesTests.sessions[Int.random(in: 0..<3, using: &random)]
                var call = folder.call(span, trace: trace, endsAfter: span * 1_000_000)
                let text = AttributionTable.Value(text: folder.symbols.symbol(for: session, in: .label), rank: 0)
                call.attribution = folder.attributions.attribution(
                    of: AttributionTable.Entry(own: [text], offers: [.none]))
                calls.append(call)
                traces[session, default: []].insert(trace)
            }
            store.append(folder.priced(calls), arrivalNanoseconds: nil, number: number)
            #expect(store.flush())
        }
    }

    /// The traces of a session, as questions find them.
    private static func traces(of session: String, _ folder: RowFolder) throws -> [UInt64] {
        try RowReader(path: folder.file).read { database in
            let id = try Int64.fetchOne(database, sql: "SELECT id FROM texts WHERE text = ?", arguments: [session])
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT low FROM all_traces WHERE id IN (SELECT trace FROM sessions WHERE id = ?1
                        UNION ALL SELECT trace FROM session_traces WHERE \(SessionTraces.areOf(session: "?1")))
                    """, arguments: [id]
            ).map { UInt64(bitPattern: $0[0]) }.sorted()
        }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a session has each of its traces once, in whatever generation, also after a start`(seed: UInt64) throws {
        let folder = try RowFolder(labels: Self.labels)
        var history = History(folder, seed: seed)
        for start in 0..<4 as Range<UInt64> {
            let store = try folder.store {
                $0.rowsOfGeneration = 9
                $0.recentTraces = 8
            }
            store.start()
            for number in 1...20 as ClosedRange<UInt64> { history.send(to: store, number: start * 20 + number) }
            store.stop()
        }
        #expect(try #require(try folder.value("SELECT count(DISTINCT generation) FROM session_traces")) > 5)
        for session in Self.sessions {
            let expected = try #require(history.traces[session]).sorted()
            #expect(try Self.traces(of: session, folder) == expected)
            let stated = "SELECT traces FROM sessions JOIN texts USING (id) WHERE text = '\(session)'"
            #expect(try folder.value(stated) == Int64(expected.count))
        }
    }

    @Test func `a forgotten session is in no generation`() throws {
        let queue = try RowDatabase.openInMemory()
        try queue.write { database in
            for row in 0..<40 as Range<Int64> {
                try database.execute(
                    sql: "INSERT INTO session_traces(generation, session, trace) VALUES (?1 / 5 + 3, ?1 % 2, ?1)",
                    arguments: [row])
            }
            try database.execute(sql: SessionTraces.removeSession, arguments: [1])
            #expect(try Int64.fetchAll(database, sql: "SELECT DISTINCT session FROM session_traces") == [0])
            #expect(try Int64.fetchOne(database, sql: "SELECT count(*) FROM session_traces") == 20)
            let counts = try Row.fetchAll(database, sql: SessionTraces.counts).map { [$0[0], $0[1]] as [Int64] }
            #expect(counts == [[0, 20]])
        }
    }

    @Test func `the traces of an older database become generations`() throws {
        let folder = try RowFolder()
        let older = RowMigrations(steps: RowMigrations.current.steps.filter { $0.version < 6 })
        let queue = try RowDatabase.open(folder.file, migrations: older)
        let rows = Int64(SessionTraces.rowsOfGeneration) * 2 + 7
        try queue.write { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE n(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM n WHERE number < ? - 1)
                    INSERT INTO session_traces(session, trace) SELECT number % 1000, number FROM n
                    """, arguments: [rows])
        }
        try queue.close()
        try RowDatabase.open(folder.file).write { database in
            let counts = try Int64.fetchAll(
                database, sql: "SELECT count(*) FROM session_traces GROUP BY generation ORDER BY generation")
            #expect(counts == [65_536, 65_536, 7])
            let ofSession = try Int64.fetchOne(
                database, sql: "SELECT count(*) FROM session_traces WHERE \(SessionTraces.areOf(session: "12"))")
            #expect(ofSession == 132)
            var writer = SessionTraceWriter(most: SessionTraces.rowsOfGeneration)
            try writer.begin(database)
            #expect(try !writer.add(12, to: 12, isNew: false, database))
            #expect(try writer.add(13, to: 12, isNew: false, database))
        }
    }

    @Test func `all generations are searched by their keys`() throws {
        let plan = try RowDatabase.openInMemory().write {
            try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN \(SessionTraces.removeSession)", arguments: [1])
                .map { $0["detail"] as String }
        }
        #expect(plan.first == "SEARCH session_traces USING PRIMARY KEY (generation=? AND session=?)")
    }
}
