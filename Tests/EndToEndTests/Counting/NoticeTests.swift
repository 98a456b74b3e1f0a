// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

/// What the log says at `info` of things that come for the first time.
@Suite struct NoticeTests {
    /// Calls of some models, each with ids of its own.
    private static func body(_ models: [String], from first: Int = 0, service: String = "shop") -> [UInt8] {
        let spans = models.enumerated().map { index, model in
            let id = String(0x1000_0000 + first + index, radix: 16)
            return """
                {"traceId":"00010203040506070809a0b0\(id)","spanId":"00010203\(id)","name":"chat","kind":3,\
                "startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000001000000000","attributes":[\
                {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},\
                {"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},\
                {"key":"gen_ai.request.model","value":{"stringValue":"\(model)"}},\
                {"key":"gen_ai.usage.input_tokens","value":{"intValue":"\(10 + first + index)"}}]}
                """
        }
        return Array(
            """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(service)"}}]},\
            "scopeSpans":[{"scope":{"name":"acme.sdk"},"spans":[\(spans.joined(separator: ","))]}]}]}
            """.utf8)
    }

    private static func send(_ service: ServiceUnderTest, _ body: [UInt8]) throws {
        #expect(try service.post(body, headers: ["content-type": "application/json"]).status == 200)
    }

    private static func lines(_ service: ServiceUnderTest, with text: String) -> [Substring] {
        service.process.log.split(separator: "\n").filter { $0.contains(text) }
    }

    private static let unpriced = #"msg="calls of a model have no price; 'prices find' shows why"#

    @Test func `the first call of each model without a price is told once, with the nearest names`() throws {
        let service = try ServiceUnderTest()
        try Self.send(service, Self.body(["gpt-4o-mni", "gpt-4o", "gpt-4o-mni"]))
        try poll(for: "the line") { Self.lines(service, with: Self.unpriced).isEmpty ? nil : () }
        try Self.send(service, Self.body(["gpt-4o-mni", "own\nmodel"], from: 3))
        let lines = try poll(for: "the second model") {
            let lines = Self.lines(service, with: Self.unpriced)
            return lines.count > 1 ? lines : nil
        }
        #expect(lines.count == 2)
        #expect(lines[0].contains("level=info") && lines[0].contains("model=gpt-4o-mni nearest=\"openai/gpt-4o-mini, "))
        #expect(lines[0].contains("provider=openai reason=unknown_model"))
        #expect(lines[1].contains("model=\"own\u{FFFD}model\"") && !lines[1].contains("nearest="))
    }

    @Test func `after fifty models one line says that no more are told`() throws {
        let service = try ServiceUnderTest()
        try Self.send(service, Self.body((0..<80).map { "house-\($0)" }))
        try poll(for: "the last line") {
            Self.lines(service, with: "further models without a price are not logged").isEmpty ? nil : ()
        }
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        #expect(Self.lines(service, with: Self.unpriced).count == 50)
        #expect(Self.lines(service, with: "further models without a price are not logged").count == 1)
    }

    @Test func `a service whose name is too long has no line of its own, and later services have one`() throws {
        let service = try ServiceUnderTest()
        for name in [String(repeating: "n", count: 129), "shop"] {
            try Self.send(service, Self.body(["gpt-4o"], service: name))
        }
        let line = try poll(for: "the service after it") {
            Self.lines(service, with: "first spans of a service").first { $0.contains("service=shop") }
        }
        #expect(line.contains("level=info"))
        let others = Self.lines(service, with: "counts as __overflow__")
        #expect(others.count == 1 && others[0].contains("longest_name=\"128 bytes\" most_services=200"))
        #expect(!service.process.log.contains("further services are not logged"))
    }

    @Test func `the first spans of each service are told once, with the dialect and the scope`() throws {
        let service = try ServiceUnderTest()
        for name in ["shop", "shop", "till", "shop"] { try Self.send(service, Self.body(["gpt-4o"], service: name)) }
        let lines = try poll(for: "both services") {
            let lines = Self.lines(service, with: "first spans of a service")
            return lines.count > 1 ? lines : nil
        }
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        #expect(
            lines.map { $0.drop { $0 != "m" }.drop { $0 != " " } }
                == ["shop", "till"].map {
                    #" level=info msg="first spans of a service" dialect=opentelemetry scope=acme.sdk service=\#($0)"#[
                        ...]
                })
        #expect(Self.lines(service, with: "first spans of a service").count == 2)
    }

    @Test func `a service that logs warnings only says nothing of it`() throws {
        let service = try ServiceUnderTest(["--log.level", "warn"], shell: #"exec "$0" "$@""#)
        try Self.send(service, Self.body(["house"]))
        _ = try service.scrapeSettled { $0.sum("llm_unpriced_requests_total") == 1 }
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)
        // The end may warn about a scrape that it waited for.
        #expect(!service.process.log.contains("level=info"))
        #expect(!service.process.log.contains(Self.unpriced))
    }
}
