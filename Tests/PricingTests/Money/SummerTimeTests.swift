// SPDX-License-Identifier: Apache-2.0
import Documents
import Foundation
import GenAI
import OTLP
import Pricing
import TestData
import Testing

@Suite struct SummerTimeTests {
    // New York's clocks go from 02:00 to 03:00 on 8 March 2026 at 07:00 UTC, and from 02:00 to 01:00 on 1 November at
    // 06:00 UTC; Berlin's from 02:00 to 03:00 on 29 March and from 03:00 to 02:00 on 25 October, both at 01:00 UTC.
    @Test(
        arguments: [
            ("America/New_York", "09:00-17:00", "2026-03-07T13:59:00Z", false),
            ("America/New_York", "09:00-17:00", "2026-03-07T14:00:00Z", true),
            ("America/New_York", "09:00-17:00", "2026-03-08T12:59:00Z", false),
            ("America/New_York", "09:00-17:00", "2026-03-08T13:00:00Z", true),
            ("America/New_York", "09:00-17:00", "2026-10-31T20:59:59Z", true),
            ("America/New_York", "09:00-17:00", "2026-10-31T21:00:00Z", false),
            ("America/New_York", "09:00-17:00", "2026-11-01T21:59:59Z", true),
            ("America/New_York", "09:00-17:00", "2026-11-01T22:00:00Z", false),
            // The hour that is left out, and the one that comes twice.
            ("America/New_York", "02:00-03:00", "2026-03-08T06:59:59Z", false),
            ("America/New_York", "02:00-03:00", "2026-03-08T07:00:00Z", false),
            ("America/New_York", "03:00-04:00", "2026-03-08T07:00:00Z", true),
            ("America/New_York", "01:00-02:00", "2026-11-01T04:59:59Z", false),
            ("America/New_York", "01:00-02:00", "2026-11-01T05:00:00Z", true),
            ("America/New_York", "01:00-02:00", "2026-11-01T06:59:59Z", true),
            ("America/New_York", "01:00-02:00", "2026-11-01T07:00:00Z", false),
            ("Europe/Berlin", "08:00-18:00", "2026-03-28T07:00:00Z", true),
            ("Europe/Berlin", "08:00-18:00", "2026-03-29T06:00:00Z", true),
            ("Europe/Berlin", "08:00-18:00", "2026-03-29T05:59:00Z", false),
            ("Europe/Berlin", "08:00-18:00", "2026-10-24T16:00:00Z", false),
            ("Europe/Berlin", "08:00-18:00", "2026-10-25T16:59:00Z", true),
            ("Europe/Berlin", "08:00-18:00", "2026-10-25T17:00:00Z", false),
            ("Europe/Berlin", "02:00-03:00", "2026-10-25T00:00:00Z", true),
            ("Europe/Berlin", "02:00-03:00", "2026-10-25T01:59:00Z", true),
            ("Europe/Berlin", "02:00-03:00", "2026-10-25T02:00:00Z", false),
            // Past midnight on the night of a change: ten hours by the clock, nine or eleven that pass.
            ("Europe/Berlin", "22:00-08:00", "2026-03-28T20:59:00Z", false),
            ("Europe/Berlin", "22:00-08:00", "2026-03-28T21:00:00Z", true),
            ("Europe/Berlin", "22:00-08:00", "2026-03-29T05:59:00Z", true),
            ("Europe/Berlin", "22:00-08:00", "2026-03-29T06:00:00Z", false),
            ("Europe/Berlin", "22:00-08:00", "2026-10-24T20:00:00Z", true),
            ("Europe/Berlin", "22:00-08:00", "2026-10-25T06:59:00Z", true),
            ("Europe/Berlin", "22:00-08:00", "2026-10-25T07:00:00Z", false),
            // A zone that moved for good, and one half an hour off.
            ("Asia/Almaty", "09:00-10:00", "2024-02-29T03:00:00Z", true),
            ("Asia/Almaty", "09:00-10:00", "2024-03-01T03:00:00Z", false),
            ("Asia/Almaty", "09:00-10:00", "2024-03-01T04:00:00Z", true),
            ("Australia/Adelaide", "09:00-10:00", "2026-01-15T22:30:00Z", true),
            ("Australia/Adelaide", "09:00-10:00", "2026-07-15T23:30:00Z", true),
        ] as [(String, String, String, Bool)])
    func `hours are read off the clock on the wall`(
        _ zone: String, _ hours: String, _ time: String, _ holds: Bool
    ) throws {
        let book = try book(zone, "hours: [\"\(hours)\"]")
        #expect(book.price(try question(time)).text == (holds ? "1" : "2"))
    }

