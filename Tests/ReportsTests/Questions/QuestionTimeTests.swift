// SPDX-License-Identifier: Apache-2.0
import Pricing
import Reports
import Testing

@Suite struct QuestionTimeTests {
    @Test(
        arguments: [
            ("2026-11-28T00:00:00Z", "UTC", "2026-11-28T00:00:00Z"),
            ("2026-11-28T00:00:59.999Z", "UTC", "2026-11-28T00:00:00Z"),
            ("2026-11-28t02:00:00+02:00", "UTC", "2026-11-28T00:00:00Z"),
            ("2026-11-27 22:30:00-01:30", "UTC", "2026-11-28T00:00:00Z"),
            ("2026-11-28", "UTC", "2026-11-28T00:00:00Z"),
            ("2026-11-28", "utc", "2026-11-28T00:00:00Z"),
            ("2026-11-28", "Asia/Kathmandu", "2026-11-28T00:00:00+05:45"),
            ("1795824000", "UTC", "2026-11-28T00:00:00Z"),
            ("1795824000123", "UTC", "2026-11-28T00:00:00Z"),
            ("0", "UTC", "2020-01-01T00:00:00Z"),
            ("now-7d", "UTC", "2026-11-21T10:20:00Z"),
            ("now-90m", "UTC", "2026-11-28T08:50:00Z"),
            ("now-3600s", "UTC", "2026-11-28T09:20:00Z"),
            ("now-1w", "UTC", "2026-11-21T10:20:00Z"),
            ("now-1M", "UTC", "2026-10-28T10:20:00Z"),
            ("now-1y/y", "UTC", "2025-01-01T00:00:00Z"),
            ("now/h", "UTC", "2026-11-28T10:00:00Z"),
            ("now/h", "+05:45", "2026-11-28T16:00:00+05:45"),
            ("now/d", "UTC", "2026-11-28T00:00:00Z"),
            ("now/d", "Pacific/Kiritimati", "2026-11-29T00:00:00+14:00"),
            ("now/w", "UTC", "2026-11-23T00:00:00Z"),
            ("now/M", "UTC", "2026-11-01T00:00:00Z"),
            ("now/M-1M", "Europe/Berlin", "2026-10-01T00:00:00+02:00"),
            ("now/d-1d+1h", "UTC", "2026-11-27T01:00:00Z"),
            ("now-999999y", "UTC", "2020-01-01T00:00:00Z"),
            // The hour that summer time skips: the first minute after it.
            ("2026-03-29", "Europe/Berlin", "2026-03-29T00:00:00+01:00"),
            ("2025-09-07", "America/Santiago", "2025-09-07T01:00:00-03:00"),
            // The hour that is shown twice: the first one.
            ("2025-11-02", "America/Havana", "2025-11-02T00:00:00-04:00"),
        ])
    func `a time is read`(text: String, zone: String, time: String) throws {
        let period = try question("from=\(encoded(text))&to=2090-01-01&tz=\(encoded(zone))").period
        #expect(period.calendar.text(period.minutes.lowerBound) == time)
    }

    @Test(
        arguments: [
            "yesterday", "now-", "now-7", "now-7x", "now/", "now/7d", "now-1234567d", "now--7d", "nowd", "2026-13-01",
            "2026-11-31", "2026-11-28T", "2026-11-28T25:00:00Z", "2026-11-28T00:00:00", "2026-11-28T00:00:00.Z",
            "2026-11-28T00:00Z", "-5", "1e9", "99999999999999999999", "28.11.2026", "\u{0}",
        ])
    func `any other text is refused with examples`(text: String) {
        for name in ["from", "to"] {
            let error = #expect(throws: QuestionError.self) { try question("\(name)=\(encoded(text))") }
            #expect(error?.parameter == name)
            #expect(error?.example.contains("now") == true)
        }
    }

    @Test func `a period has the minutes that it touches`() throws {
        let period = try question("from=2026-11-28T00:00:59Z&to=2026-11-28T00:01:01Z").period
        #expect(period.minutes.count == 2)
    }

    @Test func `a question without times is about the last 24 hours`() throws {
        let period = try question("").period
        #expect(period.calendar.text(period.minutes.lowerBound) == "2026-11-27T10:20:00Z")
        #expect(period.calendar.text(period.minutes.upperBound) == "2026-11-28T10:21:00Z")
    }

    @Test(arguments: [
        "from=now&to=now-1d", "from=now&to=now", "from=2027-01-01", "to=now-48h", "from=2100-01-01&to=2200-01-01",
    ])
    func `a period that does not end after its begin is refused`(query: String) {
        let error = #expect(throws: QuestionError.self) { try question(query) }
        #expect(error?.parameter == "to")
        #expect(error?.example == "from=now-7d&to=now")
    }

    @Test(
        arguments: [
            ("Europe/Berlim", "did you mean Europe/Berlin?"), ("berlin", "did you mean Europe/Berlin?"),
            ("CET", "no time zone"),
            ("+05:17", "quarters of an hour"), ("+25:00", "no time zone"), ("5", "no time zone"),
            ("../etc/passwd", "no time zone"),
        ])
    func `an unknown zone is refused`(zone: String, part: String) {
        let error = #expect(throws: QuestionError.self) { try question("tz=\(encoded(zone))") }
        #expect(error?.parameter == "tz")
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: ["+5:45", "+05:45", " 05:45", " 5:45", "Asia/Kathmandu"])
    func `an offset may have one digit, and a plus sign that became a space`(zone: String) throws {
        #expect(try question("tz=\(encoded(zone))").period.calendar.zone.offset(at: 30_000_000) == 345)
    }
}
