// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Broken bodies are refused one by one and harm nothing else.
@Suite struct MalformedInputTests {
    private static let mutationsPerSeed = 1000

    /// What is mutated; the folder that is counted afterwards is not among them, since a span id counts once.
    private static let mutated = [
        "otel-openai-v2", "otel-openai-v2-experimental", "otel-genai-openai", "otel-google-genai",
        "otel-google-genai-experimental", "traceloop-openai", "openinference-openai",
    ]

    @Test(arguments: 1...10)
    func `A thousand mutations are answered 200 or 400, and counting stays exact`(seed: UInt64) throws {
        let service = try ServiceUnderTest()
        let posts = try Self.mutated.flatMap { Capture.all(of: $0) }.flatMap { try $0.posts() }
        var mutator = Mutator(seed: seed)
        var statuses: [Int: Int] = [:]
        var unexpected: [String] = []
        var connection = try HTTPConnection(port: service.otlpPort)
        for number in 0..<Self.mutationsPerSeed {
            let post = posts[mutator.number(below: posts.count)]
            let body = mutator.mutate(post.body, splicing: posts[mutator.number(below: posts.count)].body)
            let response = try connection.send("POST", "/v1/traces", headers: post.headers, body: body)
            statuses[response.status, default: 0] += 1
            if ![200, 400].contains(response.status) {
                unexpected.append("\(response.status) for mutation \(number), of \(post.file.lastPathComponent)")
            }
            if response.headers["connection"] == "close" { connection = try HTTPConnection(port: service.otlpPort) }
        }
        #expect(unexpected == [])
        #expect(statuses[200, default: 0] > 0 && statuses[400, default: 0] > 0)
        #expect(service.process.isRunning)
        try expectExactCounting(service)
    }

    /// Where the nested values stand, and of which kind they are.
    static let nestings: [(key: String, kind: NestedValue.Kind)] = [
        ("gen_ai.input.messages", .array), ("gen_ai.request.model", .array), ("gen_ai.usage.input_tokens", .list),
        ("gen_ai.response.finish_reasons", .list),
    ]

    @Test(arguments: nestings)
    func `Values nested 100,000 deep are answered`(key: String, kind: NestedValue.Kind) throws {
        let service = try ServiceUnderTest()
        let response = try service.post(NestedValue.body(key: key, kind: kind, depth: 100_000))
        #expect([200, 400].contains(response.status))
        #expect(service.process.isRunning)
        try expectExactCounting(service)
    }

    /// Sends a capture that the service has not seen and expects the counters to rise by what is in it.
    private func expectExactCounting(_ service: ServiceUnderTest) throws {
        let before = try service.scrapeSettled()
        let capture = Capture("anthropic-sdk-native", "a_cached")
        let expected = try #require(try capture.expected().totals_by_model.first)
        for post in try capture.posts() {
            #expect(try service.post(post.body, headers: post.headers).status == 200)
        }
        let after = try service.scrapeSettled()
        func rise(_ name: String, where matches: ([String: String]) -> Bool = { _ in true }) -> Int {
            Int(after.sum(name, where: matches) - before.sum(name, where: matches))
        }
        #expect(rise("llm_requests_total") == expected.calls)
        #expect(
            rise("llm_tokens_used_total") { TokenSide($0) == .input && $0["model"] == expected.model }
                == expected.input_tokens)
        #expect(
            rise("llm_tokens_used_total") { TokenSide($0) == .output && $0["model"] == expected.model }
                == expected.output_tokens)
        #expect(rise("llm_tokens_used_total") == expected.input_tokens + expected.output_tokens)
    }
}