    @Test(
        arguments: [
            // Saturday, 7 March, ends in New York at 05:00 UTC of Sunday; Sunday, 8 March, at 04:00 UTC of Monday.
            ("America/New_York", "[7]", "hours: [\"00:00-00:00\"]", "2026-03-08T04:59:00Z", false),
            ("America/New_York", "[7]", "hours: [\"00:00-00:00\"]", "2026-03-08T05:00:00Z", true),
            ("America/New_York", "[7]", "hours: [\"00:00-00:00\"]", "2026-03-09T03:59:00Z", true),
            ("America/New_York", "[7]", "hours: [\"00:00-00:00\"]", "2026-03-09T04:00:00Z", false),
            ("America/New_York", "[7]", "hours: [\"00:00-00:00\"]", "2026-11-02T04:59:00Z", true),
            ("America/New_York", "[7]", "hours: [\"00:00-00:00\"]", "2026-11-02T05:00:00Z", false),
            // The night that begins on Saturday, and the one that begins on Sunday.
            ("Europe/Berlin", "[6]", "hours: [\"22:00-08:00\"]", "2026-03-29T05:59:00Z", true),
            ("Europe/Berlin", "[6]", "hours: [\"22:00-08:00\"]", "2026-03-29T20:00:00Z", false),
            ("Europe/Berlin", "[7]", "hours: [\"22:00-08:00\"]", "2026-03-29T05:59:00Z", false),
            ("Europe/Berlin", "[7]", "hours: [\"22:00-08:00\"]", "2026-03-29T20:00:00Z", true),
            // Hours of UTC on days of Berlin.
            ("Europe/Berlin", "[1]", "hours_utc: [\"21:00-23:59\"]", "2026-03-29T21:59:00Z", false),
            ("Europe/Berlin", "[1]", "hours_utc: [\"21:00-23:59\"]", "2026-03-29T22:00:00Z", true),
            ("Europe/Berlin", "[1]", "hours_utc: [\"21:00-23:59\"]", "2026-10-25T22:00:00Z", false),
            ("Europe/Berlin", "[1]", "hours_utc: [\"21:00-23:59\"]", "2026-10-25T23:00:00Z", true),
        ] as [(String, String, String, String, Bool)])
    func `days of the week are those of the zone`(
        _ zone: String, _ days: String, _ hours: String, _ time: String, _ holds: Bool
    ) throws {
        let book = try book(zone, "days: \(days), \(hours)")
        #expect(book.price(try question(time)).text == (holds ? "1" : "2"))
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a verdict at hand is the one that a calendar gives, around every change`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let names = TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") }.sorted()
        let name = try #require(names.randomElement(using: &random))
        var calendar = Calendar(identifier: .iso8601)
        let zone = try #require(TimeZone(identifier: name))
        calendar.timeZone = zone
        let start = Int.random(in: 0..<1440, using: &random)
        let end = Int.random(in: 0..<1440, using: &random)
        let days = (1...7).filter { _ in Bool.random(using: &random) } + [1]
        let book = try book(name, "days: \(Set(days).sorted()), hours: [\"\(clock(start))-\(clock(end))\"]")
        let symbols = SymbolTable()
        let pricer = Pricer(book: book, symbols: symbols)
        for moment in moments(in: zone, &random) {
            let expected = holds(calendar, moment, start: start, end: end, days: Set(days))
            // Neighbours within seconds, so that the second one meets a verdict at hand.
            for second in [moment, moment + 1] where second / 60 == moment / 60 {
                let priced = pricer.price([call(at: second, symbols)])
                #expect(priced.map { $0.outcome.text } == [expected ? "1" : "2"], "\(name) \(moment)")
            }
        }
    }

    /// Seconds since 1970, most of them within hours of a change of the clocks.
    private func moments(in zone: TimeZone, _ random: inout SeededGenerator) -> [Int] {
        var moments: [Int] = []
        for _ in 0..<100 {
            let any = Int.random(in: 1_577_836_800..<4_102_444_800, using: &random)
            moments.append(any)
            let change = zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: Double(any)))
            guard let change, change.timeIntervalSince1970 < 4_102_000_000 else { continue }
            for _ in 0..<4 {
                moments.append(Int(change.timeIntervalSince1970) + Int.random(in: -90_000..<90_000, using: &random))
            }
            moments.append(Int(change.timeIntervalSince1970))
            moments.append(Int(change.timeIntervalSince1970) - 1)
        }
        return moments
    }

    private func holds(_ calendar: Calendar, _ seconds: Int, start: Int, end: Int, days: Set<Int>) -> Bool {
        let parts = calendar.dateComponents(
            [.hour, .minute, .weekday], from: Date(timeIntervalSince1970: Double(seconds)))
        let minute = (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
        // Foundation's weeks begin with Sunday as 1.
        let weekday = ((parts.weekday ?? 1) + 5) % 7 + 1
        let yesterday = (weekday + 5) % 7 + 1
        if start == end { return days.contains(weekday) }
        if start < end { return minute >= start && minute < end && days.contains(weekday) }
        return minute >= start ? days.contains(weekday) : minute < end && days.contains(yesterday)
    }

    private func clock(_ minute: Int) -> String {
        "\(minute / 60 < 10 ? "0" : "")\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
    }

    private func call(at second: Int, _ symbols: SymbolTable) -> ModelCall {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 1, traceIDLow: 2, spanID: 3))
        call.provider = symbols.symbol(for: "acme", in: .provider)
        call.responseModel = symbols.symbol(for: "x", in: .model)
        call.usage = TestBook.usage([.input: 1_000_000])
        call.reportsUsage = true
        call.endNanoseconds = Outside(UInt64(second) * 1_000_000_000)
        return call
    }

    private func question(_ time: String) throws -> PriceQuestion {
        let seconds = try Date(time, strategy: .iso8601).timeIntervalSince1970
        let moment = PriceMoment(nanoseconds: UInt64(seconds) * 1_000_000_000)
        return TestBook.question("x", at: (moment.day, moment.minute))
    }

    private func book(_ zone: String, _ window: String) throws -> PriceBook {
        try TestBook.make(
            [TestBook.model("acme/m", ["m"])],
            files: [
                """
                models:
                  - id: acme/x
                    prices: [{rates: {input: 2}}, {tz: "\(zone)", windows: [{\(window)}], rates: {input: 1}}]
                """
            ])
    }
}

@Suite struct TimeZoneNameTests {
    @Test(
        arguments: [
            ("Europe/Berln", " (did you mean Europe/Berlin?)"),
            ("america/new_york", " (did you mean America/New_York?)"),
            ("New York", " (did you mean America/New_York?)"), ("Berlin", " (did you mean Europe/Berlin?)"),
            ("EST", ""), ("PST", ""), ("GMT+5", ""), ("+8", ""), ("+15:00", ""), ("Mars/Olympus_Mons", ""), ("", ""),
            ("../../etc/localtime", ""), (String(repeating: "A/", count: 200), ""),
        ])
    func `an unknown zone is refused with the one that may be meant`(_ name: String, _ hint: String) {
        let error = #expect(throws: DocumentError.self) {
            let node = try Document.parse("id: a/b\nprovider: a\nprices: [{tz: \"\(name)\"}]", file: "a.yaml")
            _ = try PriceModel(node, unknownKeys: .refused)
        }
        let mend = "UTC, an offset such as +08:00 or a time zone such as America/New_York\(hint)"
        #expect(
            error?.description.hasPrefix("a.yaml:3: 'tz' must be \(mend), not '") == true, "\(error?.description ?? "")"
        )
    }

    @Test(arguments: ["America/New_York", "US/Eastern", "Asia/Kolkata", "Asia/Calcutta", "Etc/GMT+5", "Europe/Kyiv"])
    func `a zone has all its names`(_ name: String) throws {
        let node = try Document.parse("id: a/b\nprovider: a\nprices: [{tz: \(name), rates: {}}]", file: "a.yaml")
        _ = try PriceModel(node, unknownKeys: .refused)
    }
}
