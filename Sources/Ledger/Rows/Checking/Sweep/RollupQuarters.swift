// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The roll-ups of one dimension, summed by quarter of an hour, in the order of time.
struct RollupQuarters {
    private let scan: RowScan
    /// The quarter that was read last; `nil` behind the last one.
    private(set) var quarter: Int64?
    /// Its sums, in the order of ``CallColumns/rollup``; what caches saved is the last count, in micros, with its rest before it.
    private(set) var sums = CheckedSums(0)

    /// Begins with the first quarter.
    ///
    /// - Parameters:
    ///   - database: The rows.
    ///   - dimension: The dimension.
    ///   - machines: Whether the lines of machines that are paid by the clock are in the sums.
    /// - Throws: What SQLite throws.
    init(_ database: Database, dimension: Int64, machines: Bool) throws {
        // The primary key has the order of the groups, so nothing is sorted.
        let lines =
            machines ? "" : "AND line NOT IN (SELECT id FROM lines WHERE source = \(LineSource.machine.rawValue))"
        scan = try RowScan(
            database,
            """
            SELECT quarter, \(CallColumns.summed(CallColumns.rollup)), SUM(saved_rest) % 1000000000,
                SUM(saved_micros) + SUM(saved_rest) / 1000000000, SUM(micros), SUM(rest)
            FROM rollups WHERE dimension = ? \(lines) GROUP BY quarter ORDER BY quarter
            """)
        try scan.begin(dimension)
        try advance()
    }

    /// Goes on to the next quarter.
    mutating func advance() throws {
        guard try scan.next() else {
            quarter = nil
            return
        }
        quarter = scan[0]
        sums = CheckedSums(scan, from: 1, count: CallColumns.rollup.count + 2)
    }

    /// The sums without what caches saved, which calls do not have.
    var ofCalls: CheckedSums {
        var own = sums
        own.counts.removeLast(2)
        return own
    }
}
