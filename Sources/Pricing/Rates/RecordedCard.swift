// SPDX-License-Identifier: Apache-2.0

/// A rate card as plain values, to be recorded and made again without its price book.
///
/// Words are raw values, so that a card of another version can be read; a word that this version does not know is left out.
package struct RecordedCard: Sendable {
    package var modelID = ""
    package var provider = ""
    package var matched = MatchKind.exact.rawValue
    /// The reason for which all costs are estimates; empty for none.
    package var guess = ""
    package var region = ""
    /// How calls share the price of machines; empty for a vendor's prices.
    package var hosted = ""
    /// A bit for each of ``RateCard/lacksTierRates``, ``RateCard/isStandard`` and ``RateCard/isSaturated``.
    package var flags: UInt64 = 0
    /// Classes with a stated rate, without a rate, at another modality's rate, and with untold modalities, as bits.
    package var stated: UInt16 = 0
    package var missing: UInt16 = 0
    package var estimated: UInt16 = 0
    package var untold: UInt16 = 0
    /// In units of 1e-15 dollars per token, by class.
    package var rates = [Int64](repeating: 0, count: 15)
    /// In units of 1e-15 dollars.
    package var hourPrice: Int128 = 0
    /// The prices of billed units, in units of 1e-15 dollars.
    package var fees: [(unit: String, price: Int128)] = []

    package init() {}
}
