// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import TestData
import Testing

@testable import Reports

/// What a day, a week and a month will come to.
@Suite struct ForecastTests {
    private static func totals(_ desk: QuestionDesk, from: String) throws -> (members: [String: Any], cost: Dollars) {
        let reply = desk.answer(.summary, query: "from=\(from)&to=now")
        let members = try #require(try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any])
        let totals = members["totals"] as? [String: Any]
        return (members, try Dollars(totals?["known_cost"] as? String ?? ""))
    }

    /// Amid a minute that has calls, and at its very begin.
    @Test(arguments: [0, 1, 30, 59] as [Int64], 1...6 as ClosedRange<UInt64>)
    func `a forecast has all of the cost until now, that of the present minute included`(
        second: Int64, seed: UInt64
    ) throws {
        let history = History(seed: seed, count: 200)
        let stored = try StoredHistory(history)
        let call = history.calls[Int(seed) * 29 % history.calls.count]
        let desk = stored.desk(now: call.minute * 60 + second)
        for (index, from) in ["now/d", "now/w", "now/M"].enumerated() {
            let asked = try Self.totals(desk, from: from)
            let forecasts = asked.members["forecast"] as? [[String: Any]] ?? []
            let soFar = try Dollars(forecasts[index]["so_far"] as? String ?? "")
            #expect(soFar == asked.cost, "\(from)")
            #expect(try Dollars(forecasts[index]["known_cost"] as? String ?? "") >= asked.cost, "\(from)")
        }
    }

    @Test func `the first calls of a service are in its forecast`() throws {
        let history = History(seed: 3, count: 200)
        let first = try #require(history.calls.first { $0.cost ?? .zero > .zero })
        let stored = try StoredHistory(history)
        let asked = try Self.totals(stored.desk(now: first.minute * 60 + 20), from: "now/M")
        let month = (asked.members["forecast"] as? [[String: Any]])?.last
        #expect(try Dollars(month?["known_cost"] as? String ?? "") > .zero)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a forecast of some calls has those alone`(seed: UInt64) throws {
        let history = History(seed: seed, count: 300)
        let stored = try StoredHistory(history)
        let now = history.minutes.upperBound * 60 - 30
        let (all, parts) = try stored.ask { session in
            let answers = try StoredAnswers(session, configuration: ReportsConfiguration(), now: now)
            let calendar = answers.clock.calendar
            let parts = try ["", "-"].map { sign in
                let query = "where=\(sign)source:computed"
                return try answers.forecasts(
                    calendar, filter: CostQuestion(query: query, context: answers.context).filter)
            }
            return (try answers.forecasts(calendar), parts)
        }
        for index in all.indices {
            let sum = (parts[0][index].soFar ?? .zero) + (parts[1][index].soFar ?? .zero)
            #expect(all[index].soFar == sum)
        }
    }
}
