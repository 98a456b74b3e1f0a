// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Reads all packed roll-ups: whether they can be read, are in order, and name lines and texts that exist.
///
/// Whether their sums are right is seen by those who compare them with the calls and with each other.
struct PackedCheck {
    private let lines: Set<Int64>
    private let texts: RowScan
    /// Texts that exist, as many as are remembered.
    private var known: Set<Int64> = [0]
    private var withoutLine = 0
    private var withoutText = 0

    /// The texts that are remembered, some 40 MB.
    private static let mostKnown = 1 << 20

    /// Looks at all rows.
    ///
    /// - Parameters:
    ///   - database: The rows.
    ///   - findings: Gets what was found.
    /// - Throws: What SQLite throws.
    static func run(_ database: Database, _ findings: inout CheckFindings) throws {
        var check = try PackedCheck(database)
        let rows = try RowScan(database, "SELECT id, count, sums FROM packed_rollups ORDER BY id")
        while try rows.next() {
            let sums: LooseSums
            do throws(PackedSumsError) {
                sums = try LooseSums(PackedRollups.sums(rows.bytes(2)).get())
                guard sums.isInOrder else { throw PackedSumsError("the sums are out of order, or one is there twice") }
                guard rows[1] == Int64(sums.count) else {
                    throw PackedSumsError("there are \(sums.count) sums instead of \(rows[1])")
                }
            } catch {
                findings.add(
                    .rollups, .wrong, PackedRollups.refusal(ofID: rows[0], error), remedy: CheckRemedy.rows)
                continue
            }
            try check.look(at: sums)
        }
        for (count, column, table) in [(check.withoutLine, "line", "lines"), (check.withoutText, "value", "texts")]
        where count > 0 {
            findings.add(
                .references, .wrong,
                "\(count) roll-ups name as their \(column) in packed_rollups a row of \(table) that does not exist",
                remedy: CheckRemedy.rows)
        }
    }

    private init(_ database: Database) throws {
        lines = try Int64.fetchSet(database, sql: "SELECT id FROM lines")
        texts = try RowScan(database, "SELECT 1 FROM texts WHERE id = ?")
    }

    private mutating func look(at sums: LooseSums) throws {
        for line in sums.columns[RollupColumns.line] where line != 0 && !lines.contains(line) { withoutLine += 1 }
        for value in sums.columns[RollupColumns.value] where !known.contains(value) {
            guard try exists(value) else {
                withoutText += 1
                continue
            }
            if known.count >= Self.mostKnown { known = [0] }
            known.insert(value)
        }
    }

    private func exists(_ text: Int64) throws -> Bool {
        try texts.begin(text)
        defer { texts.end() }
        return try texts.next()
    }
}
