// SPDX-License-Identifier: Apache-2.0
import Foundation
import Pricing
import TestData
import Testing

@testable import Ledger
@testable import Reports

/// Traces and sessions whose calls were priced again, some of them several times.
@Suite struct RepricedAnswersTests {
    private let history: History
    private let stored: StoredHistory
    /// The changes by repricing, by the index of the call.
    private var changes: [Int: Dollars] = [:]

    /// Random adjustments of some calls, or of all.
    private init(_ history: History, share: Int, _ generator: inout SeededGenerator) throws {
        self.history = history
        stored = try StoredHistory(history)
        var sequences: [Int64: Int64] = [:]
        for (index, call) in history.calls.enumerated() {
            let id = (call.minute - 26_297_280) << 22 | sequences[call.minute, default: 0]
            sequences[call.minute, default: 0] += 1
            guard Int.random(in: 0..<10, using: &generator) < share else { continue }
            for repricing in 1...Int.random(in: 1...2, using: &generator) {
                let micros = Int64.random(in: -9_000...9_000, using: &generator)
                let rest = Int64.random(in: 0..<1_000_000_000, using: &generator)
                try stored.execute("INSERT INTO adjustments VALUES (\(id), \(repricing), \(micros), \(rest))")
                changes[index, default: .zero] += Figures.dollars(micros, rest)
            }
        }
    }

    /// The cost of some calls after repricing, summed call by call.
    private func adjusted(_ isMeant: (History.Call) -> Bool) -> (known: Dollars, cost: Dollars?, isChanged: Bool) {
        var (known, unpriced, isChanged) = (Dollars.zero, 0, false)
        for (index, call) in history.calls.enumerated() where isMeant(call) {
            known += (call.cost ?? .zero) + (changes[index] ?? .zero)
            if call.cost == nil, changes[index] == nil { unpriced += 1 }
            if changes[index] != nil { isChanged = true }
        }
        return (known, unpriced > 0 ? nil : known, isChanged)
    }

    private func json(_ path: String, _ query: String? = nil) throws -> [String: Any] {
        let desk = stored.desk(now: history.minutes.upperBound * 60)
        let reply = desk.answer(try #require(DeskQuestion(path: path)), query: query)
        return try #require(try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any])
    }

    private func ask<T>(_ body: (StoredAnswers) throws -> T) throws -> T {
        try stored.ask { session in
            try body(
                StoredAnswers(
                    session, configuration: ReportsConfiguration(), now: history.minutes.upperBound * 60))
        }
    }

    /// The parameters of the time of all calls.
    private var all: String { "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)" }

    @Test(arguments: [0, 3, 10], 1...4 as ClosedRange<UInt64>)
    static func `a summary has the cost after repricing, and so have the dearest`(share: Int, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let test = try Self(History(seed: seed, count: 150), share: share, &generator)
        let machines = test.history.machines.reduce(Dollars.zero) { $0 + $1.cost }
        let totals = try test.json("/api/v1/summary", test.all)["totals"] as? [String: Any] ?? [:]
        let expected = test.adjusted { _ in true }
        #expect(totals["adjusted_cost"] as? String == expected.cost.map { ($0 + machines).description })
        #expect(totals["known_adjusted_cost"] as? String == (expected.known + machines).description)
        for by in ["session", "user", "trace"] {
            let rows = try test.json("/api/v1/top", "\(test.all)&by=\(by)&limit=100")["rows"] as? [[String: Any]] ?? []
            #expect(!rows.isEmpty)
            for row in rows {
                guard let value = row[by] as? String, !value.isEmpty else { continue }
                let sum = test.adjusted { call in
                    by == "trace" ? History.traceText(call.trace) == value : call.dimensions[by] == value
                }
                #expect(row["adjusted_cost"] as? String == sum.cost?.description, "\(value)")
                #expect(row["known_adjusted_cost"] as? String == sum.known.description, "\(value)")
            }
        }
    }

    @Test(arguments: [0, 3, 10], 1...4 as ClosedRange<UInt64>)
    static func `calls without a price are counted as counted and after repricing, also of the dearest`(
        share: Int, seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let test = try Self(History(seed: seed, count: 150), share: share, &generator)
        func counts(_ user: String?) -> (counted: Int, after: Int) {
            let own = test.history.calls.enumerated().filter { ($1.dimensions["user"] ?? "") == user ?? "" }
            let unpriced = own.filter { $0.element.cost == nil }
            return (unpriced.count, unpriced.count { test.changes[$0.offset] == nil })
        }
        let costs = try test.json(
            "/api/v1/costs", "\(test.all)&group_by=user&measures=unpriced,adjusted_unpriced&limit=1000")
        let rows = costs["rows"] as? [[String: Any]] ?? []
        #expect(rows.count > 2)
        for row in rows {
            let expected = counts(row["user"] as? String)
            #expect(row["unpriced"] as? Int == expected.counted)
            #expect(row["adjusted_unpriced"] as? Int == expected.after)
        }
        let top = try test.json("/api/v1/top", "\(test.all)&by=user&limit=100")["rows"] as? [[String: Any]] ?? []
        for row in top { #expect(row["unpriced"] as? Int == counts(row["user"] as? String).counted) }
    }

    @Test(arguments: [0, 3, 10], 1...4 as ClosedRange<UInt64>)
    static func `their cost after repricing is that of their calls`(share: Int, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let test = try Self(History(seed: seed, count: 150), share: share, &generator)
        for name in ["s1", "s2", "s3"] {
            let expected = test.adjusted { $0.dimensions["session"] == name }
            let object = try test.json("/api/v1/sessions/\(name)")
            #expect(object["adjusted_cost"] as? String == expected.cost?.description, "\(name)")
            #expect(object["known_adjusted_cost"] as? String == expected.known.description, "\(name)")
            let view = try test.ask { try $0.view(ofSession: name) }
            #expect(view.repriced == (expected.isChanged ? expected.known : nil))
        }
        for trace in Set(test.history.calls.map(\.trace)) {
            let expected = test.adjusted { $0.trace == trace }
            let id = History.traceText(trace)
            let object = try test.json("/api/v1/traces/\(id)")
            #expect(object["adjusted_cost"] as? String == expected.cost?.description)
            #expect(object["known_adjusted_cost"] as? String == expected.known.description)
            let spans = object["spans"] as? [[String: Any]] ?? []
            let sum = try spans.reduce(Dollars.zero) { sum, span in
                let text = try #require(span["known_adjusted_cost"] as? String)
                return sum + (text.hasPrefix("-") ? -(try Dollars(String(text.dropFirst()))) : try Dollars(text))
            }
            #expect(sum == expected.known)
            let tree = try test.ask { try $0.tree(of: id) }
            #expect(tree.trace.repriced == (expected.isChanged ? expected.known : nil))
            let calls = tree.places.map(\.span).reduce(Dollars.zero) { $0 + ($1.repriced ?? $1.cost ?? .zero) }
            #expect(calls == expected.known)
        }
    }
}
