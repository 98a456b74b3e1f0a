// SPDX-License-Identifier: Apache-2.0

extension RowReader {
    /// Reads the rows of a folder for a command, and leaves no file beside them if no process has the folder.
    ///
    /// To read a database with a log, SQLite makes `ledger.db-wal` and `ledger.db-shm`, which a reader does not remove, and a
    /// folder that is read-only refuses. With `immutable=1` it makes none, and takes no lock. That is sound only while nothing
    /// changes the file, and as long as nothing is in the log, which is not read then. So everything is read once more, with locks,
    /// if a process has taken the folder meanwhile.
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
                // An SQLite that was built without addresses takes them for names of files, and finds none.
                var isRefused = false
                if case JournalError.storage = error { isRefused = true }
                guard isRefused || FolderUse.of(path).isTaken else { throw error }
            }
        }
        return try body(RowReader(path: rows, readers: 1, cacheBytes: cacheBytes))
    }
}
