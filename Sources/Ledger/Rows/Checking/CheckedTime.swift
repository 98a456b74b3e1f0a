// SPDX-License-Identifier: Apache-2.0
import Notation

/// Times of rows for people.
enum CheckedTime {
    /// Minutes from 1970 to 2020, where the minutes of ids begin.
    private static let epochMinutes: UInt64 = 26_297_280

    /// The minute of an id.
    static func text(_ id: Int64) -> String { text(minute: id >> 22) }

    /// The beginning of a quarter of an hour.
    static func text(quarter: Int64) -> String { text(minute: quarter &* 15) }

    /// A time in microseconds since 2020.
    static func text(microseconds: Int64) -> String {
        guard (0..<42_076_800 * RowTime.minuteMicroseconds).contains(microseconds) else {
            return "microsecond \(microseconds)"
        }
        let time = Timestamp(nanoseconds: UInt64(microseconds + RowTime.epochMicroseconds) * 1_000)
        return "\(time.date)T\(time.clock).\(Timestamp.padded(Int(microseconds % 1_000_000), 6))Z"
    }

    private static func text(minute: Int64) -> String {
        // A damaged row may have any number; that of a year after 2099 is shown as it is.
        guard (0..<42_076_800).contains(minute) else { return "minute \(minute)" }
        return Timestamp(nanoseconds: (UInt64(minute) + epochMinutes) * 60_000_000_000).toSeconds
    }
}
