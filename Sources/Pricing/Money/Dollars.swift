// SPDX-License-Identifier: Apache-2.0

/// An amount of US dollars, exact to 1e-15 dollars.
///
/// Sums are exact and do not depend on their order. A result that does not fit becomes the largest amount, some 1.7e23 dollars,
/// and stays so whatever is added or subtracted later: price files and senders choose the numbers, and none of their products may
/// end the process.
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

    /// The largest amount.
    package static let largest = Dollars(femtodollars: .max)

    /// Whether the amount did not fit: this is then the largest amount or its negative.
    package var isSaturated: Bool { femtodollars == .max || femtodollars <= -.max }

    /// The amount times a fraction, rounded half-even.
    ///
    /// - Parameters:
    ///   - numerator: The numerator of the fraction.
    ///   - denominator: The denominator of the fraction; above zero.
    /// - Returns: The rounded amount.
    package func scaled(by numerator: Int64, over denominator: Int64) -> Dollars {
        guard !isSaturated else { return numerator < 0 ? -self : self }
        let isNegative = (femtodollars < 0) != (numerator < 0)
        let (factor, divisor) = (UInt128(numerator.magnitude), UInt128(denominator))
        // Whole parts first, so that the product may be large as long as the quotient fits; the rest is less than 2^126.
        let (whole, rest) = femtodollars.magnitude.quotientAndRemainder(dividingBy: divisor)
        let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
        let (quotient, remainder) = (rest * factor).quotientAndRemainder(dividingBy: divisor)
        guard !overflow, product < UInt128(Int128.max) - quotient else { return isNegative ? -.largest : .largest }
        let sum = product + quotient
        let isUp = remainder * 2 > divisor || (remainder * 2 == divisor && !sum.isMultiple(of: 2))
        let magnitude = Int128(sum + (isUp ? 1 : 0))
        return Dollars(femtodollars: isNegative ? -magnitude : magnitude)
    }

    /// The amount times a number.
    package func times(_ count: Int64) -> Dollars { scaled(by: count, over: 1) }

    package static func + (left: Dollars, right: Dollars) -> Dollars {
        guard !left.isSaturated else { return left }
        guard !right.isSaturated else { return right }
        let (sum, overflow) = left.femtodollars.addingReportingOverflow(right.femtodollars)
        guard overflow else { return Dollars(femtodollars: sum) }
        return left.femtodollars < 0 ? -.largest : .largest
    }

    package static prefix func - (amount: Dollars) -> Dollars { Dollars(femtodollars: 0 &- amount.femtodollars) }

    package static func += (left: inout Dollars, right: Dollars) { left = left + right }

    package static func < (left: Dollars, right: Dollars) -> Bool { left.femtodollars < right.femtodollars }
}

extension Dollars: CustomStringConvertible {
    /// The exact decimal without exponent or zeros at the end, such as `12.3456`; zero is `0`.
    package var description: String { DecimalText.text(of: femtodollars, decimals: 15) }
}
