// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import TestData
import Testing

@testable import Ledger
@testable import Reports

/// Answers as values are those that go over HTTP as JSON.
@Suite struct ViewTests {
    private let history = History(seed: 8, count: 200)
    private let stored: StoredHistory
    private let desk: QuestionDesk
    private let all: String

    init() throws {
        stored = try StoredHistory(history)
        desk = stored.desk(now: history.minutes.upperBound * 60)
        all = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)"
    }

    private func json(_ path: String, _ query: String? = nil) throws -> [String: Any] {
        let reply = desk.answer(try #require(DeskQuestion(path: path)), query: query)
        return try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any] ?? [:]
    }

    private func ask<T>(_ body: (StoredAnswers) throws -> T) throws -> T {
        try stored.ask { session in
            try body(
                StoredAnswers(
                    session, configuration: ReportsConfiguration(), now: history.minutes.upperBound * 60))
        }
    }

    @Test func `a trace has the same calls and costs`() throws {
        let top = try ask { try $0.dearestTraces(query: "\(all)&limit=20") }
        #expect(
            top.map(\.id)
                == (try json("/api/v1/top", "\(all)&limit=20")["rows"] as? [[String: Any]])?.compactMap {
                    $0["trace"] as? String
                })
        #expect(try ask { try $0.traces(top.map(\.id)) }.map(\.bill.known) == top.map(\.bill.known))
        for trace in top {
            let object = try json("/api/v1/traces/\(trace.id)")
            let tree = try ask { try $0.tree(of: trace.id) }
            let spans = object["spans"] as? [[String: Any]] ?? []
            #expect(tree.places.map(\.span.id).sorted() == spans.compactMap { $0["span"] as? String }.sorted())
            #expect(tree.trace.bill.known.description == object["known_cost"] as? String)
            #expect(tree.trace.name == object["name"] as? String)
            #expect(tree.places.reduce(Dollars.zero) { $0 + ($1.span.cost ?? .zero) } == tree.trace.bill.known)
        }
    }

    @Test(arguments: ["s1", "s2"])
    func `a session has the same traces`(name: String) throws {
        let session = try ask { try $0.view(ofSession: name) }
        let object = try json("/api/v1/sessions/\(name)")
        #expect(session.bill.known.description == object["known_cost"] as? String)
        #expect(
            session.traces.map(\.id) == (object["rows"] as? [[String: Any]])?.compactMap { $0["trace"] as? String })
    }

    @Test func `what is unknown is refused`() throws {
        #expect(throws: AnswerFailure.self) { try ask { try $0.tree(of: "1") } }
        #expect(throws: AnswerFailure.self) { try ask { try $0.view(ofSession: "none") } }
        #expect(throws: AnswerFailure.self) { try ask { try $0.dearestTraces(query: "by=usr") } }
    }

    @Test func `the latest call is known, and the parts of a change`() throws {
        #expect(try ask { try $0.latestMinute() } == history.calls.map(\.minute).max())
        let change = try ask { try $0.changeView(query: "\(all)&group_by=user") }
        #expect(
            change.after.description == (try json("/api/v1/changes", "\(all)&group_by=user"))["known_cost"] as? String)
    }
}
