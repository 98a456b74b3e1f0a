// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// The time of day, and one that never goes back.
package enum WallClock {
    /// Reads the system's clock.
    ///
    /// - Returns: Nanoseconds since 1970-01-01 00:00 UTC.
    package static func nanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Reads the clock that nobody sets.
    ///
    /// - Returns: Nanoseconds since some moment before the process began.
    package static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

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
        let days = Int(second / 86_400)
        let time = Int(second % 86_400)
        // Years are counted from March, so that the leap day is a year's last; 719,468 days lie between
        // 0000-03-01 and 1970-01-01, and 146,097 days make 400 years.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = (marchMonth + 2) % 12
        let year = yearOfEra + era * 400 + (month < 2 ? 1 : 0)

        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(weekdays[days % 7]), \(two(day)) \(months[month]) \(year) "
            + "\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60)) GMT"
    }
}
