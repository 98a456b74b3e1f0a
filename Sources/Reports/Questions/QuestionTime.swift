// SPDX-License-Identifier: Apache-2.0
import Notation

/// Reads the times of a question: RFC 3339, a date, Unix time, or a time relative to now.
struct QuestionTime {
    let parameter: String
    /// Seconds since 1970.
    let now: Int64
    let calendar: ZoneCalendar

    /// 1 January 2020, before which no call is plausible, and 1 January 2100, in seconds.
    static let begin: Int64 = 26_297_280 * 60
    static let end: Int64 = 68_374_080 * 60
    private static let example = "2026-11-28T00:00:00Z, 2026-11-28, 1795824000, now-7d or now/d"

    /// Reads a time.
    ///
    /// - Parameter text: The text, trimmed.
    /// - Returns: Seconds since 1970, from ``begin`` to ``end``: times outside are cut.
    /// - Throws: ``QuestionError`` for any other text.
    func seconds(_ text: String) throws(QuestionError) -> Int64 {
        let time: Int64? =
            text.hasPrefix("now") ? relative(text.dropFirst(3)) : unix(text) ?? date(text) ?? timestamp(text)
        guard let time else {
            throw QuestionError(parameter, "\(QuestionError.quoted(text)) is no time", example: Self.example)
        }
        return min(max(time, Self.begin), Self.end)
    }

    /// Seconds since 1970, or milliseconds for a number of twelve digits or more, as Grafana writes them.
    private func unix(_ text: String) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(text) else {
            return nil
        }
        return text.utf8.count >= 12 ? number / 1_000 : number
    }

    /// A day, which begins at midnight of the zone.
    private func date(_ text: String) -> Int64? {
        guard let date = CivilDate(text) else { return nil }
        return calendar.minute(ofLocal: Int64(date.daysSince1970) * ZoneCalendar.minutesOfDay) * 60
    }

    /// A time with its date and offset; fractions of a second are read and dropped.
    private func timestamp(_ text: String) -> Int64? {
        guard let date = CivilDate(text.prefix(10)) else { return nil }
        var rest = text.dropFirst(10)
        guard let separator = rest.popFirst(), "Tt ".contains(separator) else { return nil }
        let clock = rest.prefix(8).split(separator: ":", omittingEmptySubsequences: false)
        guard clock.map(\.utf8.count) == [2, 2, 2], let hour = Int64(clock[0]), let minute = Int64(clock[1]),
            let second = Int64(clock[2]), (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        rest = rest.dropFirst(8)
        if rest.first == "." {
            let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty else { return nil }
            rest = rest[digits.endIndex...]
        }
        guard let offset = Self.offset(rest) else { return nil }
        return Int64(date.daysSince1970) * 86_400 + hour * 3_600 + minute * 60 + second - offset * 60
    }

    /// The minutes of an offset such as `Z` and `+05:45`; a plus sign that is not percent-encoded is a space.
    private static func offset(_ text: Substring) -> Int64? {
        if text == "Z" || text == "z" { return 0 }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard let sign = text.first, "+- ".contains(sign), parts.map(\.utf8.count) == [2, 2],
            let hours = Int64(parts[0]),
            let minutes = Int64(parts[1]), (0...23).contains(hours), (0...59).contains(minutes)
        else { return nil }
        return (hours * 60 + minutes) * (sign == "-" ? -1 : 1)
    }

    /// What follows `now`: steps such as `-7d` and `+1h`, and roundings such as `/d`, from left to right.
    ///
    /// Steps of days and longer keep the time of the local clock, so that `now/d-1d` is a midnight when summer time begins, too.
    private func relative(_ text: Substring) -> Int64? {
        var time = now
        var rest = text
        while let sign = rest.popFirst() {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard "+- /".contains(sign), sign == "/" ? digits.isEmpty : digits.utf8.count <= 6,
                let unit = rest.popFirst()
            else { return nil }
            let result =
                sign == "/"
                ? rounded(time, to: unit)
                : stepped(time, by: (Int64(digits) ?? 1) * (sign == "-" ? -1 : 1), unit)
            guard let result else { return nil }
            time = min(max(result, Self.begin), Self.end)
        }
        return time
    }

    private func rounded(_ time: Int64, to unit: Character) -> Int64? {
        let minute = time.floorDivided(by: 60)
        switch unit {
        case "s": return time
        case "m": return minute * 60
        case "h": return calendar.begin(of: .hour, containing: minute) * 60
        case "d": return calendar.begin(of: .day, containing: minute) * 60
        case "w": return calendar.begin(of: .week, containing: minute) * 60
        case "M": return calendar.begin(of: .month, containing: minute) * 60
        case "y":
            let day = calendar.local(minute).floorDivided(by: ZoneCalendar.minutesOfDay)
            let first = CivilDate.daysSince1970(CivilDate(daysSince1970: Int(day)).year, 1, 1)
            return calendar.minute(ofLocal: Int64(first) * ZoneCalendar.minutesOfDay) * 60
        default: return nil
        }
    }

    private func stepped(_ time: Int64, by count: Int64, _ unit: Character) -> Int64? {
        switch unit {
        case "s": return time + count
        case "m": return time + count * 60
        case "h": return time + count * 3_600
        case "d": return moved(time, days: count)
        case "w": return moved(time, days: 7 * count)
        case "M": return moved(time, months: count)
        case "y": return moved(time, months: 12 * count)
        default: return nil
        }
    }

    private func moved(_ time: Int64, days: Int64) -> Int64 {
        let minute = time.floorDivided(by: 60)
        return calendar.minute(ofLocal: calendar.local(minute) + days * ZoneCalendar.minutesOfDay) * 60
            + time.modulo(60)
    }

    /// The same day of another month, or its last day if it is shorter.
    private func moved(_ time: Int64, months: Int64) -> Int64 {
        let minute = time.floorDivided(by: 60)
        let local = calendar.local(minute)
        let date = CivilDate(daysSince1970: Int(local.floorDivided(by: ZoneCalendar.minutesOfDay)))
        let month = Int64(date.year * 12 + date.month - 1) + months
        let (year, index) = (Int(month.floorDivided(by: 12)), Int(month.modulo(12)))
        // Years that no calendar has are cut later.
        guard (1900...2200).contains(year) else { return months < 0 ? Self.begin : Self.end }
        let first = CivilDate.daysSince1970(year, index + 1, 1)
        let next = index == 11 ? CivilDate.daysSince1970(year + 1, 1, 1) : CivilDate.daysSince1970(year, index + 2, 1)
        let day = Int64(min(first + date.day, next) - 1)
        let moved = day * ZoneCalendar.minutesOfDay + local.modulo(ZoneCalendar.minutesOfDay)
        return calendar.minute(ofLocal: moved) * 60 + time.modulo(60)
    }
}
