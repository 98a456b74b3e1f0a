// SPDX-License-Identifier: Apache-2.0
import Pricing
import Reports
import TestData
import Testing

@Suite struct PeriodTests {
    private func lengths(_ query: String, _ granularity: Granularity) throws -> [Int64] {
        let period = try question(query).period
        let begins = try period.begins(granularity, limit: 1_000)
        return zip(begins, begins.dropFirst() + [period.minutes.upperBound]).map { $1 - $0 }
    }

    @Test func `days have 23 and 25 hours when summer time begins and ends`() throws {
        #expect(try lengths("from=2026-03-28&to=2026-03-31&tz=Europe/Berlin", .day) == [1_440, 1_380, 1_440])
        #expect(try lengths("from=2026-10-24&to=2026-10-27&tz=Europe/Berlin", .day) == [1_440, 1_500, 1_440])
        // Half an hour.
        #expect(try lengths("from=2026-04-04&to=2026-04-07&tz=Australia/Lord_Howe", .day) == [1_440, 1_470, 1_440])
    }

    @Test func `hours begin where the clock of the zone shows a full one`() throws {
        let period = try question("from=now-2h&to=now&tz=Asia/Kathmandu").period
        let begins = try period.begins(.hour, limit: 10).map(period.calendar.text)
        #expect(begins == ["2026-11-28T14:00:00+05:45", "2026-11-28T15:00:00+05:45", "2026-11-28T16:00:00+05:45"])
    }

    @Test func `the hour that is shown twice is two hours`() throws {
        let period = try question("from=2026-10-25T00:00:00Z&to=2026-10-25T03:00:00Z&tz=Europe/Berlin").period
        #expect(
            try period.begins(.hour, limit: 10).map(period.calendar.text) == [
                "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00",
            ])
    }

    @Test func `weeks begin on Mondays, and months on their first day`() throws {
        let period = try question("from=2026-01-15&to=2026-03-02").period
        #expect(
            try period.begins(.week, limit: 10).prefix(2).map(period.calendar.text)
                == ["2026-01-12T00:00:00Z", "2026-01-19T00:00:00Z"])
        #expect(
            try period.begins(.month, limit: 10).map(period.calendar.text)
                == ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"])
    }

    @Test func `more periods than an answer may have are refused`() throws {
        let error = #expect(throws: QuestionError.self) {
            _ = try question("from=2026-01-01").period.begins(.hour, limit: 1_000)
        }
        #expect(error?.parameter == "granularity")
    }

    @Test(
        arguments: [
            "UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Havana", "America/Santiago", "Australia/Lord_Howe",
            "Pacific/Chatham", "Africa/Casablanca", "Asia/Beirut", "Pacific/Kiritimati", "-03:30",
        ])
    func `periods follow one another without a gap, on quarters of an hour`(zone: String) throws {
        var generator = SeededGenerator(seed: 17)
        let calendar = try question("tz=\(encoded(zone))").period.calendar
        for granularity in [Granularity.hour, .day, .week, .month] {
            for _ in 0..<10 {
                // From 2020 to 2040.
                let first = Int64.random(in: 26_400_000..<36_800_000, using: &generator)
                let period = Period(
                    minutes: first..<first + (granularity == .hour ? 3_000 : 60_000), calendar: calendar)
                let begins = try period.begins(granularity, limit: 2_000)
                #expect(begins[0] <= first)
                #expect(begins.count < 2 || begins[1] > first)
                #expect(zip(begins, begins.dropFirst()).allSatisfy { $0 < $1 })
                #expect(begins.allSatisfy { $0 % 15 == 0 })
                for begin in begins.dropFirst() {
                    // The minute before belongs to another local hour, day, week or month.
                    let (before, after) = (calendar.text(begin - 1), calendar.text(begin))
                    #expect(before.prefix(13) != after.prefix(13) || before.suffix(6) != after.suffix(6))
                }
            }
        }
    }
}
