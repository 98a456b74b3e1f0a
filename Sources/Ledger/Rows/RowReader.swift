// SPDX-License-Identifier: Apache-2.0
import Dispatch
package import GRDB
import Synchronization

/// Reads the rows: of `ledger.db` while the service writes it, for questions and for the commands, or those in memory.
///
/// Every read sees the rows of whole transactions, as of its beginning, and delays no write to `ledger.db`.
package final class RowReader: Sendable {
    private enum Source: Sendable {
        case file(DatabasePool)
        case still(DatabaseQueue)
        case memory(MemoryLedger)
    }

    /// Who reads.
    private struct Use {
        var readers = 0
        var hasEnded = false
        /// Signalled when the last one has read.
        var waiters: [DispatchSemaphore] = []
    }

    private let source: Source
    private let use = Mutex(Use())

    /// Opens a database that exists.
    ///
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - readers: The largest number of questions at a time; further ones wait.
    ///   - cacheBytes: The bytes of pages that each connection keeps.
    ///   - isStill: Whether no process changes the file while the reader lives, so that it needs no locks and no files beside it.
    /// - Throws: ``JournalError`` if it cannot be read, or is of a newer or older version.
    package init(
        path: String, readers: Int = 2, cacheBytes: Int = 8 << 20, isStill: Bool = false
    ) throws(JournalError) {
        var configuration = Configuration()
        configuration.label = "ledger reader"
        configuration.readonly = true
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            try database.execute(
                sql: "PRAGMA cache_size = -\(cacheBytes / 1024); PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0")
        }
        do {
            source =
                isStill
                ? .still(try DatabaseQueue(path: Self.immutable(path), configuration: configuration))
                : .file(try DatabasePool(path: path, configuration: configuration))
            let found = try read {
                try RowMigrations.refuseForeign($0, path: path)
                return try RowMigrations.version(of: $0)
            }
            let name = String(path.split(separator: "/").last ?? "")
            let own = RowMigrations.current.latest
            guard found <= own else { throw JournalError.newer(name, found, reads: own) }
            guard found == own else { throw JournalError.olderRows(name, found, reads: own) }
        } catch let error as JournalError {
            throw error
        } catch {
            throw RowDatabase.refusal(error, path)
        }
    }

    /// The URI of a file that SQLite may assume not to change.
    static func immutable(_ path: String) -> String {
        // Other characters have no meaning in the path of such a URI.
        let name = path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
        return "file:\(name)?immutable=1"
    }

    /// Reads what is kept in memory; one question at a time.
    ///
    /// - Parameter ledger: Has the calls.
    package init(_ ledger: MemoryLedger) { source = .memory(ledger) }

    /// Reads.
    ///
    /// - Parameter value: Makes a result from one state of the rows.
    /// - Returns: The result.
    /// - Throws: What SQLite or `value` throws, or ``RowReadingError/ended`` after ``close()``.
    package func read<T>(_ value: (Database) throws -> T) throws -> T {
        let hasEnded = use.withLock { use in
            if !use.hasEnded { use.readers += 1 }
            return use.hasEnded
        }
        if hasEnded { throw RowReadingError.ended }
        defer {
            let waiters = use.withLock { use in
                use.readers -= 1
                return use.readers == 0 ? use.waiters : []
            }
            for waiter in waiters { waiter.signal() }
        }
        switch source {
        case .file(let pool): return try pool.read(value)
        case .still(let queue): return try queue.read(value)
        case .memory(let ledger): return try ledger.read(value)
        }
    }

    /// Whether questions are to end as soon as they can.
    var hasEnded: Bool { use.withLock { $0.hasEnded } }

    /// Ends all questions: those that run and those that come later throw ``RowReadingError/ended``.
    package func end() { use.withLock { $0.hasEnded = true } }

    /// Ends all questions, waits until they have ended, and closes the connections.
    ///
    /// SQLite removes the log of a database when its last connection closes, if that one may write: so readers close before the
    /// writer.
    package func close() {
        let waiter = DispatchSemaphore(value: 0)
        let isInUse = use.withLock { use in
            use.hasEnded = true
            if use.readers > 0 { use.waiters.append(waiter) }
            return use.readers > 0
        }
        // A pool must not close while others read.
        if isInUse { waiter.wait() }
        switch source {
        case .file(let pool): try? pool.close()
        case .still(let queue): try? queue.close()
        case .memory: break
        }
    }
}
