// SPDX-License-Identifier: Apache-2.0
import GRDB
import GenAI
import OTLP

/// The numbers behind a call's values of dimensions.
struct SetKey: WordKey {
    /// The attribution, and the number of values that are no labels.
    let numbers: UInt64
    /// The index of the card, on which a value may depend.
    let card: Int32

    @inline(__always)
    func hash(_ salt: UInt64) -> UInt64 {
        mix64(numbers ^ salt, UInt64(UInt32(bitPattern: card)) ^ 0x8EBC_6AF0_9C88_C6E3)
    }
}

/// The ids of a set's values, hashed twice: 128 bits of which equal ones are taken for equal sets.
private struct SetIdentity: WordKey {
    private let first: UInt64
    private let second: UInt64

    /// - Parameters:
    ///   - values: The ids.
    ///   - left: The index of a value that does not belong to the set.
    ///   - secret: A secret of the process, so that no sender can aim at equal hashes.
    init(_ values: [Int64], without left: Int?, secret: UInt64) {
        var (first, second) = (secret, ~secret)
        for index in values.indices where index != left {
            let value = UInt64(bitPattern: values[index])
            first = mix64(first ^ value, 0xA076_1D64_78BD_642F)
            second = mix64(second ^ value, 0xE703_7ED1_A0B4_28DB)
        }
        (self.first, self.second) = (first, second)
    }

    @inline(__always)
    func hash(_ salt: UInt64) -> UInt64 { mix64(first ^ salt, second) }
}

/// The sets of values of dimensions of the day.
///
/// The session is in none: there may be as many sessions as there are calls.
struct RowSets {
    /// A set that calls of this process have.
    struct Entry: Equatable {
        /// The id of its rows; 0 if it has no values, or if calls are not kept.
        var id: Int64 = 0
        /// The index of the values that roll-ups are made by, in ``groups``.
        var group: Int32 = 0
        /// The text id of the session; 0 for none, or if each call has its own, ``DimensionParts/session``.
        var session: Int64 = 0
    }

    /// The dimensions with their ids, in the order of the values.
    private(set) var dimensions: [(id: Int64, hasRollup: Bool)] = []
    /// The indices of the dimensions with roll-ups.
    private(set) var rolled: [Int] = []
    private var session: Int?
    /// The index of the value that makes no set and no group of its own: some sets have a session without a base.
    private var leftOut: Int?
    private var table = KeyTable<SetKey>()
    private(set) var entries: [Entry] = []
    /// The text ids of values by which there are roll-ups, in the order of ``rolled``; the first group has none.
    private(set) var groups: [[Int64]] = []
    private var groupNumbers: [[Int64]: Int32] = [:]
    private var known = KeyTable<SetIdentity>()
    private let secret = UInt64.random(in: .min ... .max)
    /// By the number of an identity: the id of its rows, and its group.
    private var knownSets: [(id: Int64, group: Int32)] = []
    private var nextID: Int64 = 1
    private var latest: (key: SetKey, entry: Int)?

    /// The number of sets at which all are forgotten; those that come again then get new ids.
    static let most = 65_536

    /// Whether calls have no values at all.
    var isEmpty: Bool { dimensions.isEmpty }

    /// Writes the dimensions of the settings, which may have changed since the last start.
    mutating func define(_ texts: RowTexts, _ database: Database) throws {
        session = texts.session
        leftOut = texts.rollsSessions ? nil : session
        dimensions = try texts.dimensions.map { dimension in
            if dimension.hasRollup { try Self.noteRollups(of: dimension.name, database) }
            try database.execute(
                sql: """
                    INSERT INTO dimensions(name, rollup) VALUES (?1, ?2)
                    ON CONFLICT(name) DO UPDATE SET rollup = ?2 WHERE rollup <> ?2
                    """, arguments: [dimension.name, dimension.hasRollup ? 1 : 0])
            let id = try Int64.fetchOne(
                database, sql: "SELECT id FROM dimensions WHERE name = ?", arguments: [dimension.name])
            return (id ?? 0, dimension.hasRollup)
        }
        rolled = dimensions.indices.filter { dimensions[$0].hasRollup }
    }

    /// Notes that a dimension gets roll-ups after it had none: earlier calls state values that are in no roll-up.
    private static func noteRollups(of name: String, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO meta(key, value)
                SELECT '\(withoutRollups)' || id, 1 FROM dimensions WHERE name = ? AND rollup = 0
                """, arguments: [name])
    }

    /// Whether a dimension was once kept without roll-ups.
    static func wasWithoutRollups(_ dimension: Int64, _ database: Database) throws -> Bool {
        try RowWriter.meta("\(withoutRollups)\(dimension)", database) != nil
    }

    /// The key of `meta` before the id of a dimension.
    private static let withoutRollups = "without_rollups "

    /// Begins a day, or begins anew: the id of the next set.
    mutating func begin(nextID: Int64) {
        self.nextID = nextID
        forgetSets()
        forgetEntries()
    }

    private mutating func forgetSets() {
        known.removeAll()
        knownSets.removeAll(keepingCapacity: true)
        let none = [Int64](repeating: 0, count: rolled.count)
        groups = [none]
        groupNumbers = [none: 0]
    }

    /// Forgets which numbers of calls mean which set, and sets if they are too many; only between two transactions.
    mutating func forgetEntries() {
        if knownSets.count > Self.most { forgetSets() }
        table.removeAll()
        latest = nil
        entries = [Entry()]
        // The entry of number 0 is that of no values, and has no key.
        _ = table.number(of: SetKey(numbers: .max, card: .min))
    }

    /// The index of a set, and whether it is new here and needs an entry.
    @inline(__always)
    mutating func index(of key: SetKey) -> (number: Int, isNew: Bool) {
        if let latest, latest.key == key { return (latest.entry, false) }
        let found = table.number(of: key)
        latest = (key, found.number)
        return found
    }

    /// Adds the entry of the latest new set.
    ///
    /// - Parameters:
    ///   - values: The text ids of the values, in the order of the dimensions.
    ///   - keeps: Whether its rows are written.
    ///   - database: The connection.
    /// - Throws: What SQLite throws.
    mutating func add(_ values: [Int64], keeps: Bool, _ database: Database) throws {
        let (number, isNew) = known.number(of: SetIdentity(values, without: leftOut, secret: secret))
        if isNew { knownSets.append(try write(values, keeps: keeps, database)) }
        let (id, group) = knownSets[number]
        entries.append(Entry(id: id, group: group, session: session.map { values[$0] } ?? 0))
    }

    private mutating func write(
        _ values: [Int64], keeps: Bool, _ database: Database
    ) throws -> (id: Int64, group: Int32) {
        let group = group(of: values)
        let own = values.indices.filter { values[$0] != 0 && $0 != session }
        guard keeps, !own.isEmpty else { return (0, group) }
        let id = nextID
        let insert = try BoundStatement(database, "INSERT INTO sets(id, dimension, value) VALUES (?, ?, ?)")
        for index in own {
            insert.bind(1, id)
            insert.bind(2, dimensions[index].id)
            insert.bind(3, values[index])
            try insert.run()
        }
        nextID += 1
        return (id, group)
    }

    /// The group of values, in the order of the dimensions.
    mutating func group(of values: [Int64]) -> Int32 {
        let grouped = rolled.map { values[$0] }
        if let known = groupNumbers[grouped] { return known }
        let number = Int32(groups.count)
        groups.append(grouped)
        groupNumbers[grouped] = number
        return number
    }
}
