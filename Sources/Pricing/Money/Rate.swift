// SPDX-License-Identifier: Apache-2.0

/// The price of one token, exact to 1e-15 dollars; never negative.
package struct Rate: Hashable, Comparable, Sendable {
    /// The price of one token in units of 1e-15 dollars.
    package let femtodollarsPerToken: Int64

    package init(femtodollarsPerToken: Int64) { self.femtodollarsPerToken = femtodollarsPerToken }

    /// Reads dollars per million tokens, with at most 9 digits after the point.
    ///
    /// - Throws: ``DecimalError`` for a sign, an exponent, more digits, or a number that does not fit into 64 bits.
    package init(dollarsPerMillion text: String) throws(DecimalError) {
        femtodollarsPerToken = try DecimalText.parse(text, decimals: 9)
    }

    package static func < (left: Rate, right: Rate) -> Bool { left.femtodollarsPerToken < right.femtodollarsPerToken }

    /// The price in dollars per million tokens as exact decimal text.
    package var dollarsPerMillion: String { DecimalText.text(of: Int128(femtodollarsPerToken), decimals: 9) }

    /// The exact cost of a number of tokens.
    package func cost(ofTokens tokens: Int64) -> Dollars {
        Dollars(femtodollars: Int128(tokens) * Int128(femtodollarsPerToken))
    }
}
