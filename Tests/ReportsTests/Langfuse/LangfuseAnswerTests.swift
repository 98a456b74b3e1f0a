// SPDX-License-Identifier: Apache-2.0
import Foundation
import GenAI
import Pricing
import Testing

@testable import Reports

@Suite struct LangfuseAnswerTests {
    private let history: History
    private let stored: StoredHistory
    private let desk: QuestionDesk
    private let period: String

    init() throws {
        history = History(seed: 6, count: 300)
        stored = try StoredHistory(history)
        desk = stored.desk(now: history.minutes.upperBound * 60)
        let times = [history.minutes.lowerBound, history.minutes.upperBound].map {
            Date(timeIntervalSince1970: Double($0 * 60)).ISO8601Format()
        }
        period = #""fromTimestamp": "\#(times[0])", "toTimestamp": "\#(times[1])""#
    }

    private func reply(_ query: String, path: String = "/api/public/v2/metrics", more: String = "") throws
        -> QuestionDesk.Reply
    {
        let question = try #require(DeskQuestion(path: path))
        let escaped = query.replacing("%", with: "%25").replacing("&", with: "%26").replacing("+", with: "%2B")
        return desk.answer(question, query: "query=" + escaped + more)
    }

    private func rows(_ members: String, path: String = "/api/public/v2/metrics", more: String = "") throws
        -> [[String: Any]]
    {
        let reply = try reply("{\(members), \(period)}", path: path, more: more)
        #expect(reply.status == 200, "\(reply.text)")
        let json = try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any]
        return try #require(json?["data"] as? [[String: Any]])
    }

    private func cost(_ calls: [History.Call]) -> Decimal {
        FocusFile.decimal(calls.reduce(Dollars.zero) { $0 + ($1.cost ?? .zero) }.description)
    }

    private func decimal(_ value: Any?) -> Decimal? { (value as? NSNumber).flatMap { Decimal(string: "\($0)") } }

    @Test func `the dearest models are those of the calls`() throws {
        let found = try rows(
            #"""
            "view": "observations", "dimensions": [{"field": "providedModelName"}],
            "metrics": [{"measure": "totalCost", "aggregation": "sum"}, {"measure": "count", "aggregation": "count"},
                {"measure": "totalTokens", "aggregation": "sum"}],
            "filters": [{"column": "type", "operator": "=", "value": "GENERATION", "type": "string"}],
            "orderBy": [{"field": "sum_totalCost", "direction": "desc"}], "config": {"row_limit": 3}
            """#)
        let machines = Dictionary(grouping: history.machines, by: \.model).mapValues { machines in
            FocusFile.decimal(machines.reduce(Dollars.zero) { $0 + $1.cost }.description)
        }
        let calls = Dictionary(grouping: history.calls) { $0.facts["model"] ?? "" }.mapValues(cost)
        let expected = calls.merging(machines) { $0 + $1 }.sorted { $0.value > $1.value }.prefix(3)
        #expect(found.map { $0["providedModelName"] as? String } == expected.map(\.key))
        for row in found {
            let own = history.calls.filter { $0.facts["model"] == row["providedModelName"] as? String }
            #expect(row["count_count"] as? Int == own.count)
            #expect(row["sum_totalTokens"] as? Int == own.reduce(0) { $0 + Int($1.tokens.reduce(0, +)) })
            #expect(row.count == 4)
        }
    }

    @Test(arguments: [("userId", "user"), ("sessionId", "session"), ("environment", "environment"), ("team", "team")])
    func `calls are grouped by user, session and every dimension that is kept`(field: String, name: String) throws {
        let found = try rows(
            #"""
            "view": "observations", "dimensions": [{"field": "\#(field)"}],
            "metrics": [{"measure": "count", "aggregation": "count"}, {"measure": "latency", "aggregation": "max"}]
            """#)
        let groups = Dictionary(grouping: history.calls) { $0.dimensions[name] ?? "" }
        let counts = found.filter { ($0["count_count"] as? Int ?? 0) > 0 }
        #expect(counts.count == groups.count)
        for row in counts {
            let own = try #require(groups[row[field] as? String ?? ""])
            #expect(row["count_count"] as? Int == own.count)
            let slowest = own.compactMap(\.duration).max()
            #expect(decimal(row["max_latency"]) == slowest.map { Decimal($0) / 1_000 })
        }
    }

    @Test func `each day has a row, and days without calls have zeros`() throws {
        let found = try rows(
            #"""
            "view": "observations", "metrics": [{"measure": "totalCost", "aggregation": "sum"}],
            "filters": [{"column": "userId", "operator": "=", "value": "user-3", "type": "string"},
                {"column": "sessionId", "operator": "=", "value": "s1", "type": "string"}],
            "timeDimension": {"granularity": "day"}
            """#, more: "&tz=UTC")
        #expect(found.count == 10)
        let times = found.compactMap { $0["time_dimension"] as? String }
        #expect(times == times.sorted() && times.first == "2026-03-23")
        #expect(found.contains { $0["sum_totalCost"] as? Int == 0 })
        let hours = try rows(
            #""view": "observations", "metrics": [{"measure": "count", "aggregation": "count"}], "config": {"row_limit": 1000}, "timeDimension": {"granularity": "hour"}, "orderBy": [{"field": "time_dimension", "direction": "desc"}]"#
        )
        #expect((hours.first?["time_dimension"] as? String)?.hasSuffix(":00:00Z") == true)
        #expect(hours.reduce(0) { $0 + ($1["count_count"] as? Int ?? 0) } == history.calls.count)
    }

    @Test func `averages, percentiles and histograms are those of the values`() throws {
        let row = try #require(
            try rows(
                #"""
                "view": "observations", "config": {"bins": 4}, "metrics": [
                    {"measure": "totalCost", "aggregation": "min"}, {"measure": "totalCost", "aggregation": "max"},
                    {"measure": "totalCost", "aggregation": "count"}, {"measure": "totalCost", "aggregation": "p50"},
                    {"measure": "latency", "aggregation": "p50"},
                    {"measure": "latency", "aggregation": "p95"}, {"measure": "latency", "aggregation": "avg"},
                    {"measure": "latency", "aggregation": "count"}, {"measure": "latency", "aggregation": "histogram"},
                    {"measure": "inputTokens", "aggregation": "max"}, {"measure": "tokensPerSecond", "aggregation": "max"},
                    {"measure": "timeToFirstToken", "aggregation": "avg"}]
                """#
            ).first)
        let costs = history.calls.filter { !$0.hasFailedWithoutUsage }.compactMap(\.cost).sorted()
        #expect(costs.count < history.calls.count { $0.cost != nil })
        #expect(row["count_totalCost"] as? Int == costs.count)
        let middle = FocusFile.decimal((costs[(costs.count - 1) / 2] + costs[costs.count / 2]).description) / 2
        #expect(abs((decimal(row["p50_totalCost"]) ?? 0) - middle) < 1e-9)
        #expect(abs((decimal(row["max_totalCost"]) ?? 0) - FocusFile.decimal(costs.last?.description)) < 1e-9)
        let durations = history.calls.compactMap(\.duration).sorted().map(Double.init)
        #expect(row["count_latency"] as? Int == durations.count)
        func percentile(_ share: Double) -> Double {
            let place = share * Double(durations.count - 1)
            let low = durations[Int(place)]
            return (low + (durations[min(Int(place) + 1, durations.count - 1)] - low) * (place - Double(Int(place))))
                / 1_000
        }
        for (name, value) in [
            ("p50_latency", percentile(0.5)), ("p95_latency", percentile(0.95)),
            ("avg_latency", durations.reduce(0, +) / Double(durations.count) / 1_000),
        ] { #expect(abs((row[name] as? Double ?? 0) - value) < 0.001, "\(name)") }
        let bars = try #require(row["histogram_latency"] as? [[Double]])
        #expect(bars.count == 4 && bars.map { Int($0[2]) }.reduce(0, +) == durations.count)
        #expect(row["max_tokensPerSecond"] is NSNumber)
        #expect(row["avg_timeToFirstToken"] is NSNull)
    }

    @Test func `traces are counted, each once`() throws {
        let found = try rows(
            #"""
            "view": "traces", "metrics": [{"measure": "count", "aggregation": "count"},
                {"measure": "totalCost", "aggregation": "sum"}, {"measure": "observationsCount", "aggregation": "max"}]
            """#, path: "/api/public/metrics")
        let traces = Dictionary(grouping: history.calls, by: \.trace)
        #expect(found.count == 1)
        #expect(found.first?["count_count"] as? Int == traces.count)
        #expect(found.first?["max_observationsCount"] as? Int == traces.values.map(\.count).max())
        #expect(abs((decimal(found.first?["sum_totalCost"]) ?? 0) - cost(history.calls)) < 1e-6)
        let byTrace = try rows(
            #""view": "observations", "dimensions": [{"field": "traceId"}], "metrics": [{"measure": "count", "aggregation": "count"}], "orderBy": [{"field": "count_count", "direction": "desc"}], "config": {"row_limit": 1}"#
        )
        #expect(byTrace.first?["count_count"] as? Int == traces.values.map(\.count).max())
        #expect((byTrace.first?["traceId"] as? String)?.count == 32)
    }

    @Test(arguments: [
        (#"{"column": "providedModelName", "operator": "starts with", "value": "gpt-", "type": "string"}"#, "model"),
        (
            #"{"column": "providedModelName", "operator": "any of", "value": ["gpt-4o", "gpt-5-mini"], "type": "stringOptions"}"#,
            "model"
        ),
        (
            #"{"column": "providedModelName", "operator": "does not contain", "value": "c", "type": "string"}, {"column": "providedModelName", "operator": "none of", "value": ["unknown"], "type": "stringOptions"}"#,
            "model"
        ),
        (#"{"column": "metadata", "operator": "=", "key": "team", "value": "web", "type": "stringObject"}"#, "team"),
        (#"{"column": "userId", "operator": "is null", "value": "", "type": "null"}"#, "user"),
    ])
    func `filters choose calls`(filters: String, key: String) throws {
        let found = try rows(
            #""view": "observations", "filters": [\#(filters)], "metrics": [{"measure": "count", "aggregation": "count"}]"#
        )
        let expected = history.calls.count { call in
            switch key {
            case "model": call.facts["model"]?.hasPrefix("gpt-") == true
            case "team": call.dimensions["team"] == "web"
            default: call.dimensions["user"] == nil
            }
        }
        #expect(found.first?["count_count"] as? Int == expected)
    }

    @Test func `a condition on time cuts the period, and one that cannot hold leaves nothing`() throws {
        let middle = (history.minutes.lowerBound + history.minutes.upperBound) / 2
        let found = try rows(
            #""view": "observations", "filters": [{"column": "startTime", "operator": ">=", "value": \#(middle * 60), "type": "datetime"}], "metrics": [{"measure": "count", "aggregation": "count"}]"#
        )
        #expect(found.first?["count_count"] as? Int == history.calls.count { $0.minute >= middle })
        let none = try rows(
            #""view": "observations", "filters": [{"column": "type", "operator": "=", "value": "SPAN", "type": "string"}], "metrics": [{"measure": "count", "aggregation": "count"}]"#
        )
        #expect(none.isEmpty)
    }

    @Test(arguments: [
        (#"{"view": "spans", "metrics": [], "fromTimestamp": "now-1d", "toTimestamp": "now"}"#, "observations, traces"),
        (
            #"{"view": "observations", "metrics": [], "fromTimestamp": "now-1d", "toTimestamp": "now"}"#,
            "metrics has no member"
        ),
        (
            #"{"view": "observations", "metrics": [{"measure": "cost", "aggregation": "sum"}], "fromTimestamp": "now-1d", "toTimestamp": "now"}"#,
            "totalCost"
        ),
        (
            #"{"view": "observations", "metrics": [{"measure": "totalCost", "aggregation": "median"}], "fromTimestamp": "now-1d", "toTimestamp": "now"}"#,
            "p95"
        ),
        (
            #"{"view": "traces", "metrics": [{"measure": "latency", "aggregation": "avg"}], "fromTimestamp": "now-1d", "toTimestamp": "now"}"#,
            "observationsCount"
        ),
        (
            #"{"view": "observations", "metrics": [{"measure": "count", "aggregation": "avg"}], "fromTimestamp": "now-1d", "toTimestamp": "now"}"#,
            "count and sum"
        ),
        (
            #"{"view": "observations", "dimensions": [{"field": "promptName"}], "metrics": [{"measure": "count", "aggregation": "count"}], "fromTimestamp": "now-1d", "toTimestamp": "now"}"#,
            "userId"
        ),
        (
            #"{"view": "observations", "metrics": [{"measure": "count", "aggregation": "count"}], "fromTimestamp": "now", "toTimestamp": "now-1d"}"#,
            "not after"
        ),
        (
            #"{"view": "observations", "metrics": [{"measure": "count", "aggregation": "count"}], "fromTimestamp": "soon", "toTimestamp": "now"}"#,
            "no time"
        ),
        (
            #"{"view": "observations", "metrics": [{"measure": "count", "aggregation": "count"}], "fromTimestamp": "now-1d", "toTimestamp": "now", "limit": 3}"#,
            "limit"
        ),
        (
            #"{"view": "observations", "metrics": [{"measure": "count", "aggregation": "count"}], "fromTimestamp": "now-1d", "toTimestamp": "now", "config": {"row_limit": 0}}"#,
            "row_limit"
        ),
        (
            #"{"view": "observations", "metrics": [{"measure": "count", "aggregation": "count"}], "fromTimestamp": "now-1d", "toTimestamp": "now", "timeDimension": {"granularity": "minute"}}"#,
            "hour"
        ),
        (
            #"{"view": "observations", "metrics": [{"measure": "count", "aggregation": "count"}], "fromTimestamp": "now-1d", "toTimestamp": "now", "orderBy": [{"field": "sum_totalCost", "direction": "desc"}]}"#,
            "count_count"
        ),
        (
            #"{"view": "observations", "metrics": [{"measure": "count", "aggregation": "count"}], "fromTimestamp": "now-1d", "toTimestamp": "now", "filters": [{"column": "traceId", "operator": "=", "value": "x", "type": "string"}]}"#,
            "/api/v1/traces/"
        ),
        (#"{"view": "observations", "metrics": [{"measure": 3}]}"#, "metrics[0].measure has another type"),
        (#"{"view": "observations"}"#, "the member metrics is missing"),
        ("[]", "no JSON object"), ("{", "no JSON object"), ("x", "no JSON object"), ("", "is missing"),
        (String(repeating: "[", count: 16_000), "no JSON object"),
        (#"{"view": "# + String(repeating: "[", count: 15_000), "no JSON object"),
    ])
    func `what is wrong is named, with an example`(query: String, word: String) throws {
        for path in ["/api/public/v2/metrics", "/api/public/metrics"] {
            let reply = try reply(query, path: path)
            #expect(reply.status == 400, "\(reply.text)")
            let json = try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: [String: Any]]
            #expect((json?["error"]?["message"] as? String)?.contains(word) == true, "\(reply.text)")
            #expect((json?["error"]?["example"] as? String)?.isEmpty == false)
        }
    }
}
