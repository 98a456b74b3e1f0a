// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

/// Usage that a sender writes under keys that the service does not read: the log and the landing page name it.
@Suite struct UnreadUsageTests {
    /// A call whose tokens stand under a key that says nothing of what they are.
    private static func body(_ id: Int, scope: String, key: String, value: String) -> [UInt8] {
        Array(
            """
            {"resourceSpans":[{"scopeSpans":[{"scope":{"name":"\(scope)"},"spans":[{"traceId":"000102030405060708090a0b0c0d0e0f",\
            "spanId":"00010203040506\(10 + id)","name":"chat","kind":3,"startTimeUnixNano":"17900000\(10 + id)000000000",\
            "endTimeUnixNano":"17900000\(10 + id)900000000","attributes":[\
            {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},\
            {"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o"}},\
            {"key":"\(key)","value":{\(value)}}]}]}]}]}
            """.utf8)
    }

    private static func send(_ service: ServiceUnderTest, _ body: [UInt8]) throws {
        #expect(try service.post(body, headers: ["content-type": "application/json"]).status == 200)
    }

    @Test func `the log warns once of each scope, and the landing page has a row for it`() throws {
        let service = try ServiceUnderTest()
        for id in 0..<3 {
            try Self.send(
                service, Self.body(id, scope: "acme&<co>", key: "acme.tokens.burned", value: #""intValue":"12""#))
        }
        try Self.send(
            service, Self.body(3, scope: "fine", key: "gen_ai.usage.input_tokens", value: #""intValue":"12""#))
        let text = #""stringValue":"{\"answer\":\"x\",\"usage\":{\"input_tokens\":90000}}""#
        try Self.send(service, Self.body(4, scope: "text", key: "app.output", value: text))
        let scraped = try service.scrapeSettled { $0.sum("llm_requests_total") == 5 }
        #expect(scraped.sum("llm_cost_exporter_unread_usage_spans_total") == 4)
        #expect(scraped.sum("llm_tokens_used_total") == 12)

        let page = try service.get("/").text
        #expect(
            page.contains(
                "<code><bdi>acme&amp;&lt;co&gt;</bdi></code></th><td class=\"number\">3</td>"
                    + "<td><code><bdi>acme.tokens.burned</bdi></code></td>"))
        #expect(
            page.contains(
                "<code><bdi>text</bdi></code></th><td class=\"number\">1</td><td><code><bdi>app.output</bdi></code></td>"
            ))
        #expect(!page.contains("<bdi>fine</bdi>"))
        let warnings = try poll(for: "both warnings") {
            let lines = service.process.log.split(separator: "\n").filter {
                $0.contains("keys that the service does not read")
            }
            return lines.count >= 2 ? lines : nil
        }
        #expect(warnings.count == 2)
        #expect(warnings.count { $0.contains("acme.tokens.burned") && $0.contains("warn") } == 1)
    }
}
