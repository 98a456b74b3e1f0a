// SPDX-License-Identifier: Apache-2.0
import Foundation
import GenAI
import Pricing
import TestData
import Testing

@testable import Ledger
@testable import Reports

/// Settings get and lose dimensions, and calls come late: groups sum to the total all the same.
@Suite struct ChangedDimensionsTests {
    private typealias Start = ChangingFolder.Start

    /// A history of a folder.
    struct Trigger: CustomTestStringConvertible {
        let testDescription: String
        let starts: [ChangingFolder.Start]
    }

    static let triggers = [
        Trigger(
            testDescription: "a label is added, and then a call of long ago comes",
            starts: [
                Start(team: .off, minutes: [2_000, 2_000, 1_500, 700, 400]), Start(minutes: [300, 400, 20]),
                Start(minutes: [2_100]),
            ]),
        Trigger(
            testDescription: "a label is removed, and then a call of the time before comes",
            starts: [Start(minutes: [900, 900, 600, 600]), Start(team: .off, minutes: [600, 300, 300, 20])]),
        Trigger(
            testDescription: "users are switched off",
            starts: [Start(minutes: [900, 900, 600]), Start(users: .off, minutes: [600, 300, 20, 900])]),
        Trigger(
            testDescription: "the settings change within a quarter of an hour",
            starts: [
                Start(minutes: [63, 63, 63]), Start(team: .off, users: .off, minutes: [63, 63]),
                Start(minutes: [63, 63]),
            ]),
        Trigger(
            testDescription: "a label comes, goes and comes again",
            starts: [
                Start(team: .off, minutes: [1_900, 900]), Start(minutes: [1_800, 900, 600]),
                Start(team: .off, minutes: [1_800, 600, 300]), Start(minutes: [1_900, 30]),
            ]),
        Trigger(
            testDescription: "a dimension gets roll-ups and loses them",
            starts: [
                Start(team: .withoutRollups, minutes: [1_900, 900, 900]), Start(minutes: [900, 600, 600]),
                Start(team: .withoutRollups, minutes: [600, 300]), Start(minutes: [300, 1_900]),
            ]),
    ]

    /// The number of calls and their cost.
    private struct Sum: Equatable, CustomStringConvertible {
        var calls = 0
        var cost = Dollars.zero
        var description: String { "\(calls) calls, \(cost)" }

        init(_ calls: Int = 0, _ cost: Dollars = .zero) { (self.calls, self.cost) = (calls, cost) }

        init(_ row: [String: Any]) throws {
            calls = row["calls"] as? Int ?? 0
            cost = try Dollars(row["known_cost"] as? String ?? "0")
        }

        static func of(_ calls: [ChangingFolder.Kept]) -> Sum {
            Sum(calls.count, calls.reduce(.zero) { $0 + $1.cost })
        }
    }

    // From whole quarters of an hour, and not.
    private static let periods = ["from=now/d-3d&to=now/d%2B1d", "from=now-2200m&to=now%2B1m"]

    private static func groups(_ folder: ChangingFolder, _ key: (ChangingFolder.Kept) -> String) -> [String: Sum] {
        Dictionary(grouping: folder.kept, by: key).mapValues(Sum.of)
    }

    private static func object(_ desk: QuestionDesk, _ path: String, _ query: String) throws -> [String: Any] {
        let reply = desk.answer(try #require(DeskQuestion(path: "/api/v1/\(path)")), query: query)
        try #require(reply.status == 200, "\(path)?\(query): \(reply.text)")
        return try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any] ?? [:]
    }

    private static func rows(_ desk: QuestionDesk, _ path: String, _ query: String) throws -> [[String: Any]] {
        try #require(try object(desk, path, query)["rows"] as? [[String: Any]])
    }

