// SPDX-License-Identifier: Apache-2.0
import Notation
package import Pricing

/// The hours, days, weeks and months of a time zone; all times are minutes since 1970 (UTC).
package struct ZoneCalendar: Sendable {
    package let zone: ZoneClock

    static let minutesOfDay: Int64 = 1_440
    /// Roll-ups are by quarters of an hour, and so are the offsets of all zones since 2020.
    static let quarter: Int64 = 15

    package init(_ zone: ZoneClock) { self.zone = zone }

    /// Reads the parameter `tz`.
    ///
    /// - Parameters:
    ///   - parameters: The parameters of the question.
    ///   - fallback: The zone of a question that names none.
    /// - Throws: ``QuestionError`` for an unknown zone, and for an offset that is not whole quarters of an hour.
    init(_ parameters: QuestionParameters, fallback: ZoneClock) throws(QuestionError) {
        guard var text = try parameters.text("tz") else {
            self.init(fallback)
            return
        }
        // A plus sign that is not percent-encoded is a space.
        if text.first == " " { text = "+" + text.dropFirst() }
        // Grafana spells the zone of a dashboard in UTC so.
        let spelled = text == "Z" || text == "utc" ? "UTC" : Self.padded(text)
        guard let zone = ZoneClock(text: spelled) else {
            let hint = ZoneClock.name(nearestTo: text).map { "; did you mean \($0)?" } ?? ""
            throw QuestionError(
                "tz", "\(QuestionError.quoted(text)) is no time zone\(hint)", example: "Europe/Berlin or +05:45")
        }
        guard zone.offset(at: 0) % 15 == 0 else {
            throw QuestionError(
                "tz", "an offset must be whole quarters of an hour, since sums are kept by quarters", example: "+05:45")
        }
        self.init(zone)
    }

    /// An offset such as `+5:45` as `+05:45`.
    private static func padded(_ text: String) -> String {
        guard let sign = text.first, "+-".contains(sign), text.utf8.count == 5, text.dropFirst(2).first == ":" else {
            return text
        }
        return "\(sign)0\(text.dropFirst())"
    }

    /// The minutes of the local clock since 1970 began on it.
    func local(_ minute: Int64) -> Int64 { minute + Int64(zone.offset(at: minute)) }

    /// The first minute at which the local clock shows a time or a later one.
    ///
    /// A time that the clock shows twice, when summer time ends, is the first of the two.
    func minute(ofLocal local: Int64) -> Int64 {
        // No zone is further from UTC than a day, and none changes twice within two.
        let before = Int64(zone.offset(at: local - Self.minutesOfDay))
        let after = Int64(zone.offset(at: local + Self.minutesOfDay))
        guard before != after else { return local - before }
        if Int64(zone.offset(at: local - before)) == before { return local - before }
        if Int64(zone.offset(at: local - after)) == after { return local - after }
        // Skipped when summer time begins: the moment of the change.
        var range = min(local - before, local - after)..<max(local - before, local - after)
        while range.count > 1 {
            let middle = (range.lowerBound + range.upperBound) / 2
            range = self.local(middle) >= local ? range.lowerBound..<middle : middle..<range.upperBound
        }
        return range.upperBound
    }

    /// The begin of the hour, day, week or month that contains a minute; the minute itself for ``Granularity/total``.
    func begin(of granularity: Granularity, containing minute: Int64) -> Int64 {
        switch granularity {
        case .total: return minute
        case .hour:
            let begin = minute - minute.modulo(Self.quarter)
            // Hours begin where the clock shows a full one. Where half an hour is skipped, one is longer.
            return (0..<12).lazy.map { begin - $0 * Self.quarter }.first(where: isFullHour) ?? begin
        case .day, .week, .month:
            return self.minute(ofLocal: beginOfDays(granularity, local(minute)) * Self.minutesOfDay)
        }
    }

    /// The end of the hour, day, week or month that begins at a minute, which is the begin of the next one.
    func end(of granularity: Granularity, from begin: Int64) -> Int64 {
        switch granularity {
        case .total: return begin
        case .hour: return (1..<12).lazy.map { begin + $0 * Self.quarter }.first(where: isFullHour) ?? begin + 60
        case .day, .week, .month:
            let day = beginOfDays(granularity, local(begin))
            return minute(ofLocal: self.day(after: day, by: granularity) * Self.minutesOfDay)
        }
    }

    /// A minute as RFC 3339 writes it, with the offset of the zone.
    package func text(_ minute: Int64) -> String {
        let local = local(minute)
        let date = CivilDate(daysSince1970: Int(local.floorDivided(by: Self.minutesOfDay)))
        let time = Int(local.modulo(Self.minutesOfDay))
        return "\(date)T\(Timestamp.padded(time / 60, 2)):\(Timestamp.padded(time % 60, 2)):00\(offsetText(minute))"
    }

    /// The offset at a minute, as RFC 3339 writes it.
    func offsetText(_ minute: Int64) -> String {
        let offset = Int(zone.offset(at: minute))
        guard offset != 0 else { return "Z" }
        let (hours, minutes) = abs(offset).quotientAndRemainder(dividingBy: 60)
        return "\(offset < 0 ? "-" : "+")\(Timestamp.padded(hours, 2)):\(Timestamp.padded(minutes, 2))"
    }

    private func isFullHour(_ minute: Int64) -> Bool { local(minute).modulo(60) == 0 }

    /// The first day, in days since 1970, of the day, week or month that a local time is in.
    private func beginOfDays(_ granularity: Granularity, _ local: Int64) -> Int64 {
        let day = local.floorDivided(by: Self.minutesOfDay)
        switch granularity {
        // 1 January 1970 was a Thursday.
        case .week: return day - (day + 3).modulo(7)
        case .month: return day - Int64(CivilDate(daysSince1970: Int(day)).day) + 1
        case .total, .hour, .day: return day
        }
    }

    private func day(after day: Int64, by granularity: Granularity) -> Int64 {
        switch granularity {
        case .week: return day + 7
        case .month:
            let date = CivilDate(daysSince1970: Int(day))
            return Int64(
                date.month == 12
                    ? CivilDate.daysSince1970(date.year + 1, 1, 1)
                    : CivilDate.daysSince1970(date.year, date.month + 1, 1))
        case .total, .hour, .day: return day + 1
        }
    }
}

extension Int64 {
    /// The quotient rounded down.
    func floorDivided(by divisor: Int64) -> Int64 { (self - modulo(divisor)) / divisor }

    /// The rest of the division that rounds down; never negative.
    func modulo(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
