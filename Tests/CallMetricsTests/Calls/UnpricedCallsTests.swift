// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Foundation
import GenAI
import Ingest
import Pricing
import TestData
import Testing
import TestRooms

@Suite struct UnpricedCallsTests {
    @Test func `calls without a price are listed with what may be done about them`() throws {
        let replayed = try Replayed()
        try replayed.ingest(
            [
                chat(1, usage(700, 30)).asking("gpt-4o-nano"), chat(2, usage(300, 70)).asking("gpt-4o-nano"),
                chat(3, usage(5, 5)), chat(4).asking("gpt-4o-nano").failing,
            ], arrivalNanoseconds: 1_790_000_100_000_000_000)
        let list = replayed.list
        #expect(list.entries.map(\.model) == ["gpt-4o-nano"])
        let entry = try #require(list.entries.first)
        #expect(entry.provider == "openai")
        #expect(entry.reason == "unknown_model")
        #expect(entry.requests == 2)
        #expect(entry.tokens.map { "\($0.name) \($0.count)" } == ["input 1000", "output 100"])
        #expect(entry.firstSeen == "2026-09-21T14:13:21Z")
        #expect(entry.closest.count == 3)
        #expect(entry.stub.contains(#"names: ["gpt-4o-nano"]"#))
        #expect(entry.dollarsNow == nil)
    }

    @Test func `what only the sender can mend has the sender's remedy, and no price file`() throws {
        let replayed = try Replayed()
        try replayed.ingest([
            chat(1), chat(2, usage(700, 30)).asking(""), chat(3, usage(5, 5)), chat(4).failing,
            chat(5, usage(1, 1)).asking("acme-9"),
        ])
        let list = replayed.list
        #expect(list.entries.map(\.reason) == ["no_model", "unknown_model", "no_usage"])
        #expect(list.entries.map(\.model) == ["", "acme-9", "gpt-4o"])
        #expect(list.entries.map { $0.stub.isEmpty } == [true, false, true])
        #expect(list.entries[0].remedy.contains("gen_ai.request.model"))
        #expect(list.entries[2].remedy.contains("gen_ai.usage.input_tokens"))
        for entry in list.entries where entry.stub.isEmpty {
            #expect(entry.closest == [] && entry.dollarsNow == nil)
            #expect(entry.remedy.hasPrefix("no price file helps: "))
        }
        // The log speaks of prices.
        let told = replayed.unpriced.takeNew(book: replayed.pricer.book, most: 10)
        #expect(told.map(\.reason).sorted() == ["no_model", "unknown_model"])
    }

    @Test func `a call that is billed by the piece alone has a price once its price file is completed`() throws {
        let replayed = try Replayed()
        var span = chat(1).asking("acme-search")
        span.attributes.append(("gen_ai.usage.web_search_requests", .int(3)))
        try replayed.ingest([span])
        let entry = try #require(replayed.list.entries.first)
        #expect(entry.reason == "unknown_model" && entry.units.map(\.name) == ["web_search"])
        let file = entry.stub.replacing("format: pricebook/1\n", with: "").replacing("\"?\"", with: "\"0.5\"")
        replayed.pricer.replace(book: try book(file))
        #expect(replayed.list.entries.first?.dollarsNow == "1.5")
    }

    @Test func `the list says of what time it is`() throws {
        let calls = UnpricedCalls(symbols: SymbolTable(), since: 1_790_000_100_000_000_000)
        let list = calls.list(book: try Replayed().pricer.book, allowsApproximate: false)
        #expect(list.json.contains(#""since": "2026-09-21T14:15:00Z""#), "\(list.json)")
        #expect(try Replayed().list.json.contains(#""since": null"#))
    }

    @Test func `a book that knows the model tells what the tokens would have cost`() throws {
        let replayed = try Replayed()
        try replayed.ingest([chat(1, usage(700, 30)).asking("acme-9"), chat(2, usage(300, 70)).asking("acme-9")])
        #expect(replayed.list.entries.first?.dollarsNow == nil)
        replayed.pricer.replace(
            book: try book("aliases: [{provider: openai, name: acme-9, to: openai/gpt-4o}]"))
        // 1,000 at $2.50 and 100 at $10 a million.
        #expect(replayed.list.entries.first?.dollarsNow == "0.0035")
        // Counters are not written anew.
        #expect(replayed.lines("llm_cost_dollars_total").isEmpty)
    }

    @Test func `what finds no place is added up as one`() throws {
        let replayed = try Replayed(unpricedLimit: 3)
        try replayed.ingest((0..<10).map { chat(UInt8($0), usage(Int64(100 - $0), 1)).asking("acme-\($0)") })
        let list = replayed.list
        #expect(list.entries.map(\.model) == ["acme-0", "acme-1", "acme-2", "__overflow__"])
        #expect(list.entries.reduce(0) { $0 + $1.requests } == 10)
        #expect(list.entries.reduce(0) { $0 + $1.totalTokens } == 965)
    }

    @Test(arguments: ["a \"quoted\" \\ name", "<script>", "a\u{2028}b", "naïve ☃"])
    func `the list is JSON whatever models are called`(name: String) throws {
        let replayed = try Replayed()
        try replayed.ingest([chat(1, usage(1, 1)).asking(name)])
        let read = try JSONSerialization.jsonObject(with: Data(replayed.list.json.utf8)) as? [String: Any]
        let models = try #require(read?["models"] as? [[String: Any]])
        // No label has a line end.
        #expect(models.first?["model"] as? String == name.replacing("\u{2028}", with: "\u{FFFD}"))
        #expect(models.first?["tokens"] as? [String: Int] == ["input": 1, "output": 1])
    }
}

extension Replayed {
    fileprivate var list: UnpricedList {
        pipeline.settleAll(arrivalNanoseconds: nil)
        return unpriced.list(book: pricer.book, allowsApproximate: false)
    }
}
