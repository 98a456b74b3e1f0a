// SPDX-License-Identifier: Apache-2.0
import Documents
@testable import Overview
import Pricing
import TestData
import Testing

/// The day and the hours of a zone, made of quarters of an hour.
@Suite struct LocalDayTests {
    private func zone(_ name: String) throws -> ZoneClock {
        try #require(
            try Document.parse("tz: \(name)\n", file: "settings.yaml").mapping()["tz"].map { try ZoneClock($0) })
    }

    /// On 27 November 2026, 17:40 UTC: a zone, the minutes since its midnight, and its hour.
    private static let zones: [(name: String, minutes: Int64, hour: Int)] = [
        ("UTC", 1_060, 17), ("\"+05:30\"", 1_390, 23), ("\"+08:00\"", 100, 1), ("Asia/Kathmandu", 1_405, 23),
        ("America/New_York", 760, 12), ("Europe/Berlin", 1_120, 18), ("Pacific/Chatham", 445, 7),
    ]

    @Test(arguments: zones)
    func `today begins at midnight of the zone`(name: String, minutes: Int64, hour: Int) throws {
        let now: Int64 = 29_930_020
        #expect(now % 1_440 == 17 * 60 + 40)
        let day = LocalDay(at: now, try zone(name))
        #expect(day.today == now - minutes..<now + 1)
        let hours = day.lastHours
        #expect(hours.map(\.hour) == (1...24).map { (hour + $0) % 24 })
        #expect(hours.last?.minutes.contains(now) == true)
        #expect(zip(hours, hours.dropFirst()).allSatisfy { $0.minutes.upperBound == $1.minutes.lowerBound })
        // Each begins with a quarter, so that no quarter is in two hours.
        #expect(hours.allSatisfy { $0.minutes.lowerBound % 15 == 0 && $0.minutes.count == 60 })
    }

    /// Noon in Berlin on the days on which summer time begins and ends in 2026, and the hours since midnight.
    private static let changes: [(noon: Int64, hours: Int)] = [(29_579_640, 11), (29_882_100, 13)]

    @Test(arguments: changes)
    func `a day on which summer time changes has 23 or 25 hours`(noon: Int64, hours: Int) throws {
        let day = LocalDay(at: noon, try zone("Europe/Berlin"))
        #expect(day.today.count == hours * 60 + 1)
    }

    /// Days on which summer time changes at midnight or at night: a zone, a time, the minutes since the day began there, and the
    /// hours of the day that the last 24 hours have twice and that they leave out.
    private static let nights: [(zone: String, now: Int64, minutes: Int64, twice: Int?, missing: Int?)] = [
        ("America/Santiago", 29_590_020, 660, 23, 12), ("America/Santiago", 29_811_780, 660, 12, 0),
        ("America/New_York", 29_549_760, 660, 12, 2), ("America/New_York", 29_892_540, 780, 1, 13),
        ("Europe/Berlin", 29_579_640, 660, 12, 2), ("Europe/Berlin", 29_882_100, 780, 2, 13),
    ]

    @Test(arguments: nights)
    func `hours stay whole when summer time changes`(
        name: String, now: Int64, minutes: Int64, twice: Int?, missing: Int?
    ) throws {
        let day = LocalDay(at: now, try zone(name))
        #expect(day.today == now - minutes..<now + 1)
        let hours = day.lastHours
        #expect(zip(hours, hours.dropFirst()).allSatisfy { $0.minutes.upperBound == $1.minutes.lowerBound })
        let counts = Dictionary(grouping: hours, by: \.hour).mapValues(\.count)
        #expect(counts.filter { $0.value == 2 }.keys.first == twice)
        #expect((0..<24).filter { counts[$0] == nil } == [missing].compactMap(\.self))
    }

    @Test func `an unknown zone is refused with the nearest name`() {
        #expect(throws: DocumentError.self) { try zone("Europe/Berln") }
        do {
            _ = try zone("Europe/Berln")
        } catch {
            #expect("\(error)".contains("settings.yaml:1"))
            #expect("\(error)".contains("did you mean Europe/Berlin?"))
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `sums of a range are those of its calls, and older ones are forgotten`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var quarters = QuarterHours()
        var added: [(minute: Int64, sum: PeriodSum)] = []
        var minute: Int64 = 29_930_020
        for _ in 0..<600 {
            minute += Int64.random(in: 0...30, using: &generator)
            let sum = PeriodSum(
                calls: .random(in: 1...9, using: &generator),
                cost: Dollars(femtodollars: .random(in: 0...1_000, using: &generator)))
            quarters.add(sum, at: UInt64(minute) * 60_000_000_000)
            added.append((minute, sum))
            let end = minute / 15 * 15 + 15
            let range = end - 15 * Int64.random(in: 1...128, using: &generator)..<end
            let expected = added.reduce(into: PeriodSum()) { total, next in
                if range.contains(next.minute) { total.add(next.sum) }
            }
            #expect(quarters.sum(of: range) == expected)
        }
    }
}
