// SPDX-License-Identifier: Apache-2.0
import GRDB
import Notation

/// Compares the roll-ups of each dimension with those of all calls, quarter by quarter.
///
/// Settings get and lose dimensions at any time, and calls come late. So the roll-ups of a dimension may lack calls of any quarter
/// of an hour, and may never have others. A call that states a value, while its settings have roll-ups of the dimension, is in them.
struct DimensionCheck {
    private static let names = CallColumns.rollupNames + ["rest of what caches saved", "micros of what caches saved"]

    /// What the roll-ups of a dimension lack.
    private struct Missing {
        var calls: Int64 = 0
        var quarters = 0
        var first: Int64 = 0
        var last: Int64 = 0

        mutating func add(_ calls: Int64, _ quarter: Int64) {
            if quarters == 0 { first = quarter }
            (self.calls, quarters, last) = (self.calls &+ calls, quarters + 1, quarter)
        }
    }

    private let database: Database
    private let dimension: Int64
    private let name: String
    private let reader: DimensionQuarter.Reader
    /// `nil` if calls may state values that are in no roll-up.
    private let stated: StatedValues?
    private var missing = Missing()

    /// Compares all dimensions.
    ///
    /// - Parameters:
    ///   - database: The rows.
    ///   - findings: Gets what was found.
    /// - Throws: What SQLite throws.
    static func run(_ database: Database, _ findings: inout CheckFindings) throws {
        let dimensions = try Row.fetchAll(
            database,
            sql: """
                SELECT id, name, rollup FROM dimensions d
                WHERE EXISTS (SELECT 1 FROM rollups r WHERE r.dimension = d.id)
                    OR EXISTS (SELECT 1 FROM packed_rollups p WHERE p.id >= d.id << \(PackedRollups.dimensionShift)
                        AND p.id < (d.id + 1) << \(PackedRollups.dimensionShift)) ORDER BY id
                """)
        var isWhole = true
        for dimension in dimensions {
            let id: Int64 = dimension["id"]
            let isAlwaysRolled = try dimension["rollup"] == 1 && !RowSets.wasWithoutRollups(id, database)
            var check = try DimensionCheck(database, id, dimension["name"], isAlwaysRolled)
            try check.compare(&findings)
            check.tellMissing(&findings)
            if check.missing.quarters > 0 { isWhole = false }
        }
        let unknown =
            try Int.fetchOne(
                database,
                sql: """
                    SELECT COUNT(*) FROM (SELECT dimension FROM rollups
                        UNION SELECT id >> \(PackedRollups.dimensionShift) FROM packed_rollups)
                    WHERE dimension <> 0 AND dimension NOT IN (SELECT id FROM dimensions)
                    """) ?? 0
        if unknown > 0 {
            findings.add(
                .dimensions, .wrong, "\(unknown) dimensions of roll-ups have no name", remedy: CheckRemedy.rows)
        }
        guard findings.agrees(.dimensions) else { return }
        let whole = isWhole ? "those of all calls" : "those of all calls, or of a part of them"
        findings.add(
            .dimensions, .ok,
            dimensions.isEmpty
                ? "no dimension has roll-ups" : "the roll-ups of each of \(dimensions.count) dimensions are \(whole)")
    }

    private init(_ database: Database, _ dimension: Int64, _ name: String, _ isAlwaysRolled: Bool) throws {
        (self.database, self.dimension, self.name) = (database, dimension, name)
        reader = try DimensionQuarter.Reader(database)
        stated = isAlwaysRolled ? try StatedValues(database, dimension) : nil
    }

    private mutating func compare(_ findings: inout CheckFindings) throws {
        var all = try RollupQuarters(database, dimension: RowDimension.all, machines: true)
        var own = try RollupQuarters(database, dimension: dimension, machines: true)
        while let quarter = all.quarter {
            while let other = own.quarter, other < quarter {
                tell(other, "there are none of all calls", &findings)
                try own.advance()
            }
            if own.quarter != quarter {
                try compare(quarter, "all of them missing", &findings)
            } else {
                if let difference = own.sums.difference(from: all.sums, Self.names) {
                    try compare(quarter, difference, &findings)
                }
                try own.advance()
            }
            try all.advance()
        }
        while let other = own.quarter {
            tell(other, "there are none of all calls", &findings)
            try own.advance()
        }
    }

    /// Looks closer at a quarter of which the sums differ.
    private mutating func compare(_ quarter: Int64, _ difference: String, _ findings: inout CheckFindings) throws {
        let own = try reader.read(dimension, quarter)
        let all = try reader.read(RowDimension.all, quarter)
        guard own.isPart(of: all, machines: reader.machines) else { return tell(quarter, difference, &findings) }
        if let (value, difference) = try stated?.difference(quarter, own, all) {
            let text = try String.fetchOne(database, sql: "SELECT text FROM texts WHERE id = ?", arguments: [value])
            findings.add(
                .dimensions, .wrong,
                "the roll-ups by \(name) of \(CheckedTime.text(quarter: quarter)) differ from the calls with the value "
                    + "\(text ?? String(value)): \(difference)", remedy: CheckRemedy.rows)
        } else {
            missing.add(all.calls &- own.calls, quarter)
        }
    }

    private func tell(_ quarter: Int64, _ difference: String, _ findings: inout CheckFindings) {
        findings.add(
            .dimensions, .wrong,
            "the roll-ups by \(name) of \(CheckedTime.text(quarter: quarter)) differ from those of all calls: \(difference)",
            remedy: CheckRemedy.rows)
    }

    private func tellMissing(_ findings: inout CheckFindings) {
        guard missing.quarters > 0 else { return }
        let what = missing.calls > 0 ? Plural.of(missing.calls, "call") : "time of machines"
        let place =
            missing.quarters == 1
            ? "of the quarter of an hour \(CheckedTime.text(quarter: missing.first))"
            : "of \(missing.quarters) quarters of an hour, \(CheckedTime.text(quarter: missing.first)) to "
                + CheckedTime.text(quarter: missing.last)
        findings.add(
            .dimensions, .note,
            "the roll-ups by \(name) lack \(what) \(place), which happens while the settings lack the dimension; answers count "
                + "them in the group without a value")
    }
}
