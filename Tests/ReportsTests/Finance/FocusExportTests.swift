// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import Testing

@testable import Reports

@Suite struct FocusExportTests {
    private let history: History
    private let stored: StoredHistory
    private let desk: QuestionDesk
    private let period: String

    init() throws {
        history = History(seed: 12, count: 300).withCards(seed: 3)
        stored = try StoredHistory(history)
        desk = stored.desk(now: history.minutes.upperBound * 60)
        period = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)"
    }

    private func file(_ query: String) throws -> FocusFile {
        let reply = desk.answer(.export, query: "format=focus&" + query)
        return try FocusFile(#require(reply.export, "\(reply.text)"))
    }

    private func rows(_ query: String) throws -> [[String: Any]] {
        let reply = desk.answer(.costs, query: query + "&limit=10000")
        let json = try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any]
        return try #require(json?["rows"] as? [[String: Any]], "\(reply.text)")
    }

    @Test(arguments: [
        "", "&group_by=user,team&tz=Europe/Berlin", "&group_by=tier,session&sub_account=tenant&tz=%2B05:45",
    ])
    func `a file breaks no rule of the specification`(query: String) throws {
        let file = try file(period + query)
        #expect(file.rows.count > 200)
        #expect(FocusRules.broken(by: file).prefix(5) == [])
        #expect(file.head.count == 57)
    }

    @Test(arguments: ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
    func `each day costs what the questions about costs say, by provider, model and team`(zone: String) throws {
        let file = try file("\(period)&tz=\(zone)&group_by=team")
        var costs: [String: Decimal] = [:]
        for row in file.rows {
            let model = try #require(row["SkuId"]).split(separator: "/")
            costs[
                "\(row["ChargePeriodStart"] ?? "") \(model[0]) \(model[1]) \(row["SubAccountId"] ?? "")", default: 0] +=
                FocusFile.decimal(row["BilledCost"])
        }
        var expected: [String: Decimal] = [:]
        for row in try rows("\(period)&tz=\(zone)&granularity=day&group_by=provider,model,team") {
            let time = try Date(#require(row["time"] as? String), strategy: .iso8601)
            // The first day begins where the period does.
            let begin = max(time, Date(timeIntervalSince1970: Double(history.minutes.lowerBound * 60)))
            let key =
                "\(begin.ISO8601Format()) \(row["provider"] ?? "") \(row["model"] ?? "") \(row["team"] as? String ?? "")"
            expected[key] = FocusFile.decimal(row["known_cost"] as? String)
        }
        expected = expected.filter { $0.value != 0 }
        #expect(expected.count > 30)
        #expect(costs.filter { $0.value != 0 } == expected)
    }

    @Test func `all tokens of a model are in the file, priced or not`() throws {
        let file = try file(period)
        for row in try rows(
            "\(period)&group_by=model&where=source:computed,source:unpriced,source:reported&measures=tokens,calls")
        {
            let model = try #require(row["model"] as? String)
            let tokens = file.sum("ConsumedQuantity") {
                $0["ConsumedUnit"] == "Tokens" && $0["SkuId"]?.contains("/\(model)/") == true
                    && $0["Tags"]?.contains("estimated") == false && $0["Tags"]?.contains("nothing") == false
            }
            // Calls whose cost no card explains are counted as calls.
            let whole = history.calls.filter {
                $0.facts["model"] == model && $0.facts["source"] == "computed" && $0.card == nil
            }.reduce(Int64(0)) { $0 + $1.tokens.reduce(0, +) }
            #expect(tokens + Decimal(whole) == Decimal(row["tokens"] as? Int ?? 0))
        }
    }

    @Test func `the cost of a call without a price is 0, said to be not known, and an estimate is marked`() throws {
        let rows = try file(period).rows
        let unpriced = rows.filter { $0["SkuPriceId"]?.hasSuffix("@unpriced") == true }
        #expect(!unpriced.isEmpty)
        #expect(
            unpriced.allSatisfy {
                $0["BilledCost"] == "0.0" && $0["ChargeDescription"]?.contains("cost is not known") == true
            })
        #expect(unpriced.allSatisfy { $0["Tags"]?.contains(#""llm-cost-exporter/cost_source": "unpriced""#) == true })
        #expect(rows.contains { $0["ChargeDescription"]?.hasSuffix("in part an estimate") == true })
    }

    @Test(arguments: [(1, 7, 3), (5, 1_000, 1), (20_000, 1, 1_000)])
    func `memory bounds the rows that are made at a time, and changes no sum`(groups: Int, calls: Int, rows: Int) throws
    {
        let query = "\(period)&group_by=user,session"
        let whole = try file(query)
        let limits = FocusLimits(groups: groups, calls: calls, rows: rows)
        let export = try desk.ask { answers throws(AnswerFailure) in
            try FocusExport(desk, query: "format=focus&" + query, answers: answers, limits: limits)
        }
        let file = try FocusFile(export)
        #expect(FocusRules.broken(by: file).prefix(5) == [])
        #expect(file.rows.count >= whole.rows.count)
        for column in ["BilledCost", "ConsumedQuantity", "PricingQuantity"] {
            #expect(file.sum(column) == whole.sum(column), "\(column)")
        }
        if groups > 1_000 { #expect(file.text == whole.text) }
    }

    @Test func `a file of no calls has a head`() throws {
        let file = try file("from=2026-01-01&to=2026-01-03")
        #expect(file.head == FocusRules.columns)
        #expect(file.rows.isEmpty)
    }

    @Test(arguments: [
        ("group_by=trace", "group_by"), ("group_by=usr", "group_by"), ("sub_account=trace", "sub_account"),
        ("sub_account=nobody", "sub_account"), ("close_days=61", "close_days"), ("close_days=x", "close_days"),
        ("limit=3", "limit"), ("from=now&to=now-1d", "to"), ("from=1970-01-01&to=2049-01-01", "from"),
    ])
    func `a wrong parameter is refused by name`(query: String, parameter: String) throws {
        let reply = desk.answer(.export, query: "format=focus&" + query)
        #expect(reply.status == 400)
        #expect(reply.text.contains(#""parameter": "\#(parameter)""#), "\(reply.text)")
    }

    @Test func `parameters of FOCUS files are refused for other forms`() {
        #expect(desk.answer(.export, query: "format=csv&group_by=team").status == 400)
        #expect(desk.answer(.export, query: "close_days=3").status == 400)
    }
}
