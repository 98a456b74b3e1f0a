// SPDX-License-Identifier: Apache-2.0
import Foundation
import GenAI
import TestSupport
import Testing

@testable import Ledger
@testable import Reports

/// Every answer is what `/api/v1/openapi.json` says of it.
@Suite struct DescribedAnswersTests {
    private let document: JSONValue
    private let checker: SchemaChecker

    init() throws {
        document = try JSONValue.read(OpenAPI.text)
        checker = SchemaChecker(document)
    }

    /// The description of the question that a path asks.
    private func operation(_ path: String) throws -> (template: String, described: JSONValue) {
        let parts = path.split(separator: "/")
        let template = try #require(
            DeskQuestion.paths.first { template in
                let own = template.split(separator: "/")
                return own.count == parts.count && zip(own, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
            }, "\(path)")
        return (template, try #require(document["paths"]?[template]?["get"]))
    }

    /// Asks, and compares the answer with its description.
    ///
    /// - Returns: The answer, `.null` for one that is no JSON.
    @discardableResult
    private func ask(_ desk: QuestionDesk, _ path: String, _ query: String? = nil, _ status: Int = 200) throws
        -> JSONValue
    {
        let reply = desk.answer(try #require(DeskQuestion(path: path)), query: query)
        let line = "\(path)?\(query ?? "")"
        #expect(reply.status == status, "\(line): \(reply.text)")
        let (_, described) = try operation(path)
        let answer = try #require(described["responses"]?[String(reply.status)], "\(line): \(reply.status)")
        let type = String(reply.contentType.prefix { $0 != ";" })
        let schema = try #require(answer["content"]?[type]?["schema"], "\(line): \(type)")
        guard type == "application/json" else { return .null }
        let value = try JSONValue.read(reply.text)
        #expect(checker.mistakes(value, schema) == [], "\(line)")
        return value
    }

    private func askEverything(_ desk: QuestionDesk, _ period: String) throws {
        let measures = Measure.all.filter { $0 != .savings }.map(\.name).joined(separator: ",")
        for form in ["json", "flat", "csv"] {
            for granularity in ["total", "day", "hour"] {
                let query = "\(period)&granularity=\(granularity)&format=\(form)"
                try ask(
                    desk, "/api/v1/costs", "\(query)&measures=\(measures)&group_by=model,user,unpriced_reason,trace")
                try ask(desk, "/api/v1/costs", "\(query)&measures=savings,cost&group_by=source,environment&limit=3")
            }
        }
        for by in ["trace", "session", "call", "model", "user", "tier"] {
            let answer = try ask(desk, "/api/v1/top", "\(period)&by=\(by)&limit=200")
            let schema = ["trace": "Trace", "session": "SessionRow", "call": "Span"][by] ?? "CostRow"
            let own = try #require(document["components"]?["schemas"]?[schema])
            let rows = answer["rows"]?.list ?? []
            #expect(!rows.isEmpty)
            for row in rows { #expect(checker.mistakes(row, own) == []) }
        }
        for trace in try ask(desk, "/api/v1/top", "\(period)&limit=30")["rows"]?.list ?? [] {
            let id = try #require(trace["trace"]?.text)
            for span in try ask(desk, "/api/v1/traces/\(id)", "tz=Asia/Kathmandu")["spans"]?.list.prefix(3) ?? [] {
                try ask(desk, "/api/v1/spans/\(id)/\(try #require(span["span"]?.text))")
            }
        }
        for session in try ask(desk, "/api/v1/top", "\(period)&by=session")["rows"]?.list ?? [] {
            try ask(desk, "/api/v1/sessions/\(try #require(session["session"]?.text))")
        }
        try ask(desk, "/api/v1/summary", period)
        try ask(desk, "/api/v1/summary", "from=now-1h")
        try ask(desk, "/api/v1/dimensions/user/values", "\(period)&limit=1")
        try ask(desk, "/api/v1/changes", "\(period)&group_by=model,user")
        try ask(desk, "/api/v1/openapi.json")
        try askLangfuse(desk)
        try checkExport(desk, period)
    }

    private func askLangfuse(_ desk: QuestionDesk) throws {
        for aggregation in ["sum", "avg", "histogram", "p95"] {
            let query = """
                {"view": "observations", "metrics": [{"measure": "totalCost", "aggregation": "\(aggregation)"}],
                "dimensions": [{"field": "userId"}], "timeDimension": {"granularity": "week"},
                "fromTimestamp": "2026-07-01", "toTimestamp": "2026-08-01"}
                """
            for path in ["/api/public/v2/metrics", "/api/public/metrics"] {
                try ask(desk, path, QuestionParameters.query([("query", query)]))
            }
        }
    }

    private func checkExport(_ desk: QuestionDesk, _ period: String) throws {
        try ask(desk, "/api/v1/export", "\(period)&format=csv")
        try ask(desk, "/api/v1/export", "\(period)&format=jsonl")
        let span = try #require(document["components"]?["schemas"]?["Span"])
        let export = try #require(desk.answer(.export, query: "\(period)&format=jsonl").export)
        var bytes: [UInt8] = []
        while let piece = try export.next() { bytes += piece }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines { #expect(checker.mistakes(try JSONValue.read(String(line)), span) == []) }
    }

    private func askWhatFails(_ desk: QuestionDesk) throws {
        try ask(desk, "/api/v1/costs", "group_by=usr", 400)
        try ask(desk, "/api/v1/top", "by=usr", 400)
        try ask(desk, "/api/v1/summary", "from=never", 400)
        try ask(desk, "/api/v1/export", "format=xml", 400)
        try ask(desk, "/api/v1/changes", "group_by=session", 400)
        try ask(desk, "/api/v1/openapi.json", "a=b", 400)
        try ask(desk, "/api/public/v2/metrics", nil, 400)
        try ask(desk, "/api/v1/dimensions/usr/values", nil, 400)
        try ask(desk, "/api/v1/traces/4bf92f3577b34da6a3ce929d0e0e4736", nil, 404)
        try ask(desk, "/api/v1/spans/4bf92f3577b34da6a3ce929d0e0e4736/00f067aa0ba902b7", nil, 404)
        try ask(desk, "/api/v1/sessions/nobody", nil, 404)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `answers about calls in a folder and in memory fit their description`(seed: UInt64) throws {
        let kept = try KeptTwice(seed: seed, most: 1_000)
        for _ in 0..<20 { kept.keep() }
        for desk in [kept.stored(), kept.remembered] {
            try askEverything(desk, "from=\(KeptTwice.wall / 1_000_000_000 - 180_000)")
            try askWhatFails(desk)
        }
    }

    @Test func `answers about calls that were priced again fit their description`() throws {
        let history = History(seed: 3, count: 200)
        let stored = try StoredHistory(history)
        let first = (history.calls[0].minute - 26_297_280) << 22
        try stored.execute("INSERT INTO adjustments VALUES (\(first), 1, -2000000, 5)")
        let desk = stored.desk(now: history.minutes.upperBound * 60)
        try askEverything(desk, "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)")
    }

    @Test func `each question is described under a name of its own, with what it may be refused with`() throws {
        let paths = document["paths"]?.members ?? [:]
        // Lists of the process, which the web listener answers whatever is stored.
        let lists = ["/api/v1/unpriced", "/api/v1/refused"]
        #expect(Set(paths.keys) == Set(DeskQuestion.paths + lists))
        #expect(Set(paths.values.compactMap { $0["get"]?["operationId"]?.text }).count == paths.count)
        for path in lists {
            #expect(paths[path]?["get"]?["responses"]?.members.keys.sorted() == ["200", "405", "421"], "\(path)")
        }
        for operation in DeskQuestion.paths.compactMap({ paths[$0]?["get"] }) {
            let statuses = Set((operation["responses"]?.members ?? [:]).keys)
            #expect(statuses.isSuperset(of: ["200", "400", "403", "405", "409", "421", "503"]))
        }
    }

    @Test func `each member of a schema has a meaning, and each schema is used`() throws {
        let schemas = document["components"]?["schemas"]?.members ?? [:]
        for (name, schema) in schemas {
            #expect(OpenAPI.text.contains("#/components/schemas/\(name)\""), "\(name)")
            for (member, value) in schema["properties"]?.members ?? [:] {
                #expect(value["description"]?.text?.hasSuffix(".") == true, "\(name).\(member)")
            }
        }
    }

    @Test(
        arguments: [
            (#"{"error": {"parameter": null, "message": "a", "example": null}}"#, []),
            (#"{"error": {"parameter": 1, "message": "a"}}"#, ["lacks example", "is integer(1), not of type"]),
            (
                #"{"error": {"parameter": null, "message": "a", "example": null, "hint": "b"}}"#,
                ["has hint, which is not described"]
            ),
            (#"{"error": null}"#, ["is null, not of type"]), ("[]", ["is list([]), not of type"]),
        ] as [(String, [String])])
    func `a value that does not fit its schema is found`(text: String, words: [String]) throws {
        let schema = try #require(document["components"]?["schemas"]?["Error"])
        let found = checker.mistakes(try JSONValue.read(text), schema)
        #expect(found.count == words.count)
        for (mistake, word) in zip(found, words) { #expect(mistake.contains(word), "\(mistake)") }
    }
}
