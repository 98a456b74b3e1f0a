// SPDX-License-Identifier: Apache-2.0

/// What was odd about the counts of a span; counted, since each means that a figure was decided by a rule.
package struct UsageAnomalies: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// More cached tokens than input, so the input was taken to leave them out.
    package static let exclusiveCache = UsageAnomalies(rawValue: 1)
    /// A part larger than its whole was cut down to it.
    package static let clampedPart = UsageAnomalies(rawValue: 2)
    /// A count that is negative, fractional, too large or no number was passed over.
    package static let refusedCount = UsageAnomalies(rawValue: 4)
    /// A cost was ignored: it, one of its parts or their sum is negative, too large or not a number.
    package static let refusedCost = UsageAnomalies(rawValue: 8)
    /// The sum of separately named parts was larger than the largest count, and was cut down to it.
    package static let saturatedCount = UsageAnomalies(rawValue: 16)
    /// The reported total has more tokens than input and output, and nothing tells what the others are: they are not counted.
    package static let totalExceedsParts = UsageAnomalies(rawValue: 32)

    /// Two spellings of one count, both read by the words of their keys, gave different numbers; the larger holds.
    package static let conflictingCounts = UsageAnomalies(rawValue: 64)

    /// Every anomaly with its name as value of the `anomaly` label.
    package static let named: [(anomaly: UsageAnomalies, name: String)] = [
        (.exclusiveCache, "exclusive_cache"), (.clampedPart, "clamped_part"), (.refusedCount, "refused_count"),
        (.refusedCost, "refused_cost"), (.saturatedCount, "saturated_count"),
        (.conflictingCounts, "conflicting_counts"),
        (.totalExceedsParts, "total_exceeds_parts"),
    ]
}
