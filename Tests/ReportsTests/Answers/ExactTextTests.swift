// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import Testing

@testable import Reports

/// Questions compare texts byte by byte, and a forgotten value is no value.
@Suite struct ExactTextTests {
    private let history = History(seed: 7, count: 400)
    private let stored: StoredHistory
    private let all: String

    init() throws {
        stored = try StoredHistory(history)
        all = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)"
    }

    private func ask(_ path: String, _ query: String) throws -> [String: Any] {
        let desk = stored.desk(now: history.minutes.upperBound * 60)
        let reply = desk.answer(try #require(DeskQuestion(path: path), "\(path)"), query: query)
        #expect(reply.status == 200, "\(reply.text)")
        return try #require(try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any])
    }

    /// Gives two users and two sessions the two spellings of a letter.
    private func spell() throws {
        try stored.execute(
            """
            UPDATE texts SET text = char(233) WHERE text = 'user-1'; UPDATE texts SET text = 'e' || char(769) WHERE text = 'user-2';
            UPDATE texts SET text = 'x' || char(233) WHERE text = 's1';
            UPDATE texts SET text = 'xe' || char(769) WHERE text = 's2';
            """)
    }

    @Test(arguments: [("%C3%A9", "user-1"), ("e%CC%81", "user-2")])
    func `one spelling of a user does not count as the other`(spelling: String, user: String) throws {
        try spell()
        let rows = try ask("/api/v1/costs", "\(all)&measures=calls&where=user:\(spelling)")["rows"] as? [[String: Any]]
        #expect(rows?.first?["calls"] as? Int == history.calls.count { $0.dimensions["user"] == user })
    }

    @Test func `the parts of a change are those of both spellings`() throws {
        try spell()
        let middle = (history.minutes.lowerBound + history.minutes.upperBound) / 2 * 60
        let asked = try ask(
            "/api/v1/changes",
            "from=\(middle)&to=\(history.minutes.upperBound * 60)&before=\(history.minutes.lowerBound * 60)&group_by=user"
        )
        let rows = try #require(asked["rows"] as? [[String: Any]])
        let spelled = rows.compactMap { $0["user"] as? String }.map { Array($0.utf8) }
        #expect(spelled.contains(Array("\u{E9}".utf8)) && spelled.contains(Array("e\u{301}".utf8)))
        let calls = rows.reduce(0) { $0 + ($1["calls_after"] as? Int ?? 0) }
        #expect(
            calls == history.calls.count { $0.minute >= middle / 60 && $0.cost != nil && $0.dimensions["user"] != nil }
                + history.calls.count { $0.minute >= middle / 60 && $0.cost != nil && $0.dimensions["user"] == nil })
    }

    @Test(arguments: [("x%C3%A9", "s1"), ("xe%CC%81", "s2")])
    func `one spelling of a session does not count as the other`(spelling: String, session: String) throws {
        try spell()
        let rows = try ask("/api/v1/costs", "\(all)&measures=calls&where=session:\(spelling)")["rows"]
        let calls = (rows as? [[String: Any]])?.first?["calls"] as? Int
        #expect(calls == history.calls.count { $0.dimensions["session"] == session })
    }

    @Test func `a zero byte in a stored text cuts nothing off`() throws {
        try stored.execute("UPDATE texts SET text = 'm' || char(0) || 'x' WHERE text = 'gpt-4o'")
        let values = try ask("/api/v1/dimensions/model/values", "\(all)&prefix=m%00")["values"] as? [String]
        #expect(values == ["m\0x"])
        let rows = try ask("/api/v1/costs", "\(all)&measures=calls&where=model:m%00x")["rows"] as? [[String: Any]]
        #expect(rows?.first?["calls"] as? Int == history.calls.count { $0.facts["model"] == "gpt-4o" })
    }

    @Test func `a user who was forgotten is as absent as one that never was`() throws {
        let call = try #require(history.calls.first { $0.dimensions["user"] == "user-3" })
        try stored.execute("UPDATE sets SET value = 0 WHERE value = (SELECT id FROM texts WHERE text = 'user-3')")
        let trace = try ask("/api/v1/traces/\(History.traceText(call.trace))", "")
        let spans = try #require(trace["spans"] as? [[String: Any]])
        for span in spans {
            let dimensions = try #require(span["dimensions"] as? [String: String])
            #expect(!dimensions.values.contains(""))
        }
        let rows = try ask("/api/v1/costs", "\(all)&measures=calls&group_by=user&where=environment:*")["rows"]
        let users = (rows as? [[String: Any]])?.map { $0["user"] as? String }
        #expect(users?.contains("") == false && users?.contains("user-3") == false)
    }
}
