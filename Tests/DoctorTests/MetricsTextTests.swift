// SPDX-License-Identifier: Apache-2.0
import Doctor
import TestData
import Testing

@Suite struct MetricsTextTests {
    private let page = """
        # HELP llm_requests_total Calls.
        # TYPE llm_requests_total counter
        llm_requests_total{model="gpt-4o",operation="chat"} 3
        llm_requests_total{model="a\\"b\\\\c\\nd",operation=""} 4 1700000000000
        llm_cost_exporter_series 12
        llm_cost_dollars_total{model="x"} 0.000000000000001
        """

    @Test func `samples have labels and values`() {
        let metrics = MetricsText(page)
        #expect(metrics.sum("llm_requests_total") == 7)
        #expect(metrics.sum("llm_requests_total") { $0["model"] == "gpt-4o" } == 3)
        #expect(metrics["llm_requests_total"].last?.labels["model"] == "a\"b\\c\nd")
        #expect(metrics.sum("llm_cost_exporter_series") == 12)
        #expect(metrics["llm_cost_dollars_total"].first?.text == "0.000000000000001")
        #expect(metrics.has("llm_cost_exporter_series") && !metrics.has("llm_cost_exporter_serie"))
    }

    @Test func `only the names that are wanted are kept`() {
        let metrics = MetricsText(page) { $0.hasPrefix("llm_cost") }
        #expect(!metrics.has("llm_requests_total"))
        #expect(metrics.has("llm_cost_exporter_series"))
    }

    @Test func `no page traps`() {
        var random = SeededGenerator(seed: 5)
        let letters = Array("llm_x{=\"\\,} \n#1.".utf8)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 0
            }
            _ = MetricsText(String(decoding: bytes, as: UTF8.self)).sum("llm_x")
        }
        #expect(MetricsText("llm_x{a=\"b} 1\nllm_x{a} 1\nllm_x{\nllm_x\nllm_x{a=\"b\"} 2").sum("llm_x") == 2)
    }
}
