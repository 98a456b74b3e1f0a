// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import GenAI
import TestData
import TestSupport
import Testing

@testable import Ledger

/// `ledger forget` leaves no byte of a user in any file, and no sum changes.
@Suite struct ForgettingTests {
    private static let alice = "alice@example.com"
    private static let labels = [
        LabelRule(name: "user", sources: [.span("enduser.id"), .ancestor("enduser.id")]),
        LabelRule(name: "team", sources: [.span("llm.team")]),
    ]
    private static let user = ForgottenUser(texts: [alice], labels: ForgottenUser.usualLabels)

    /// The files of a folder that have a text.
    private static func files(with text: String, in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
            return ByteSearch.count(of: Array(text.utf8), in: bytes) > 0
        }
    }

    /// A body whose calls have users and teams.
    private static func body(
        _ number: UInt64, _ rooms: LedgerRooms, users: [String] = [alice, "bob@example.com", ""]
    ) -> InterpretedSpans {
        var spans = SpanMaker.body(number, seed: 5, rooms.symbols)
        for index in spans.calls.indices {
            let names = users[Int(spans.calls[index].identity.spanID % UInt64(users.count))]
            func value(_ text: String) -> AttributionTable.Value {
                text.isEmpty ? .none : .init(text: rooms.symbols.symbol(for: text, in: .label), rank: 0)
            }
            let values = [value(names), value(["search", "ads"][Int(number % 2)])]
            spans.calls[index].attribution = rooms.attributions.attribution(
                of: AttributionTable.Entry(own: values, offers: values))
        }
        return spans
    }

    /// Sums by series, with one value of the label `user` taken as none.
    private static func sums(_ shown: [String], without user: String) -> [String: String] {
        var sums: [String: Double] = [:]
        for line in shown where !line.contains("_created") {
            guard let space = line.lastIndex(of: " ") else { continue }
            let name = line[..<space].replacing("user=\"\(user)\"", with: "user=\"\"")
            sums[String(name), default: 0] += Double(line[line.index(after: space)...]) ?? 0
        }
        // Sums of floating-point numbers depend on their order in the last digits.
        return sums.mapValues { String(format: "%.9g", $0) }
    }

    @Test func `the journal and the counters lose the user, and a start goes on with the same sums`() async throws {
        let temporary = try TemporaryFolder()
        let path = temporary.url.appending(path: "ledger").path
        var rooms = try LedgerRooms(try DiskFolder(path), labels: Self.labels) { $0.segmentBytes = 30_000 }
        for number in 0..<30 as Range<UInt64> {
            rooms.take(Self.body(number, rooms))
            rooms.now += 1_000_000_000
            rooms.settle(at: rooms.now)
        }
        let before = try await rooms.shown()
        rooms.keeper.close()
        #expect(try Self.files(with: Self.alice, in: path).count > 2)

        let dry = try LedgerForgetting(Self.user, in: path, holder: "a test", isDry: true).run()
        #expect(dry.hasFound && dry.values > 0 && dry.segments > 1 && dry.counterValues > 0)
        #expect(try Self.files(with: Self.alice, in: path).count > 2)
        let report = try LedgerForgetting(Self.user, in: path, holder: "a test", isDry: false).run()
        #expect(report == dry)
        #expect(try Self.files(with: Self.alice, in: path) == [])
        #expect(try Self.files(with: "bob@example.com", in: path).count > 2)

        rooms = try LedgerRooms(try DiskFolder(path), now: rooms.now, labels: Self.labels)
        let after = try await rooms.shown()
        #expect(Self.sums(after, without: Self.alice) == Self.sums(before, without: Self.alice))
        // The spans that waited go on without the user, too.
        rooms.now += 100_000_000_000
        rooms.settle(at: rooms.now)
        #expect(try await rooms.shown().allSatisfy { !$0.contains(Self.alice) })
        rooms.keeper.close()
        #expect(try LedgerForgetting(Self.user, in: path, holder: "a test", isDry: false).run().hasFound == false)
    }

    @Test(arguments: ["\u{C5}sa", "A\u{30A}sa", "\u{212B}sa"])
    func `the journal and the counters lose a user in every spelling`(name: String) throws {
        let temporary = try TemporaryFolder()
        let path = temporary.url.appending(path: "ledger").path
        let rooms = try LedgerRooms(try DiskFolder(path), labels: Self.labels) { $0.segmentBytes = 30_000 }
        for number in 0..<10 as Range<UInt64> {
            rooms.take(Self.body(number, rooms, users: [name, "bob@example.com"]))
            rooms.now += 1_000_000_000
            rooms.settle(at: rooms.now)
        }
        rooms.keeper.close()
        #expect(try Self.files(with: name, in: path).count > 1)
        for other in ["\u{212B}sa", "A\u{30A}sa"] where !other.utf8.elementsEqual(name.utf8) {
            let user = ForgottenUser(texts: [other], labels: ForgottenUser.usualLabels)
            let dry = try LedgerForgetting(user, in: path, holder: "a test", isDry: true).run()
            #expect(dry.values > 0 && dry.counterValues > 0 && dry.mentions == [])
        }
        let user = ForgottenUser(texts: ["A\u{30A}sa"], labels: ForgottenUser.usualLabels)
        _ = try LedgerForgetting(user, in: path, holder: "a test", isDry: false).run()
        #expect(try Self.files(with: name, in: path) == [])
    }

    @Test(arguments: 31...34 as ClosedRange<UInt64>, [false, true])
    func `rows lose the user, and every sum agrees`(seed: UInt64, isPacked: Bool) throws {
        let folder = try RowsFixture(seed: seed)
        if isPacked { try folder.pack() }
        try folder.change(file: "secret") { $0 = Array(repeating: 0, count: 8) }
        let queue = try RowDatabase.open("\(folder.path)/ledger.db")
        let copy = try DatabaseQueue(path: "\(folder.path)/ledger-before-9.db")
        try queue.backup(to: copy)
        try copy.close()
        try queue.close()
        let user = ForgottenUser(texts: ["alice"], labels: ForgottenUser.usualLabels)
        let report = try LedgerForgetting(user, in: folder.path, holder: "a test", isDry: false).run()
        #expect(report.calls > 0 && report.sets == 1 && report.rollups > 0)
        #expect(report.copies == ["ledger-before-9.db"] && report.mentions == [] && report.otherFiles == [])
        #expect(try Self.files(with: "alice", in: folder.path) == [])
        #expect(try LedgerCheck(of: folder.path).run().filter { $0.level == .wrong } == [])
    }

    @Test func `a user is taken out of all roll-ups by user, packed or not, and out of no others`() throws {
        let folder = try RowsFixture(seed: 36)
        try folder.pack()
        // What came later, of a quarter that is packed; and a team of the same name.
        try folder.change(
            """
            INSERT INTO rollups(dimension, quarter, value, line, calls) VALUES (1, 240000, 6, 1, 1), (1, 240000, 0, 1, 1),
                (3, 240000, 6, 1, 2), (0, 240000, 0, 1, 2)
            """)
        let reader = try RowReader(path: "\(folder.path)/ledger.db")
        let before = try reader.read { try StoredRollups($0) }
        let user = ForgottenUser(texts: ["alice"], labels: ForgottenUser.usualLabels)
        let report = try LedgerForgetting(user, in: folder.path, holder: "a test", isDry: false).run()
        #expect(report.mentions.map(\.kind) == ["team"] && report.mentions.map(\.text) == ["alice"])
        let after = try RowReader(path: "\(folder.path)/ledger.db").read { try StoredRollups($0) }
        #expect(after.sums.keys.allSatisfy { $0.dimension != 1 || $0.value != 6 })
        #expect(after.sums.filter { $0.key.dimension != 1 } == before.sums.filter { $0.key.dimension != 1 })
        #expect(after.totals(of: 1) == before.totals(of: 1))
        #expect(report.rollups == before.sums.keys.count { $0.dimension == 1 && $0.value == 6 } + 1)
    }

    @Test func `a user is not said to be forgotten while packed roll-ups cannot be read`() throws {
        let folder = try RowsFixture(seed: 37)
        try folder.pack()
        try folder.change("UPDATE packed_rollups SET sums = x'0102' WHERE id >> 40 = 1")
        let user = ForgottenUser(texts: ["alice"], labels: ForgottenUser.usualLabels)
        #expect(throws: JournalError.self) {
            try LedgerForgetting(user, in: folder.path, holder: "a test", isDry: false).run()
        }
    }

    @Test func `a text that something else has stays, and is told`() throws {
        let folder = try RowsFixture(seed: 35)
        try folder.change("UPDATE kinds SET tenant = 6 WHERE id = 1")
        let user = ForgottenUser(texts: ["alice"], labels: ForgottenUser.usualLabels)
        let report = try LedgerForgetting(user, in: folder.path, holder: "a test", isDry: false).run()
        #expect(
            report.sets == 1
                && report.mentions == [
                    RemainingMention(kind: "tenant", text: "alice", isOfLabel: false, files: ["ledger.db"])
                ])
    }

    @Test(arguments: [true, false])
    func `a session is forgotten if it is asked for, and told otherwise`(isAsked: Bool) throws {
        let folder = try RowsFixture(seed: 38)
        let labels = try LedgerForgetting.labels(in: folder.path)
        #expect(labels == ["user", "team", "session", "trace_name"])
        let calls = try RowReader(path: "\(folder.path)/ledger.db").read { database in
            try Int.fetchOne(
                database,
                sql: "SELECT COUNT(*) FROM calls WHERE session = (SELECT id FROM texts WHERE text = 's-1')") ?? 0
        }
        let user = ForgottenUser(
            texts: ["s-1"], labels: ForgottenUser.usualLabels.union(isAsked ? ["session"] : []))
        let dry = try LedgerForgetting(user, in: folder.path, labels: labels, holder: "a test", isDry: true).run()
        let report = try LedgerForgetting(user, in: folder.path, labels: labels, holder: "a test", isDry: false).run()
        #expect(report == dry)
        #expect(report.sessions == (isAsked ? 1 : 0) && report.hasFound == isAsked)
        #expect(report.calls == (isAsked ? calls : 0) && calls > 0)
        let left = RemainingMention(kind: "session", text: "s-1", isOfLabel: true, files: ["ledger.db"])
        #expect(report.mentions == (isAsked ? [] : [left]))
        #expect(try Self.files(with: "s-1", in: folder.path) == (isAsked ? [] : ["ledger.db"]))
        #expect(try LedgerCheck(of: folder.path).run().filter { $0.level == .wrong } == [])
    }

    @Test func `names of traces are forgotten if they are asked for, and longer ones are told`() throws {
        let folder = try RowsFixture(seed: 39)
        try folder.change("UPDATE texts SET text = 'by dora' WHERE id = 14")
        func forget(_ text: String, _ label: String) throws -> LedgerForgetting.Report {
            let user = ForgottenUser(texts: [text], labels: [label])
            return try LedgerForgetting(user, in: folder.path, holder: "a test", isDry: false).run()
        }
        #expect(try forget("dora", "user").mentions.map(\.text) == ["by dora", "dora"])
        let whole = try forget("dora", ForgottenUser.traceName)
        #expect(whole.traceNames > 1 && whole.mentions.map(\.text) == ["by dora"])
        #expect(try forget("by dora", ForgottenUser.traceName).mentions == [])
        #expect(try Self.files(with: "dora", in: folder.path) == [])
        #expect(try LedgerCheck(of: folder.path).run().filter { $0.level == .wrong } == [])
    }

    @Test func `a folder without a ledger is refused, so that nobody takes a user for forgotten`() throws {
        let folder = try TemporaryFolder()
        #expect {
            _ = try LedgerForgetting(Self.user, in: folder.url.path, holder: "a test", isDry: true).run()
        } throws: {
            "\($0)".contains("name the folder that storage.path of the service names")
        }
    }

    @Test(arguments: [
        ("al", "alice", false), ("al", "al", true), ("al", "by al, for all", true), ("al", "zal", false),
        ("al", "al-2", true), ("al", "al2", false), ("al", "al\u{E9}", false), ("@a", "x@a", true), ("", "a", false),
        ("al", "alal al", true),
    ])
    func `a name is found in a text where no letter or digit goes on`(name: String, text: String, isFound: Bool) {
        #expect(ByteSearch.hasWord(Array(name.utf8), in: Array(text.utf8)) == isFound)
    }

    @Test(arguments: [("", "abc", 0), ("abc", "ab", 0), ("aa", "aaaa", 2), ("bc", "abcabc", 2), ("abc", "ababc", 1)])
    func `bytes are found in bytes`(wanted: String, text: String, count: Int) {
        #expect(ByteSearch.count(of: Array(wanted.utf8), in: Array(text.utf8)) == count)
    }
}
