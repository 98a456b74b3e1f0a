// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import Testing

@testable import Reports

/// Unknown is not free, and a call that failed without usage has no price.
@Suite struct KnownCostTests {
    /// 23 March 2026, in minutes since 1970.
    private static let first: Int64 = 29_570_400
    private static let trace = 5

    /// A desk over the calls of one trace and model, with these costs, `nil` for a call without a price; a cost of 0 is that
    /// of a failed call without usage.
    private static func stored(_ costs: [String?]) throws -> StoredHistory {
        let calls = try costs.enumerated().map { index, cost in
            var call = History(seed: 1, count: 1).calls[0]
            (call.minute, call.trace) = (first + Int64(index), trace)
            call.facts["model"] = "orchid"
            call.facts["source"] = cost == nil ? "unpriced" : cost == "0" ? "nothing" : "computed"
            call.flags = cost == "0" ? 1 : 0
            call.dimensions = ["user": "ada", "session": "chat"]
            call.cost = try cost.map { try Dollars($0) }
            return call
        }
        return try StoredHistory(History(calls, minutes: first..<first + 15))
    }

    private static let query = "from=\(first * 60)&to=\((first + 15) * 60)"

    private func object(_ reply: QuestionDesk.Reply) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any] ?? [:]
    }

    @Test(
        arguments: [
            ([nil], "unknown"), ([nil, "0"], "unknown"), (["0", "0", nil], "unknown"), (["0"], "0"),
            (["0.25", "0", nil], "0.25"), (["0.25"], "0.25"),
        ] as [([String?], String)])
    func `tables and answers agree on what is known`(costs: [String?], known: String) throws {
        let stored = try Self.stored(costs)
        let desk = stored.desk(now: (Self.first + 60) * 60)
        func last(_ line: ReportText.Line?) -> String { line?.text.split(separator: " ").last.map(String.init) ?? "" }
        let report = try desk.report(query: "\(Self.query)&group_by=model&measures=calls,cost").lines
        #expect(last(report.first { $0.text.hasPrefix("orchid") }) == known)
        #expect(last(report.first { $0.kind == .total }) == known)
        for subject in ["trace", "session", "model"] {
            #expect(last(try desk.topLines(query: "\(Self.query)&by=\(subject)")[1]) == known, "\(subject)")
        }
        let id = History.traceText(Self.trace)
        #expect(last(try desk.traceLines(id, query: nil)[1]) == known)
        for question in [DeskQuestion.trace(id), .session("chat")] {
            let total = try object(desk.answer(question, query: nil))["total_estimated_cost"]
            #expect((total as? NSNumber).map { "\($0)" } ?? "unknown" == known, "\(question)")
        }
    }

    @Test(
        arguments: [
            (["0.5", "0"], "0.5"), (["0.5", "1", "0", "0", nil], "0.75"), (["0", nil], nil), (["0"], nil),
        ] as [([String?], String?)])
    func `an average is that of the calls with a price, also if most calls fail`(
        costs: [String?], average: String?
    ) throws {
        let stored = try Self.stored(costs)
        let desk = stored.desk(now: (Self.first + 60) * 60)
        // From roll-ups, and from single calls.
        for keys in ["model", "error"] {
            let answer = try object(desk.answer(.costs, query: "\(Self.query)&group_by=\(keys)&measures=average_cost"))
            #expect(answer["source"] as? String == (keys == "model" ? "rollups" : "calls"))
            let rows = answer["rows"] as? [[String: Any]]
            #expect(rows?.first?["average_cost"] as? String == average, "\(keys)")
        }
    }
}
