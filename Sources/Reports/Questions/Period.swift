// SPDX-License-Identifier: Apache-2.0
package import Pricing

/// The time that a question is about, in whole minutes, and the zone of its days.
package struct Period: Sendable {
    /// Minutes since 1970, the last one excluded.
    package var minutes: Range<Int64>
    package let calendar: ZoneCalendar

    /// The begin of a period that states none.
    package static let usualStart = "now-24h"
    /// The parameters of a period.
    package static let names = ["from", "to", "tz"]

    package init(minutes: Range<Int64>, calendar: ZoneCalendar) {
        (self.minutes, self.calendar) = (minutes, calendar)
    }

    /// Reads `from`, `to` and `tz`: the last 24 hours in the service's zone if none is stated.
    ///
    /// - Parameters:
    ///   - parameters: The parameters of the question.
    ///   - now: Seconds since 1970.
    ///   - zone: The zone of a question that names none.
    /// - Throws: ``QuestionError`` for what is no time or zone, and for a period that ends before it begins.
    package init(_ parameters: QuestionParameters, now: Int64, zone: ZoneClock) throws(QuestionError) {
        calendar = try ZoneCalendar(parameters, fallback: zone)
        let from = try QuestionTime(parameter: "from", now: now, calendar: calendar)
            .seconds(parameters.text("from") ?? Self.usualStart)
        let to = try QuestionTime(parameter: "to", now: now, calendar: calendar)
            .seconds(parameters.text("to") ?? "now")
        // A call belongs to the minute of its end; the minutes that a period touches belong to it.
        let (first, end) = (from.floorDivided(by: 60), Self.end(at: to))
        guard from < to else {
            throw QuestionError(
                "to", "the period ends at \(calendar.text(end)), which is not after its begin, \(calendar.text(first))",
                example: "from=now-7d&to=now")
        }
        minutes = first..<end
    }

    /// The end of a period in minutes: a minute that has begun belongs to it.
    ///
    /// - Parameter seconds: The stated end, in seconds since 1970.
    /// - Returns: Minutes since 1970.
    static func end(at seconds: Int64) -> Int64 { (seconds + 59).floorDivided(by: 60) }

    /// The period of the same length that ends where this one begins.
    package var before: Period {
        Period(minutes: minutes.lowerBound - Int64(minutes.count)..<minutes.lowerBound, calendar: calendar)
    }

    /// The begins of the rows' periods in their order; the first one may be before the begin of the question.
    ///
    /// - Parameters:
    ///   - granularity: The length of the rows' periods.
    ///   - limit: The largest number of periods.
    /// - Returns: The begins, in minutes since 1970.
    /// - Throws: ``QuestionError`` when there are more.
    package func begins(_ granularity: Granularity, limit: Int) throws(QuestionError) -> [Int64] {
        guard granularity != .total else { return [minutes.lowerBound] }
        var begins: [Int64] = []
        var begin = calendar.begin(of: granularity, containing: minutes.lowerBound)
        while begin < minutes.upperBound {
            guard begins.count < limit else {
                throw QuestionError(
                    "granularity",
                    "the period has more than \(limit) times of one \(granularity.rawValue); "
                        + "choose a longer granularity or a shorter period", example: "day")
            }
            begins.append(begin)
            begin = calendar.end(of: granularity, from: begin)
        }
        return begins
    }
}
