// SPDX-License-Identifier: Apache-2.0

/// The columns of a roll-up in the order of the table `rollups`, from its value on, and their ids in ``PackedSums``.
package enum RollupColumns {
    /// The names of the columns.
    package static let names =
        ["value", "line"] + CallColumns.rollup + ["micros", "rest", "saved_micros", "saved_rest"]
    /// The number of the columns.
    package static let count = names.count

    package static let value = 0
    package static let line = 1
    /// The first count; the others follow in the order of ``CallColumns/rollup``.
    static let counts = 2
    static let classes = counts + CallColumns.firstClass..<counts + CallColumns.firstUnit
    static let micros = counts + CallColumns.rollup.count
    static let rest = micros + 1
    static let savedMicros = micros + 2
    static let savedRest = micros + 3

    /// The columns that a question's measure adds up.
    ///
    /// - Parameter name: The name of a column, or `tokens` for all token classes.
    /// - Returns: The indices in ``names``; none for a name that no column has.
    package static func columns(named name: String) -> [Int] {
        name == "tokens" ? Array(classes) : names.firstIndex(of: name).map { [$0] } ?? []
    }

    /// By column, its id in stored bytes: a new token class or unit changes none of the others.
    static let ids: [UInt8] = names.indices.map { column in
        switch column {
        case classes: UInt8(32 + column - classes.lowerBound)
        case classes.upperBound..<counts + CallColumns.duration: UInt8(64 + column - classes.upperBound)
        case counts + CallColumns.duration: 7
        case micros...: UInt8(8 + column - micros)
        default: UInt8(column)
        }
    }
    /// The columns in the order of their ids.
    static let byID = names.indices.sorted { ids[$0] < ids[$1] }
    /// By id, its column.
    static let column: [UInt8: Int] = Dictionary(uniqueKeysWithValues: zip(ids, names.indices))
}
