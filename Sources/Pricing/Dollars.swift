// SPDX-License-Identifier: Apache-2.0

/// An amount of US dollars, exact to 1e-15 of one.
///
/// Sums of amounts are exact and do not depend on their order; floating point begins where the amount is shown.
package struct Dollars: Hashable, Comparable, Sendable {
    /// The amount in units of 1e-15 dollars.
    package var femtodollars: Int128

    package init(femtodollars: Int128) { self.femtodollars = femtodollars }

    /// Reads a decimal text such as `0.014`, at most 15 digits after the point and below $9,223.
    ///
    /// - Throws: ``DecimalError`` for anything else.
    package init(_ text: String) throws(DecimalError) {
        femtodollars = Int128(try DecimalText.parse(text, decimals: 15))
    }

    /// No money.
    package static let zero = Dollars(femtodollars: 0)

    /// The amount times a fraction, rounded half-even.
    ///
    /// - Parameters:
    ///   - numerator: What to multiply with.
    ///   - denominator: What to divide by; above zero.
    /// - Returns: The rounded amount.
    package func scaled(by numerator: Int64, over denominator: Int64) -> Dollars {
        Dollars(femtodollars: (femtodollars * Int128(numerator)).dividedHalfEven(by: Int128(denominator)))
    }

    package static func + (left: Dollars, right: Dollars) -> Dollars {
        Dollars(femtodollars: left.femtodollars + right.femtodollars)
    }

    package static prefix func - (amount: Dollars) -> Dollars { Dollars(femtodollars: -amount.femtodollars) }

    package static func += (left: inout Dollars, right: Dollars) { left.femtodollars += right.femtodollars }

    package static func < (left: Dollars, right: Dollars) -> Bool { left.femtodollars < right.femtodollars }
}

extension Dollars: CustomStringConvertible {
    /// The exact decimal without exponent or zeros at the end, such as `12.3456`; zero is `0`.
    package var description: String { DecimalText.text(of: femtodollars, decimals: 15) }
}
