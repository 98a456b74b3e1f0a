// SPDX-License-Identifier: Apache-2.0
import Foundation
import GenAI
import Pricing
import TestSupport
import Testing

@testable import Reports

/// A small FOCUS file, which the validator of the specification is run on (`make focus`).
///
/// With `REWRITE_GOLDEN=1` in the environment the file is written anew; the difference is to be read like code.
@Suite struct FocusGoldenTests {
    /// 2026-03-31T10:00Z.
    private static let morning: Int64 = 29_582_520

    private static var card: RateCard {
        var sheet = RateSheet()
        let rates: [(TokenClass, Int64)] = [
            (.input, 3_000_000_000), (.output, 15_000_000_000), (.cacheRead, 300_000_000), (.cacheWrite, 3_750_000_000),
        ]
        for (tokenClass, rate) in rates { sheet[tokenClass] = Rate(femtodollarsPerToken: rate) }
        return RateCard(
            modelID: "claude-sonnet-4-5", provider: "aws.bedrock", matched: .exact, rates: sheet,
            fees: [Fee(unit: .webSearch, price: Dollars(femtodollars: 10_000_000_000_000))], lacksTierRates: false)
    }

    private func call(
        _ minute: Int64, _ source: String, _ tokens: [TokenClass: Int64], searches: Int64 = 0, cost: Dollars? = nil,
        _ facts: [String: String] = [:], _ dimensions: [String: String] = ["team": "search", "user": "ada"]
    ) -> History.Call {
        var counts = [Int64](repeating: 0, count: TokenClass.count)
        for (tokenClass, count) in tokens { counts[tokenClass.index] = count }
        var units = [Int64](repeating: 0, count: BilledUnits.Unit.count)
        units[0] = searches
        let own = ["source": source, "model": "claude-sonnet-4-5", "provider": "aws.bedrock", "operation": "chat"]
        var call = History.Call(
            minute: minute, facts: own.merging(facts) { $1 }, flags: 0, dimensions: dimensions, tokens: counts,
            units: units, duration: 1_500_000, cost: cost, saved: .zero, trace: Int(minute % 5))
        if ["computed", "estimated"].contains(source) {
            call.card = 0
            call.cost = History.cost(of: call, Self.card)
        }
        return call
    }

    private var history: History {
        let m = Self.morning
        var history = History(
            [
                call(m, "computed", [.input: 1_200, .output: 345, .cacheRead: 9_000], searches: 2),
                call(m + 1, "computed", [.input: 34, .output: 1_000_001, .cacheWrite: 7]),
                call(m + 2, "estimated", [.input: 500, .inputImage: 258], ["tier": "batch", "region": "eu"]),
                call(
                    m + 3, "reported", [.input: 10, .output: 20], cost: Dollars(femtodollars: 12_345_678_901_234),
                    ["model": "openai/gpt-5", "provider": "openrouter"], ["team": "=cmd|' /C calc'!A0"]),
                call(
                    m + 4, "unpriced", [.input: 77, .output: 3],
                    ["model": "in-house", "provider": "", "unpriced_reason": "no_model"], [:]),
                call(m + 1_440, "computed", [.input: 100, .output: 100]),
                // It arrives after the close of its month; the error makes its kind another one.
                call(m + 5, "computed", [.input: 2_000_000], ["error": "late"]),
            ], minutes: m..<m + 1_441)
        history.cards = [Self.card]
        history.machines = [
            History.Machine(minute: m + 15, model: "llama", cost: Dollars(femtodollars: 1_500_000_000_000_000))
        ]
        return history
    }

    @Test func `the file of a spring is what it was`() throws {
        let stored = try StoredHistory(history, dimensions: ["team", "user"])
        // Days since 1970: 31 March and 10 April 2026.
        try stored.execute(
            """
            INSERT INTO ages VALUES (20543, 1, 1), (20553, 5, 1);
            CREATE TABLE IF NOT EXISTS repricings(id INTEGER PRIMARY KEY, at INT, book TEXT, first INT, last INT, model TEXT);
            CREATE TABLE IF NOT EXISTS adjustments(call INT, repricing INT, micros INT, rest INT);
            INSERT INTO repricings VALUES (1, 1777075200, 'newer', 0, 1, '');
            INSERT INTO adjustments SELECT id, 1, -250, 0 FROM calls ORDER BY id LIMIT 1;
            """)
        let desk = stored.desk(now: 1_778_000_000)
        let reply = desk.answer(.export, query: "format=focus&from=2026-03-01&to=2026-05-01&group_by=team,user")
        let file = try FocusFile(#require(reply.export, "\(reply.text)"))
        #expect(FocusRules.broken(by: file) == [])
        let golden = Repository.root.appending(path: "Tests/ReportsTests/Finance/Golden/focus.csv")
        if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
            try file.text.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: golden, encoding: .utf8) == file.text)
    }
}
