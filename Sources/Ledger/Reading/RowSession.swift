// SPDX-License-Identifier: Apache-2.0
import GRDBSQLite

/// One state of the stored rows, for as long as a question reads them.
@safe package final class RowSession {
    // Sound: the connection is open for as long as the one who made the session says, and only its thread uses it.
    private let connection: OpaquePointer
    private let limit: ReadingLimit
    /// Statements that are prepared and not in use, by their text.
    private var prepared: [String: RowStatement] = [:]

    /// Reads by a connection, on one thread.
    ///
    /// - Parameters:
    ///   - connection: An open connection, in a transaction; no other thread uses it before the end of ``end()``.
    ///   - seconds: How long all reading may take.
    ///   - hasEnded: Whether reading must end at once; asked now and then.
    ///   - onWork: Called now and then while SQLite works.
    init(
        connection: OpaquePointer, seconds: Int, hasEnded: @escaping @Sendable () -> Bool,
        onWork: (@Sendable () -> Void)? = nil
    ) {
        unsafe self.connection = connection
        limit = ReadingLimit(seconds: seconds, hasEnded: hasEnded, onWork: onWork)
        // Sound: the handler is taken away in `end`, before the limit goes.
        let context = unsafe Unmanaged.passUnretained(limit).toOpaque()
        unsafe sqlite3_progress_handler(
            connection, Self.stepsBetweenLooks,
            { context in
                guard let context = unsafe context else { return 0 }
                let limit = unsafe Unmanaged<ReadingLimit>.fromOpaque(context).takeUnretainedValue()
                limit.onWork?()
                return limit.failure == nil ? 0 : 1
            }, context)
    }

    /// Gives the connection back.
    func end() {
        prepared.removeAll()
        unsafe sqlite3_progress_handler(connection, 0, nil, nil)
    }

    /// A statement, ready to be bound.
    ///
    /// - Parameter sql: The text of the statement, which stays prepared for the next use.
    /// - Returns: The statement; it is used up before the same text is asked for again.
    /// - Throws: ``RowReadingError`` if SQLite does not understand it.
    package func statement(_ sql: String) throws(RowReadingError) -> RowStatement {
        if let known = prepared[sql] {
            known.reset()
            return known
        }
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
        guard code == SQLITE_OK, let statement = unsafe statement else { throw failure(code) }
        let result = unsafe RowStatement(statement, session: self)
        prepared[sql] = result
        return result
    }

    /// Stops a question that has spent its time outside SQLite.
    ///
    /// - Throws: ``RowReadingError/tooLong(seconds:)`` or ``RowReadingError/ended``.
    package func checkTime() throws(RowReadingError) {
        if let failure = limit.failure { throw failure }
    }

    func failure(_ code: Int32) -> RowReadingError {
        guard code != SQLITE_INTERRUPT else { return limit.failure ?? .tooLong(seconds: limit.seconds) }
        let words = unsafe sqlite3_errmsg(connection).map { unsafe String(cString: $0) }
        return .failed(words ?? "SQLite error \(code)")
    }

    /// Some tens of microseconds of SQLite's work.
    private static let stepsBetweenLooks: Int32 = 20_000
}

/// What ends a question before it is answered.
private final class ReadingLimit {
    let seconds: Int
    let onWork: (@Sendable () -> Void)?
    private let hasEnded: @Sendable () -> Bool
    private let end: ContinuousClock.Instant

    init(seconds: Int, hasEnded: @escaping @Sendable () -> Bool, onWork: (@Sendable () -> Void)?) {
        (self.seconds, self.hasEnded, self.onWork) = (seconds, hasEnded, onWork)
        end = .now.advanced(by: .seconds(seconds))
    }

    /// Why reading must end; `nil` while it may go on.
    var failure: RowReadingError? {
        if hasEnded() { return .ended }
        return ContinuousClock.now >= end ? .tooLong(seconds: seconds) : nil
    }
}
