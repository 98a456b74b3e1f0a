// SPDX-License-Identifier: Apache-2.0
import GRDB
import GRDBSQLite

/// Steps through the rows of a statement without an object for each row: a check reads ten million.
struct RowScan {
    private let statement: Statement

    /// Prepares a statement.
    ///
    /// - Parameters:
    ///   - database: The database, within a read.
    ///   - sql: A statement with rows; its parameters are numbers.
    /// - Throws: What SQLite throws.
    init(_ database: Database, _ sql: String) throws { statement = try database.makeStatement(sql: sql) }

    /// Starts again, with the numbers of its parameters.
    func begin(_ numbers: Int64...) throws {
        unsafe sqlite3_reset(statement.sqliteStatement)
        for (index, number) in numbers.enumerated() {
            guard unsafe sqlite3_bind_int64(statement.sqliteStatement, Int32(index + 1), number) == SQLITE_OK else {
                throw failure
            }
        }
    }

    /// Goes on to the next row.
    ///
    /// - Returns: Whether there is one.
    /// - Throws: ``DatabaseError`` if SQLite cannot read it.
    @inline(__always)
    func next() throws -> Bool {
        let code = unsafe sqlite3_step(statement.sqliteStatement)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else { throw failure }
        return false
    }

    /// A number of the row; 0 for `NULL`.
    @inline(__always)
    subscript(column: Int) -> Int64 { unsafe sqlite3_column_int64(statement.sqliteStatement, Int32(column)) }

    /// Whether a column of the row is `NULL`.
    @inline(__always)
    func isNull(_ column: Int) -> Bool {
        unsafe sqlite3_column_type(statement.sqliteStatement, Int32(column)) == SQLITE_NULL
    }

    /// The bytes of a column; none for `NULL`.
    func bytes(_ column: Int) -> [UInt8] {
        let count = unsafe Int(sqlite3_column_bytes(statement.sqliteStatement, Int32(column)))
        guard count > 0, let start = unsafe sqlite3_column_blob(statement.sqliteStatement, Int32(column)) else {
            return []
        }
        // Sound: SQLite keeps its bytes until the next step, and has this many.
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Lets go of the rows, so that the statement holds nothing until it begins again.
    func end() { unsafe sqlite3_reset(statement.sqliteStatement) }

    private var failure: DatabaseError {
        let database = unsafe sqlite3_db_handle(statement.sqliteStatement)
        return DatabaseError(
            resultCode: ResultCode(rawValue: unsafe sqlite3_errcode(database)),
            message: unsafe sqlite3_errmsg(database).map { unsafe String(cString: $0) })
    }
}
