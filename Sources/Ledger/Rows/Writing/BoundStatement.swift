// SPDX-License-Identifier: Apache-2.0
import GRDB
import GRDBSQLite

/// A prepared statement that is bound by numbers, without an array or a text for each row.
///
/// Sound: GRDB's statement lives as long as its connection, which outlives every transaction, and values of this type are made
/// anew for each one.
@safe struct BoundStatement {
    private let handle: OpaquePointer
    /// What is added to the index of a parameter.
    private var offset: Int32 = 0

    /// Prepares a statement, or finds it prepared.
    init(_ database: Database, _ sql: String) throws {
        unsafe handle = try database.cachedStatement(sql: sql).sqliteStatement
    }

    /// The same statement, with its parameters counted from after the first ones.
    ///
    /// - Parameter count: The number of parameters before the one that gets the index 1.
    /// - Returns: The statement.
    @inline(__always)
    func parameters(after count: Int) -> BoundStatement {
        var other = self
        other.offset = Int32(truncatingIfNeeded: count)
        return other
    }

    /// Binds a number to a parameter; the first one has the index 1.
    @inline(__always)
    func bind(_ index: Int32, _ value: Int64) { _ = unsafe sqlite3_bind_int64(handle, index + offset, value) }

    /// Binds a number, or `NULL` for `nil`.
    @inline(__always)
    func bind(_ index: Int32, _ value: Int64?) {
        if let value { bind(index, value) } else { bindNull(index) }
    }

    /// Binds an id, or `NULL` for 0.
    @inline(__always)
    func bind(_ index: Int32, id value: Int64) { if value == 0 { bindNull(index) } else { bind(index, value) } }

    @inline(__always)
    func bindNull(_ index: Int32) { _ = unsafe sqlite3_bind_null(handle, index + offset) }

