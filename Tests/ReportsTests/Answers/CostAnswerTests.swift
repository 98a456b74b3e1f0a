// SPDX-License-Identifier: Apache-2.0
import Foundation
import GenAI
import Pricing
import TestData
import Testing

@testable import Reports

@Suite struct CostAnswerTests {
    @Test(arguments: 0..<12 as Range<UInt64>, StoredHistory.Packing.allCases)
    func `an answer is what going over all calls comes to`(seed: UInt64, packing: StoredHistory.Packing) throws {
        let history = History(seed: seed, count: Int(seed) * 20 + 5)
        let stored = try StoredHistory(history, packing: packing)
        var generator = SeededGenerator(seed: seed &+ 1_000)
        for _ in 0..<30 {
            let query = RandomQuestion.query(history.minutes, &generator)
            let now = history.minutes.upperBound * 60
            let answer = try stored.costs(query, now: now)
            try compare(answer, SlowAnswer(answer.question, answer.minutes, history), query)
            // The period is that of the question unless savings need whole quarters of an hour.
            if !answer.question.measures.contains(.savings) {
                #expect(answer.minutes == answer.question.period.minutes, "\(query)")
            }
        }
    }

    @Test(arguments: 0..<12 as Range<UInt64>, StoredHistory.Packing.allCases)
    func `what is in no roll-up of a dimension has no value of it`(seed: UInt64, packing: StoredHistory.Packing) throws
    {
        let history = History(seed: seed, count: Int(seed) * 20 + 60).losing(seed: seed)
        let stored = try StoredHistory(history, packing: packing)
        var generator = SeededGenerator(seed: seed &+ 2_000)
        for _ in 0..<30 {
            let query = RandomQuestion.query(history.minutes, &generator)
            let answer = try stored.costs(query, now: history.minutes.upperBound * 60)
            try compare(answer, SlowAnswer(answer.question, answer.minutes, history), query)
        }
        // Savings are kept by whole quarters of an hour alone.
        let period = "from=\(history.minutes.lowerBound * 60 + 420)&to=\(history.minutes.upperBound * 60)"
        for keys in ["user", "team,model", "source&where=-environment:staging", "environment&where=environment:"] {
            let query = "\(period)&measures=savings,calls,average_cost&granularity=day&group_by=\(keys)"
            let answer = try stored.costs(query, now: history.minutes.upperBound * 60)
            try compare(answer, SlowAnswer(answer.question, answer.minutes, history), query)
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `sums as large as they can be leave no count below zero to calls without a value`(seed: UInt64) throws {
        let history = History(seed: seed, count: 200).losing(seed: seed)
        let stored = try StoredHistory(history, packing: .none)
        try stored.execute("UPDATE rollups SET input = 9223372036854775807 WHERE calls > 0")
        let period = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)"
        for name in ["user", "team", "environment"] {
            let query = "\(period)&measures=input&group_by=\(name)"
            let answer = try stored.costs(query, now: history.minutes.upperBound * 60)
            let slow = SlowAnswer(answer.question, answer.minutes, history)
            #expect(Set(answer.rows.map(\.names)) == Set(slow.rows.keys.map(\.names)))
            for row in answer.rows {
                #expect(row.figures[.tokens(.input)] >= 0, "\(name) \(row.names)")
            }
        }
    }

    @Test func `packed roll-ups that are damaged are no answer`() throws {
        let history = History(seed: 3, count: 60)
        let stored = try StoredHistory(history, packing: .all)
        try stored.execute("UPDATE packed_rollups SET sums = substr(sums, 1, length(sums) - 1)")
        let query = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)&group_by=model"
        var words = ""
        do { _ = try stored.costs(query, now: history.minutes.upperBound * 60) } catch { words = "\(error)" }
        #expect(words.contains("cannot be read: the checksum does not match"), "\(words)")
    }

