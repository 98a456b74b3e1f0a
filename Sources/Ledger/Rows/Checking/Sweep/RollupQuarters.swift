// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The roll-ups of one dimension, packed or not, summed by quarter of an hour, in the order of time.
struct RollupQuarters {
    private let loose: RowScan
    private let packed: RowScan
    private var hasLoose = false
    private var hasPacked = false
    /// The lines that are left out of packed sums.
    private let leftOut: Set<Int64>
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
        loose = try RowScan(
            database,
            """
            SELECT quarter, \(CallColumns.summed(CallColumns.rollup)), SUM(micros), SUM(rest), SUM(saved_micros), SUM(saved_rest)
            FROM rollups WHERE dimension = ? \(lines) GROUP BY quarter ORDER BY quarter
            """)
        packed = try RowScan(database, PackedRollups.select)
        leftOut = machines ? [] : try PackedRollups.machineLines(database)
        try loose.begin(dimension)
        let ids = PackedRollups.ids(of: dimension)
        try packed.begin(ids.lowerBound, ids.upperBound)
        (hasLoose, hasPacked) = (try loose.next(), try packed.next())
        try advance()
    }

    /// Goes on to the next quarter.
    mutating func advance() throws {
        let next = min(
            hasLoose ? loose[0] : .max, hasPacked ? PackedRollups.quarter(ofID: packed[0]) : .max)
        guard hasLoose || hasPacked else {
            quarter = nil
            return
        }
        quarter = next
        let count = CallColumns.rollup.count
        var (total, saved) = (CheckedSums(count), Int128(0))
        if hasLoose, loose[0] == next {
            total = CheckedSums(loose, from: 1, count: count)
            saved = CheckedSums.femtodollars(loose[count + 3], loose[count + 4])
            hasLoose = try loose.next()
        }
        while hasPacked, PackedRollups.quarter(ofID: packed[0]) == next {
            // ``PackedCheck`` reports a part that cannot be read.
            if let read = try? PackedRollups.sums(packed.bytes(1)).get(), let sums = try? LooseSums(read) {
                add(sums, &total, &saved)
            }
            hasPacked = try packed.next()
        }
        let money = RowMoney(femtodollars: saved)
        total.counts += [money.rest, money.micros]
        sums = total
    }

    private func add(_ sums: LooseSums, _ total: inout CheckedSums, _ saved: inout Int128) {
        let columns = sums.columns
        for index in 0..<sums.count where !leftOut.contains(columns[RollupColumns.line][index]) {
            for place in CallColumns.rollup.indices {
                total.counts[place] &+= columns[RollupColumns.counts + place][index]
            }
            total.femtodollars &+= CheckedSums.femtodollars(
                columns[RollupColumns.micros][index], columns[RollupColumns.rest][index])
            saved &+= CheckedSums.femtodollars(
                columns[RollupColumns.savedMicros][index], columns[RollupColumns.savedRest][index])
        }
    }

    /// The sums without what caches saved, which calls do not have.
    var ofCalls: CheckedSums {
        var own = sums
        own.counts.removeLast(2)
        return own
    }
}
