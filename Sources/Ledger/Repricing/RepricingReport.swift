// SPDX-License-Identifier: Apache-2.0
package import Pricing

/// What repricing makes of kept calls.
package struct RepricingReport: Sendable, Equatable {
    /// The sums of the calls of one model.
    package struct Sums: Sendable, Equatable {
        package var calls: Int64 = 0
        /// Calls whose cost is another one now.
        package var changed: Int64 = 0
        /// Calls among ``changed`` that had no price.
        package var newlyPriced: Int64 = 0
        /// Calls that have no price in the book in force; their cost stays as it was, known or not.
        package var kept: Int64 = 0
        /// Calls among ``kept`` whose earlier cost is known.
        package var keptPriced: Int64 = 0
        /// Calls without a cost that reported no tokens, so that no book has a price for them.
        package var withoutUsage: Int64 = 0
        /// Calls that are left as they are, since rows do not have all that their price depends on.
        package var skipped: Int64 = 0
        /// Calls that had no price, and have none now: those without usage, and some of ``kept`` and ``skipped``.
        package var unpriced: Int64 = 0
        /// What is known of the cost before.
        package var before = Dollars.zero
        /// The adjustments that raise and those that lower a cost; the latter are below zero.
        package var up = Dollars.zero
        package var down = Dollars.zero

        /// Calls whose cost was not known before.
        package var unpricedBefore: Int64 { newlyPriced + unpriced }
        /// What is known of the cost afterwards.
        package var after: Dollars { before + up + down }

        package static func + (left: Sums, right: Sums) -> Sums {
            var sum = left
            sum.calls += right.calls
            sum.changed += right.changed
            sum.newlyPriced += right.newlyPriced
            sum.kept += right.kept
            sum.keptPriced += right.keptPriced
            sum.withoutUsage += right.withoutUsage
            sum.skipped += right.skipped
            sum.unpriced += right.unpriced
            sum.before += right.before
            sum.up += right.up
            sum.down += right.down
            return sum
        }
    }

    /// By model, as `/metrics` shows it.
    package var models: [String: Sums] = [:]
    /// The times that touch the period and whose calls were counted and not kept, in minutes since 1970.
    package var gaps: [Range<Int64>] = []
    /// The version of the price book, and the price files over it.
    package let book: String

    /// The sums of all models.
    package var total: Sums { models.values.reduce(Sums(), +) }
}
