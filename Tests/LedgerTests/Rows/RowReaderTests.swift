// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Ledger

/// Readers of the rows, and how they close.
@Suite struct RowReaderTests {
    /// A question that ends only if something ends it.
    private static let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    /// A folder with one call, whose store has started.
    private static func written() throws -> (folder: RowFolder, store: RowStore) {
        let folder = try RowFolder()
        let store = try folder.store()
        store.start()
        store.append(folder.priced([folder.call(1)]), arrivalNanoseconds: nil, number: 1)
        #expect(store.flush())
        return (folder, store)
    }

    private static func calls(_ reader: RowReader) throws -> Int64 {
        try reader.ask(seconds: 60) { session in
            let statement = try session.statement("SELECT count(*) FROM calls")
            return try statement.next() ? statement.number(0) : 0
        }
    }

    @Test func `after questions, a closed folder is one database`() throws {
        let (folder, store) = try Self.written()
        let reader = try RowReader(path: folder.file, readers: 4)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in #expect((try? Self.calls(reader)) == 1) }
        reader.close()
        store.stop()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [RowStore.fileName])
        #expect(try folder.value("SELECT count(*) FROM calls") == 1)
    }

    @Test func `while another process reads, a stop leaves an empty log`() throws {
        let (folder, store) = try Self.written()
        let other = try RowReader(path: folder.file)
        #expect(try Self.calls(other) == 1)
        store.stop()
        #expect(RowRewriting.size("\(folder.file)-wal") == 0)
        #expect(try Self.calls(other) == 1)
        other.close()
    }

    @Test func `closing ends the questions that run, and refuses later ones`() throws {
        let (folder, store) = try Self.written()
        let reader = try RowReader(path: folder.file)
        let (began, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let found = Mutex<[RowReadingError?]>([])
        for _ in 0..<2 {
            Thread.detachNewThread {
                let hasBegun = Mutex(false)
                let result = Result {
                    try reader.ask(seconds: 600) {
                        let isFirst = hasBegun.withLock { hasBegun in
                            defer { hasBegun = true }
                            return !hasBegun
                        }
                        if isFirst { began.signal() }
                    } _: { session in
                        _ = try session.statement(Self.endless).next()
                    }
                }
                if case .failure(let error) = result { found.withLock { $0.append(error as? RowReadingError) } }
                ended.signal()
            }
        }
        for _ in 0..<2 { began.wait() }
        reader.close()
        for _ in 0..<2 { ended.wait() }
        #expect(found.withLock { $0 } == [.ended, .ended])
        #expect(throws: RowReadingError.ended) { try Self.calls(reader) }
        // A second close returns at once.
        reader.close()
        store.stop()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [RowStore.fileName])
    }
}
