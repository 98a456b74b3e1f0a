// SPDX-License-Identifier: Apache-2.0
import Ledger

/// Reads the roll-ups of a dimension in some quarters of an hour, packed or not, some sums of one quarter at a time.
///
/// What is not packed comes first. Sums of the same quarter, value and line may come several times, and add up.
struct RollupScan {
    private let session: RowSession
    private let rows: RowStatement
    private let packed: RowStatement
    /// By wanted column, the packed columns that it is the sum of.
    private let columns: [[Int]]
    private var hasRow: Bool
    private var other: [Int64] = []

    /// The quarter of the sums that were read last, since 2020.
    private(set) var quarter: Int64 = 0
    /// The values and lines of the sums.
    private(set) var values: [Int64] = []
    private(set) var lines: [Int64] = []
    /// By wanted column, the numbers of the sums.
    private(set) var sums: [[Int64]]

    /// The rows that are read at a time.
    private static let mostRows = 1_024

    init(
        _ session: RowSession, _ columns: [SumColumn], _ dimension: Int64, _ quarters: Range<Int64>
    ) throws(RowReadingError) {
        self.session = session
        self.columns = columns.map { RollupColumns.columns(named: $0.name) }
        sums = columns.map { _ in [] }
        rows = try session.statement(Statements.rollups(columns))
            .bind(dimension, quarters.lowerBound, quarters.upperBound)
        let ids = PackedRollups.ids(of: dimension, quarters)
        packed = try session.statement(Statements.packedRollups).bind(ids.lowerBound, ids.upperBound)
        hasRow = try rows.next()
    }

    /// Reads further sums.
    ///
    /// - Returns: Whether there are any.
    /// - Throws: ``RowReadingError``, also when packed sums are damaged.
    mutating func next() throws(RowReadingError) -> Bool {
        try session.checkTime()
        guard !hasRow else {
            try readRows()
            return true
        }
        guard try packed.next() else { return false }
        let id = packed.number(0)
        do { try read(PackedSums(packed.bytes(1))) } catch { throw .failed(PackedRollups.refusal(ofID: id, error)) }
        quarter = PackedRollups.quarter(ofID: id)
        return true
    }

    private mutating func readRows() throws(RowReadingError) {
        quarter = rows.number(0)
        values.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        for column in sums.indices { sums[column].removeAll(keepingCapacity: true) }
        repeat {
            values.append(rows.number(1))
            lines.append(rows.number(2))
            for column in sums.indices { sums[column].append(rows.number(Int32(column + 3))) }
            hasRow = try rows.next()
        } while hasRow && rows.number(0) == quarter && values.count < Self.mostRows
    }

    private mutating func read(_ packed: PackedSums) throws(PackedSumsError) {
        try packed.read(RollupColumns.value, into: &values)
        try packed.read(RollupColumns.line, into: &lines)
        for (column, parts) in columns.enumerated() {
            try packed.read(parts.first, into: &sums[column])
            for part in parts.dropFirst() where packed.has(part) {
                try packed.read(part, into: &other)
                for index in other.indices { sums[column][index] = sums[column][index].saturating(plus: other[index]) }
            }
        }
    }
}
