// SPDX-License-Identifier: Apache-2.0
import GRDB

/// The roll-ups of one dimension in one quarter of an hour, by line and by value.
struct DimensionQuarter {
    /// Sums by line, in the order of ``CallColumns/rollup``.
    private(set) var lines: [Int64: CheckedSums] = [:]
    /// What caches saved, by line.
    private(set) var saved: [Int64: Int128] = [:]
    /// Sums of calls by value, 0 for none: their number, and their tokens by class.
    private(set) var values: [Int64: CheckedSums] = [:]

    /// The names of the sums by value and of those of calls, in their order.
    static let names = ["calls"] + CallColumns.classes.map { "\($0) tokens" }

    /// Reads quarters one by one.
    struct Reader {
        private let loose: RowScan
        private let packed: RowScan
        /// The lines of machines.
        let machines: Set<Int64>

        /// - Parameter database: The rows.
        /// - Throws: What SQLite throws.
        init(_ database: Database) throws {
            let columns = RollupColumns.names.joined(separator: ", ")
            loose = try RowScan(database, "SELECT \(columns) FROM rollups WHERE dimension = ? AND quarter = ?")
            packed = try RowScan(database, PackedRollups.select)
            machines = try PackedRollups.machineLines(database)
        }

        /// Reads the roll-ups of a quarter, packed or not; ``PackedCheck`` reports a part that cannot be read.
        func read(_ dimension: Int64, _ quarter: Int64) throws -> DimensionQuarter {
            var read = DimensionQuarter()
            try loose.begin(dimension, quarter)
            while try loose.next() { read.add(machines) { loose[$0] } }
            loose.end()
            let ids = PackedRollups.ids(of: dimension, quarter..<quarter + 1)
            try packed.begin(ids.lowerBound, ids.upperBound)
            while try packed.next() {
                guard let bytes = try? PackedRollups.sums(packed.bytes(1)).get(), let sums = try? LooseSums(bytes)
                else {
                    continue
                }
                for index in 0..<sums.count { read.add(machines) { sums.columns[$0][index] } }
            }
            packed.end()
            return read
        }
    }

    private mutating func add(_ machines: Set<Int64>, _ number: (Int) -> Int64) {
        let (value, line) = (number(RollupColumns.value), number(RollupColumns.line))
        var sums = CheckedSums(CallColumns.rollup.count)
        for place in sums.counts.indices { sums.counts[place] = number(RollupColumns.counts + place) }
        sums.femtodollars = CheckedSums.femtodollars(number(RollupColumns.micros), number(RollupColumns.rest))
        lines[line] = (lines[line] ?? CheckedSums(sums.counts.count)) + sums
        saved[line, default: 0] &+= CheckedSums.femtodollars(
            number(RollupColumns.savedMicros), number(RollupColumns.savedRest))
        guard !machines.contains(line) else { return }
        var counted = CheckedSums(Self.names.count)
        counted.counts = [sums.counts[0]] + CallColumns.classes.indices.map { sums.counts[CallColumns.firstClass + $0] }
        counted.femtodollars = sums.femtodollars
        values[value] = (values[value] ?? CheckedSums(counted.counts.count)) + counted
    }

    /// The number of calls.
    var calls: Int64 { lines.values.reduce(0) { $0 &+ $1.counts[0] } }

    /// Whether they may be the roll-ups of some of the calls of others, and of some of the time of machines.
    ///
    /// - Parameters:
    ///   - whole: The roll-ups of all calls.
    ///   - machines: The lines of machines.
    /// - Returns: Whether they may.
    func isPart(of whole: Self, machines: Set<Int64>) -> Bool {
        lines.allSatisfy { line, own in
            guard let all = whole.lines[line] else { return false }
            if machines.contains(line) { return own.isPart(of: all) && own.femtodollars <= all.femtodollars }
            // As many calls of a line are all of them.
            if own.counts[0] == all.counts[0] { return own == all && saved[line] == whole.saved[line] }
            return own.isPart(of: all)
        }
    }
}
