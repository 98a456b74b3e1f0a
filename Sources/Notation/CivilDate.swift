// SPDX-License-Identifier: Apache-2.0

/// A date of the Gregorian calendar, extended to all years.
///
/// - SeeAlso: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the leap day is the
///   last day of a year.
package struct CivilDate: Equatable, Sendable {
    package let year: Int
    /// From 1 to 12.
    package let month: Int
    /// From 1 to 31.
    package let day: Int

    /// The date of a day.
    ///
    /// - Parameter days: Days since 1 January 1970; below zero for days before it.
    package init(daysSince1970 days: Int) {
        let shifted = days + Self.daysBefore1970
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month < 3 ? 1 : 0)
    }

    /// Reads a date from the year 1970 to 9999; `nil` for any other text, and for a date that does not exist.
    ///
    /// - Parameter text: The date in the form `2026-05-01`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2]), (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        self.init(daysSince1970: Self.daysSince1970(year, month, day))
        // 31 June is 1 July.
        guard self.month == month else { return nil }
    }

    /// The number of days from 1 January 1970 to this date.
    package var daysSince1970: Int { Self.daysSince1970(year, month, day) }

    /// The number of days from 1 January 1970 to a date.
    ///
    /// - Parameters:
    ///   - year: The year, from 0 on.
    ///   - month: From 1 to 12.
    ///   - day: From 1 to 31. Days past the end of the month count on in the next one.
    /// - Returns: The days; below zero for dates before 1970.
    package static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let marchMonth = month > 2 ? month - 3 : month + 9
        let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
        return marchYear * 365 + leapDays + (153 * marchMonth + 2) / 5 + day - 1 - daysBefore1970
    }

    /// The days from 1 March of the year 0 to 1 January 1970.
    private static let daysBefore1970 = 719_468
}

extension CivilDate: CustomStringConvertible {
    /// The date in the form `2026-05-01`.
    package var description: String {
        "\(Timestamp.padded(year, 4))-\(Timestamp.padded(month, 2))-\(Timestamp.padded(day, 2))"
    }
}
