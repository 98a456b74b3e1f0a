// SPDX-License-Identifier: Apache-2.0
import GRDBSQLite

/// A statement that reads rows, one after the other.
@safe package final class RowStatement {
    // Sound: only this value has the statement, and finalizes it once; columns are read by number, and SQLite answers 0 for a
    // column that there is not.
    private let statement: OpaquePointer
    private unowned let session: RowSession

    init(_ statement: OpaquePointer, session: RowSession) {
        unsafe self.statement = statement
        self.session = session
    }

    deinit { unsafe sqlite3_finalize(statement) }

    /// Forgets the rows and the values that were bound.
    func reset() {
        unsafe sqlite3_reset(statement)
        unsafe sqlite3_clear_bindings(statement)
    }

    /// Binds numbers to the parameters from the first one on.
    ///
    /// - Parameter numbers: The numbers.
    /// - Returns: This statement.
    @discardableResult
    package func bind(_ numbers: Int64...) -> RowStatement {
        for (index, number) in numbers.enumerated() {
            unsafe sqlite3_bind_int64(statement, Int32(index + 1), number)
        }
        return self
    }

    /// Binds a text to a parameter.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - parameter: The number of the parameter, from 1 on.
    /// - Returns: This statement.
    @discardableResult
    package func bind(_ text: String, to parameter: Int32) -> RowStatement {
        // SQLITE_TRANSIENT: SQLite copies the text.
        unsafe sqlite3_bind_text(
            statement, parameter, text, Int32(text.utf8.count), unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        return self
    }

    /// Goes to the next row.
    ///
    /// - Returns: Whether there is one.
    /// - Throws: ``RowReadingError`` when the time is over or SQLite fails.
    package func next() throws(RowReadingError) -> Bool {
        let code = unsafe sqlite3_step(statement)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else { throw session.failure(code) }
        return false
    }

    /// The number in a column, 0 for `NULL`.
    @inline(__always)
    package func number(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    /// The number in a column; `nil` for `NULL`.
    package func numberIfAny(_ column: Int32) -> Int64? {
        unsafe sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : number(column)
    }

    /// The text in a column, which may have zeros among its bytes; empty for `NULL`.
    package func text(_ column: Int32) -> String {
        guard let start = unsafe sqlite3_column_text(statement, column) else { return "" }
        // Sound: SQLite keeps the bytes until the next step, and says how many there are.
        let count = unsafe Int(sqlite3_column_bytes(statement, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The words in a column, the lowest byte of each first; none for `NULL`.
    package func words(_ column: Int32) -> [UInt64] {
        let count = unsafe Int(sqlite3_column_bytes(statement, column)) / 8
        guard count > 0, let start = unsafe sqlite3_column_blob(statement, column) else { return [] }
        return unsafe [UInt64](packed: UnsafeRawBufferPointer(start: start, count: count * 8))
    }

    /// The bytes in a column; none for `NULL`.
    package func bytes(_ column: Int32) -> [UInt8] {
        let count = unsafe Int(sqlite3_column_bytes(statement, column))
        guard count > 0, let start = unsafe sqlite3_column_blob(statement, column) else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
