// SPDX-License-Identifier: Apache-2.0

/// The billed units of one call: what is billed by the piece, such as searches and sessions.
///
/// All counts share one word, so that a call needs eight bytes for them, and one comparison shows whether a count is above 0.
package struct BilledUnits: Hashable, Sendable {
    /// A kind of billed unit, in the order of the facts from ``Fact/webSearches`` on.
    package enum Unit: UInt8, CaseIterable, Sendable {
        case webSearch, fileSearch, mapsSearch, rerankSearch, codeSession

        /// The unit's name as value of the `unit` label and as key of a price book's fees.
        package var name: String {
            switch self {
            case .webSearch: "web_search"
            case .fileSearch: "file_search"
            case .mapsSearch: "maps_search"
            case .rerankSearch: "rerank_search"
            case .codeSession: "code_session"
            }
        }

        /// The number of kinds.
        package static var count: Int { 5 }

        /// The fact that states the count.
        var fact: Fact {
            switch self {
            case .webSearch: .webSearches
            case .fileSearch: .fileSearches
            case .mapsSearch: .mapsSearches
            case .rerankSearch: .rerankSearches
            case .codeSession: .codeSessions
            }
        }
    }

    /// Every count, twelve bits each; 0 when nothing was counted.
    package private(set) var word: UInt64 = 0

    /// The largest count of one call.
    package static let largest: Int64 = 4_095

    package init() {}

    /// Makes counts from the word of other counts.
    package init(word: UInt64) { self.word = word & ~(~0 << (12 * UInt64(Unit.count))) }

    /// The count of a unit, 0 to ``largest``; a larger value is cut to that.
    package subscript(unit: Unit) -> Int64 {
        get { Int64(word >> Self.shift(of: unit) & 0xFFF) }
        set {
            let shift = Self.shift(of: unit)
            word = word & ~(0xFFF << shift) | UInt64(min(max(newValue, 0), Self.largest)) << shift
        }
    }

    /// The units with a count above 0.
    package var units: [Unit] { Unit.allCases.filter { self[$0] > 0 } }

    /// Adds the counts of units that this value does not have and another report of the same call has.
    ///
    /// - Parameter other: The counts of a twin.
    package mutating func fill(from other: BilledUnits) {
        for unit in Unit.allCases where self[unit] == 0 { self[unit] = other[unit] }
    }

    private static func shift(of unit: Unit) -> UInt64 { 12 * UInt64(unit.rawValue) }
}

/// The billed units of several calls.
package struct BilledUnitSums: Sendable {
    private var counts = InlineArray<5, Int64>(repeating: 0)
    /// Whether nothing was counted.
    package private(set) var isEmpty = true

    package init() {}

    /// The count of a unit.
    package subscript(unit: BilledUnits.Unit) -> Int64 { counts[Int(unit.rawValue)] }

    /// Adds the units of a call; a sum that does not fit saturates at the largest number.
    ///
    /// - Parameter units: The counts of the call.
    package mutating func add(_ units: BilledUnits) {
        guard units.word != 0 else { return }
        isEmpty = false
        for unit in BilledUnits.Unit.allCases { counts[Int(unit.rawValue)].addSaturating(units[unit]) }
    }
}
