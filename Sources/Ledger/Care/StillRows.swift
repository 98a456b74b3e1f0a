// SPDX-License-Identifier: Apache-2.0

extension RowReader {
    /// Reads the rows of a folder for a command, and leaves no file beside them if no process has the folder.
    ///
    /// To read a database in WAL mode, SQLite makes `ledger.db-wal` and `ledger.db-shm`. A reader does not remove them, and cannot
    /// make them in a read-only folder. With `immutable=1` SQLite makes no file, takes no lock and does not read the log. That is
    /// sound only while nothing changes the database and the log is empty. So if a process has taken the folder meanwhile, `body`
    /// reads everything once more, with locks.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - cacheBytes: The bytes of pages that the connection keeps.
    ///   - body: Reads; it may run twice.
    /// - Returns: What `body` returned last.
    /// - Throws: ``JournalError`` if there are no rows that can be read, or what `body` throws.
    static func withRows<T>(
        of path: String, cacheBytes: Int = 8 << 20, _ body: (RowReader) throws -> T
    ) throws -> T {
        let rows = "\(path)/\(RowStore.fileName)"
        if !FolderUse.of(path).isTaken, RowRewriting.size("\(rows)-wal") == 0 {
            do {
                let value = try body(RowReader(path: rows, readers: 1, cacheBytes: cacheBytes, isStill: true))
                if !FolderUse.of(path).isTaken { return value }
            } catch {
                // An SQLite that was built without URI file names takes the URI for the name of a file, and finds none.
                var isRefused = false
                if case JournalError.storage = error { isRefused = true }
                guard isRefused || FolderUse.of(path).isTaken else { throw error }
            }
        }
        return try body(RowReader(path: rows, readers: 1, cacheBytes: cacheBytes))
    }
}