    @Test(arguments: triggers, ["team", "user"])
    func `groups sum to the total, and have what roll-ups have of each call`(trigger: Trigger, name: String) throws {
        let folder = try ChangingFolder(trigger.starts)
        let desk = folder.desk
        for period in Self.periods {
            let all = try Sum(#require(Self.rows(desk, "costs", period).first))
            #expect(all == Sum.of(folder.kept))
            var found: [String: Sum] = [:]
            for row in try Self.rows(desk, "costs", "\(period)&group_by=\(name)") {
                found[row[name] as? String ?? ""] = try Sum(row)
            }
            #expect(found == Self.groups(folder) { $0.values[name] ?? "" }, "\(period)")
            found = [:]
            for row in try Self.rows(desk, "costs", "\(period)&group_by=model,\(name)&granularity=hour") {
                let key = "\(row["model"] as? String ?? "") \(row[name] as? String ?? "")"
                let sum = try Sum(row)
                found[key] = Sum((found[key]?.calls ?? 0) + sum.calls, (found[key]?.cost ?? .zero) + sum.cost)
            }
            #expect(found == Self.groups(folder) { "\($0.model) \($0.values[name] ?? "")" }, "\(period)")
        }
    }

    @Test(arguments: triggers, ["team", "user"])
    func `conditions choose calls that are in no roll-up as those without a value`(
        trigger: Trigger, name: String
    ) throws {
        let folder = try ChangingFolder(trigger.starts)
        let desk = folder.desk
        for (condition, accepts) in [
            ("-\(name):red", { $0 != "red" }), ("-\(name):ann", { $0 != "ann" }), ("\(name):", { $0.isEmpty }),
            ("-\(name):", { !$0.isEmpty }), ("\(name):ann,\(name):red", { ["ann", "red"].contains($0) }),
            ("\(name):*", { _ in true }),
        ] as [(String, (String) -> Bool)] {
            for period in Self.periods {
                for (model, isMeant) in [("", { _ in true }), (",model:*-mini", { $0.hasSuffix("-mini") })]
                    as [(String, (String) -> Bool)]
                {
                    let calls = folder.kept.filter { accepts($0.values[name] ?? "") && isMeant($0.model) }
                    let rows = try Self.rows(desk, "costs", "\(period)&where=\(condition)\(model)")
                    #expect(try rows.first.map(Sum.init) ?? Sum() == Sum.of(calls), "\(condition)\(model) \(period)")
                }
            }
        }
    }

    @Test(arguments: triggers, ["team", "user"])
    func `files, reports, changes and the dearest have all calls`(trigger: Trigger, name: String) throws {
        let folder = try ChangingFolder(trigger.starts)
        let (desk, period) = (folder.desk, Self.periods[0])
        let wanted = Self.groups(folder) { $0.values[name] ?? "" }
        let csv = desk.answer(.costs, query: "\(period)&group_by=\(name)&measures=cost,calls&format=csv").text
        var found: [String: Sum] = [:]
        for line in csv.split(separator: "\n").dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let columns = try #require(csv.split(separator: "\n").first).split(separator: ",").map(String.init)
            let row = Dictionary(uniqueKeysWithValues: zip(columns, cells))
            found[row[name] ?? ""] = Sum(Int(row["calls"] ?? "") ?? 0, try Dollars(row["known_cost"] ?? "0"))
        }
        #expect(found == wanted, "\(csv)")
        let lines = try desk.report(query: "\(period)&group_by=\(name)&measures=calls").lines
        func calls(_ kind: ReportText.Line.Kind) -> Int {
            lines.filter { $0.kind == kind }.reduce(0) { $0 + (Int($1.text.split(separator: " ").last ?? "") ?? 0) }
        }
        #expect(calls(.total) == folder.kept.count && calls(.row) == folder.kept.count)
        let changes = try Self.object(desk, "changes", "\(period)&group_by=\(name)")
        #expect(changes["known_cost"] as? String == Sum.of(folder.kept).cost.description)
        let after = try #require(changes["rows"] as? [[String: Any]]).reduce(0) {
            $0 + ($1["calls_after"] as? Int ?? 0)
        }
        #expect(after == folder.kept.count)
        found = [:]
        for row in try Self.rows(desk, "top", "\(period)&by=\(name)") {
            found[row[name] as? String ?? ""] = try Sum(row)
        }
        #expect(found == wanted)
    }

    @Test(arguments: triggers)
    func `a check finds nothing wrong, and notes what is in no roll-up`(trigger: Trigger) throws {
        let folder = try ChangingFolder(trigger.starts)
        let findings = try LedgerCheck(of: folder.path).run()
        #expect(findings.filter { $0.level == .wrong && $0.area != .journal } == [])
        let notes = findings.filter { $0.area == .dimensions && $0.level == .note }
        #expect(!notes.isEmpty && notes.allSatisfy { $0.text.contains(" lack ") && $0.remedy.isEmpty }, "\(notes)")
    }
}
