// SPDX-License-Identifier: Apache-2.0
import Notation

/// The prices of a model from which a rate card was made, for explanations.
package struct PriceBasis: Sendable {
    /// The position of the price among those of the model, from 1 on, and how many there are.
    package var entry = 1
    package var entries = 1
    /// The days on which the price holds.
    package var days = DayRange()
    /// Whether it holds only at certain hours.
    package var isByHour = false
    /// The threshold that the total input exceeded, so that its higher rates apply; `nil` below all thresholds.
    package var above: Int64?
    /// The facts of each variant whose rates were laid over the price, the first one on top.
    package var variants: [PriceCondition] = []
    /// The factors on all token rates.
    package var multipliers: [PriceMultiplier] = []
    /// Whether the route is free, so that every rate is 0.
    package var isFree = false

    package init() {}
}

extension PriceCondition {
    /// The facts, sorted by key, such as `tier=batch`.
    package var text: String { facts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",") }
}

extension PriceMultiplier {
    /// The factor as exact decimal text.
    package var factor: String { DecimalText.text(of: Int128(billionths), decimals: 9) }
}

extension DayRange {
    /// The first day as `2026-05-01`, or `nil` when the range is open.
    package var fromText: String? { from.map { CivilDate(daysSince1970: Int($0)).description } }

    /// The first day after the range, or `nil` if the range is open.
    package var untilText: String? { until.map { CivilDate(daysSince1970: Int($0)).description } }
}
