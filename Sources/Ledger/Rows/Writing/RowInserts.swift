// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Inserts the rows of a transaction into a table, sixteen in a statement: each statement that runs has a cost of its own.
///
/// A statement keeps what was bound until it is bound anew. A caller that binds only what differs must remember what is bound for
/// each ``Place/slot``.
struct RowInserts {
    /// Where the values of a row are bound.
    struct Place {
        /// The parameters of the row; the first one has the index 1.
        let parameters: BoundStatement
        /// The number of the place, less than ``slots``.
        let slot: Int
        /// Whether ``run(_:)`` inserts this row and those of the places before it.
        fileprivate let isLast: Bool
    }

    private static let rows = 16
    /// The number of places: those of the statement for many rows, and that of the other one.
    static let slots = rows + 1

    private let many: BoundStatement
    private let one: BoundStatement
    private let columns: Int
    private let count: Int

    /// Prepares the statements.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - columns: Its columns, in the order of the parameters.
    ///   - count: The number of rows to insert.
    ///   - database: The connection.
    /// - Throws: What SQLite throws.
    init(into table: String, _ columns: [String], count: Int, _ database: Database) throws {
        let names = "INSERT INTO \(table)(\(columns.joined(separator: ", "))) VALUES "
        let row = "(\(columns.map { _ in "?" }.joined(separator: ", ")))"
        one = try BoundStatement(database, names + row)
        many = try BoundStatement(
            database, names + [String](repeating: row, count: Self.rows).joined(separator: ", "))
        (self.columns, self.count) = (columns.count, count)
    }

    /// The place of a row.
    ///
    /// - Parameter number: The number of the row, less than that of all rows.
    /// - Returns: The place; all of its parameters are to be bound before ``run(_:)``.
    @inline(__always)
    func place(of number: Int) -> Place {
        let slot = number % Self.rows
        guard number - slot + Self.rows <= count else { return Place(parameters: one, slot: Self.rows, isLast: true) }
        return Place(parameters: many.parameters(after: slot * columns), slot: slot, isLast: slot == Self.rows - 1)
    }

    /// Inserts a row whose values are bound, at once or with the rows after it.
    ///
    /// - Throws: What SQLite throws.
    @inline(__always)
    func run(_ place: Place) throws { if place.isLast { try place.parameters.run() } }
}
