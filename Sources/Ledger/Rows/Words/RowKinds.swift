// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import OTLP
import Pricing

/// Everything that says of which kind a call is, as numbers of this process.
struct KindKey: WordKey {
    private let models: UInt64
    private let providerAndOperation: UInt64
    private let tierAndRegion: UInt64
    private let serverAndError: UInt64
    private let tenantAndCard: UInt64
    /// Flags, dialect, kind of the verdict, and its reasons.
    private let rest: UInt64

    /// The number of the verdict's kind for a dropped span, which has none.
    private static let dropped: UInt64 = 7

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - call: The call.
    ///   - verdict: Its price; `nil` for a dropped span.
    ///   - card: The index of its card; -1 without one.
    ///   - isArrival: Whether its row has the time of its arrival.
    @inline(__always)
    init(_ call: borrowing ModelCall, _ verdict: PriceVerdict?, card: Int32, isArrival: Bool) {
        models = UInt64(call.responseModel.number) << 32 | UInt64(call.requestModel.number)
        providerAndOperation = UInt64(call.provider.number) << 32 | UInt64(call.operation.number)
        tierAndRegion = UInt64(call.tier.number) << 32 | UInt64(call.inferenceGeo.number)
        serverAndError = UInt64(call.serverAddress.number) << 32 | UInt64(call.errorType.number)
        tenantAndCard = UInt64(call.tenantClass) << 32 | UInt64(UInt32(bitPattern: card))
        var flags: UInt64 = (call.hasFailed ? 1 : 0) | (call.isStream ? 2 : 0) | (call.isAggregate ? 4 : 0)
        flags |= (call.isFromCache ? 8 : 0) | (call.reportsUsage ? 16 : 0) | (call.isUnmarked ? 32 : 0)
        flags |= (isArrival ? 64 : 0) | (call.guesses.rawValue != 0 ? 128 : 0)
        var rest = flags | UInt64(call.dialect) << 16
        if let verdict {
            rest |= UInt64(verdict.kind.rawValue) << 24
            if let reason = verdict.reason { rest |= UInt64(reason.index + 1) << 32 }
            if let estimate = verdict.estimate { rest |= UInt64(estimate.number + 1) << 40 }
        } else {
            rest |= Self.dropped << 24
        }
        self.rest = rest
    }

    /// ``KindFlags`` as a number.
    var flags: Int64 { Int64(rest & 0xFFFF) }

    @inline(__always)
    func hash(_ salt: UInt64) -> UInt64 {
        let named = mix64(models ^ salt, providerAndOperation ^ 0xA076_1D64_78BD_642F)
        let served = mix64(tierAndRegion &<< 7 ^ named, serverAndError ^ 0xE703_7ED1_A0B4_28DB)
        return mix64(tenantAndCard ^ served, rest ^ 0x8EBC_6AF0_9C88_C6E3)
    }
}

/// The kinds of calls of the day, each with its row and its line.
struct RowKinds {
    /// A kind that calls of this process have.
    struct Entry {
        /// The id of its row; 0 if calls are not kept.
        let id: Int64
        let line: Int64
        let source: LineSource
    }

    private var table = KeyTable<KindKey>()
    private(set) var entries: [Entry] = []
    /// The ids of the day's rows, by their columns.
    private var rows: [[Int64]: Int64] = [:]
    private var nextID: Int64 = 1

    /// The number of kinds at which those of this process are forgotten; the rows of the day find them again.
    static let most = 65_536
    private static let columns =
        "line, answered, requested, tier, region, server, error, dialect, flags, reason, card, tenant"

    /// The index of a kind, and whether it is new here and needs an entry.
    @inline(__always)
    mutating func index(of key: KindKey) -> (number: Int, isNew: Bool) { table.number(of: key) }

    /// Adds the entry of the latest new kind.
    ///
    /// - Parameters:
    ///   - line: The id of its line.
    ///   - source: What the figures of its line are.
    ///   - values: The columns of its row; `nil` if calls are not kept.
    ///   - database: The connection.
    /// - Throws: What SQLite throws.
    mutating func add(line: Int64, _ source: LineSource, _ values: [Int64]?, _ database: Database) throws {
        var id: Int64 = 0
        if let values { id = try rows[values] ?? insert(values, database) }
        entries.append(Entry(id: id, line: line, source: source))
    }

    private mutating func insert(_ values: [Int64], _ database: Database) throws -> Int64 {
        let places = values.map { _ in "?" }.joined(separator: ", ")
        let statement = try BoundStatement(database, "INSERT INTO kinds(id, \(Self.columns)) VALUES (?, \(places))")
        let id = nextID
        statement.bind(1, id)
        for (index, value) in values.enumerated() {
            // Flags are a number; everything else is an id.
            if index == 8 {
                statement.bind(Int32(index + 2), value)
            } else {
                statement.bind(Int32(index + 2), id: value)
            }
        }
        try statement.run()
        nextID += 1
        rows[values] = id
        return id
    }

    /// Begins a day: what rows it has already, and the id of the next one.
    mutating func begin(firstID: Int64, nextID: Int64, _ database: Database) throws {
        self = RowKinds()
        self.nextID = nextID
        let found = try Row.fetchAll(
            database, sql: "SELECT id, \(Self.columns) FROM kinds WHERE id >= ?", arguments: [firstID])
        for row in found {
            let values = (1...12).map { (row[$0] as Int64?) ?? 0 }
            rows[values] = row[0]
        }
    }

    /// Forgets the kinds of this process, but not the rows of the day.
    mutating func forgetEntries() {
        table.removeAll()
        entries.removeAll()
    }
}
