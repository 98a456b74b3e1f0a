// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The lists of what the process has met since its start: calls without a price, and refused requests.
@Suite struct ProcessListTests {
    private static func span(_ number: Int, _ attributes: String) -> [UInt8] {
        Array(
            """
            {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0102030405060708090a0b0c0d0e0f1\(number)",
            "spanId": "010203040506070\(number)", "attributes": [\(attributes)
            {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}]}]}]}]}
            """.utf8)
    }

    private static func model(_ name: String) -> String {
        #"{"key": "gen_ai.request.model", "value": {"stringValue": "\#(name)"}},"#
    }

    private static let tokens = #"{"key": "gen_ai.usage.input_tokens", "value": {"intValue": 5}},"#

    @Test func `the lists are what the description of all questions says`() throws {
        let service = try ServiceUnderTest([], settings: "billing: {settle: 50ms}\nlimits: {unpriced: 3}")
        #expect(try service.post([1, 2, 3], headers: ["content-type": "text/plain"]).status == 415)
        for (number, attributes) in [
            Self.model("acme-9") + Self.tokens, Self.model("gpt-4o"), Self.tokens, Self.model("acme-10") + Self.tokens,
        ].enumerated() {
            #expect(
                try service.post(Self.span(number, attributes), headers: ["content-type": "application/json"]).status
                    == 200)
            _ = try service.scrapeSettled { Int($0.sum("llm_requests_total")) == number + 1 }
        }
        // Its description needs a place for calls, which these lists do not.
        let described = try ServiceUnderTest(["--storage.memory-calls", "10"]).get("/api/v1/openapi.json")
        let document = try JSONValue.read(described.text)
        let checker = SchemaChecker(document)
        var answers: [String: JSONValue] = [:]
        for path in ["/api/v1/unpriced", "/api/v1/refused"] {
            let answer = try service.get(path)
            #expect(answer.status == 200)
            let schema = document["paths"]?[path]?["get"]?["responses"]?["200"]?["content"]?["application/json"]?[
                "schema"]
            answers[path] = try JSONValue.read(answer.text)
            #expect(
                checker.mistakes(try #require(answers[path]), try #require(schema, "\(path)")) == [], "\(answer.text)")
        }
        let reasons = answers["/api/v1/unpriced"]?["models"]?.list.compactMap { $0["reason"]?.text } ?? []
        #expect(reasons.sorted() == ["", "no_model", "no_usage", "unknown_provider"])
        #expect(answers["/api/v1/refused"]?["refused"]?.list.count == 1)
    }

    @Test func `the page about unknown costs has the calls of the process below those of the folder`() throws {
        let service = try ServiceUnderTest(["--storage.memory-calls", "100"], settings: "billing: {settle: 50ms}")
        let body = Self.span(1, Self.model("acme-9") + Self.tokens)
        #expect(try service.post(body, headers: ["content-type": "application/json"]).status == 200)
        _ = try service.scrapeSettled { $0.sum("llm_requests_total") == 1 }
        let text = try service.get("/unpriced").text
        let page = try HTMLReader.document(text)
        #expect(HTMLRules.mistakes(in: page) == [] && AccessibilityRules(page: page).mistakes == [])
        let heading = try #require(page.all("h2").first { $0.attributes["id"] == "unpriced" })
        #expect(heading.text == "Calls without a price since the start")
        #expect(text.contains("names: [&quot;acme-9&quot;]"))
    }

    @Test func `a session whose name is two dots has a page at the address that its link has`() throws {
        let service = try ServiceUnderTest(["--storage.memory-calls", "100"], settings: "billing: {settle: 50ms}")
        let session = #"{"key": "session.id", "value": {"stringValue": ".."}},"#
        let now = UInt64(Date().timeIntervalSince1970) * 1_000_000_000
        let timed = String(decoding: Self.span(1, Self.model("acme-9") + Self.tokens + session), as: UTF8.self)
            .replacing(
                "\"attributes\"",
                with: "\"startTimeUnixNano\": \"\(now)\", \"endTimeUnixNano\": \"\(now)\", \"attributes\""
            )
        #expect(try service.post(Array(timed.utf8), headers: ["content-type": "application/json"]).status == 200)
        _ = try service.scrapeSettled { $0.sum("llm_requests_total") == 1 }
        // Rows may come a moment after the counters.
        let link = try poll(for: "a link to the session") {
            let page = try HTMLReader.document(service.get("/?by=session").text)
            return page.all("a").compactMap { $0.attributes["href"] }.first { $0.hasPrefix("/sessions/") }
        }
        let url = try #require(URL(string: link, relativeTo: URL(string: "http://localhost/"))).standardized
        let answer = try service.get(url.path())
        #expect(answer.status == 200 && answer.text.contains("<h1>Session <bdi>..</bdi></h1>"), "\(link): \(url)")
        #expect(try service.get("/api/v1\(url.path())").text.contains(#""session": "..""#))
    }
}
