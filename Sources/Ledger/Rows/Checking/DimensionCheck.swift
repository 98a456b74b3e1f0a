// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Compares the roll-ups of each dimension with those of all calls, quarter by quarter.
struct DimensionCheck {
    private static let names = CallColumns.rollupNames + ["rest of what caches saved", "micros of what caches saved"]

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
                SELECT id, name FROM dimensions d
                WHERE EXISTS (SELECT 1 FROM rollups r WHERE r.dimension = d.id)
                    OR EXISTS (SELECT 1 FROM packed_rollups p WHERE p.id >= d.id << \(PackedRollups.dimensionShift)
                        AND p.id < (d.id + 1) << \(PackedRollups.dimensionShift)) ORDER BY id
                """)
        for dimension in dimensions {
            let id: Int64 = dimension["id"]
            let name: String = dimension["name"]
            try compare(database, id, name, &findings)
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
        if findings.agrees(.dimensions) {
            findings.add(
                .dimensions, .ok,
                dimensions.isEmpty
                    ? "no dimension has roll-ups"
                    : "the roll-ups of each of \(dimensions.count) dimensions are those of all calls")
        }
    }

    private static func compare(
        _ database: Database, _ dimension: Int64, _ name: String, _ findings: inout CheckFindings
    ) throws {
        var all = try RollupQuarters(database, dimension: RowDimension.all, machines: true)
        var own = try RollupQuarters(database, dimension: dimension, machines: true)
        // Settings can get or lose a dimension within a quarter, which then has a part of the calls at the edge of a gap.
        var (isBehindGap, edge): (Bool, (quarter: Int64, difference: String)?) = (true, nil)
        var gaps = 0
        func tell(_ level: CheckFinding.Level, _ quarter: Int64, _ difference: String) {
            findings.add(
                .dimensions, level,
                "the roll-ups by \(name) of \(CheckedTime.text(quarter: quarter)) differ from those of all calls: \(difference)",
                remedy: level == .wrong ? CheckRemedy.rows : "nothing, if the settings got or lost the dimension then")
        }
        while let quarter = all.quarter {
            while let other = own.quarter, other < quarter {
                tell(.wrong, other, "there are none of all calls")
                try own.advance()
            }
            let isThere = own.quarter == quarter
            if let held = edge { tell(isThere ? .wrong : .note, held.quarter, held.difference) }
            edge = nil
            if isThere {
                if let difference = own.sums.difference(from: all.sums, names) {
                    let isPart = own.ofCalls.isPart(of: all.ofCalls)
                    if isPart, !isBehindGap {
                        edge = (quarter, difference)
                    } else {
                        tell(isPart ? .note : .wrong, quarter, difference)
                    }
                }
                try own.advance()
            } else if !isBehindGap {
                gaps += 1
            }
            isBehindGap = !isThere
            try all.advance()
        }
        while let other = own.quarter {
            tell(.wrong, other, "there are none of all calls")
            try own.advance()
        }
        if let edge { tell(.note, edge.quarter, edge.difference) }
        if gaps > 0, own.quarter == nil, !isBehindGap {
            findings.add(
                .dimensions, .note,
                "there are \(gaps) times without roll-ups by \(name), in which the settings did not have the dimension")
        }
    }
}
