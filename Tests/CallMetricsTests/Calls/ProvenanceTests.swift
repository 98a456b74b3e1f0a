// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Pricing
import TestData
import Testing
import TestRooms

/// Where dollars come from, and what they would have been otherwise.
@Suite struct ProvenanceTests {
    private static let cached = """
        models:
          - id: openai/m
            provider: openai
            names: [gpt-4o]
            prices: [{rates: {input: "10", output: "20", cache_read: "1", cache_write: "12.5", cache_write_1h: "20"}}]
        """

    @Test func `what the cache saved and cost more is exact, however calls are batched`() throws {
        let spans = (0..<20).map { number in
            chat(
                UInt8(number),
                usage(1_000, 1) + [
                    ("gen_ai.usage.cache_read.input_tokens", .int(300)),
                    ("gen_ai.usage.cache_creation.input_tokens", .int(200)),
                ])
        }
        let (whole, single) = (try Replayed(book: book(Self.cached)), try Replayed(book: book(Self.cached)))
        try whole.ingest(spans)
        for span in spans { try single.ingest([span]) }
        for replayed in [whole, single] {
            // 20 times 300 tokens at 9 dollars less a million, and 200 at 2.5 dollars more.
            #expect(
                replayed.lines("llm_cache_savings_dollars_total")
                    == [#"llm_cache_savings_dollars_total{model="gpt-4o",operation="chat"} 0.054"#])
            #expect(
                replayed.lines("llm_cache_write_premium_dollars_total")
                    == [#"llm_cache_write_premium_dollars_total{model="gpt-4o",operation="chat"} 0.01"#])
        }
    }

    @Test func `a cache that is dearer than plain input saves nothing and breaks nothing`() throws {
        let dear = Self.cached.replacing("cache_read: \"1\"", with: "cache_read: \"11\"")
            .replacing("cache_write: \"12.5\"", with: "cache_write: \"0\"")
        let replayed = try Replayed(book: book(dear))
        try replayed.ingest([
            chat(
                1,
                usage(1_000, 1) + [
                    ("gen_ai.usage.cache_read.input_tokens", .int(300)),
                    ("gen_ai.usage.cache_creation.input_tokens", .int(200)),
                ])
        ])
        #expect(replayed.lines("llm_cache_").isEmpty)
    }

    @Test func `estimates are told by what is not known, and are all the estimated dollars`() throws {
        let replayed = try Replayed(book: book(Self.cached))
        try replayed.ingest([
            chat(1, usage(1_000, 0) + [("openai.response.service_tier", .string("flex"))]),
            chat(2, usage(1_000, 0)),
        ])
        #expect(
            replayed.lines("llm_cost_estimated_dollars_total")
                == [#"llm_cost_estimated_dollars_total{reason="no_tier_rate"} 0.01"#])
        #expect(
            replayed.lines("llm_cost_by_source") == [
                #"llm_cost_by_source_dollars_total{source="computed"} 0.01"#,
                #"llm_cost_by_source_dollars_total{source="estimated"} 0.01"#,
            ])
    }

    @Test func `machines that are paid for by time cost what the calls took`() throws {
        let replayed = try Replayed(
            book: book(
                """
                providers: {vllm: {}}
                models:
                  - {id: vllm/m, provider: vllm, names: [m], hosted: {gpu_hour: "3.6", gpus: 2, mode: busy_time}}
                """))
        var spans = [chat(1, usage(1_000, 5)).asking("m"), chat(2, usage(1_000, 5)).asking("m").failing]
        for index in spans.indices { spans[index].attributes[1].value = .string("vllm") }
        try replayed.ingest(spans)
        // Two machines for 1.5 s at a tenth of a cent each second, twice: a failed call took time as well.
        #expect(
            replayed.lines("llm_cost_dollars_total")
                == [#"llm_cost_dollars_total{model="m",operation="chat"} 0.006"#])
        #expect(
            replayed.lines("llm_token_cost_dollars_total").contains(
                #"llm_token_cost_dollars_total{model="m",operation="chat",token_type="fee"} 0.006"#))
    }

    @Test func `shadow books count beside the real costs, under the same names`() throws {
        let dear = Self.cached.replacing("\"10\"", with: "\"100\"")
        let replayed = try Replayed(
            book: book(Self.cached),
            shadows: [
                ShadowPrices.Book(name: "dear", book: try book(dear)),
                ShadowPrices.Book(name: "none", book: try book("gateways: []")),
            ])
        try replayed.ingest([
            chat(1, usage(1_000, 0)), chat(2, usage(1_000, 0)), chat(3, usage(1_000, 0)).asking("unknown"),
        ])
        #expect(
            replayed.lines("llm_shadow_cost_dollars_total") == [
                #"llm_shadow_cost_dollars_total{book="dear",model="gpt-4o",operation="chat"} 0.2"#,
                #"llm_shadow_cost_dollars_total{book="none",model="gpt-4o",operation="chat"} 0.005"#,
            ])
        #expect(
            replayed.lines("llm_cost_dollars_total")
                == [#"llm_cost_dollars_total{model="gpt-4o",operation="chat"} 0.02"#])
    }
}
