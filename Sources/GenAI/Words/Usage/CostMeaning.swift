// SPDX-License-Identifier: Apache-2.0

/// What a cost is, by the words of its key.
package struct CostMeaning: Hashable, Sendable {
    /// What of the call it pays for.
    package enum Share: UInt8, CaseIterable, Sendable {
        case total, input, output
    }

    /// In what it is counted; other currencies and units of unknown size are no cost here.
    package enum Unit: UInt8, CaseIterable, Sendable {
        /// US dollars, which a cost without a unit is in as well.
        case dollars
        /// xAI's unit, of which ten billion are a US dollar (xAI API reference, `cost_in_usd_ticks`).
        case ticks
        /// Millionths of a US dollar.
        case micros
        /// Billionths of a US dollar.
        case nanos
    }

    package var share: Share
    package var unit: Unit

    package init(share: Share, unit: Unit) {
        self.share = share
        self.unit = unit
    }

    /// Reads the words of a key; `nil` for words that name no cost, contradict each other, or include a foreign one.
    ///
    /// - Parameter words: All of them, whatever their order.
    package init?(_ words: KeyWords) {
        guard words.has(.cost), words.isSubset(of: Self.vocabulary) else { return nil }
        switch words.intersection([.ticks, .micros, .nanos]) {
        case []: unit = .dollars
        // The size of a unit is known only where its currency is.
        case .ticks where words.has(.dollars): unit = .ticks
        case .micros where words.has(.dollars): unit = .micros
        case .nanos where words.has(.dollars): unit = .nanos
        default: return nil
        }
        switch words.intersection([.total, .input, .output, .completion]) {
        case [], .total: share = .total
        case .input: share = .input
        case .output, .completion, [.output, .completion]: share = .output
        default: return nil
        }
    }

    /// Words that only costs have.
    static let ownWords: KeyWords = [.cost, .dollars, .ticks, .micros, .nanos, .moneyFiller]

    private static let vocabulary: KeyWords = [
        .cost, .dollars, .ticks, .micros, .nanos, .moneyFiller, .total, .input, .output, .completion, .filler,
    ]

    /// The decimals of the unit in US dollars.
    var decimals: Int {
        switch unit {
        case .dollars: 0
        case .micros: 6
        case .nanos: 9
        case .ticks: 10
        }
    }
}
