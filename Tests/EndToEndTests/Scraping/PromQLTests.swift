// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// From a real SDK, with and without a real collector in between, to the answer of a real Prometheus.
@Suite struct PromQLTests {
    /// PromQL and the decimal it must give once the spans of `send_spans.py` are counted.
    ///
    /// By the public list prices, in dollars per million tokens: gpt-4o takes 2.50 for input, 1.25 for cached input and
    /// 10 for output; claude-sonnet-4-5 takes 3, 0.30 for cache reads, 3.75 for cache writes and 15 for output.
    /// gpt-4o: 250 × 2.50 + 1000 × 1.25 + 307 × 10 = 4945 millionths; claude-sonnet-4-5: 25 × 3 + 4096 × 0.30 +
    /// 1000 × 3.75 + 412 × 15 = 11233.8 millionths.
    static let expectations: [(query: String, value: String)] = [
        (#"llm_cost_dollars_total{model="gpt-4o",operation="chat"}"#, "0.004945"),
        (#"llm_cost_dollars_total{model="claude-sonnet-4-5",operation="chat"}"#, "0.0112338"),
        (#"llm_cost_by_source_dollars_total{source="computed"}"#, "0.0161788"),
        (#"llm_cost_by_provider_dollars_total{provider="anthropic"}"#, "0.0112338"),
        (#"llm_token_cost_dollars_total{model="gpt-4o",operation="chat",token_type="cache_read"}"#, "0.00125"),
        (#"llm_tokens_used_total{model="gpt-4o",operation="chat",token_type="input"}"#, "250"),
        (#"llm_tokens_used_total{model="gpt-4o",operation="chat",token_type="cache_read"}"#, "1000"),
        (#"llm_tokens_used_total{model="gpt-4o",operation="chat",token_type="output"}"#, "307"),
        (#"llm_tokens_used_total{model="claude-sonnet-4-5",operation="chat",token_type="input"}"#, "25"),
        (#"llm_tokens_used_total{model="claude-sonnet-4-5",operation="chat",token_type="cache_read"}"#, "4096"),
        (#"llm_tokens_used_total{model="claude-sonnet-4-5",operation="chat",token_type="cache_write"}"#, "1000"),
        (#"llm_tokens_used_total{model="claude-sonnet-4-5",operation="chat",token_type="output"}"#, "412"),
        (#"llm_requests_total{model="gpt-4o",operation="chat"}"#, "3"),
        (#"sum(llm_request_errors_total{model="gpt-4o",operation="chat",error_type="429"})"#, "1"),
        (#"llm_request_duration_seconds_sum{model="gpt-4o",operation="chat"}"#, "2.5"),
        (#"llm_request_duration_seconds_count{model="gpt-4o",operation="chat"}"#, "3"),
        (#"sum(llm_request_duration_seconds_bucket{model="gpt-4o",operation="chat",le=~"1|1.0"})"#, "2"),
        (#"llm_request_duration_seconds_sum{model="claude-sonnet-4-5",operation="chat"}"#, "4.25"),
        (#"sum(llm_cost_exporter_spans_total)"#, "5"),
        (#"llm_cost_exporter_spans_total{outcome="not_a_model_call"}"#, "1"),
    ]

    @Test func `The SDK sends, Prometheus scrapes, a query gives dollars and tokens`() throws {
        let service = try ServiceUnderTest()
        try check(service, sendingTo: service.otlpPort)
    }

    @Test func `The same holds with a collector in between`() throws {
        let service = try ServiceUnderTest()
        let collector = try CollectorProcess(exportingTo: service.otlpPort)
        try check(service, sendingTo: collector.port)
    }

    private func check(_ service: ServiceUnderTest, sendingTo port: UInt16) throws {
        let prometheus = try PrometheusServer(scraping: service.webPort)
        let script = Repository.scripts.appending(path: "send_spans.py").path
        let sender = try run(Repository.tool("python"), [script, "http://127.0.0.1:\(port)/v1/traces"])
        try #require(sender.status == 0, "the SDK could not send: \(sender.log)")

        for (query, value) in Self.expectations {
            var last: String?
            try? poll(for: query) { () throws -> Void? in
                last = try prometheus.query(query)
                return last == value ? () : nil
            }
            #expect(last == value, "\(query)")
        }
    }
}
