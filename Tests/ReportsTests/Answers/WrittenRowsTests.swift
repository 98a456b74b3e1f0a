// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Foundation
import GenAI
import OTLP
import Pricing
import TestData
import Testing

@testable import Ledger
@testable import Reports

/// Answers about rows that the service's own writer has written.
@Suite struct WrittenRowsTests {
    /// 2026-07-25T17:20:00Z.
    private static let wall: UInt64 = 1_785_000_000_000_000_000
    private static let embedded = Result { try PriceBook.embedded() }

    private let symbols = SymbolTable()
    private let texts: RowTexts
    private let attributions: AttributionTable
    private let pricer: Pricer
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "written-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let book = try Self.embedded.get()
        symbols.know(BookValues(of: [book]))
        attributions = AttributionTable(
            rules: [LabelRule(name: "team", sources: [.span("team")])], symbols: symbols)
        texts = RowTexts(
            shown: CallTexts(
                symbols: symbols, attributions: attributions, labels: ModelLabels(symbols: symbols),
                providerID: { _, _, _ in nil }), symbols: symbols)
        pricer = Pricer(book: book, symbols: symbols)
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `sums, traces and exports of what was written are those of the calls`(seed: UInt64) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var generator = SeededGenerator(seed: seed)
        let path = "\(folder)/\(RowStore.fileName)"
        let store = try RowStore(
            path: path, configuration: RowConfiguration(), texts: texts, wallNanoseconds: { Self.wall })
        store.start()
        var sums: [String: (calls: Int, cost: Dollars, unpriced: Int)] = [:]
        var traces: [UInt64: Dollars] = [:]
        for number in 1...20 as ClosedRange<UInt64> {
            let priced = pricer.price(calls(number, &generator), arrivalNanoseconds: Self.wall)
            for index in priced.indices {
                let (call, cost) = (priced[index].call, Self.cost(priced[index]))
                let model = texts.shown.model(of: call, priced.verdicts[index], priced.cards)
                var sum = sums[model] ?? (0, .zero, 0)
                sum = (sum.calls + 1, sum.cost + (cost ?? .zero), sum.unpriced + (cost == nil ? 1 : 0))
                sums[model] = sum
                traces[call.identity.traceIDLow, default: .zero] += cost ?? .zero
            }
            store.append(priced, arrivalNanoseconds: Self.wall, number: number)
        }
        store.stop()
        let desk = QuestionDesk(configuration: ReportsConfiguration(), seconds: { Int64(Self.wall / 1_000_000_000) }) {
            () throws(JournalError) -> RowReader in try RowReader(path: path)
        }
        let rows =
            try Self.object(desk.answer(.costs, query: "from=now-3d&to=now%2B1h&group_by=model"))["rows"]
            as? [[String: Any]] ?? []
        #expect(rows.count == sums.count)
        for row in rows {
            let sum = try #require(sums[row["model"] as? String ?? ""])
            #expect(row["calls"] as? Int == sum.calls)
            #expect(row["known_cost"] as? String == sum.cost.description)
            #expect((row["cost"] is NSNull) == (sum.unpriced > 0))
        }
        for (low, cost) in traces {
            let digits = String(low, radix: 16)
            let id = String(repeating: "0", count: 15) + "9" + String(repeating: "0", count: 16 - digits.count) + digits
            let trace = try Self.object(desk.answer(.trace(id), query: nil))
            #expect(trace["known_cost"] as? String == cost.description)
        }
        let export = try #require(desk.answer(.export, query: "from=now-3d&to=now%2B1h").export)
        var lines = 0
        while let piece = try export.next() { lines += piece.count { $0 == UInt8(ascii: "\n") } }
        #expect(lines == 1 + sums.values.reduce(0) { $0 + $1.calls })
        let focus = try FocusFile(
            #require(desk.answer(.export, query: "format=focus&from=now-3d&to=now%2B1h&group_by=team").export))
        #expect(FocusRules.broken(by: focus).prefix(5) == [])
        let total = sums.values.reduce(Dollars.zero) { $0 + $1.cost }
        #expect(focus.sum("BilledCost") == FocusFile.decimal(total.description))
        // Each cost is the product of the prices of the stored card.
        #expect(
            focus.rows.allSatisfy { $0["SkuMeter"]?.hasSuffix(" Tokens") == true || $0["SkuMeter"] == "Unpriced Calls" }
        )
    }

    private func call(_ number: UInt64, of model: String) -> ModelCall {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 9, traceIDLow: 7, spanID: number))
        call.endNanoseconds = Outside(Self.wall - 60_000_000_000 + number)
        call.startNanoseconds = Outside(Self.wall - 61_000_000_000)
        call.provider = symbols.symbol(for: "openai", in: .provider)
        call.requestModel = symbols.symbol(for: model, in: .model)
        return call
    }

    /// Writes calls, and answers questions about them.
    private func desk(about calls: [ModelCall]) throws -> QuestionDesk {
        let path = "\(folder)/\(RowStore.fileName)"
        let store = try RowStore(
            path: path, configuration: RowConfiguration(), texts: texts, wallNanoseconds: { Self.wall })
        store.start()
        store.append(pricer.price(calls, arrivalNanoseconds: Self.wall), arrivalNanoseconds: Self.wall, number: 1)
        store.stop()
        return QuestionDesk(configuration: ReportsConfiguration(), seconds: { Int64(Self.wall / 1_000_000_000) }) {
            () throws(JournalError) -> RowReader in try RowReader(path: path)
        }
    }

    @Test func `what a call without usage costs is not known, unless it failed`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let calls = (1...3 as ClosedRange<UInt64>).map { number in
            var call = call(number, of: "gpt-4o")
            call.operation = symbols.symbol(for: "chat", in: .operation)
            if number == 1 { (call.reportsUsage, call.usage[.input]) = (true, 400_000) }
            call.hasFailed = number == 3
            return call
        }
        let desk = try desk(about: calls)
        func rows(_ query: String) throws -> [[String: Any]] {
            let answer = try Self.object(desk.answer(.costs, query: "from=now-3d&to=now%2B1h&\(query)"))
            return answer["rows"] as? [[String: Any]] ?? []
        }
        let all = try #require(rows("measures=cost,calls,unpriced,average_cost").first)
        #expect(all["cost"] is NSNull)
        #expect(all["known_cost"] as? String == "1")
        #expect(all["reason"] as? String == "1 of 3 calls have no price")
        #expect(all["unpriced"] as? Int == 1)
        // The failed call cost nothing, which is no price of a call.
        #expect(all["average_cost"] as? String == "1")
        let unpriced = try rows("where=source:unpriced&group_by=model,unpriced_reason")
        #expect(unpriced.map { $0["unpriced_reason"] as? String } == ["no_usage"])
        let trace = try Self.object(desk.answer(.trace("00000000000000090000000000000007"), query: nil))
        let spans = trace["spans"] as? [[String: Any]] ?? []
        #expect(spans.map { $0["outcome"] as? String } == ["computed", "unpriced", "nothing"])
        #expect(spans.map { $0["cost"] as? String } == ["1", nil, "0"])
        #expect(spans.map { $0["reason"] as? String } == [nil, "no_usage", nil])
        let focus = try FocusFile(
            #require(desk.answer(.export, query: "format=focus&from=now-3d&to=now%2B1h&group_by=team").export))
        #expect(focus.rows.map { $0["SkuMeter"] ?? "" } == ["Input Tokens", "Unpriced Calls"])
        #expect(FocusRules.broken(by: focus) == [])
    }

    @Test func `a call whose reported cost is used has no reason for an unknown one`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let calls = (1...2 as ClosedRange<UInt64>).map { number in
            var call = call(number, of: "no-such-model")
            (call.reportsUsage, call.usage[.input]) = (true, 400)
            if number == 1 { call.reportedFemtodollars = 5_000_000_000_000_000 }
            return call
        }
        let desk = try desk(about: calls)
        let period = "from=now-3d&to=now%2B1h"
        let rows =
            try Self.object(desk.answer(.costs, query: "\(period)&group_by=source,unpriced_reason"))["rows"]
            as? [[String: Any]] ?? []
        #expect(rows.map { $0["source"] as? String } == ["reported", "unpriced"])
        #expect(rows.map { $0["unpriced_reason"] as? String } == [nil, "unknown_model"])
        let export = try #require(desk.answer(.export, query: "\(period)&format=csv").export)
        var text = ""
        while let piece = try export.next() { text += String(decoding: piece, as: UTF8.self) }
        let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let column = try #require(lines.first?.firstIndex(of: "reason"))
        #expect(lines.dropFirst().map { $0[column] } == ["", "unknown_model"])
    }

    private static func object(_ reply: QuestionDesk.Reply) throws -> [String: Any] {
        #expect(reply.status == 200, "\(reply.text)")
        return try JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any] ?? [:]
    }

    /// What the rows have as the cost; `nil` for an unpriced call.
    private static func cost(_ priced: PricedCall) -> Dollars? {
        switch priced.outcome {
        case .priced(_, let cost), .reported(let cost): cost
        case .unpriced: nil
        case .nothingToPrice: priced.call.hasFailed ? .zero : nil
        }
    }

    private func calls(_ number: UInt64, _ generator: inout SeededGenerator) -> [ModelCall] {
        (0..<UInt64(20)).map { index in
            var call = ModelCall(
                identity: SpanIdentity(
                    traceIDHigh: 9, traceIDLow: UInt64.random(in: 1...40, using: &generator) << 40 | 7,
                    spanID: number * 1_000 + index + 1))
            let end = Self.wall - UInt64.random(in: 0...2 * 86_400_000_000_000, using: &generator)
            call.endNanoseconds = Outside(end)
            call.startNanoseconds = Outside(end - 1_500_000_000)
            call.provider = symbols.symbol(for: "openai", in: .provider)
            let model = ["gpt-4o", "gpt-4o-mini", "no-such-model"].randomElement(using: &generator) ?? "gpt-4o"
            call.requestModel = symbols.symbol(for: model, in: .model)
            call.operation = symbols.symbol(for: "chat", in: .operation)
            call.hasFailed = Int.random(in: 0..<8, using: &generator) == 0
            guard Int.random(in: 0..<4, using: &generator) > 0 else { return call }
            call.reportsUsage = true
            call.usage[.input] = Int64.random(in: 1...9_999, using: &generator)
            call.usage[.output] = Int64.random(in: 1...999, using: &generator)
            return call
        }
    }
}
