// SPDX-License-Identifier: Apache-2.0

/// What one call took that is billed by the piece and not by the token: searches, sessions.
///
/// All counts share one word, so that they cost a call eight bytes, and asking whether there are any is one comparison.
package struct BilledUnits: Hashable, Sendable {
    /// A thing that is billed by the piece, in the order of the facts from ``Fact/webSearches`` on.
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

        /// How many units there are.
        package static var count: Int { 5 }

        /// The fact that states how many there were.
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

    /// The largest count that is believed of one call.
    package static let largest: Int64 = 4_095

    package init() {}

    /// How many of a thing there were, 0 to ``largest``; what is written is cut to that.
    package subscript(unit: Unit) -> Int64 {
        get { Int64(word >> Self.place(of: unit) & 0xFFF) }
        set {
            let place = Self.place(of: unit)
            word = word & ~(0xFFF << place) | UInt64(min(max(newValue, 0), Self.largest)) << place
        }
    }

    /// The things that were counted.
    package var units: [Unit] { Unit.allCases.filter { self[$0] > 0 } }

    /// Takes over what another count of the same call has and this one has not.
    ///
    /// - Parameter other: The counts of a twin.
    package mutating func fill(from other: BilledUnits) {
        for unit in Unit.allCases where self[unit] == 0 { self[unit] = other[unit] }
    }

    private static func place(of unit: Unit) -> UInt64 { 12 * UInt64(unit.rawValue) }
}

/// How much some calls took together that is billed by the piece.
package struct BilledUnitSums: Sendable {
    private var counts = InlineArray<5, Int64>(repeating: 0)
    /// Whether nothing was counted.
    package private(set) var isEmpty = true

    package init() {}

    /// How many of a thing there were.
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
