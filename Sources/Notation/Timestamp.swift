// SPDX-License-Identifier: Apache-2.0

/// A time of day with its date, in UTC.
///
/// - SeeAlso: RFC 3339, section 5.6.
package struct Timestamp: Sendable {
    package let date: CivilDate
    /// From 0 to 23.
    package let hour: Int
    /// From 0 to 59.
    package let minute: Int
    /// From 0 to 59.
    package let second: Int
    private let millisecond: Int

    /// - Parameter nanoseconds: Nanoseconds since 1970-01-01 00:00 UTC.
    package init(nanoseconds: UInt64) {
        let seconds = Int(nanoseconds / 1_000_000_000)
        date = CivilDate(daysSince1970: seconds / 86_400)
        hour = seconds / 3_600 % 24
        minute = seconds / 60 % 60
        second = seconds % 60
        millisecond = Int(nanoseconds / 1_000_000 % 1_000)
    }

    /// The time in the form `10:00:00`.
    package var clock: String { [hour, minute, second].map { Self.padded($0, 2) }.joined(separator: ":") }

    /// The time in the form `2026-05-01T10:00:00Z`.
    package var toSeconds: String { "\(date)T\(clock)Z" }

    /// The time in the form `2026-05-01T10:00:00.250Z`.
    package var toMilliseconds: String { "\(date)T\(clock).\(Self.padded(millisecond, 3))Z" }

    /// A number with zeros in front.
    ///
    /// - Parameters:
    ///   - number: The number, not below zero.
    ///   - width: The least number of digits.
    /// - Returns: The digits.
    package static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
