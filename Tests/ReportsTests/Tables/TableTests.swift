// SPDX-License-Identifier: Apache-2.0
import Foundation
import GenAI
import Pricing
import TestData
import Testing

@testable import Ledger
@testable import Reports

/// Stored calls as tables for people.
@Suite struct TableTests {
    private let history = History(seed: 12, count: 400)
    private let desk: QuestionDesk
    private let stored: StoredHistory
    private let all: String

    init() throws {
        stored = try StoredHistory(history)
        desk = stored.desk(now: history.minutes.upperBound * 60)
        all = "from=\(history.minutes.lowerBound * 60)&to=\(history.minutes.upperBound * 60)"
    }

    private func cells(_ line: ReportText.Line) -> [String] {
        line.text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    }

    @Test func `a report has a row for each group, and the total of all below them`() throws {
        let report = try desk.report(query: "\(all)&granularity=day&group_by=environment&measures=calls,cost")
        let lines = report.lines
        #expect(lines[0].kind == .head)
        #expect(cells(lines[0]) == ["day", "environment", "calls", "$"])
        let rows = lines.filter { $0.kind == .row || $0.kind == .unknown }
        let total = try #require(lines.first { $0.kind == .total })
        let calls = rows.compactMap { Int(cells($0)[2]) }
        #expect(calls.count == rows.count && calls.reduce(0, +) == history.calls.count)
        #expect(cells(total)[1] == "\(history.calls.count)")
        let known = history.calls.reduce(Dollars.zero) { $0 + ($1.cost ?? .zero) }
        let machines = history.machines.reduce(Dollars.zero) { $0 + $1.cost }
        #expect(cells(total)[2] == (known + machines).description)
        #expect(lines.contains { $0.kind == .note && $0.text.contains("without a price") })
    }

    @Test func `a report without a limit has every row, also as CSV, and one with a limit says that there are more`()
        throws
    {
        let query = "\(all)&granularity=hour&group_by=trace,model&measures=calls"
        let whole = try desk.report(query: query + "&format=csv").text.split(separator: "\n").dropFirst()
        let sum = whole.compactMap { $0.split(separator: ",").last.flatMap { Int($0) } }.reduce(0, +)
        #expect(sum == history.calls.count)
        let cut = try desk.report(query: query + "&limit=3").lines
        #expect(cut.count { $0.kind == .row } == 3)
        #expect(cut.contains { $0.text.hasPrefix("there are more rows than these 3") })
        let total = try #require(cut.first { $0.kind == .total })
        #expect(cells(total).last == "\(history.calls.count)")
    }

    @Test func `a report says what repricing has changed`() throws {
        let query = "\(all)&group_by=model&measures=calls,cost"
        #expect(!(try desk.report(query: query)).lines.contains { $0.text.contains("after repricing") })
        let id = (history.calls[0].minute - 26_297_280) << 22
        try stored.execute("INSERT INTO adjustments VALUES (\(id), 1, 2000000, 0)")
        let report = try desk.report(query: query)
        let note = report.lines.first { $0.text.contains("after repricing") }
        let known = history.calls.reduce(history.machines.reduce(Dollars.zero) { $0 + $1.cost }) {
            $0 + ($1.cost ?? .zero)
        }
        #expect(try note?.text.contains("\(known + Dollars("2"))") == true, "\(report.lines)")
        #expect(cells(report.lines[0]) == ["model", "calls", "$"])
    }

    @Test func `a question that is wrong is refused with its parameter`() {
        #expect(throws: AnswerFailure.self) { try desk.report(query: "group_by=usr") }
        #expect(throws: AnswerFailure.self) { try desk.topLines(query: "by=usr") }
        #expect(throws: AnswerFailure.self) { try desk.traceLines("4bf9", query: nil) }
    }

    @Test(arguments: ["trace", "session", "call", "user", "model"])
    func `the dearest ones come in the order of the API`(subject: String) throws {
        let query = "\(all)&by=\(subject)&limit=5"
        let lines = try desk.topLines(query: query)
        let json = try JSONSerialization.jsonObject(with: Data(desk.answer(.top, query: query).text.utf8))
        let rows = (json as? [String: Any])?["rows"] as? [[String: Any]] ?? []
        let shown = lines.filter { $0.kind == .row || $0.kind == .unknown }
        #expect(shown.count == rows.count && !rows.isEmpty)
        for (line, row) in zip(shown, rows) {
            let known = row["known_cost"] as? String
            #expect(cells(line).last == known || cells(line).last == "unknown")
            guard subject != "call" else { continue }
            // The columns behind it are tokens, cost, and the duration of groups.
            let unpriced = cells(line).dropLast(["trace", "session"].contains(subject) ? 2 : 3).last
            let reason = (row["reason"] as? String)?.split(separator: " ").first.map(String.init)
            #expect(unpriced == reason ?? "0", "\(line.text)")
        }
        #expect(subject == "call" || cells(lines[0]).contains("unpriced"))
    }

