// SPDX-License-Identifier: Apache-2.0
import Notation
import Testing

@Suite struct CivilDateTests {
    @Test(
        arguments: [
            (0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (11_017, "2000-03-01"),
            (20_573, "2026-04-30"), (47_540, "2100-02-28"), (47_541, "2100-03-01"), (2_932_896, "9999-12-31"),
        ] as [(Int, String)])
    func `a day and its date are the same in both directions`(days: Int, text: String) {
        #expect(CivilDate(daysSince1970: days).description == text)
        #expect(CivilDate(text)?.daysSince1970 == days)
    }

    @Test func `each day of 400 years follows the day before it`() {
        var last = CivilDate(daysSince1970: -150_000)
        for days in -149_999..<0 {
            let date = CivilDate(daysSince1970: days)
            let isNextDay = date.day == last.day + 1 && date.month == last.month && date.year == last.year
            let isNextMonth = date.day == 1 && date.month == last.month + 1 && date.year == last.year
            let isNextYear = date.day == 1 && date.month == 1 && last.month == 12 && date.year == last.year + 1
            #expect(isNextDay || (last.day >= 28 && (isNextMonth || isNextYear)), "\(last), then \(date)")
            #expect(date.daysSince1970 == days)
            last = date
        }
    }

    @Test(arguments: [
        "2026-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "2026-1-01", "1969-12-31",
        "10000-01-01", "2026-01-01 ", "2026/01/01", "", "--",
    ])
    func `text that is no date is refused`(text: String) { #expect(CivilDate(text) == nil) }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            (951_868_799_999_999_999, "2000-02-29T23:59:59Z", "2000-02-29T23:59:59.999Z"),
            (1_777_629_600_250_000_000, "2026-05-01T10:00:00Z", "2026-05-01T10:00:00.250Z"),
            (.max, "2554-07-21T23:34:33Z", "2554-07-21T23:34:33.709Z"),
        ] as [(UInt64, String, String)])
    func `a time is cut off at seconds or milliseconds`(nanoseconds: UInt64, seconds: String, milliseconds: String) {
        let time = Timestamp(nanoseconds: nanoseconds)
        #expect(time.toSeconds == seconds)
        #expect(time.toMilliseconds == milliseconds)
    }
}
