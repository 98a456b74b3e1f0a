// SPDX-License-Identifier: Apache-2.0
import GRDB

@testable import Ledger

/// The roll-ups of a database, packed or not, as one table.
struct StoredRollups: Equatable {
    /// What a sum is of.
    struct Key: Hashable {
        let dimension, quarter, value, line: Int64
    }

    /// The counts of a sum in the order of ``CallColumns/rollup``, its cost and its savings.
    private(set) var sums: [Key: [Int128]] = [:]

    init(_ database: Database) throws {
        let columns = RollupColumns.names.joined(separator: ", ")
        for row in try Row.fetchAll(database, sql: "SELECT dimension, quarter, \(columns) FROM rollups") {
            add(row[0], row[1]) { (row[$0 + 2] as Int64?) ?? 0 }
        }
        try PackedRollups.forEach(0..<Int64.max, database) { id, result in
            let packed = try LooseSums(result.get())
            for index in 0..<packed.count {
                add(PackedRollups.dimension(ofID: id), PackedRollups.quarter(ofID: id)) { packed.columns[$0][index] }
            }
        }
    }

    private mutating func add(_ dimension: Int64, _ quarter: Int64, _ number: (Int) -> Int64) {
        let key = Key(
            dimension: dimension, quarter: quarter, value: number(RollupColumns.value), line: number(RollupColumns.line)
        )
        var numbers = (RollupColumns.counts..<RollupColumns.micros).map { Int128(number($0)) }
        for (micros, rest) in [
            (RollupColumns.micros, RollupColumns.rest), (RollupColumns.savedMicros, RollupColumns.savedRest),
        ] { numbers.append(CheckedSums.femtodollars(number(micros), number(rest))) }
        sums[key] = sums[key].map { zip($0, numbers).map { $0 &+ $1 } } ?? numbers
    }

    /// The totals of a dimension, machines' time included.
    func totals(of dimension: Int64) -> RowTotals {
        var totals = RowTotals()
        for (key, numbers) in sums where key.dimension == dimension {
            totals.calls += Int64(numbers[0])
            for place in totals.tokens.indices {
                totals.tokens[place] += Int64(numbers[CallColumns.firstClass + place])
            }
            totals.cost += numbers[numbers.count - 2]
        }
        return totals
    }
}

extension RowFolder {
    /// The roll-ups of the folder.
    func rollups() throws -> StoredRollups { try RowReader(path: file).read { try StoredRollups($0) } }
}

extension RollupPacking {
    /// Packs all quarters before one.
    static func packAll(_ database: Database, before limit: Int64 = .max) throws {
        var packing = RollupPacking()
        while try packing.step(before: limit, database) {}
    }
}
