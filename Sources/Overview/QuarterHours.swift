// SPDX-License-Identifier: Apache-2.0
package import Pricing

/// Calls and dollars of the last 32 hours, by quarters of an hour.
///
/// The offset of every time zone from UTC is a whole number of quarters, so their sums make the hours and days of any zone.
struct QuarterHours {
    private struct Quarter {
        /// Quarters since 1970 (UTC).
        var number: Int64 = -1
        var sum = PeriodSum()
    }

    private var ring = [Quarter](repeating: Quarter(), count: 128)

    /// The minutes of one quarter.
    static let minutes: Int64 = 15

    /// Adds calls to the quarter of a time; the ring forgets quarters that are 32 hours older.
    ///
    /// A clock that is set back goes on in the earlier quarters.
    ///
    /// - Parameters:
    ///   - sum: The calls.
    ///   - nanoseconds: Since 1970 (UTC).
    mutating func add(_ sum: PeriodSum, at nanoseconds: UInt64) {
        let number = Int64(nanoseconds / 60_000_000_000) / Self.minutes
        let slot = Int(number & Int64(ring.count - 1))
        if ring[slot].number != number { ring[slot] = Quarter(number: number) }
        ring[slot].sum.add(sum)
    }

    /// The sum of the quarters that begin in a range of time, at most 32 hours long.
    ///
    /// - Parameter minutes: Minutes since 1970 (UTC).
    /// - Returns: The sum.
    func sum(of minutes: Range<Int64>) -> PeriodSum {
        var sum = PeriodSum()
        for quarter in ring where minutes.contains(quarter.number * Self.minutes) { sum.add(quarter.sum) }
        return sum
    }
}

/// The calls of some time and their cost.
package struct PeriodSum: Sendable, Equatable {
    package var calls: Int64 = 0
    package var cost = Dollars.zero

    package init(calls: Int64 = 0, cost: Dollars = .zero) {
        self.calls = calls
        self.cost = cost
    }

    /// Adds another sum; counts saturate at the largest number.
    package mutating func add(_ other: PeriodSum) {
        let (sum, overflow) = calls.addingReportingOverflow(other.calls)
        calls = overflow ? .max : sum
        cost += other.cost
    }
}
