// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The sums of all adjustments that repricing has ever made, by model, for `llm_cost_adjustments_dollars_total`.
package struct RowAdjustments: Sendable, Equatable {
    /// The adjustments of one model in one direction, as an amount that is not below zero.
    package struct Sum: Sendable, Equatable {
        package let model: String
        package let isUp: Bool
        /// In units of 1e-15 dollars.
        package let amount: Int128
    }

    package private(set) var sums: [Sum] = []
    /// SQLite's number of the state of the file, which another process changes by writing; -1 before the first look.
    private var version: Int64 = -1

    package init() {}

    /// Reads the sums if another process has written.
    ///
    /// - Parameter database: The connection of the writing thread.
    /// - Throws: What SQLite throws.
    mutating func refresh(_ database: Database) throws {
        let present = try Int64.fetchOne(database, sql: "PRAGMA data_version") ?? 0
        guard present != version else { return }
        let rows = try Row.fetchAll(database, sql: RepricingSchema.adjusted)
        sums = rows.map { row in
            Sum(model: row[0], isUp: row[1], amount: RowMoney(micros: row[2], rest: row[3]).femtodollars)
        }
        version = present
    }
}
