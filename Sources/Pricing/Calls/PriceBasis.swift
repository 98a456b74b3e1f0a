// SPDX-License-Identifier: Apache-2.0
import Notation

/// Which of a model's prices a card was made of, for people who ask.
package struct PriceBasis: Sendable {
    /// The place of the price among those of the model, from 1 on, and how many there are.
    package var entry = 1
    package var entries = 1
    /// The days on which the price holds.
    package var days = DayRange()
    /// Whether it holds at some hours only.
    package var isByHour = false
    /// The threshold of total input that the request passed, so that higher rates hold; `nil` below every one.
    package var above: Int64?
    /// The facts of each variant whose rates were laid over the price, the first one on top.
    package var variants: [PriceCondition] = []
    /// The factors on all token rates.
    package var multipliers: [PriceMultiplier] = []
    /// Whether the route is a free one, so that every rate is 0.
    package var isFree = false

    package init() {}
}

extension PriceCondition {
    /// The facts in one order, such as `tier=batch`.
    package var text: String { facts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",") }
}

extension PriceMultiplier {
    /// The factor as exact decimal text.
    package var factor: String { DecimalText.text(of: Int128(billionths), decimals: 9) }
}

extension DayRange {
    /// The first day as `2026-05-01`, or `nil` when the range is open.
    package var fromText: String? { from.map { CivilDate(daysSince1970: Int($0)).description } }

    /// The first day that is not in the range any more, or `nil` when it is open.
    package var untilText: String? { until.map { CivilDate(daysSince1970: Int($0)).description } }
}
