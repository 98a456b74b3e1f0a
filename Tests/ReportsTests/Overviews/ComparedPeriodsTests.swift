// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import TestData
import Testing

@testable import Reports

/// What answers say of two periods is about the time that they state, and about priced calls.
@Suite struct ComparedPeriodsTests {
    /// 23 March 2026, in minutes since 1970.
    private static let first: Int64 = 29_570_400
    private static let day: Int64 = 1_440

    private struct Asked {
        let members: [String: Any]

        init(_ desk: QuestionDesk, _ question: DeskQuestion, _ query: String) throws {
            let reply = desk.answer(question, query: query)
            try #require(reply.status == 200, "\(query): \(reply.text)")
            members = try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any] ?? [:]
        }

        init(_ members: Any?) { self.members = members as? [String: Any] ?? [:] }

        func text(_ name: String) -> String { members[name] as? String ?? "" }
    }

    /// A call of a million input tokens.
    private static func call(_ minute: Int64, cost: String?) throws -> History.Call {
        var call = History(seed: 1, count: 1).calls[0]
        call.minute = minute
        call.facts["model"] = cost == nil ? "orchid" : "gpt-4o"
        call.facts["source"] = cost == nil ? "unpriced" : "computed"
        call.dimensions = ["user": "ada"]
        call.tokens = call.tokens.map { _ in 0 }
        call.tokens[0] = 1_000_000
        call.units = call.units.map { _ in 0 }
        call.cost = try cost.map { try Dollars($0) }
        call.saved = .zero
        call.trace = Int(minute)
        return call
    }

    private static func cost(_ desk: QuestionDesk, _ from: String, _ to: String, _ name: String) throws -> String {
        let query = "from=\(from)&to=\(to)&measures=cost,savings".replacing("+", with: "%2B")
        let rows = try Asked(desk, .costs, query).members["rows"] as? [[String: Any]]
        return rows?.first?[name] as? String ?? "0"
    }

    @Test(arguments: ["user", "model", "source", "user,model", "source,user"])
    func `a call without a price has no part in a change`(keys: String) throws {
        let (day, noon) = (Self.day, Self.first + 720)
        let calls = try [(noon, "2.5"), (noon + day, "2.5"), (noon + day + 1, nil)].map {
            try Self.call($0.0, cost: $0.1)
        }
        let stored = try StoredHistory(History(calls, minutes: Self.first..<Self.first + 2 * day))
        let (from, to) = ((Self.first + day) * 60, (Self.first + 2 * day) * 60)
        let asked = try Asked(stored.desk(now: to), .changes, "from=\(from)&to=\(to)&group_by=\(keys)")
        let parts = asked.members["parts"] as? [String: String] ?? [:]
        #expect(parts.count == 5 && parts.values.allSatisfy { $0 == "0" }, "\(parts)")
        #expect(asked.text("known_cost") == "2.5" && asked.text("known_cost_before") == "2.5")
    }

    @Test func `a call near the border of two periods is in one of them`() throws {
        let now = Self.first + 8 * Self.day + 22 * 60 + 19
        let call = try Self.call(now - 7 * Self.day + 6, cost: "2.5")
        let stored = try StoredHistory(History([call], minutes: Self.first..<now))
        let asked = try Asked(stored.desk(now: now * 60), .changes, "from=now-7d&group_by=user")
        #expect(asked.text("known_cost") == "2.5")
        #expect(asked.text("known_cost_before") == "0")
        #expect(asked.text("before_to") == asked.text("from"))
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `a change is that of the costs of the periods that it states, and these share no minute`(seed: UInt64) throws {
        let history = History(seed: seed, count: 300)
        let stored = try StoredHistory(history)
        let desk = stored.desk(now: history.minutes.upperBound * 60)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<12 {
            let length = Int64.random(in: 1...4 * Self.day, using: &generator)
            let from = Int64.random(
                in: history.minutes.lowerBound + 5 * Self.day..<history.minutes.upperBound - length - 21,
                using: &generator)
            let gap = Int64.random(in: 0...20, using: &generator)
            for before in ["", "&before=\((from - length - gap) * 60)", "&before=\((from + length + gap) * 60)"] {
                let query = "from=\(from * 60)&to=\((from + length) * 60)&group_by=user\(before)"
                let asked = try Asked(desk, .changes, query)
                let (begin, end) = (asked.text("from"), asked.text("to"))
                let (earlier, earlierEnd) = (asked.text("before_from"), asked.text("before_to"))
                #expect(earlierEnd <= begin || earlier >= end, "\(query)")
                #expect(try asked.text("known_cost") == Self.cost(desk, begin, end, "known_cost"), "\(query)")
                #expect(
                    try asked.text("known_cost_before") == Self.cost(desk, earlier, earlierEnd, "known_cost"),
                    "\(query)")
            }
        }
    }

    // The history begins on 23 March 2026, and it is noon of the eighth day.
    @Test(
        arguments: [
            ("from=now-2d&before=now-3d", "would overlap the period of the question, 2026-03-28T12:00:00Z to"),
            ("from=now-2d&before=now-1d", "; begin at 2026-03-26T12:00:00Z or earlier"),
            ("from=now-2d&before=now-2d", "a period of this length that begins at 2026-03-28T12:00:00Z"),
            ("from=now-2d&to=now-1d&before=now%2B1d", "would begin at 2026-03-31T12:00:00Z, which is not in the past"),
            ("from=now-2d&before=now", "would begin at 2026-03-30T12:00:00Z, which is not in the past"),
        ])
    func `a period to compare with has begun and is another one`(query: String, sentence: String) throws {
        let stored = try StoredHistory(
            History([Self.call(Self.first, cost: "2.5")], minutes: Self.first..<Self.first + 1))
        let reply = stored.desk(now: (Self.first + 7 * Self.day + 720) * 60).answer(.changes, query: query)
        #expect(reply.status == 400)
        #expect(reply.text.contains(#""parameter": "before""#), "\(reply.text)")
        #expect(reply.text.contains(sentence), "\(reply.text)")
    }

    @Test(
        arguments: [
            ("from=now/M&before=now/M-1M", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", true),
            ("from=now/M-1M&to=now/M&before=now/M-2M", "2026-01-01T00:00:00Z", "2026-01-29T00:00:00Z", false),
            // A period that is later than the one that is asked about, and not over.
            ("from=now-3d&to=now-2d&before=now-1h", "2026-03-31T11:00:00Z", "2026-04-01T11:00:00Z", true),
        ])
    func `on 31 March, February ends where March begins`(
        query: String, begin: String, end: String, isProvisional: Bool
    ) throws {
        let stored = try StoredHistory(
            History([Self.call(Self.first, cost: "2.5")], minutes: Self.first..<Self.first + 1))
        let asked = try Asked(stored.desk(now: (Self.first + 8 * Self.day + 720) * 60), .changes, query)
        #expect([asked.text("before_from"), asked.text("before_to")] == [begin, end])
        #expect(asked.members["provisional"] as? Bool == isProvisional)
    }

    @Test(arguments: [0, 1, 7, 14] as [Int64])
    func `the savings of a summary are those of the time that it states for them`(minutes: Int64) throws {
        let history = History(seed: 4, count: 300)
        let stored = try StoredHistory(history)
        let desk = stored.desk(now: history.minutes.upperBound * 60)
        let (from, to) = (history.minutes.lowerBound + 5 * Self.day + minutes, history.minutes.upperBound - minutes)
        let asked = try Asked(desk, .summary, "from=\(from * 60)&to=\(to * 60)")
        for part in [asked, Asked(asked.members["before"])] {
            let totals = Asked(part.members["totals"])
            let (begin, end) = (totals.text("savings_from"), totals.text("savings_to"))
            #expect(begin <= part.text("from") && end >= part.text("to"))
            #expect((begin == part.text("from")) == (minutes == 0))
            #expect(try totals.text("savings") == Self.cost(desk, begin, end, "savings"))
        }
    }
}
