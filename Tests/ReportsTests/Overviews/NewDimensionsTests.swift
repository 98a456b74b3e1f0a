// SPDX-License-Identifier: Apache-2.0
import Foundation
import Ledger
import Testing

@testable import Reports

/// Questions by dimensions of the settings of which no call has a value yet.
@Suite struct NewDimensionsTests {
    private static let settings = {
        var settings = ReportsConfiguration()
        settings.dimensions = [
            RowTexts.Dimension(name: "user", hasRollup: true), RowTexts.Dimension(name: "session", hasRollup: false),
            RowTexts.Dimension(name: "project", hasRollup: true),
        ]
        return settings
    }()
    private static let langfuse = #"""
        {"view": "observations", "dimensions": [{"field": "userId"}],
        "metrics": [{"measure": "totalCost", "aggregation": "sum"}],
        "fromTimestamp": "2026-03-01T00:00:00Z", "toTimestamp": "2026-11-01T00:00:00Z"}
        """#

    private static func ask(_ desk: QuestionDesk, _ path: String, _ query: String) throws -> [String: Any] {
        let reply = desk.answer(try #require(DeskQuestion(path: path)), query: query)
        try #require(reply.status == 200, "\(path)?\(query): \(reply.text)")
        guard reply.export == nil else { return [:] }
        return try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any] ?? [:]
    }

    private static func rows(_ desk: QuestionDesk, _ query: String) throws -> [[String: Any]] {
        try #require(try ask(desk, "/api/v1/costs", query)["rows"] as? [[String: Any]])
    }

    @Test(
        arguments: [
            ("costs", "group_by=user"), ("costs", "group_by=session,project"), ("costs", "where=user:ada"),
            ("changes", "group_by=project"), ("top", "by=user"), ("top", "by=session"), ("summary", ""),
            ("dimensions/project/values", ""), ("dimensions/session/values", ""),
            ("export", "format=focus&group_by=project&sub_account=project"), ("export", "format=csv"),
        ])
    func `a folder without calls has empty answers`(path: String, query: String) throws {
        let stored = try StoredHistory(History([], minutes: 29_570_400..<29_571_840), dimensions: [])
        let desk = stored.desk(now: 29_571_840 * 60, settings: Self.settings)
        let asked = try Self.ask(desk, "/api/v1/\(path)", query)
        for name in ["rows", "values"] { #expect((asked[name] as? [Any] ?? []).isEmpty, "\(asked)") }
    }

    @Test func `a script that was written for Langfuse has an empty answer`() throws {
        let stored = try StoredHistory(History([], minutes: 29_570_400..<29_571_840), dimensions: [])
        let desk = stored.desk(now: 29_571_840 * 60, settings: Self.settings)
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let query = try #require(Self.langfuse.addingPercentEncoding(withAllowedCharacters: allowed))
        let asked = try Self.ask(desk, "/api/public/v2/metrics", "query=\(query)")
        #expect((asked["data"] as? [Any])?.count == 0)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `earlier calls and machines are those without a value`(seed: UInt64) throws {
        let history = History(seed: seed, count: 200)
        let stored = try StoredHistory(history)
        let desk = stored.desk(now: history.minutes.upperBound * 60, settings: Self.settings)
        for minutes in [0, 1, 7, 14] as [Int64] {
            let (from, to) = (history.minutes.lowerBound + minutes, history.minutes.upperBound - 2 * minutes)
            let period = "from=\(from * 60)&to=\(to * 60)"
            let all = try Self.rows(desk, period)
            let rows = try Self.rows(desk, "\(period)&group_by=project")
            #expect(rows.count == 1 && rows.first?["project"] is NSNull)
            #expect(rows.first?["known_cost"] as? String == all.first?["known_cost"] as? String)
            #expect(rows.first?["calls"] as? Int == all.first?["calls"] as? Int)
            #expect(try Self.rows(desk, "\(period)&group_by=model&where=project:shop").isEmpty)
        }
    }
}
