// SPDX-License-Identifier: Apache-2.0

extension RowReader {
    /// Opens the rows of a folder for a command, and leaves no file beside them if no process has the folder.
    ///
    /// To read a database in WAL mode, SQLite makes `ledger.db-wal` and `ledger.db-shm`. A reader does not remove them, and cannot
    /// make them in a read-only folder. With `immutable=1` SQLite makes no file, takes no lock and does not read the log. That is
    /// sound only while nothing changes the database and the log is empty: what was read so is right only if no process has the
    /// folder afterwards.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - cacheBytes: The bytes of pages that the connection keeps.
    /// - Returns: The reader, and whether it reads without locks.
    /// - Throws: ``JournalError`` if there are no rows that can be read.
    package static func opened(
        in path: String, cacheBytes: Int = 8 << 20
    ) throws(JournalError) -> (reader: RowReader, isStill: Bool) {
        let rows = "\(path)/\(RowStore.fileName)"
        if !FolderUse.of(path).isTaken, RowRewriting.size("\(rows)-wal") == 0 {
            do throws(JournalError) {
                return (try RowReader(path: rows, readers: 1, cacheBytes: cacheBytes, isStill: true), true)
            } catch {
                // An SQLite that was built without URI file names takes the URI for the name of a file, and finds none.
                var isRefused = false
                if case .storage = error { isRefused = true }
                guard isRefused || FolderUse.of(path).isTaken else { throw error }
            }
        }
        return (try RowReader(path: rows, readers: 1, cacheBytes: cacheBytes), false)
    }

    /// Reads the rows of a folder as ``opened(in:cacheBytes:)`` does, and once more, with locks, if a process has taken the folder
    /// meanwhile.
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
        let (reader, isStill) = try opened(in: path, cacheBytes: cacheBytes)
        guard isStill else { return try body(reader) }
        do {
            let value = try body(reader)
            if !FolderUse.of(path).isTaken { return value }
        } catch {
            guard FolderUse.of(path).isTaken else { throw error }
        }
        return try body(RowReader(path: "\(path)/\(RowStore.fileName)", readers: 1, cacheBytes: cacheBytes))
    }
}
