// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// A body of calls that searched, as the commands read it.
@Suite struct BilledUnitsTests {
    /// An answer of Anthropic with two searches that was made in the United States, by way of LiteLLM, and a reranking.
    private static let body = """
        {"resourceSpans":[{"scopeSpans":[{"scope":{"name":"litellm"},"spans":[
        {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"litellm_request","kind":1,
        "startTimeUnixNano":"1795262400000000000","endTimeUnixNano":"1795262401500000000","attributes":[
        {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},
        {"key":"gen_ai.system","value":{"stringValue":"anthropic"}},
        {"key":"gen_ai.request.model","value":{"stringValue":"claude-opus-4-8"}},
        {"key":"gen_ai.usage.input_tokens","value":{"intValue":"1000"}},
        {"key":"gen_ai.usage.output_tokens","value":{"intValue":"100"}},
        {"key":"metadata.usage_object","value":{"stringValue":"{'completion_tokens': 100, 'prompt_tokens': 1000, \
        'server_tool_use': {'web_search_requests': 2}, 'inference_geo': 'us', 'service_tier': 'standard'}"}}]},
        {"traceId":"0102030405060708090a0b0c0d0e0f11","spanId":"0102030405060709","name":"litellm_request","kind":1,
        "startTimeUnixNano":"1795262400000000000","endTimeUnixNano":"1795262401500000000","attributes":[
        {"key":"gen_ai.operation.name","value":{"stringValue":"arerank"}},
        {"key":"gen_ai.system","value":{"stringValue":"cohere"}},
        {"key":"gen_ai.request.model","value":{"stringValue":"rerank-v3.5"}},
        {"key":"metadata.usage_object","value":{"stringValue":"{'billed_units': {'search_units': 3}}"}}]}]}]}]}
        """

    @Test func `replay counts searches and their fees, and the place has its price`() throws {
        let result = try run(Repository.service, ["replay", "-"], input: Array(Self.body.utf8))
        try #require(result.status == 0, "\(result.log)")
        let replayed = Exposition(result.text)
        #expect(replayed.sum("llm_billed_units_total") { $0["unit"] == "web_search" } == 2)
        #expect(replayed.sum("llm_billed_units_total") { $0["unit"] == "rerank_search" } == 3)
        func cost(_ family: String, _ model: String, of type: String? = nil) -> Double {
            replayed.sum(family) { $0["model"] == model && (type == nil || $0["token_type"] == type) }
        }
        // $5 and $25 a million and a tenth more, and a cent a search.
        #expect(abs(cost("llm_cost_dollars_total", "claude-opus-4-8") - 0.02825) < 1e-15)
        #expect(abs(cost("llm_token_cost_dollars_total", "claude-opus-4-8", of: "fee") - 0.02) < 1e-15)
        #expect(abs(cost("llm_cost_dollars_total", "rerank-v3.5") - 0.006) < 1e-15)
        #expect(replayed.sum("llm_cost_by_source_dollars_total") { $0["source"] == "estimated" } == 0)
        #expect(replayed.sum("llm_unpriced_requests_total") == 0)
    }

    @Test func `explain tells what was taken by the piece, where it was served and what that cost`() throws {
        let explained = try Explained(["-"], input: Array(Self.body.utf8))
        let spans = explained.spans
        try #require(spans.count == 2)
        #expect(spans[0]["units"] as? [String: Int] == ["web_search": 2])
        #expect(spans[0]["inference_geo"] as? String == "us")
        let price = try #require(spans[0]["price"] as? Explained.Object)
        let piece = try #require((price["pieces"] as? [Explained.Object])?.first)
        #expect(piece["unit"] as? String == "web_search" && piece["count"] as? Int == 2)
        #expect(piece["usd_each"] as? String == "0.01" && piece["usd"] as? String == "0.02")
        #expect(price["fee_usd"] as? String == "0.02" && price["usd"] as? String == "0.02825")

        let text = try run(Repository.service, ["explain", "-"], input: Array(Self.body.utf8)).text
        #expect(text.contains("served in us"))
        #expect(text.contains("units      web_search 2"))
        #expect(text.contains("$0.01 each"))
        #expect(text.contains("rerank_search"))
    }
}