    @Test(arguments: ["trace", "session", "call", "user"])
    func `a list says whether there are more than it shows`(subject: String) throws {
        for (limit, isCut) in [("1", true), ("1000", false)] {
            let query = "\(all)&by=\(subject)&limit=\(limit)"
            let lines = try desk.topLines(query: query)
            #expect(lines.contains { $0.text.hasPrefix("there are more rows than the 1 shown;") } == isCut, "\(lines)")
            let json = try JSONSerialization.jsonObject(with: Data(desk.answer(.top, query: query).text.utf8))
            #expect((json as? [String: Any])?["truncated"] as? Bool == isCut)
            let rows = lines.count { $0.kind == .row || $0.kind == .unknown }
            #expect(isCut ? rows == 1 : rows > 1)
        }
    }

    @Test(arguments: ["trace", "session", "call", "model"])
    func `the dearest ones show both costs once repricing has changed one of them`(subject: String) throws {
        let query = "\(all)&by=\(subject)&limit=1000"
        #expect(cells(try desk.topLines(query: query)[0]).last == "$")
        let index = try #require(history.calls.firstIndex { $0.dimensions["session"] != nil })
        let first = history.calls[index]
        let place = history.calls[..<index].count { $0.minute == first.minute }
        let id = (first.minute - 26_297_280) << 22 | Int64(place)
        try stored.execute("INSERT INTO adjustments VALUES (\(id), 1, 2000000, 0)")
        let lines = try desk.topLines(query: query)
        #expect(lines[0].text.hasSuffix("  $ repriced"), "\(lines[0].text)")
        let json = try JSONSerialization.jsonObject(with: Data(desk.answer(.top, query: query).text.utf8))
        let rows = (json as? [String: Any])?["rows"] as? [[String: Any]] ?? []
        let shown = lines.filter { $0.kind == .row || $0.kind == .unknown }
        #expect(shown.count == rows.count)
        for (line, row) in zip(shown, rows) {
            let (known, adjusted) = (row["known_cost"] as? String, row["known_adjusted_cost"] as? String)
            #expect(adjusted != nil && [adjusted, "unknown"].contains(cells(line).last), "\(line.text)")
            #expect([known, "unknown"].contains(cells(line).dropLast().last) || subject == "model", "\(line.text)")
        }
        #expect(rows.contains { $0["known_cost"] as? String != $0["known_adjusted_cost"] as? String })
        let head = try desk.traceLines(History.traceText(first.trace), query: nil)[1].text
        #expect(head.contains(" (repriced: "), "\(head)")
    }

    @Test func `a trace has all its spans and what they come to`() throws {
        for number in Set(history.calls.map(\.trace)).sorted().prefix(10) {
            let calls = history.calls.filter { $0.trace == number }
            let lines = try desk.traceLines(History.traceText(number), query: nil)
            #expect(lines[0].text.hasPrefix("trace \(History.traceText(number))"))
            #expect(lines[1].text.contains("\(calls.count) call"))
            let unpriced = calls.count { $0.cost == nil }
            #expect(lines[1].text.contains("\(unpriced) without a price)") == (unpriced > 0), "\(lines[1].text)")
            let head = try #require(lines.firstIndex { $0.text.hasPrefix("call ") })
            #expect(lines[(head + 1)...].count { $0.kind != .note } == calls.count)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a query reads as the parameters that it was written from`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("abz09 &=%+,;:*\\\"'/?#é€\u{1F600}\n")
        let values = (0..<5).map { _ in
            String(
                (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                    alphabet.randomElement(using: &generator) ?? "a"
                })
        }
        let query = QuestionParameters.query(values.map { ("where", $0) } + [("tz", values[0])])
        let read = try QuestionParameters(query: query, known: ["where", "tz"])
        #expect(read.all("where") == values)
        #expect(read.all("tz") == [values[0]])
    }
}