    private func compare(_ answer: CostAnswer, _ slow: SlowAnswer, _ query: String) throws {
        var rows: [SlowAnswer.Key: Figures] = [:]
        for row in answer.rows { rows[SlowAnswer.Key(begin: row.begin, names: row.names)] = row.figures }
        #expect(rows.count == answer.rows.count, "a row is there twice: \(query)")
        #expect(Set(rows.keys) == Set(slow.rows.keys), "\(query)")
        for (key, sums) in slow.rows {
            guard let figures = rows[key] else { continue }
            for measure in answer.question.measures {
                let value = figures.value(of: measure)
                let count = sums.counts[measure.name] ?? 0
                let calls = sums.counts["calls"] ?? 0
                let unpriced = sums.counts["unpriced"] ?? 0
                switch measure {
                case .cost:
                    #expect(value == (unpriced > 0 ? .none : .dollars(sums.cost)), "\(query) \(key)")
                    #expect(figures.knownCost == sums.cost, "\(query) \(key)")
                    #expect((figures.reason == nil) == (unpriced == 0))
                case .savings: #expect(value == .dollars(sums.saved), "\(query) \(key)")
                case .averageCost:
                    let averaged = sums.counts["averaged"] ?? 0
                    let average =
                        averaged > 0 ? Figures.Value.dollars(sums.cost.scaled(by: 1, over: averaged)) : .none
                    #expect(value == average, "\(query) \(key)")
                case .duration: #expect(value == .decimal(Figures.seconds(sums.counts["microseconds"] ?? 0)))
                case .averageDuration:
                    #expect(
                        value
                            == (calls == 0
                                ? .none : .decimal(Figures.seconds((sums.counts["microseconds"] ?? 0) / calls))))
                default: #expect(value == .count(count), "\(query) \(key) \(measure.name)")
                }
            }
        }
    }
}

/// Questions with random parameters.
enum RandomQuestion {
    static func query(_ minutes: Range<Int64>, _ generator: inout SeededGenerator) -> String {
        func pick<T>(_ values: [T]) -> T { values.randomElement(using: &generator) ?? values[0] }
        func moment() -> Int64 {
            let minute = Int64.random(in: minutes.lowerBound - 100...minutes.upperBound + 100, using: &generator)
            return pick([minute, minute / 15 * 15, minute / 1_440 * 1_440])
        }
        let times = [moment(), moment()].sorted()
        var parts = ["from=\(times[0] * 60)", "to=\(max(times[1], times[0] + 1) * 60)", "limit=10000"]
        parts.append(
            "tz=" + encoded(pick(["UTC", "Europe/Berlin", "Asia/Kathmandu", "+05:30", "America/New_York", "-03:30"])))
        parts.append("granularity=" + pick(["total", "hour", "day", "week", "month"]))
        let keys = [
            "model", "provider", "operation", "source", "user", "team", "environment", "session", "tier", "error",
            "trace",
        ]
        let count = pick([0, 1, 1, 2, 2, 3])
        var chosen = Set(keys.shuffled(using: &generator).prefix(count))
        if pick([true, true, false]) { chosen.subtract(["tier", "error", "trace", "session"]) }
        parts.append("group_by=" + chosen.sorted().joined(separator: ","))
        if pick([true, false]) {
            parts.append(
                "where="
                    + encoded(
                        pick([
                            "model:gpt-*", "team:search", "team:search,team:web", "-team:search*", "user:", "-user:",
                            "user:user-1*,team:*", "source:unpriced", "-source:machine,environment:staging",
                            "tier:batch",
                            "model:*o*4*", "user:nobody", "model:llama,model:qwen",
                        ])))
        }
        var measures = [
            "cost", "calls", "failed", "unpriced", "estimated", "streamed", "tokens", "input", "cache_read",
        ]
        measures += ["cache_read_audio", "web_search", "code_session", "average_cost", "duration", "average_duration"]
        let own = measures.shuffled(using: &generator).prefix(pick([1, 3, 15]))
        parts.append("measures=" + own.joined(separator: ","))
        return parts.joined(separator: "&")
    }
}
