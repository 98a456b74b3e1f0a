// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB

@testable import Ledger

/// The keys of traces in a database: how many lead to each row.
struct StoredKeys {
    private(set) var counts: [Int64: Int] = [:]
    /// The number of rows of `new_trace_keys`, and of `trace_keys`.
    private(set) var new = 0
    private(set) var packed = 0

    init(_ database: Database) throws {
        for row in try Row.fetchAll(database, sql: "SELECT day, keys FROM new_trace_keys") {
            new += 1
            add(PackedKeys(stored: row[1]), day: row[0])
        }
        for row in try Row.fetchAll(database, sql: "SELECT id, keys FROM trace_keys") {
            packed += 1
            add(PackedKeys(stored: row[1]), day: PackedKeys.day(ofID: row[0]))
        }
    }

    private mutating func add(_ keys: PackedKeys, day: Int64) {
        for key in keys.words { counts[PackedKeys.row(key, on: day), default: 0] += 1 }
    }
}

extension PackedKeys {
    init(stored bytes: Data) {
        self.init(sorted: unsafe bytes.withUnsafeBytes { unsafe [UInt64](packed: $0) })
    }
}
