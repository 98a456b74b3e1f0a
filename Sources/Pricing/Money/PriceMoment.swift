// SPDX-License-Identifier: Apache-2.0
import Notation
package import OTLP

/// A time as prices see it: a UTC calendar day and a minute of it.
package struct PriceMoment: Hashable, Sendable {
    /// Days since 1 January 1970.
    package let day: Int32
    /// Minutes since midnight UTC, or `nil` when the hour means nothing; no time window holds then.
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

    /// After everything that a price book announces.
    package static let newest = PriceMoment(day: .max, minute: nil)

    /// The moment that dates a call's price.
    ///
    /// - Parameters:
    ///   - end: The call's end in nanoseconds since 1970, 0 when unknown.
    ///   - start: The call's start likewise, taken when the end is unknown.
    ///   - arrival: When the call reached us, or `nil` when that says nothing, as in a replay.
    /// - Returns: The call's own time if it lies between 2020 and a day after its arrival; otherwise the arrival, or
    ///   ``newest`` without one.
    package static func ofCall(
        end: Outside<UInt64>, start: Outside<UInt64>, arrival: UInt64?
    ) -> PriceMoment {
        let reported = end != 0 ? end : start
        if let time = reported.checked(in: year2020...(.max)), time < latest(arrival: arrival) {
            return PriceMoment(nanoseconds: time)
        }
        return arrival.map(PriceMoment.init(nanoseconds:)) ?? .newest
    }

    /// The time from which on a call's own time is not believed.
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

/// The days on which a price holds: the first one inclusive, the last one exclusive, each open when absent.
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
    /// Minutes since midnight; equal ones mean the whole day, an earlier end means past midnight.
    package let start: Int16
    package let end: Int16
    /// The days as bits 1 (Monday) to 7; a window past midnight belongs to the day on which it begins.
    package let days: UInt8
    /// The clock that tells the day of the week, as it stands at the moment in question.
    package let zone: ZoneClock
    /// Whether that clock tells the hour, too; it is UTC's otherwise.
    package var hasLocalHours = false

    /// Whether the price holds at a moment.
    ///
    /// Hours are read off the clock on the wall: those that summer time leaves out never come, those that come twice hold
    /// twice.
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
    /// What is left after the largest multiple that is not larger; never negative.
    fileprivate func remainder(of divisor: Int64) -> Int64 { ((self % divisor) + divisor) % divisor }
}

/// The day of a date in the form `2026-05-01`, in days since 1 January 1970; `nil` for any other text.
func dayNumber(of text: some StringProtocol) -> Int32? { CivilDate(text).map { Int32($0.daysSince1970) } }
