// SPDX-License-Identifier: Apache-2.0
import Pricing

/// Writes the amounts of one column with the same number of decimals, so that digits stand below each other.
struct AmountColumn {
    private let decimals: Int

    /// - Parameter amounts: All amounts of the column.
    init(_ amounts: [Dollars]) {
        let largest = amounts.map(\.femtodollars.magnitude).max() ?? 0
        decimals = largest == 0 || largest >= Self.dollar ? 2 : largest >= Self.dollar / 100 ? 4 : 6
    }

    private static let dollar: UInt128 = 1_000_000_000_000_000

    /// An amount; one that is rounded to nothing has its digits in the title.
    func html(_ amount: Dollars) -> Markup {
        if amount == .zero { return "<span class=\"nil\">\u{2013}</span>" }
        guard let text = PageFigures.dollars(amount, decimals: decimals) else {
            let least = "<\u{2009}$0." + String(repeating: "0", count: decimals - 1) + "1"
            return "<span title=\"\(PageFigures.dollars(amount))\">\(least)</span>"
        }
        return "\(text)"
    }
}
