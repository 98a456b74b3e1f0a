// SPDX-License-Identifier: Apache-2.0
package import Pricing

/// What tables, pages and answers show of a cost of which a part may not be known.
package enum KnownCost {
    /// The known part of a cost as a figure.
    ///
    /// Unknown is not free: a sum of 0 is no figure while some call has no price. Failed calls cost nothing, so their 0 says
    /// nothing of the others.
    ///
    /// - Parameters:
    ///   - sum: What the calls with a price cost.
    ///   - unpriced: The number of calls without a price.
    /// - Returns: The sum; `nil` if nothing is known.
    package static func figure(_ sum: Dollars, unpriced: some BinaryInteger) -> Dollars? {
        sum == .zero && unpriced > 0 ? nil : sum
    }
}

extension Figures {
    /// The known cost as a figure; `nil` if nothing of it is known.
    package var shownCost: Dollars? { KnownCost.figure(knownCost, unpriced: unpriced) }
}

extension Bill {
    /// The known cost as a figure; `nil` if nothing of it is known.
    package var shownCost: Dollars? { KnownCost.figure(known, unpriced: unpriced) }
}
