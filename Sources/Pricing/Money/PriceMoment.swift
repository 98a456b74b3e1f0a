// SPDX-License-Identifier: Apache-2.0
import Notation
package import OTLP

/// A time for which prices hold: a UTC calendar day and a minute of it.
package struct PriceMoment: Hashable, Sendable {
    /// Days since 1 January 1970.
    package let day: Int32
    /// Minutes since midnight UTC; `nil` if the hour is unknown, so that no time window holds.
    package let minute: Int16?

    package init(day: Int32, minute: Int16?) {
        self.day = day
        self.minute = minute
    }

    /// The moment of a time in nanoseconds since 1970.
    package init(nanoseconds: UInt64) {
        let minutes = nanoseconds / 60_000_000_000
        day = Int32(minutes / 1440)
        minute = Int16(minutes % 1440)
    }

    /// The moment after all dates of a price book.
    package static let newest = PriceMoment(day: .max, minute: nil)

    /// The moment that dates a call's price.
    ///
    /// - Parameters:
    ///   - end: The call's end in nanoseconds since 1970, 0 when unknown.
    ///   - start: The call's start likewise, used if the end is unknown.
    ///   - arrival: The call's arrival time likewise; `nil` if it is of no significance, as in a replay.
    /// - Returns: The call's own time if it is between 2020 and a day after its arrival; otherwise the arrival, or ``newest``
    ///   without one.
    package static func ofCall(
        end: Outside<UInt64>, start: Outside<UInt64>, arrival: UInt64?
    ) -> PriceMoment {
        if let time = plausibleTime(end: end, start: start, arrival: arrival) { return PriceMoment(nanoseconds: time) }
        return arrival.map(PriceMoment.init(nanoseconds:)) ?? .newest
    }

    /// The time of a call by its sender's clock.
    ///
    /// - Returns: The end, or else the start, in nanoseconds since 1970; `nil` if it is before 2020, or later than a day after the
    ///   arrival (2100 without one).
    @inline(__always)
    package static func plausibleTime(end: Outside<UInt64>, start: Outside<UInt64>, arrival: UInt64?) -> UInt64? {
        let reported = end != 0 ? end : start
        guard let time = reported.checked(in: year2020...(.max)), time < latest(arrival: arrival) else { return nil }
        return time
    }

    /// The first time that is too late to be plausible as a call's own.
    @inline(__always)
    static func latest(arrival: UInt64?) -> UInt64 {
        guard let arrival else { return year2100 }
        return arrival &+ nanosecondsPerDay &+ 1
    }

    /// The beginning of a day, in nanoseconds since 1970; the largest number for days after the year 2554, which price files may
    /// name although they do not fit into 64 bits.
    static func nanoseconds(ofDay day: Int32) -> UInt64 {
        Outside(UInt64(max(0, day))).multiplied(by: nanosecondsPerDay)?.asSent ?? .max
    }

    static let nanosecondsPerDay: UInt64 = 86_400_000_000_000
    static let year2020: UInt64 = 1_577_836_800_000_000_000
    private static let year2100: UInt64 = 4_102_444_800_000_000_000
}

/// The days on which a price holds, from `from` until the day before `until`; `nil` is an open end.
package struct DayRange: Hashable, Sendable {
    package var from: Int32?
    package var until: Int32?

    package func contains(_ day: Int32) -> Bool {
        if let from, day < from { return false }
        if let until, day >= until { return false }
        return true
    }
}

/// Hours of some days of the week at which a price holds.
package struct TimeWindow: Hashable, Sendable {
    /// Minutes since midnight.
    ///
    /// If both are equal, the window is the whole day; if the end is earlier, it goes past midnight.
    package let start: Int16
    package let end: Int16
    /// The days as bits 1 (Monday) to 7; a window past midnight belongs to the day on which it begins.
    package let days: UInt8
    /// The time zone of the days of the week.
    package let zone: ZoneClock
    /// Whether the hours are in the same time zone; otherwise they are UTC.
    package var hasLocalHours = false

    /// Whether the price holds at a moment.
    ///
    /// Hours are local clock time: an hour that summer time skips does not occur, and an hour that occurs twice counts twice.
    package func contains(_ moment: PriceMoment) -> Bool {
        guard let minuteUTC = moment.minute else { return false }
        let utc = Int64(moment.day) * 1440 + Int64(minuteUTC)
        let local = utc + Int64(zone.offset(at: utc))
        let minute = Int16((hasLocalHours ? local : utc).remainder(of: 1440))
        let isPastMidnight = end < start && minute < end
        let isInside = start == end || (start < end ? minute >= start && minute < end : minute >= start || minute < end)
        guard isInside else { return false }
        let begin = isPastMidnight ? local - 1440 : local
        // 1 January 1970 was a Thursday, day 4 of the ISO week.
        let weekday = ((begin - begin.remainder(of: 1440)) / 1440 + 3).remainder(of: 7) + 1
        return days & (1 << UInt8(weekday)) != 0
    }
}

extension Int64 {
    /// The remainder of the floored division; never negative.
    fileprivate func remainder(of divisor: Int64) -> Int64 { ((self % divisor) + divisor) % divisor }
}

/// The day of a date in the form `2026-05-01`, in days since 1 January 1970; `nil` for any other text.
func dayNumber(of text: some StringProtocol) -> Int32? { CivilDate(text).map { Int32($0.daysSince1970) } }
