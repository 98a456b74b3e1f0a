// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

/// What `increase()` of a real Prometheus makes of models that are called once.
@Suite struct FirstIncrementTests {
    /// Calls of one model, each with 250 tokens of input, which are 625 millionths of a dollar for gpt-4o.
    private static func body(_ model: String, ids: ClosedRange<Int>) -> [UInt8] {
        let spans = ids.map { id in
            """
            {"traceId":"\(String(repeating: "\(id)", count: 32))","spanId":"\(String(repeating: "\(id)", count: 16))",\
            "name":"chat","kind":3,"startTimeUnixNano":"179000000\(id)000000000","endTimeUnixNano":"179000000\(id)900000000",\
            "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},\
            {"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},\
            {"key":"gen_ai.request.model","value":{"stringValue":"\(model)"}},\
            {"key":"gen_ai.usage.input_tokens","value":{"intValue":"250"}},\
            {"key":"gen_ai.usage.output_tokens","value":{"intValue":"0"}}]}
            """
        }
        return Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans.joined(separator: ","))]}]}]}"#.utf8)
    }

    /// Sends calls, and looks at once whether everyone who is no scraper sees them.
    private static func send(
        _ service: ServiceUnderTest, _ model: String, ids: ClosedRange<Int>, after before: Int = 0
    ) throws {
        let body = body(model, ids: ids)
        #expect(try service.post(body, headers: ["content-type": "application/json"]).status == 200)
        try poll(for: "curl to see the calls") { () throws -> Void? in
            let page = Exposition(try service.get("/metrics", headers: ["user-agent": "curl/8.14.1"]).text)
            let shown = page.samples.filter { $0.name == "llm_requests_total" && $0.labels["model"] == model }
            #expect(shown.allSatisfy { $0.value > 0 })
            return shown.first?.value == Double(before + ids.count) ? () : nil
        }
    }

    /// `increase()` up to the latest sample, so that nothing is extrapolated for a counter that begins at 0.
    private static func increase(of series: String, in prometheus: PrometheusServer) throws -> String? {
        guard let moment = try prometheus.query("timestamp(\(series))") else { return nil }
        return try prometheus.query("increase(\(series)[10m] @ \(moment))")
    }

    private static func tokens(_ model: String) -> String {
        #"llm_tokens_used_total{model="\#(model)",operation="chat",token_type="input"}"#
    }

    private static func dollars(_ model: String) -> String {
        #"llm_cost_dollars_total{model="\#(model)",operation="chat"}"#
    }

    private static func duration(_ model: String) -> String {
        #"llm_request_duration_seconds_count{model="\#(model)",operation="chat"}"#
    }

    private static func waitForScrape(_ prometheus: PrometheusServer) throws {
        try poll(for: "a scrape") { try prometheus.query("llm_cost_exporter_series > 0").map { _ in () } }
    }

    @Test func `Two servers at one address and one that joins late see every model that is called once`() throws {
        let service = try ServiceUnderTest()
        try Self.send(service, "gpt-4o-mini", ids: 1...1)
        let early = [
            try PrometheusServer(scraping: service.webPort, every: "500ms"),
            try PrometheusServer(scraping: service.webPort, every: "500ms"),
        ]
        for prometheus in early { try Self.waitForScrape(prometheus) }
        try Self.send(service, "gpt-4o", ids: 2...2)
        for prometheus in early {
            try poll(for: "the value") { try prometheus.query(Self.tokens("gpt-4o")) == "250" ? () : nil }
        }
        let late = try PrometheusServer(scraping: service.webPort, every: "500ms")
        try Self.waitForScrape(late)
        try Self.send(service, "gpt-4.1", ids: 3...3)
        try Self.send(service, "gpt-4.1-mini", ids: 4...5)
        try Self.send(service, "gpt-4o-mini", ids: 6...6, after: 1)

        for prometheus in early + [late] {
            for (model, count) in [("gpt-4.1", 1), ("gpt-4.1-mini", 2), ("gpt-4o-mini", 2)] {
                try poll(for: model) { try prometheus.query(Self.duration(model)) == "\(count)" ? () : nil }
            }
            #expect(try Self.increase(of: Self.tokens("gpt-4.1"), in: prometheus) == "250")
            #expect(try Self.increase(of: Self.dollars("gpt-4.1"), in: prometheus) == "0.0005")
            #expect(try Self.increase(of: Self.duration("gpt-4.1"), in: prometheus) == "1")
            #expect(try Self.increase(of: Self.tokens("gpt-4.1-mini"), in: prometheus) == "500")
            #expect(try Self.increase(of: Self.duration("gpt-4.1-mini"), in: prometheus) == "2")
            // Its first call came before the first scrape: only the second one is an increase.
            #expect(try prometheus.query("min_over_time(\(Self.duration("gpt-4o-mini"))[10m])") == "1")
        }
        for prometheus in early {
            #expect(try Self.increase(of: Self.tokens("gpt-4o"), in: prometheus) == "250")
            #expect(try Self.increase(of: Self.dollars("gpt-4o"), in: prometheus) == "0.000625")
        }
        #expect(try late.query("min_over_time(\(Self.tokens("gpt-4o"))[10m])") == "250")
    }

    @Test func `Without the setting, the first call of a model is lost to increase`() throws {
        let service = try ServiceUnderTest(settings: "{billing: {settle: 100ms}, exposition: {zero_first: false}}")
        let prometheus = try PrometheusServer(scraping: service.webPort, every: "500ms")
        try Self.waitForScrape(prometheus)
        try Self.send(service, "gpt-4o", ids: 2...2)
        try poll(for: "two samples") {
            try prometheus.query("count_over_time(\(Self.tokens("gpt-4o"))[10m]) >= 2").map { _ in () }
        }
        #expect(try Self.increase(of: Self.tokens("gpt-4o"), in: prometheus) == "0")
    }
}
