// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

/// Every span has one fate, however often it is sent.
@Suite struct CountingOnceTests {
    @Test func `A body that is sent again is counted once`() throws {
        let service = try ServiceUnderTest()
        let capture = Capture("otel-genai-openai", "many")
        let expected = try capture.expected()
        let post = try #require(try capture.posts().first)

        #expect(try service.post(post.body, headers: post.headers).status == 200)
        let once = try service.scrapeSettled()
        #expect(once.sum("llm_requests_total") == Double(expected.model_calls.count))
        #expect(once.sum("llm_tokens_used_total") > 0)
        #expect(duplicates(once) == 0)

        #expect(try service.post(post.body, headers: post.headers).status == 200)
        let twice = try service.scrapeSettled()
        for name in ["llm_requests_total", "llm_tokens_used_total", "llm_cost_dollars_total"] {
            #expect(twice.sum(name) == once.sum(name))
        }
        #expect(duplicates(twice) == Double(expected.model_calls.count))
    }

    @Test(arguments: ["otel-openai-v2", "otel-google-genai", "traceloop-openai", "openinference-openai"])
    func `Every span that is received has an outcome`(instrumentation: String) throws {
        let service = try ServiceUnderTest()
        var spans = 0
        // `expected.json` counts the spans of a re-sent body once.
        for capture in Capture.all(of: instrumentation) where !capture.scenario.hasSuffix("_dup503") {
            let posts = try capture.posts()
            for post in posts { #expect(try service.post(post.body, headers: post.headers).status == 200) }
            spans += try capture.expected().span_count
        }
        #expect(spans > 0)
        #expect(try service.scrapeSettled().sum("llm_cost_exporter_spans_total") == Double(spans))
    }

    private func duplicates(_ exposition: Exposition) -> Double {
        exposition.sum("llm_cost_exporter_spans_total") { $0["outcome"] == "duplicate" }
    }
}
