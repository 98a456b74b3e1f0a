// SPDX-License-Identifier: Apache-2.0
import GenAI
import TestData
import Testing

/// Totals that have more tokens than input and output.
@Suite struct HiddenReasoningTests {
    private static func read(_ model: String, _ counts: [(String, Int64)]) throws -> InterpreterTests.Reading {
        try InterpreterTests.read(
            [("gen_ai.operation.name", .string("chat")), ("gen_ai.request.model", .string(model))]
                + counts.map { ("gen_ai.usage." + $0.0, .int($0.1)) })
    }

    private static func anomalies(of reading: InterpreterTests.Reading) -> [String] {
        zip(UsageAnomalies.named, reading.report.anomalies).filter { $0.1 > 0 }.map(\.0.name)
    }

    private static let gap: [(String, Int64)] = [("input_tokens", 100), ("output_tokens", 20), ("total_tokens", 420)]

    @Test(arguments: [
        "gemini-2.5-pro", "google/gemini-3-flash", "models/gemini-2.5-flash", "grok-4", "x-ai/grok-3-mini",
    ])
    func `of Google's and xAI's models it is thinking that is not shown`(model: String) throws {
        let reading = try Self.read(model, Self.gap)
        let call = try #require(reading.call)
        #expect(call.usage[.input] == 100)
        #expect(call.usage[.output] == 20)
        #expect(call.usage[.reasoning] == 300)
        #expect(call.guesses == .hiddenReasoning)
        #expect(Self.anomalies(of: reading).isEmpty)
    }

    @Test(arguments: ["gpt-4o", "claude-sonnet-4-5", "mistral-large-latest", "some-model"])
    func `of any other model it is an anomaly and is not counted`(model: String) throws {
        let reading = try Self.read(model, Self.gap)
        let call = try #require(reading.call)
        #expect(call.usage.totalInput == 100)
        #expect(call.usage.totalOutput == 20)
        #expect(call.guesses.isEmpty)
        #expect(Self.anomalies(of: reading) == ["total_exceeds_parts"])
    }

    @Test(
        arguments: [
            // Reasoning that is told, inside the output or beside it.
            [("input_tokens", 100), ("output_tokens", 320), ("reasoning_tokens", 300), ("total_tokens", 420)],
            [("input_tokens", 100), ("output_tokens", 20), ("reasoning_tokens", 300), ("total_tokens", 420)],
            // Cached tokens beside the input.
            [("input_tokens", 120), ("cache_read_tokens", 80), ("output_tokens", 220), ("total_tokens", 420)],
            [("input_tokens", 100), ("output_tokens", 320), ("total_tokens", 420)],
            [("input_tokens", 100), ("output_tokens", 320)],
        ] as [[(String, Int64)]])
    func `a total that its parts explain hides nothing`(counts: [(String, Int64)]) throws {
        let reading = try Self.read("gemini-2.5-pro", counts)
        let call = try #require(reading.call)
        #expect(call.usage.totalInput + call.usage.totalOutput == 420)
        #expect(call.guesses.isEmpty)
        #expect(Self.anomalies(of: reading).isEmpty)
    }

    @Test func `a rest beside told reasoning, or without any input, is no thinking`() throws {
        let told = try Self.read("gemini-2.5-pro", Self.gap + [("reasoning_tokens", 5)])
        // Gemini counts the reasoning that it tells beside the output.
        #expect(told.call?.usage.totalOutput == 25)
        #expect(Self.anomalies(of: told) == ["total_exceeds_parts"])
        let noInput = try Self.read("gemini-2.5-pro", [("output_tokens", 20), ("total_tokens", 420)])
        #expect(noInput.call?.usage.totalOutput == 20)
        #expect(Self.anomalies(of: noInput) == ["total_exceeds_parts"])
    }
}