    /// Binds a text of any content, zero bytes included.
    func bind(_ index: Int32, _ text: String) {
        var text = text
        text.withUTF8 { bytes in
            // Sound: SQLite copies the bytes before the call returns, since the destructor says they are transient.
            _ = unsafe sqlite3_bind_text(
                handle, index + offset,
                bytes.baseAddress.map { unsafe UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) },
                Int32(clamping: bytes.count), Self.transient)
        }
        // An empty text may have no address, which SQLite takes for `NULL`.
        if text.isEmpty { _ = unsafe sqlite3_bind_text(handle, index + offset, "", 0, Self.transient) }
    }

    /// Binds bytes.
    func bind(_ index: Int32, _ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { bytes in
            // Sound: as above.
            _ = unsafe sqlite3_bind_blob(
                handle, index + offset, bytes.baseAddress, Int32(clamping: bytes.count), Self.transient)
        }
    }

    /// Binds words, the lowest byte of each first.
    func bind(_ index: Int32, words: [UInt64]) {
        // A key path would be walked for each word.
        unsafe words.map { $0.littleEndian }.withUnsafeBytes { bytes in
            // Sound: as above.
            _ = unsafe sqlite3_bind_blob(
                handle, index + offset, bytes.baseAddress, Int32(clamping: bytes.count), Self.transient)
        }
    }

    /// Runs a statement that returns no row.
    ///
    /// - Throws: SQLite's error.
    @inline(__always)
    func run() throws {
        let code = unsafe sqlite3_step(handle)
        _ = unsafe sqlite3_reset(handle)
        if code != SQLITE_DONE { throw failure(code) }
    }

    /// Runs a statement that returns no row and whose only parameter is a text, which SQLite need not copy.
    ///
    /// - Throws: SQLite's error.
    func run(with text: String) throws {
        var text = text
        try text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else {
                bind(1, "")
                return try run()
            }
            // Sound: the bytes stay until the statement has run, and it is bound anew before it runs again.
            _ = unsafe sqlite3_bind_text(
                handle, 1, UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count),
                nil)
            defer { bindNull(1) }
            try run()
        }
    }

    /// The number in the first column of the first row; `nil` if there is none, or `NULL`.
    ///
    /// - Throws: SQLite's error.
    func number() throws -> Int64? {
        let code = unsafe sqlite3_step(handle)
        defer { _ = unsafe sqlite3_reset(handle) }
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw failure(code) }
        return unsafe sqlite3_column_type(handle, 0) == SQLITE_NULL ? nil : sqlite3_column_int64(handle, 0)
    }

    /// Reads all rows, each a number and words that ``bind(_:words:)`` bound.
    ///
    /// - Parameter body: Called with each row.
    /// - Throws: SQLite's error.
    func eachRow(_ body: (Int64, [UInt64]) -> Void) throws {
        defer { _ = unsafe sqlite3_reset(handle) }
        while true {
            let code = unsafe sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code) }
            var words: [UInt64] = []
            let count = unsafe Int(sqlite3_column_bytes(handle, 1)) / 8
            if count > 0, let start = unsafe sqlite3_column_blob(handle, 1) {
                // Sound: SQLite keeps its bytes until the next step, and has at least this many.
                words = unsafe [UInt64](packed: UnsafeRawBufferPointer(start: start, count: count * 8))
            }
            body(unsafe sqlite3_column_int64(handle, 0), words)
        }
    }

    /// Reads all rows, each a number and the bytes of a text, which may have zeros among them.
    ///
    /// - Parameter body: Called with each row.
    /// - Throws: SQLite's error, or that of `body`.
    func eachText(_ body: (Int64, [UInt8]) throws -> Void) throws {
        defer { _ = unsafe sqlite3_reset(handle) }
        while true {
            let code = unsafe sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code) }
            let count = unsafe Int(sqlite3_column_bytes(handle, 1))
            var bytes: [UInt8] = []
            if count > 0, let start = unsafe sqlite3_column_blob(handle, 1) {
                // Sound: SQLite keeps its bytes until the next step, and has at least this many.
                bytes = unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
            }
            try body(unsafe sqlite3_column_int64(handle, 0), bytes)
        }
    }

    /// Runs a statement that changes at most one row, and returns five numbers of that row.
    ///
    /// - Returns: The numbers; `nil` if it has changed no row.
    /// - Throws: SQLite's error.
    func changedRow() throws -> InlineArray<5, Int64>? {
        defer { _ = unsafe sqlite3_reset(handle) }
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw failure(code) }
        var row = InlineArray<5, Int64>(repeating: 0)
        for index in row.indices { row[index] = unsafe sqlite3_column_int64(handle, Int32(index)) }
        return row
    }

    /// The number of rows that the connection's latest statement has changed.
    var changes: Int { unsafe Int(sqlite3_changes(sqlite3_db_handle(handle))) }

    /// The id of the row that the connection has inserted last.
    var lastID: Int64 { unsafe sqlite3_last_insert_rowid(sqlite3_db_handle(handle)) }

    private func failure(_ code: Int32) -> DatabaseError {
        let connection = unsafe sqlite3_db_handle(handle)
        return DatabaseError(
            resultCode: ResultCode(rawValue: unsafe sqlite3_extended_errcode(connection)),
            message: unsafe sqlite3_errmsg(connection).map { unsafe String(cString: $0) })
    }

    // SQLITE_TRANSIENT, a macro that Swift does not import.
    private static var transient: sqlite3_destructor_type {
        unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }
}

extension [UInt64] {
    /// Reads words, the lowest byte of each first.
    init(packed bytes: UnsafeRawBufferPointer) {
        let count = bytes.count / 8
        self = unsafe [UInt64](unsafeUninitializedCapacity: count) { words, initialized in
            for index in 0..<count {
                // Sound: so many whole words are there, and there is room for as many.
                let word = unsafe bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
                unsafe words.initializeElement(at: index, to: UInt64(littleEndian: word))
            }
            initialized = count
        }
    }
}
