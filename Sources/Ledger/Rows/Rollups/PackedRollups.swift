// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The table `packed_rollups`, since the fourth version: the roll-ups of quarters of an hour that are over.
///
/// A row, called a *part*, has many sums of one dimension and one quarter (``PackedSums``); a quarter may have several parts. The
/// table `rollups` has the other quarters, and what came after a quarter was packed. So a total is that of all parts and of
/// `rollups`.
/// ``RollupPacking`` moves rows from one table to the other, also those of older versions.
///
/// The id of a row is `dimension << 40 | quarter << 16 | part`, so that the quarters of a dimension are a range of ids.
package enum PackedRollups {
    /// The statement of the fourth version.
    static let fourth = "CREATE TABLE packed_rollups(id INTEGER PRIMARY KEY, count INT NOT NULL, sums BLOB NOT NULL)"

    package static let partBits: Int64 = 16
    package static let dimensionShift: Int64 = 40
    package static let quarterMask: Int64 = 1 << (dimensionShift - partBits) - 1
    /// The largest number of parts of a dimension and a quarter of an hour.
    static let mostParts = 1 << partBits
    /// The dimensions that ids have room for.
    private static let dimensions: Range<Int64> = 0..<1 << 22

    /// Whether ids have room for a dimension and a quarter of an hour.
    static func hasRoom(for dimension: Int64, _ quarter: Int64) -> Bool {
        dimensions.contains(dimension) && (0...quarterMask).contains(quarter)
    }

    /// The range of ids of a dimension's quarters of an hour; quarters without room in an id are left out.
    package static func ids(of dimension: Int64, _ quarters: Range<Int64>) -> Range<Int64> {
        guard dimensions.contains(dimension) else { return 0..<0 }
        func id(_ quarter: Int64) -> Int64 {
            dimension << dimensionShift + min(max(0, quarter), quarterMask + 1) << partBits
        }
        return id(quarters.lowerBound)..<id(quarters.upperBound)
    }

    /// The ids of a dimension.
    package static func ids(of dimension: Int64) -> Range<Int64> { ids(of: dimension, 0..<quarterMask + 1) }

    /// The quarter of an hour of an id, since 2020.
    package static func quarter(ofID id: Int64) -> Int64 { id >> partBits & quarterMask }

    /// The dimension of an id.
    static func dimension(ofID id: Int64) -> Int64 { id >> dimensionShift }

    /// A sentence about a row that cannot be read.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - error: Why.
    /// - Returns: The sentence, without a full stop.
    package static func refusal(ofID id: Int64, _ error: PackedSumsError) -> String {
        "the roll-ups of \(CheckedTime.text(quarter: quarter(ofID: id))) cannot be read: \(error) (row \(id) of packed_rollups)"
    }

    /// The statement that reads rows with ids `?1..<?2`: the id and the sums.
    package static let select = "SELECT id, sums FROM packed_rollups WHERE id >= ?1 AND id < ?2 ORDER BY id"

    /// Reads rows in the order of their ids.
    ///
    /// - Parameters:
    ///   - ids: The ids.
    ///   - database: The rows.
    ///   - body: Called with each id and its sums, or why they cannot be read.
    /// - Throws: What SQLite or `body` throws.
    static func forEach(
        _ ids: Range<Int64>, _ database: Database, _ body: (Int64, Result<PackedSums, PackedSumsError>) throws -> Void
    ) throws {
        let scan = try RowScan(database, select)
        try scan.begin(ids.lowerBound, ids.upperBound)
        while try scan.next() { try body(scan[0], sums(scan.bytes(1))) }
    }

    /// The sums of a row, or why they cannot be read; `nil` without that row.
    static func sums(ofID id: Int64, _ database: Database) throws -> Result<PackedSums, PackedSumsError>? {
        var sums: Result<PackedSums, PackedSumsError>?
        try forEach(id..<id + 1, database) { _, result in sums = result }
        return sums
    }

    /// Sums, or why they cannot be read.
    static func sums(_ bytes: [UInt8]) -> Result<PackedSums, PackedSumsError> {
        do { return .success(try PackedSums(bytes)) } catch { return .failure(error) }
    }

    /// The statement that adds a row.
    static let insert = "INSERT OR REPLACE INTO packed_rollups(id, count, sums) VALUES (?, ?, ?)"

    /// Adds a row, or replaces it; its sums must be in order.
    static func write(_ sums: LooseSums, id: Int64, _ database: Database) throws {
        let statement = try BoundStatement(database, insert)
        statement.bind(1, id)
        statement.bind(2, Int64(sums.count))
        statement.bind(3, sums.packed)
        try statement.run()
    }

    /// Removes a row.
    static func remove(_ id: Int64, _ database: Database) throws {
        let statement = try BoundStatement(database, "DELETE FROM packed_rollups WHERE id = ?")
        statement.bind(1, id)
        try statement.run()
    }

    /// The first or last quarter of an hour with roll-ups of a dimension, packed or not, as SQL: `NULL` without any.
    ///
    /// - Parameters:
    ///   - extreme: `MIN` or `MAX`.
    ///   - dimension: The dimension as SQL.
    /// - Returns: A `SELECT` with one row and one column.
    package static func quarter(_ extreme: String, ofDimension dimension: String) -> String {
        """
        SELECT \(extreme)(quarter) FROM (
            SELECT \(extreme)(quarter) AS quarter FROM rollups WHERE dimension = \(dimension)
            UNION ALL
            SELECT \(extreme)(id) >> \(partBits) & \(quarterMask) FROM packed_rollups
                WHERE id >= \(dimension) << \(dimensionShift) AND id < (\(dimension) + 1) << \(dimensionShift))
        """
    }
}

