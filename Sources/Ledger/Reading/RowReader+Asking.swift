// SPDX-License-Identifier: Apache-2.0
import GRDB

extension RowReader {
    /// Reads for one question.
    ///
    /// - Parameters:
    ///   - seconds: How long it may take.
    ///   - onWork: Called now and then while SQLite works.
    ///   - answer: Makes the answer from one state of the rows.
    /// - Returns: The answer.
    /// - Throws: What `answer` throws, or ``RowReadingError`` if there is no connection or it is about to close.
    package func ask<T>(
        seconds: Int, onWork: (@Sendable () -> Void)? = nil, _ answer: (RowSession) throws -> T
    ) throws -> T {
        try read { database in
            guard let connection = unsafe database.sqliteConnection else {
                throw RowReadingError.failed("the connection is closed")
            }
            let session = unsafe RowSession(
                connection: connection, seconds: seconds, hasEnded: { self.hasEnded }, onWork: onWork)
            defer { session.end() }
            return try answer(session)
        }
    }
}
