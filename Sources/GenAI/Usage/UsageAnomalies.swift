// SPDX-License-Identifier: Apache-2.0

/// Anomalies of a span's counts: contradictory or impossible numbers.
///
/// Each is counted, since a rule decided about the figure.
package struct UsageAnomalies: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There are more cached tokens than input, so the input was taken to exclude them.
    package static let exclusiveCache = UsageAnomalies(rawValue: 1)
    /// A part was larger than its whole and was cut down to it.
    package static let clampedPart = UsageAnomalies(rawValue: 2)
    /// A count was ignored because it is negative, fractional, too large or not a number.
    package static let refusedCount = UsageAnomalies(rawValue: 4)
    /// A cost was ignored: it, one of its parts or their sum is negative, too large or not a number.
    package static let refusedCost = UsageAnomalies(rawValue: 8)
    /// The sum of separately reported parts was larger than the largest count and was cut down to it.
    package static let saturatedCount = UsageAnomalies(rawValue: 16)
    /// The reported total is larger than input and output; the other tokens are not counted, since their class is unknown.
    package static let totalExceedsParts = UsageAnomalies(rawValue: 32)

    /// Two keys for one count, both read by their words, have different numbers; the larger one counts.
    package static let conflictingCounts = UsageAnomalies(rawValue: 64)

    /// Every anomaly with its name as value of the `anomaly` label.
    package static let named: [(anomaly: UsageAnomalies, name: String)] = [
        (.exclusiveCache, "exclusive_cache"), (.clampedPart, "clamped_part"), (.refusedCount, "refused_count"),
        (.refusedCost, "refused_cost"), (.saturatedCount, "saturated_count"),
        (.conflictingCounts, "conflicting_counts"),
        (.totalExceedsParts, "total_exceeds_parts"),
    ]
}
