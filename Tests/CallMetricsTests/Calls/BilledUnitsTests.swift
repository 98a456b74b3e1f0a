// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import GenAI
import Pricing
import TestData
import Testing
import TestRooms

/// What is billed by the piece, from spans to series.
@Suite struct BilledUnitsTests {
    private static let prices = """
        models:
          - id: openai/m
            provider: openai
            names: [gpt-4o]
            prices: [{rates: {input: "10", output: "20"}, fees: {web_search: "0.01", request: "0.5"}}]
        """
    private static let labels = #"model="gpt-4o",operation="chat""#

    private static func searches(_ count: Int64) -> [(key: String, value: TraceRequestWriter.Value)] {
        [("gen_ai.usage.web_search_requests", .int(count))]
    }

    @Test func `searches are counted, and their fees are part of the dollars`() throws {
        let replayed = try Replayed(book: book(Self.prices))
        try replayed.ingest([
            chat(1, usage(1_000, 0) + Self.searches(2)), chat(2, usage(1_000, 0) + Self.searches(3)),
            chat(3, usage(1_000, 0)), chat(4, usage(1_000, 0) + Self.searches(1)).failing,
        ])
        #expect(replayed.samples("llm_billed_units_total") == ["{\(Self.labels),unit=\"web_search\"} 6"])
        #expect(replayed.samples("llm_cost_dollars_total") == ["{\(Self.labels)} 1.6"])
        #expect(
            replayed.samples("llm_token_cost_dollars_total") == [
                "{\(Self.labels),token_type=\"fee\"} 1.56", "{\(Self.labels),token_type=\"input\"} 0.04",
            ])
        #expect(replayed.samples("llm_cost_by_provider_dollars_total") == [#"{provider="openai"} 1.6"#])
        #expect(replayed.samples("llm_cost_by_source_dollars_total") == [#"{source="computed"} 1.6"#])
        #expect(replayed.lines("llm_cost_estimated").isEmpty)
    }

    @Test func `without any there is no family of them`() throws {
        let replayed = try Replayed(book: book(Self.prices))
        try replayed.ingest([chat(1, usage(1_000, 0) + Self.searches(0)), chat(2, usage(1, 1))])
        #expect(replayed.samples("llm_billed_units_total").isEmpty)
    }

    @Test func `a search without a known price makes that call an estimate, and no other`() throws {
        let replayed = try Replayed(book: book(Self.prices))
        let units: [(key: String, value: TraceRequestWriter.Value)] = [("gen_ai.usage.search_units", .int(4))]
        try replayed.ingest([
            chat(1, usage(1_000, 0) + units), chat(2, usage(1_000, 0)),
            chat(3, usage(1_000, 0) + units + [("openai.response.service_tier", .string("flex"))]),
        ])
        #expect(
            replayed.samples("llm_cost_estimated_dollars_total")
                == [#"{reason="no_tier_rate"} 0.51"#, #"{reason="unknown_fee"} 0.51"#])
        #expect(
            replayed.samples("llm_cost_by_source_dollars_total")
                == [#"{source="computed"} 0.51"#, #"{source="estimated"} 1.02"#])
        #expect(replayed.samples("llm_billed_units_total") == ["{\(Self.labels),unit=\"rerank_search\"} 8"])
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `dollars are the same however they are split, and however calls are batched`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let spans = (0..<60).map { number in
            var span = chat(
                UInt8(number), usage(.random(in: 0...9_999, using: &random), .random(in: 0...999, using: &random)))
            let model = ["claude-opus-4-8", "claude-sonnet-4-6", "claude-haiku-4-5"].randomElement(using: &random)
            span = span.asking(model ?? "")
            span.attributes[1].value = .string("anthropic")
            if Bool.random(using: &random) { span.attributes += Self.searches(.random(in: 1...5, using: &random)) }
            if Bool.random(using: &random) { span.attributes.append(("gen_ai.usage.search_units", .int(1))) }
            if Bool.random(using: &random) { span.attributes.append(("anthropic.usage.inference_geo", .string("us"))) }
            if Bool.random(using: &random) { span.attributes.append(("anthropic.usage.speed", .string("fast"))) }
            return Int.random(in: 0..<5, using: &random) == 0 ? span.failing : span
        }
        let (whole, single) = (try Replayed(), try Replayed())
        try whole.ingest(spans)
        for span in spans { try single.ingest([span]) }
        for family in [
            "llm_cost_dollars_total", "llm_token_cost_dollars_total", "llm_cost_by_provider_dollars_total",
            "llm_cost_by_source_dollars_total", "llm_cost_estimated_dollars_total", "llm_billed_units_total",
        ] {
            #expect(whole.samples(family) == single.samples(family), "\(family)")
        }
        let total = try whole.sum("llm_cost_dollars_total")
        #expect(total > .zero)
        #expect(try whole.sum("llm_token_cost_dollars_total") == total)
        #expect(try whole.sum("llm_cost_by_provider_dollars_total") == total)
        #expect(try whole.sum("llm_cost_by_source_dollars_total") == total)
        let estimated = whole.samples("llm_cost_by_source_dollars_total").filter { $0.contains("estimated") }
        #expect(try whole.sum("llm_cost_estimated_dollars_total") == Replayed.sum(estimated))
    }

    @Test func `shadow books have their own fees`() throws {
        let dear = Self.prices.replacing("0.01", with: "0.04")
        let replayed = try Replayed(
            book: book(Self.prices), shadows: [ShadowPrices.Book(name: "dear", book: try book(dear))])
        try replayed.ingest([chat(1, usage(1_000, 0) + Self.searches(2))])
        #expect(replayed.samples("llm_shadow_cost_dollars_total") == ["{book=\"dear\",\(Self.labels)} 0.59"])
    }

    @Test func `calls without a price are listed with them, and priced with them later`() throws {
        let replayed = try Replayed(book: book(Self.prices))
        var span = chat(1, Self.searches(2)).asking("house-model")
        span.attributes[0].value = .string("rerank")
        try replayed.ingest([span])
        #expect(
            replayed.samples("llm_unpriced_requests_total")
                == [#"{model="house-model",provider="openai",reason="unknown_model"} 1"#])
        let list = { (prices: String) in
            replayed.unpriced.list(book: try book(prices), allowsApproximate: false).entries
        }
        let entry = try #require(try list(Self.prices).first)
        #expect(entry.units.map(\.name) == ["web_search"] && entry.units.map(\.count) == [2])
        #expect(entry.dollarsNow == nil)
        let known = Self.prices.replacing("[gpt-4o]", with: "[gpt-4o, house-model]")
        #expect(try list(known).first?.dollarsNow == "0.52")
        let without = known.replacing("web_search: \"0.01\", ", with: "")
        #expect(try list(without).first?.dollarsNow == nil)
    }

    @Test func `a reported cost is compared with one that has the fees`() throws {
        let replayed = try Replayed(book: book(Self.prices))
        try replayed.ingest([chat(1, usage(1_000, 0) + Self.searches(2) + [("gen_ai.usage.cost", .double(0.53))])])
        #expect(replayed.samples("llm_reported_cost_dollars_total") == ["{\(Self.labels)} 0.53"])
        #expect(replayed.lines("llm_cost_discrepancy_dollars_total").isEmpty)
    }
}

extension Replayed {
    /// The exact sum of a family of dollars.
    fileprivate func sum(_ family: String) throws -> Dollars { try Self.sum(samples(family)) }

    /// The exact sum of sample lines.
    fileprivate static func sum(_ samples: [String]) throws -> Dollars {
        try samples.reduce(.zero) { sum, line in
            sum + (try Dollars(String(line.split(separator: " ").last ?? "")))
        }
    }
}
