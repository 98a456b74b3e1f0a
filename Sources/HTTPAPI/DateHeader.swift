// SPDX-License-Identifier: Apache-2.0
import Notation
import Synchronization

/// The `Date` header, written once a second.
///
/// - SeeAlso: RFC 9110, sections 5.6.7 (the form) and 6.6.1 (an origin server with a clock sends it).
final class DateHeader: Sendable {
    private let last = Mutex((second: UInt64.max, text: ""))

    /// - Parameter nanoseconds: The time since 1970-01-01 00:00 UTC.
    /// - Returns: The time in the header's form, for example `Sun, 06 Nov 1994 08:49:37 GMT`.
    func text(at nanoseconds: UInt64) -> String {
        let second = nanoseconds / 1_000_000_000
        if let text = last.withLock({ $0.second == second ? $0.text : nil }) { return text }
        let text = Self.text(second: second)
        last.withLock { $0 = (second, text) }
        return text
    }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func text(second: UInt64) -> String {
        let time = Timestamp(nanoseconds: second * 1_000_000_000)
        let date = time.date
        // 1 January 1970 was a Thursday.
        let weekday = weekdays[Int(second / 86_400 % 7)]
        return "\(weekday), \(Timestamp.padded(date.day, 2)) \(months[date.month - 1]) \(date.year) \(time.clock) GMT"
    }
}
