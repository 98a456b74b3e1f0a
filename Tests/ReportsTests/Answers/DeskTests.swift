// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import TestData
import Testing

@testable import Ledger
@testable import Reports

@Suite struct DeskTests {
    private struct Asked {
        let status: Int
        let members: [String: Any]

        init(_ reply: QuestionDesk.Reply) throws {
            status = reply.status
            let json = try JSONSerialization.jsonObject(with: Data(reply.text.utf8))
            members = json as? [String: Any] ?? [:]
        }

        func text(_ name: String) -> String? { members[name] as? String }
        func number(_ name: String) -> Int? { members[name] as? Int }
        var rows: [[String: Any]] { members["rows"] as? [[String: Any]] ?? [] }
    }

    private let history = History(seed: 5, count: 300)
    private let stored: StoredHistory
    private let desk: QuestionDesk
    private let all: String

    init() throws {
        stored = try StoredHistory(history)
        desk = stored.desk(now: history.minutes.upperBound * 60)
        all = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)"
    }

    private func ask(_ path: String, _ query: String? = nil) throws -> Asked {
        let question = try #require(DeskQuestion(path: path), "\(path)")
        return try Asked(desk.answer(question, query: query))
    }

    private func known(_ calls: [History.Call]) -> String {
        calls.reduce(Dollars.zero) { $0 + ($1.cost ?? .zero) }.description
    }

    @Test func `a trace comes with all its calls and their sum`() throws {
        for number in Set(history.calls.map(\.trace)) {
            let calls = history.calls.filter { $0.trace == number }
            let asked = try ask("/api/v1/traces/\(History.traceText(number).uppercased())")
            #expect(asked.status == 200)
            #expect(asked.text("trace") == History.traceText(number))
            #expect(asked.text("name") == "trace \(number)")
            #expect(asked.text("known_cost") == known(calls))
            #expect(asked.number("calls") == calls.count)
            let unpriced = calls.count { $0.cost == nil }
            #expect(asked.number("unpriced_calls") == unpriced)
            #expect(asked.text("cost") == (unpriced > 0 ? nil : known(calls)))
            #expect((asked.text("reason") == nil) == (unpriced == 0))
            let isUnknown = unpriced > 0 && known(calls) == "0"
            #expect((asked.members["total_estimated_cost"] is NSNull) == isUnknown)
            let spans = asked.members["spans"] as? [[String: Any]] ?? []
            #expect(spans.count == calls.count)
            #expect(
                spans.compactMap { $0["cost"] as? String }.sorted()
                    == calls.compactMap { $0.cost?.description }.sorted())
        }
    }

    @Test func `a span comes with what is kept of its call`() throws {
        for (index, call) in history.calls.enumerated().prefix(50) {
            let id = String(index + 1, radix: 16)
            let asked = try ask(
                "/api/v1/spans/\(History.traceText(call.trace))/" + String(repeating: "0", count: 16 - id.count) + id)
            #expect(asked.status == 200)
            #expect(asked.text("cost") == call.cost?.description)
            #expect(asked.text("model") == call.facts["model"])
            #expect(asked.text("outcome") == call.facts["source"])
            #expect(asked.members["dimensions"] as? [String: String] == call.dimensions)
            let tokens = (asked.members["tokens"] as? [String: Int] ?? [:]).values.reduce(0, +)
            #expect(Int64(tokens) == call.tokens.reduce(0, +))
        }
    }

    @Test(arguments: ["s1", "s2", "s3"])
    func `a session comes with its traces`(session: String) throws {
        let calls = history.calls.filter { $0.dimensions["session"] == session }
        let asked = try ask("/api/v1/sessions/\(session)")
        #expect(asked.text("known_cost") == known(calls))
        #expect(asked.number("traces") == Set(calls.map(\.trace)).count)
        #expect(asked.rows.count == Set(calls.map(\.trace)).count)
    }

    @Test(
        arguments: [
            ("/api/v1/traces/4bf92f3577b34da6a3ce929d0e0e4736", 404), ("/api/v1/traces/4bf9", 400),
            ("/api/v1/traces/%22", 400),
            ("/api/v1/spans/4bf92f3577b34da6a3ce929d0e0e4736/00f067aa0ba902b7", 404),
            ("/api/v1/spans/4bf92f3577b34da6a3ce929d0e0e4736/1", 400), ("/api/v1/sessions/none", 404),
            ("/api/v1/sessions/it%27s%20%E2%82%AC", 404), ("/api/v1/dimensions/usr/values", 400),
        ])
    func `an id that is none is refused, and an unknown one is not found`(path: String, status: Int) throws {
        let asked = try ask(path)
        #expect(asked.status == status)
        #expect((asked.members["error"] as? [String: Any])?["message"] is String)
    }

    @Test(arguments: [
        "/api/v1/traces/4bf92f3577b34da6a3ce929d0e0e4736", "/api/v1/sessions/none",
        "/api/v1/spans/4bf92f3577b34da6a3ce929d0e0e4736/00f067aa0ba902b7",
    ])
    func `what is not found may only be too new, and the answer says for how long`(path: String) throws {
        var configuration = ReportsConfiguration()
        configuration.settleSeconds = 47
        configuration.longestSettleSeconds = 89
        desk.follow(configuration)
        let message = (try ask(path).members["error"] as? [String: Any])?["message"] as? String ?? ""
        #expect(
            message.hasSuffix(
                "; a new call is listed 47 s after it arrives at the latest, one without a model 89 s (billing.settle, or "
                    + "twice that, and 5 s)"),
            "\(message)")
    }

    @Test(arguments: ["group_by=tier", "group_by=session", "where=session:s1"])
    func `a change by what roll-ups do not have is refused by the name of its own parameter`(query: String) throws {
        let asked = try ask("/api/v1/changes", "\(all)&\(query)")
        #expect(asked.status == 400)
        #expect((asked.members["error"] as? [String: Any])?["parameter"] as? String == "group_by")
    }

    @Test(arguments: [
        "/api/v1", "/api/v1/", "/api/v1/cost", "/api/v1/traces", "/api/v1/traces/a/b", "/api/v1/sessions/%FF",
    ])
    func `any other path is no question`(path: String) { #expect(DeskQuestion(path: path) == nil) }

    @Test func `the dearest come first`() throws {
        let byTrace = Dictionary(grouping: history.calls, by: \.trace)
        let dearest = byTrace.mapValues { $0.reduce(Dollars.zero) { $0 + ($1.cost ?? .zero) } }.values.sorted(by: >)
        let traces = try ask("/api/v1/top", "\(all)&limit=5").rows
        #expect(traces.compactMap { $0["known_cost"] as? String } == dearest.prefix(5).map(\.description))

        let calls = history.calls.compactMap(\.cost).sorted(by: >)
        let byCost = try ask("/api/v1/top", "\(all)&by=call&limit=7").rows
        #expect(byCost.compactMap { $0["cost"] as? String } == calls.prefix(7).map(\.description))

        let byModel = Dictionary(grouping: history.calls) { $0.facts["model"] ?? "" }.mapValues(\.count)
        let models = try ask("/api/v1/top", "\(all)&by=model&order_by=calls&limit=2").rows
        #expect(models.compactMap { $0["calls"] as? Int } == Array(byModel.values.sorted(by: >).prefix(2)))
        #expect(try ask("/api/v1/top", "\(all)&by=session&order_by=tokens").rows.count == 3)
        #expect(try ask("/api/v1/top", "by=usr").status == 400)
        #expect(try ask("/api/v1/top", "order_by=price").status == 400)
    }

    @Test func `a summary has the totals, the period before and a forecast`() throws {
        let asked = try ask("/api/v1/summary", all)
        let totals = asked.members["totals"] as? [String: Any] ?? [:]
        let machines = history.machines.reduce(Dollars.zero) { $0 + $1.cost }
        let sum = history.calls.reduce(machines) { $0 + ($1.cost ?? .zero) }
        #expect(totals["known_cost"] as? String == sum.description)
        #expect(totals["calls"] as? Int == history.calls.count)
        #expect(totals["traces"] as? Int == Set(history.calls.map(\.trace)).count)
        #expect(totals["sessions"] as? Int == 3)
        #expect(totals["users"] as? Int == Set(history.calls.compactMap { $0.dimensions["user"] }).count)
        let before = asked.members["before"] as? [String: Any] ?? [:]
        #expect((before["totals"] as? [String: Any])?["calls"] as? Int == 0)
        #expect((asked.members["forecast"] as? [Any])?.count == 3)
    }

    @Test func `the values of a dimension are those of its calls`() throws {
        let asked = try ask("/api/v1/dimensions/user/values", "\(all)&prefix=user-1")
        let users = Set(history.calls.compactMap { $0.dimensions["user"] }.filter { $0.hasPrefix("user-1") }).sorted()
        #expect(asked.members["values"] as? [String] == users)
    }

    @Test func `the parts of a change sum exactly to it`() throws {
        let (first, end) = (history.minutes.lowerBound, history.minutes.upperBound)
        let middle = (first + end) / 2 / 15 * 15
        for keys in ["", "&group_by=user", "&group_by=provider,model&where=team:search"] {
            let asked = try ask("/api/v1/changes", "from=\(middle * 60)&to=\(end * 60)&before=\(first * 60)\(keys)")
            let parts = asked.members["parts"] as? [String: String] ?? [:]
            #expect(parts.count == 5)
            let sum = try parts.values.reduce(Dollars.zero) { $0 + (try Self.signed($1)) }
            #expect(sum.description == asked.text("change"), "\(keys)")
        }
        #expect(try ask("/api/v1/changes", "group_by=team,session").status == 400)
    }

    private static func signed(_ text: String) throws -> Dollars {
        text.hasPrefix("-") ? -(try Dollars(String(text.dropFirst()))) : try Dollars(text)
    }

    @Test func `pages follow one another without a gap, and a cursor belongs to its question`() throws {
        let query = "\(all)&group_by=user,model&granularity=day&order_by=-cost"
        let whole = try ask("/api/v1/costs", query + "&limit=10000").rows.map {
            "\($0["time"] ?? "")\($0["user"] ?? "")\($0["model"] ?? "")"
        }
        var pages: [String] = []
        var cursor = ""
        repeat {
            let page = try ask("/api/v1/costs", "\(query)&limit=17&cursor=\(cursor)")
            pages += page.rows.map { "\($0["time"] ?? "")\($0["user"] ?? "")\($0["model"] ?? "")" }
            cursor = page.text("next") ?? ""
            #expect(page.members["truncated"] as? Bool == !cursor.isEmpty)
            if !cursor.isEmpty { #expect(try ask("/api/v1/costs", "\(all)&cursor=\(cursor)").status == 400) }
        } while !cursor.isEmpty && pages.count < 10_000
        #expect(pages == whole)
    }

    @Test func `cells of a spreadsheet are no formulas, and money of the flat form is a number`() throws {
        let csv = desk.answer(.costs, query: "\(all)&group_by=user&format=csv")
        #expect(csv.contentType.hasPrefix("text/csv"))
        #expect(csv.text.hasPrefix("user,cost,known_cost,reason,tokens,calls\n"))
        #expect(csv.text.contains(#""'=cmd|""x"",y""#))
        #expect(!csv.text.contains("\n=") && !csv.text.contains(#"\n"="#))
        let flat = desk.answer(.costs, query: "\(all)&granularity=day&where=-source:unpriced&format=flat")
        let rows = try JSONSerialization.jsonObject(with: Data(flat.text.utf8)) as? [[String: Any]] ?? []
        #expect(!rows.isEmpty)
        #expect(rows.allSatisfy { $0["cost"] is NSNumber && $0["time"] is String })
    }

    @Test func `what may still change is marked`() throws {
        let now = history.minutes.upperBound * 60
        let asked = try ask("/api/v1/costs", "from=\(now - 864_000)&to=\(now)&granularity=day")
        #expect(asked.members["provisional"] as? Bool == true)
        #expect(asked.rows.last?["provisional"] as? Bool == true)
        #expect(asked.rows.first?["provisional"] == nil)
        #expect(
            try ask("/api/v1/costs", "from=\(now - 864_000)&to=\(now - 3_600)").members["provisional"] as? Bool == false
        )
    }

    @Test func `what is no longer kept is refused with the time from which it is`() throws {
        let middle = (history.minutes.lowerBound + history.minutes.upperBound) / 2
        try stored.execute("INSERT INTO meta VALUES ('calls_from', \((middle - 26_297_280) << 22))")
        let asked = try ask("/api/v1/costs", "\(all)&group_by=user,team")
        #expect(asked.status == 400)
        #expect((asked.members["error"] as? [String: Any])?["parameter"] as? String == "from")
        #expect(try ask("/api/v1/costs", "\(all)&group_by=user").status == 200)
        #expect(try ask("/api/v1/top", all).status == 400)
    }

    @Test func `a question that takes too long ends`() throws {
        #expect(throws: RowReadingError.tooLong(seconds: 0)) {
            try stored.ask(seconds: 0) { session in
                let statement = try session.statement(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n")
                _ = try statement.next()
            }
        }
    }

    @Test func `an export has each call once, whatever the number of pieces`() throws {
        let history = History(seed: 9, count: 4_500)
        let stored = try StoredHistory(history)
        let desk = stored.desk(now: history.minutes.upperBound * 60)
        let period = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)"
        for form in ["csv", "jsonl"] {
            let reply = desk.answer(.export, query: "\(period)&format=\(form)")
            #expect(reply.status == 200)
            let export = try #require(reply.export)
            var bytes: [UInt8] = []
            while let piece = try export.next() { bytes += piece }
            var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            if form == "csv" {
                #expect(lines.removeFirst().hasPrefix("trace,span,parent,start,end,"))
                #expect(lines.allSatisfy { !$0.contains(",=") && !$0.contains(#","="#) })
                #expect(Set(lines.map { $0.split(separator: ",")[1] }).count == history.calls.count)
            } else {
                let sum = try lines.reduce(Dollars.zero) { sum, line in
                    let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    return sum + (try Dollars(json?["known_cost"] as? String ?? ""))
                }
                #expect(sum == history.calls.reduce(Dollars.zero) { $0 + ($1.cost ?? .zero) })
            }
            #expect(lines.count == history.calls.count)
        }
        #expect(desk.answer(.export, query: "format=xml").status == 400)
    }

    @Test func `the description of the questions has all paths`() throws {
        let asked = try ask("/api/v1/openapi.json")
        let paths = asked.members["paths"] as? [String: Any] ?? [:]
        #expect(Set(paths.keys).isSuperset(of: DeskQuestion.paths))
        #expect(try ask("/api/v1/openapi.json", "a=b").status == 400)
    }
}
