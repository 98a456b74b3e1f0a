// SPDX-License-Identifier: Apache-2.0
package import GRDB
import GenAI

/// Sums of calls, as a row of `totals` has them.
package struct RowTotals: Sendable, Equatable {
    package var calls: Int64 = 0
    package var drops: Int64 = 0
    /// Tokens by class.
    package var tokens = [Int64](repeating: 0, count: TokenClass.count)
    /// In units of 1e-15 dollars.
    package var cost: Int128 = 0

    package init() {}

    /// The names of the columns, in the order of ``init(_:from:)``.
    package static let columns = (["calls", "drops"] + RowSchema.classes + ["micros", "rest"]).joined(separator: ", ")
    /// The same as sums of rows of `calls`; the number of dropped spans is 0.
    static let sumsOfCalls =
        (["count(*)", "0"] + RowSchema.classes.map { "coalesce(sum(\($0)), 0)" }
        + ["coalesce(sum(micros), 0)", "coalesce(sum(rest), 0)"]).joined(separator: ", ")
    /// The same as sums of rows of `rollups`.
    static let sumsOfRollups =
        (["coalesce(sum(calls), 0)", "0"] + RowSchema.classes.map { "coalesce(sum(\($0)), 0)" }
        + ["coalesce(sum(micros), 0)", "coalesce(sum(rest), 0)"]).joined(separator: ", ")

    /// Reads columns in the order of ``columns``.
    ///
    /// - Parameters:
    ///   - row: A row.
    ///   - first: The index of its first column.
    package init(_ row: Row, from first: Int = 0) {
        calls = row[first]
        drops = row[first + 1]
        for index in tokens.indices { tokens[index] = row[first + 2 + index] }
        let next = first + 2 + tokens.count
        // Sums of rests are not carried over yet.
        cost = Int128(row[next] as Int64) * 1_000_000_000 + Int128(row[next + 1] as Int64)
    }

    /// Reads a row of `totals`.
    ///
    /// - Parameters:
    ///   - what: Its key.
    ///   - database: The connection.
    /// - Throws: What SQLite throws.
    package init(_ what: String, _ database: Database) throws {
        let row = try Row.fetchOne(
            database, sql: "SELECT \(Self.columns) FROM totals WHERE what = ?", arguments: [what])
        if let row { self.init(row) } else { self.init() }
    }

    /// The totals of all calls that became rows, counted or imported.
    static func everAdded(_ database: Database) throws -> RowTotals {
        try RowWriter.Account.allCases.reduce(RowTotals()) { try $0 + RowTotals($1.rawValue, database) }
    }

    /// The number of calls that the rows have: all that were added, without those that were removed.
    static func keptCalls(_ database: Database) throws -> Int64 {
        try everAdded(database).calls - RowTotals("calls_removed", database).calls
    }

    package static func + (left: RowTotals, right: RowTotals) -> RowTotals {
        var sum = left
        sum.calls &+= right.calls
        sum.drops &+= right.drops
        for index in sum.tokens.indices { sum.tokens[index] &+= right.tokens[index] }
        sum.cost &+= right.cost
        return sum
    }

    mutating func add(_ sum: RollupSum) {
        calls &+= sum.calls
        for index in tokens.indices { tokens[index] &+= sum.tokens[index] }
        cost &+= sum.cost
    }

    /// Makes this the row of `totals` with a key.
    package func store(_ what: String, _ database: Database) throws {
        try insert("INSERT OR REPLACE INTO totals(what, \(Self.columns))", key: .text(what), database)
    }

    /// Makes this the row of `totals_at` with a number.
    func store(at number: UInt64, _ database: Database) throws {
        try insert(
            "INSERT OR REPLACE INTO totals_at(number, \(Self.columns))", key: .number(Int64(bitPattern: number)),
            database)
    }

    private enum Key {
        case text(String)
        case number(Int64)
    }

    private func insert(_ sql: String, key: Key, _ database: Database) throws {
        let money = RowMoney(femtodollars: cost)
        let values = [calls, drops] + tokens + [money.micros, money.rest]
        let places = values.map { _ in "?" }.joined(separator: ", ")
        let statement = try BoundStatement(database, "\(sql) VALUES (?, \(places))")
        switch key {
        case .text(let what): statement.bind(1, what)
        case .number(let number): statement.bind(1, number)
        }
        for (index, value) in values.enumerated() { statement.bind(Int32(index + 2), value) }
        try statement.run()
    }
}
