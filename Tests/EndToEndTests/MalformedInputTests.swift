// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Broken bodies are refused one by one and harm nothing else.
@Suite struct MalformedInputTests {
    /// A form in which bodies come.
    enum Form: CaseIterable, Sendable {
        case protobuf, json

        /// Bytes that its readers break on.
        var breaking: [UInt8] {
            switch self {
            // Continuation bits, all ones, zero.
            case .protobuf: [0x00, 0x7F, 0x80, 0xFF]
            case .json: Array("{}[]\",:\\-e.0nu\n".utf8) + [0x00, 0x80, 0xC0, 0xFF]
            }
        }

        /// The bodies of scenarios in this form.
        func posts(of captures: [Capture]) throws -> [Capture.Post] {
            switch self {
            case .protobuf: try captures.flatMap { try $0.posts() }.filter { !$0.isJSON }
            case .json:
                try captures.flatMap { capture in
                    try JSONForm.allCases.flatMap { try JSONBodies.posts(of: capture, form: $0) }
                }
            }
        }
    }

    private static let mutationsPerSeed = 1000

    /// What is mutated; the run that is counted afterwards is of a model that is not in them.
    private static let mutated = [
        "otel-openai-v2", "otel-openai-v2-experimental", "otel-genai-openai", "otel-genai-openai-json",
        "otel-google-genai", "otel-google-genai-experimental", "traceloop-openai", "openinference-openai",
        "openinference-openai-json", "openinference-langchain+openai", "vercel-ai-legacy",
    ].flatMap { Capture.all(of: $0) }.filter { !$0.scenario.contains("anthropic") }

    /// The run that is counted afterwards.
    private static let exact = Capture("anthropic-sdk-native", "a_cached")

    @Test(arguments: 1...10, Form.allCases)
    func `A thousand mutations are answered 200 or 400, and counting stays exact`(seed: UInt64, form: Form) throws {
        let service = try ServiceUnderTest()
        let posts = try form.posts(of: Self.mutated)
        var mutator = Mutator(seed: seed, breaking: form.breaking)
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
        try expectExactCounting(service, form)
    }

    /// Where the nested values stand, and of which kind they are.
    static let nestings: [(key: String, kind: NestedValue.Kind)] = [
        ("gen_ai.input.messages", .array), ("gen_ai.request.model", .array), ("gen_ai.usage.input_tokens", .list),
        ("gen_ai.response.finish_reasons", .list),
    ]

    @Test(arguments: nestings, Form.allCases)
    func `Values nested 100,000 deep are answered`(
        nesting: (key: String, kind: NestedValue.Kind), form: Form
    ) throws {
        let service = try ServiceUnderTest()
        let response =
            switch form {
            case .protobuf: try service.post(NestedValue.body(key: nesting.key, kind: nesting.kind, depth: 100_000))
            case .json:
                try service.post(
                    NestedValue.json(key: nesting.key, kind: nesting.kind, depth: 100_000), headers: JSONBodies.headers)
            }
        #expect([200, 400].contains(response.status))
        #expect(service.process.isRunning)
        try expectExactCounting(service, form)
    }

    /// Sends a run that the service has not seen and expects its model's numbers to be those of the run.
    private func expectExactCounting(_ service: ServiceUnderTest, _ form: Form) throws {
        let model = try #require(try Self.exact.expected().totals_by_model.first?.model)
        let post = try #require(try form.posts(of: [Self.exact]).first)
        #expect(try service.post(post.body, headers: post.headers).status == 200)
        let shown = CallTotals(try service.stopAndScrape())
        #expect(try shown.of(model).differences(from: Self.exact.acceptedTotals()) == [])
    }
}
