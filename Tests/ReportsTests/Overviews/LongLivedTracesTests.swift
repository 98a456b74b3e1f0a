// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Ledger
@testable import Reports

/// Traces and sessions have dimensions as long as one of their calls has.
@Suite struct LongLivedTracesTests {
    private let history = History(seed: 5, count: 300)
    private let stored: StoredHistory
    private let desk: QuestionDesk

    init() throws {
        stored = try StoredHistory(history)
        desk = stored.desk(now: history.minutes.upperBound * 60)
    }

    private func ask(_ path: String, _ query: String? = nil) throws -> [String: Any] {
        let reply = desk.answer(try #require(DeskQuestion(path: path), "\(path)"), query: query)
        return try #require(JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any])
    }

    private static func own(_ call: History.Call) -> [String: String] {
        call.dimensions.filter { $0.key != "session" && !$0.value.isEmpty }
    }

    private static func own(_ dimensions: Any?) -> [String: String] {
        (dimensions as? [String: String] ?? [:]).filter { $0.key != "session" }
    }

    /// Removes the sets of a trace or session, as retention does with those of days whose calls are all removed.
    private func removeSet(of table: String, _ condition: String) throws {
        try stored.execute("DELETE FROM sets WHERE id IN (SELECT \"set\" FROM \(table) WHERE \(condition))")
    }

    @Test func `a trace whose first call and its values are removed has those of the last one`() throws {
        let traces = Dictionary(grouping: history.calls, by: \.trace).filter { _, calls in
            guard let first = calls.first, let last = calls.last else { return false }
            return !Self.own(first).isEmpty && !Self.own(last).isEmpty && Self.own(first) != Self.own(last)
        }
        let (number, calls) = try #require(traces.min { $0.key < $1.key })
        let id = History.traceText(number)
        let path = "/api/v1/traces/\(id)"
        let (first, last) = (Self.own(try #require(calls.first)), Self.own(try #require(calls.last)))
        #expect(Self.own(try ask(path)["dimensions"]) == first)
        let (high, low) = History.traceID(number)
        try removeSet(of: "all_traces", "high = \(high) AND low = \(low)")
        #expect(Self.own(try ask(path)["dimensions"]) == last)
        let view = try stored.ask { session in
            try StoredAnswers(session, configuration: ReportsConfiguration(), now: history.minutes.upperBound * 60)
                .tree(of: id).trace
        }
        #expect(last.allSatisfy { view.value(of: $0.key) == $0.value })
        let lines = try desk.traceLines(id, query: nil).map(\.text)
        #expect(lines.contains { line in last.allSatisfy { line.contains("\($0.key)=\($0.value)") } })
    }

    @Test func `values that were forgotten do not come back from other calls`() throws {
        let traces = Dictionary(grouping: history.calls, by: \.trace).filter { !Self.own($0.value[0]).isEmpty }
        let number = try #require(traces.keys.min())
        let (high, low) = History.traceID(number)
        let trace = "SELECT \"set\" FROM all_traces WHERE high = \(high) AND low = \(low)"
        try stored.execute("UPDATE sets SET value = 0 WHERE id = (\(trace))")
        #expect(Self.own(try ask("/api/v1/traces/\(History.traceText(number))")["dimensions"]).isEmpty)
    }

    @Test func `a session whose first call and its values are removed has those of its last trace`() throws {
        let id = "(SELECT id FROM texts WHERE text = 's1')"
        try stored.execute("UPDATE sessions SET \"set\" = 1000000 WHERE id = \(id)")
        let found = Self.own(try ask("/api/v1/sessions/s1")["dimensions"])
        let values = history.calls.filter { $0.dimensions["session"] == "s1" }.map(Self.own)
        #expect(!found.isEmpty && values.contains(found))
        let period = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)"
        let rows = try ask("/api/v1/top", "\(period)&by=session&limit=100")["rows"] as? [[String: Any]] ?? []
        let row = rows.first { $0["session"] as? String == "s1" }
        #expect(Self.own(row?["dimensions"]) == found)
    }
}
