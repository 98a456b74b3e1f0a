// SPDX-License-Identifier: Apache-2.0

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
    package var fromText: String? { from.map { dateText(ofDay: $0) } }

    /// The first day that is not in the range any more, or `nil` when it is open.
    package var untilText: String? { until.map { dateText(ofDay: $0) } }
}

/// The date of a calendar day.
///
/// - Parameter day: Days since 1 January 1970.
/// - Returns: The date in the form `2026-05-01`.
/// - SeeAlso: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`: years begin in March, so
///   that the day that not every year has comes last.
package func dateText(ofDay day: Int32) -> String {
    let shifted = Int(day) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let date = dayOfYear - (153 * month + 2) / 5 + 1
    let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(month < 10 ? month + 3 : month - 9, 2))-\(padded(date, 2))"
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