extension PackedRollups {
    /// Removes the rows of a dimension and a quarter of an hour.
    ///
    /// - Returns: The number of their sums.
    static func remove(of dimension: Int64, _ quarter: Int64, _ database: Database) throws -> Int64 {
        let ids = ids(of: dimension, quarter..<quarter + 1)
        let place: StatementArguments = [ids.lowerBound, ids.upperBound]
        let count = try Int64.fetchOne(
            database, sql: "SELECT coalesce(sum(count), 0) FROM packed_rollups WHERE id >= ? AND id < ?",
            arguments: place)
        try database.execute(sql: "DELETE FROM packed_rollups WHERE id >= ? AND id < ?", arguments: place)
        return count ?? 0
    }

    /// The lines of machines that are paid by the clock; their roll-ups count no calls.
    static func machineLines(_ database: Database) throws -> Set<Int64> {
        try Int64.fetchSet(
            database, sql: "SELECT id FROM lines WHERE source = ?", arguments: [LineSource.machine.rawValue])
    }
}

extension RowTotals {
    /// The totals of calls in the packed roll-ups of a quarter of an hour; a part that cannot be read is left out.
    init(ofPackedQuarter quarter: Int64, _ database: Database) throws {
        self.init()
        let machines = try PackedRollups.machineLines(database)
        let ids = PackedRollups.ids(of: RowDimension.all, quarter..<quarter + 1)
        try PackedRollups.forEach(ids, database) { _, result in
            guard let packed = try? result.get(), let sums = try? LooseSums(packed) else { return }
            for index in 0..<sums.count where !machines.contains(sums.columns[RollupColumns.line][index]) {
                calls &+= sums.columns[RollupColumns.counts][index]
                for place in tokens.indices {
                    tokens[place] &+= sums.columns[RollupColumns.classes.lowerBound + place][index]
                }
                cost +=
                    RowMoney(
                        micros: sums.columns[RollupColumns.micros][index], rest: sums.columns[RollupColumns.rest][index]
                    ).femtodollars
            }
        }
    }
}
