// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Compares the roll-ups by the values of a dimension with the calls of a quarter of an hour that state one.
struct StatedValues {
    private let calls: RowScan
    private let count: RowScan
    private let dimension: Int64
    /// The first set that states a value; `nil` if none does.
    private let first: Int64?

    /// - Parameters:
    ///   - database: The rows.
    ///   - dimension: The dimension.
    /// - Throws: What SQLite throws.
    init(_ database: Database, _ dimension: Int64) throws {
        self.dimension = dimension
        first = try Int64.fetchOne(
            database, sql: "SELECT MIN(id) FROM sets WHERE dimension = ? AND value <> 0", arguments: [dimension])
        // Calls are the outer loop, so that only those of the quarter are read.
        calls = try RowScan(
            database,
            """
            SELECT s.value, c.micros, c.rest, \(CallColumns.classes.map { "c.\($0)" }.joined(separator: ", "))
            FROM calls c CROSS JOIN sets s ON s.id = c."set" AND s.dimension = ?
            WHERE c.id >= ? AND c.id < ? AND c."set" >= ? AND s.value <> 0
            """)
        count = try RowScan(database, "SELECT COUNT(*) FROM calls WHERE id >= ? AND id < ?")
    }

    /// Compares a quarter.
    ///
    /// - Parameters:
    ///   - quarter: The quarter, since 2020.
    ///   - own: The roll-ups of the dimension.
    ///   - all: The roll-ups of all calls.
    /// - Returns: The first value whose calls are not in its roll-ups, or not as many, with the difference; `nil` if there is none.
    /// - Throws: What SQLite throws.
    func difference(_ quarter: Int64, _ own: DimensionQuarter, _ all: DimensionQuarter) throws -> (Int64, String)? {
        guard let first else { return nil }
        let (begin, end) = (quarter &* 15 << RowTime.sequenceBits, (quarter &+ 1) &* 15 << RowTime.sequenceBits)
        var stated: [Int64: CheckedSums] = [:]
        try calls.begin(dimension, begin, end, first)
        while try calls.next() {
            var sums = stated[calls[0]] ?? CheckedSums(DimensionQuarter.names.count)
            sums.counts[0] &+= 1
            for index in CallColumns.classes.indices { sums.counts[1 + index] &+= calls[3 + index] }
            sums.femtodollars &+= CheckedSums.femtodollars(calls[1], calls[2])
            stated[calls[0]] = sums
        }
        calls.end()
        try count.begin(begin, end)
        let isComplete = try count.next() && count[0] == all.calls
        count.end()
        let nothing = CheckedSums(DimensionQuarter.names.count)
        let values = Set(stated.keys).union(isComplete ? Array(own.values.keys) : [])
        for value in values.sorted() where value != 0 {
            let (kept, rolled) = (stated[value] ?? nothing, own.values[value] ?? nothing)
            // Calls that were removed, or not kept at all, are in the roll-ups still.
            let mayHaveMore = !isComplete && kept.counts[0] != rolled.counts[0]
            if mayHaveMore, kept.isPart(of: rolled) { continue }
            if let difference = rolled.difference(from: kept, DimensionQuarter.names) { return (value, difference) }
        }
        return nil
    }
}
