// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What `explain` tells of recorded runs.
@Suite struct ExplainTests {
    /// With `REWRITE_GOLDEN=1` in the environment the files are written anew; the difference is to be read like code.
    @Test(
        arguments: [
            // Twins, an agent around its calls, a span sent again, a failed call, cached tokens of two lifetimes.
            (Capture("traceloop-anthropic+sdk-native", "a_cached"), "text"),
            (Capture("strands", "agent"), "text"), (Capture("openinference-langchain", "agent_dup503"), "text"),
            (Capture("otel-openai-v2", "error_429"), "text"), (Capture("anthropic-sdk-native", "a_cached"), "text"),
            // The provider whose models are resold, a rule for names, a cost that the span reports.
            (Capture("azure-ai-inference", "chat"), "text"), (Capture("traceloop-bedrock", "converse_cached"), "text"),
            (Capture("langfuse", "manual_generation"), "text"),
            (Capture("traceloop-anthropic+sdk-native", "a_cached"), "json"),
            (Capture("openinference-langchain+openai", "agent"), "json"),
        ])
    func `the explanation of a recorded run is what it was`(capture: Capture, format: String) throws {
        let files = try capture.posts().map(\.file.path)
        let result = try run(Repository.service, ["explain", "--format", format] + files)
        try #require(result.status == 0, "\(result.log)")
        let text = result.text.replacing(Repository.root.path + "/", with: "")
        let golden = Repository.root.appending(path: "Tests/EndToEndTests/Golden")
            .appending(path: "\(capture.instrumentation).\(capture.scenario).\(format == "json" ? "jsonl" : "txt")")
        if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
            try text.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: golden, encoding: .utf8) == text)
    }

    @Test(arguments: Capture.all)
    func `every span is told once, and outcomes add up to the spans received`(capture: Capture) throws {
        let posts = try capture.posts()
        let explained = try Explained(posts.map(\.file.path))
        let received = try posts.reduce(0) { try $0 + $1.singleSpanBodies().count }
        #expect(explained.spans.count == received)
        #expect(explained.outcomes["spans"] as? Int == received)
        for (outcome, count) in explained.outcomes where outcome != "type" && outcome != "spans" {
            #expect(explained.spans.count { $0["outcome"] as? String == outcome } == count as? Int, "\(outcome)")
        }
    }

    @Test(arguments: Capture.all, ["text", "json"])
    func `no text of an attribute is shown`(capture: Capture, format: String) throws {
        let result = try run(
            Repository.service, ["explain", "--format", format] + capture.posts().map(\.file.path))
        try #require(result.status == 0, "\(result.log)")
        for post in try JSONBodies.posts(of: capture, form: .usual) {
            for text in try AttributeTexts.written(in: post.plainBody()) {
                #expect(!result.text.contains(text), "\(text)")
            }
        }
    }

    @Test func `recorded runs have texts that could be shown`() throws {
        let posts = try Capture.all.flatMap { try JSONBodies.posts(of: $0, form: .usual) }
        var texts: Set<String> = []
        for post in posts { try texts.formUnion(AttributeTexts.written(in: post.plainBody())) }
        #expect(texts.count > 100)
        #expect(texts.contains { $0.contains("weather") })
    }

    @Test func `what is told adds up to what is shown on the page`() throws {
        let files = try Capture.all.filter { $0.instrumentation != Capture.mergedInstrumentation }
            .flatMap { try $0.posts() }.map(\.file.path)
        let explained = try Explained(files)
        let replayed = Exposition(try run(Repository.service, ["replay"] + files).text)

        for (outcome, count) in explained.outcomes where outcome != "type" && outcome != "spans" {
            let shown = replayed.sum("llm_cost_exporter_spans_total") { $0["outcome"] == outcome }
            #expect(shown == Double(count as? Int ?? -1), "\(outcome)")
        }
        #expect(
            Set(explained.models.compactMap { $0["model"] as? String })
                == replayed.values(of: "model", in: "llm_requests_total"))
        for model in explained.models {
            let name = model["model"] as? String
            func shown(_ family: String) -> Double { replayed.sum(family) { $0["model"] == name } }
            func told(_ key: String) -> Double { Double(model[key] as? Int ?? -1) }
            #expect(shown("llm_requests_total") == told("calls"))
            #expect(shown("llm_request_errors_total") == told("failed"))
            #expect(shown("llm_requests_without_usage_total") == told("without_usage"))
            #expect(shown("llm_unpriced_requests_total") == told("unpriced"))
            #expect(shown("llm_tokens_used_total") == told("input_tokens") + told("output_tokens"))
            let dollars = try #require(Double(model["usd"] as? String ?? ""))
            #expect(abs(shown("llm_cost_dollars_total") - dollars) < 1e-9)
        }
    }

    @Test func `a file that cannot be read is named, and the others are explained`() throws {
        let file = try #require(try Capture("otel-openai-v2", "chat").posts().first).file.path
        let result = try run(Repository.service, ["explain", "no-such-file", file])
        #expect(result.status == 1)
        #expect(result.log.hasPrefix("no-such-file: the file cannot be read"))
        #expect(result.text.contains("#1  counted"))
    }
}
