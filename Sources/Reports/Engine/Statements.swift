// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger

/// The SQL of questions about sums.
///
/// Each statement reads a range of the key of its table, and none sorts or groups: rows come in the order of time, and
/// ``GroupTable`` adds them up, which is quicker than SQLite's sorter.
enum Statements {
    static let lines = "SELECT id, model, provider, operation, source FROM lines"
    static let kinds =
        "SELECT id, line, answered, requested, tier, region, server, error, dialect, tenant, reason, flags, card FROM kinds"
    static let dimensions = "SELECT id, name, rollup FROM dimensions"
    static let text = "SELECT text FROM texts WHERE id = ?1"
    /// Values that were forgotten are 0.
    static let set = "SELECT dimension, value FROM sets WHERE id = ?1 AND value <> 0"
    static let traceID = "SELECT high, low FROM all_traces WHERE id = ?1"
    static let firstQuarter = PackedRollups.quarter("MIN", ofDimension: "0")
    static let lastQuarter = PackedRollups.quarter("MAX", ofDimension: "0")
    static let lastCall = "SELECT MAX(id) FROM calls"
    static let totals = "SELECT calls, drops FROM totals WHERE what = ?1"
    static let meta = "SELECT value FROM meta WHERE key = ?1"

    /// Packed roll-ups with ids `?1..<?2`: id, sums.
    static let packedRollups = PackedRollups.select

    /// Roll-ups that are not packed, of a dimension in quarters `?2..<?3`: quarter, value, line, then the sums.
    static func rollups(_ columns: [SumColumn]) -> String {
        "SELECT quarter, value, line\(list(columns.map(\.name))) FROM rollups "
            + "WHERE dimension = ?1 AND quarter >= ?2 AND quarter < ?3"
    }

    /// Calls with ids `?1..<?2`: id, kind, set, session, trace, then their part of the sums, then two columns for each sample.
    static func calls(_ columns: [SumColumn], _ samples: [SampleColumn] = []) -> String {
        let values = columns.map(expression) + samples.flatMap { [$0.expression, $0.rest] }
        return "SELECT id, kind, \"set\", session, trace\(list(values)) FROM calls WHERE id >= ?1 AND id < ?2"
    }

    /// Calls with ids `?1..<?2` that were priced again: as ``calls(_:)``, with what that has changed.
    static func adjustments(_ columns: [SumColumn]) -> String {
        let expressions = columns.map { column in
            switch column {
            case .adjustedMicros: "a.micros"
            case .adjustedRest: "a.rest"
            case .repriced: "calls.micros IS NULL"
            default: "0"
            }
        }
        return "SELECT calls.id, kind, \"set\", session, trace\(list(expressions)) FROM "
            + "(SELECT call, sum(micros) AS micros, sum(rest) AS rest FROM adjustments WHERE call >= ?1 AND call < ?2 "
            + "GROUP BY call) AS a JOIN calls ON calls.id = a.call"
    }

    /// What a call adds to a sum; what its kind says is added in ``GroupTable``.
    private static func expression(_ column: SumColumn) -> String {
        switch column {
        case .calls: "1"
        case .unpriced: "micros IS NULL"
        case .failed, .failedWithoutUsage, .estimated, .streamed, .savedMicros, .savedRest: "0"
        case .adjustedMicros, .adjustedRest, .repriced: "0"
        case .allTokens: SingleStatements.sumOfClasses
        case .tokens(let tokenClass): tokenClass.name
        // Twelve bits each, as in `BilledUnits`.
        case .unit(let unit): "(units >> \(12 * Int(unit.rawValue))) & 4095"
        case .duration, .micros, .rest: column.name
        }
    }

    private static func list(_ names: [String]) -> String { names.map { ", " + $0 }.joined() }
}
