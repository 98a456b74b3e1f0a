// SPDX-License-Identifier: Apache-2.0
package import Pricing

/// Reads the rate cards of stored calls.
package enum StoredCard {
    /// Reads a card.
    ///
    /// - Parameter rates: The column `rates` of a row of `cards`.
    /// - Returns: The card; `nil` for bytes that no card has.
    package static func card(_ rates: [UInt8]) -> RateCard? {
        var reader = RecordReader(rates[...])
        return (try? CardRecord.read(&reader)).map(RateCard.init(recorded:))
    }
}
