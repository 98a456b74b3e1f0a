// SPDX-License-Identifier: Apache-2.0

/// The figures of the rows.
package struct RowLevels: Sendable, Equatable {
    /// Whether the latest transaction failed.
    package var hasFailed = false
    /// The number of calls that this process has written.
    package var calls: UInt64 = 0
    /// The number of transactions that wrote calls or other records.
    package var transactions: UInt64 = 0
    /// The number of calls that are kept as rows; 0 before the first transaction.
    package var keptCalls: Int64 = 0
    /// The number of calls whose cost was cut down to the largest one that fits.
    package var saturatedCosts: UInt64 = 0
    /// What repricing has changed.
    package var adjustments = RowAdjustments()
    /// The size of the database, and what was removed of it.
    package var kept = RowKeeper.Levels()

    package init() {}
}
