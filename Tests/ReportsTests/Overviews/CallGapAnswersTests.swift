// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import TestData
import Testing

@testable import Ledger
@testable import Reports

/// No answer from single calls is about a time in which calls were counted and not kept.
@Suite struct CallGapAnswersTests {
    private let history: History
    private let stored: StoredHistory
    private let desk: QuestionDesk
    /// The gap, in minutes since 1970: one hour of the middle.
    private let gap: Range<Int64>

    init() throws {
        history = History(seed: 5, count: 300)
        stored = try StoredHistory(history)
        desk = stored.desk(now: history.minutes.upperBound * 60)
        let middle = (history.minutes.lowerBound + history.minutes.upperBound) / 2 / 60 * 60
        gap = middle..<middle + 60
        let quarter = (middle - 26_297_280) / 15
        try stored.execute("INSERT INTO meta VALUES ('calls_not_kept', '1-2 \(quarter)-\(quarter + 4)')")
    }

    private func ask(_ path: String, _ query: String? = nil) throws -> (status: Int, members: [String: Any]) {
        let reply = desk.answer(try #require(DeskQuestion(path: path), "\(path)"), query: query)
        let json = reply.text.isEmpty ? [:] : try JSONSerialization.jsonObject(with: Data(reply.text.utf8))
        return (reply.status, json as? [String: Any] ?? [:])
    }

    private func period(_ minutes: Range<Int64>) -> String {
        "from=\(minutes.lowerBound * 60)&to=\(minutes.upperBound * 60)"
    }

    private static let needing = [
        "/api/v1/costs?group_by=user,team", "/api/v1/costs?group_by=trace", "/api/v1/costs?where=tier:priority",
        "/api/v1/top?by=trace", "/api/v1/top?by=session", "/api/v1/top?by=call", "/api/v1/export?format=csv",
        "/api/v1/export?format=jsonl", "/api/v1/export?format=focus",
    ]

    @Test(arguments: Self.needing)
    func `a question that needs single calls is refused if its period touches the gap`(question: String) throws {
        let parts = question.split(separator: "?").map(String.init)
        let zone = TimeZone(identifier: "UTC")
        let format = Date.ISO8601FormatStyle(timeZone: try #require(zone))
        let (begin, end) = (gap.lowerBound, gap.upperBound)
        for minutes in [history.minutes, begin - 60..<begin + 1, end - 1..<end + 60, begin + 20..<begin + 30] {
            let asked = try ask(parts[0], "\(period(minutes))&\(parts[1])")
            #expect(asked.status == 400, "\(minutes)")
            let error = asked.members["error"] as? [String: Any]
            #expect(error?["parameter"] as? String == "from")
            let (from, to) = (
                Date(timeIntervalSince1970: Double(begin * 60)).formatted(format),
                Date(timeIntervalSince1970: Double(end * 60)).formatted(format)
            )
            let message = error?["message"] as? String ?? ""
            #expect(message.hasPrefix("single calls were not kept from \(from) to \(to) (storage.calls: false)"))
            #expect(error?["example"] as? String == (end < minutes.upperBound ? to : "group_by=model"))
        }
        for minutes in [history.minutes.lowerBound..<begin, end..<history.minutes.upperBound] {
            #expect(try ask(parts[0], "\(period(minutes))&\(parts[1])").status == 200, "\(minutes)")
        }
    }

    @Test func `sums are complete, by whole quarters of an hour where the ends lie in the gap`() throws {
        let whole = try ask("/api/v1/costs", "\(period(history.minutes))&group_by=user")
        #expect(whole.status == 200 && whole.members["source"] as? String == "rollups")
        let inside = try stored.costs(
            period(gap.lowerBound + 2..<history.minutes.upperBound), now: history.minutes.upperBound * 60)
        #expect(inside.minutes.lowerBound == gap.lowerBound)
        let outside = try stored.costs(
            period(gap.upperBound + 2..<history.minutes.upperBound), now: history.minutes.upperBound * 60)
        #expect(outside.minutes.lowerBound == gap.upperBound + 2)
    }

    @Test func `a summary has no number of traces and sessions for a period with the gap`() throws {
        func totals(_ minutes: Range<Int64>) throws -> [String: Any] {
            try ask("/api/v1/summary", period(minutes)).members["totals"] as? [String: Any] ?? [:]
        }
        let all = try totals(history.minutes)
        #expect(all["traces"] is NSNull && all["sessions"] is NSNull)
        #expect(all["calls"] as? Int == history.calls.count)
        let later = try totals(gap.upperBound..<history.minutes.upperBound)
        #expect(later["traces"] is NSNumber && later["sessions"] is NSNumber)
    }

    @Test func `traces and sessions that touch the gap are marked, and no others`() throws {
        var marked = 0
        for (number, calls) in Dictionary(grouping: history.calls, by: \.trace) {
            let id = History.traceText(number)
            let asked = try ask("/api/v1/traces/\(id)").members
            let start = try #require(calls.map { $0.minute * 60_000_000 - ($0.duration ?? 0) }.min()) / 60_000_000
            let touches = try (start..<#require(calls.map(\.minute).max()) + 1).overlaps(gap)
            #expect(asked["truncated"] as? Bool == touches)
            #expect(try stored.ask { try answers($0).tree(of: id).isTruncated } == touches)
            let lines = try desk.traceLines(id, query: nil).map(\.text)
            #expect(lines.contains("some calls of the trace may not be kept") == touches)
            marked += touches ? 1 : 0
        }
        #expect(marked > 0)
        for name in Set(history.calls.compactMap { $0.dimensions["session"] }) {
            let calls = history.calls.filter { $0.dimensions["session"] == name }
            let start = try #require(calls.map { $0.minute * 60_000_000 - ($0.duration ?? 0) }.min()) / 60_000_000
            let touches = try (start..<#require(calls.map(\.minute).max()) + 1).overlaps(gap)
            #expect(try ask("/api/v1/sessions/\(name)").members["truncated"] as? Bool == touches)
            #expect(try stored.ask { try answers($0).view(ofSession: name).lacksCalls } == touches)
        }
    }

    @Test func `a session of before the calls that are kept is marked`() throws {
        let calls = history.calls.filter { $0.dimensions["session"] == "s1" }
        try stored.execute("DELETE FROM meta WHERE key = 'calls_not_kept'")
        #expect(try ask("/api/v1/sessions/s1").members["truncated"] as? Bool == false)
        let last = try #require(calls.map(\.minute).max())
        try stored.execute("INSERT INTO meta VALUES ('calls_from', \((last - 26_297_280) << 22))")
        #expect(try ask("/api/v1/sessions/s1").members["truncated"] as? Bool == true)
    }

    @Test func `while no calls are kept, the sentence is about the setting`() throws {
        var settings = ReportsConfiguration()
        settings.keepsCalls = false
        let reply = stored.desk(now: history.minutes.upperBound * 60, settings: settings)
            .answer(.costs, query: "\(period(history.minutes))&group_by=user,team")
        #expect(reply.status == 400)
        #expect(reply.text.contains("which storage.calls: false does not keep"))
    }

    private func answers(_ session: RowSession) throws -> StoredAnswers {
        try StoredAnswers(session, configuration: ReportsConfiguration(), now: history.minutes.upperBound * 60)
    }
}
