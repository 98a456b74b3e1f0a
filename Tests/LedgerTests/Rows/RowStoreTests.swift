// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import GenAI
import Pricing
import TestData
import Testing

@testable import Ledger

/// The rows begin where the last process ended, and refuse what they cannot read with what to do.
@Suite struct RowStoreTests {
    @Test func `a new process begins at the position that the last one committed`() throws {
        let folder = try RowFolder()
        let store = try folder.store()
        #expect(store.position == 0)
        store.start()
        store.advance(to: 7)
        #expect(store.flush())
        #expect(store.position == 7)
        #expect(try store.sync() == 7)
        store.advance(to: 9)
        store.stop()
        #expect(try folder.store().position == 9)
    }

    @Test func `a database of a newer version is refused with what to do`() throws {
        let folder = try RowFolder()
        try folder.store().close()
        try DatabaseQueue(path: folder.file).write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9')") }
        #expect(throws: JournalError.newer("ledger.db", 9, reads: RowMigrations.current.latest)) { try folder.store() }
        #expect(throws: JournalError.newer("ledger.db", 9, reads: RowMigrations.current.latest)) {
            try RowReader(path: folder.file)
        }
    }

    @Test func `a file that is no database is refused with what to do`() throws {
        let folder = try RowFolder()
        try Data(repeating: 7, count: 9_000).write(to: URL(fileURLWithPath: folder.file))
        let error = #expect(throws: JournalError.self) { try folder.store() }
        #expect(error?.description.contains("move it out of the folder") == true)
    }
}
