// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// What `replay` makes of captures, against what a right reader makes of them.
@Suite struct ReplayTests {
    static let captures = [
        "otel-openai-v2", "otel-openai-v2-experimental", "otel-genai-openai", "otel-google-genai",
        "otel-google-genai-experimental", "anthropic-sdk-native",
    ].flatMap { Capture.all(of: $0) }

    @Test(arguments: captures)
    func `Tokens and calls are those of the bodies`(capture: Capture) throws {
        let expected = try capture.expected()
        let replayed = Exposition(try replay(capture).text)

        for total in expected.totals_by_model {
            func tokens(_ matches: ([String: String]) -> Bool) -> Int {
                Int(replayed.sum("llm_tokens_used_total") { isOf(total, $0) && matches($0) })
            }
            #expect(tokens { TokenSide($0) == .input } == total.input_tokens)
            #expect(tokens { TokenSide($0) == .output } == total.output_tokens)
            #expect(tokens { isClass("cache_read", $0) } == total.cache_read_tokens)
            #expect(tokens { isClass("cache_write", $0) } == total.cache_write_tokens)
            #expect(tokens { $0["token_type"] == "cache_write_1h" } == total.cache_write_1h_tokens)
            #expect(tokens { $0["token_type"] == "reasoning" } == total.reasoning_tokens)
        }
        let sent = expected.totals_by_model.reduce(0) { $0 + $1.input_tokens + $1.output_tokens }
        #expect(replayed.sum("llm_tokens_used_total") == Double(sent))
        #expect(replayed.values(of: "model", in: "llm_tokens_used_total") == Set(expected.totals_by_model.map(\.model)))
        #expect(replayed.sum("llm_requests_total") == Double(expected.model_calls.count))
        #expect(replayed.sum("llm_request_errors_total") == Double(expected.failed_calls))
        let silent = expected.model_calls.count { !$0.error && !$0.usage_present }
        #expect(replayed.sum("llm_requests_without_usage_total") == Double(silent))
    }

    @Test(arguments: captures)
    func `Every answered call with usage is priced`(capture: Capture) throws {
        let expected = try capture.expected()
        let replayed = Exposition(try replay(capture).text)
        #expect(replayed.sum("llm_unpriced_requests_total") == 0)
        #expect((replayed.sum("llm_cost_dollars_total") > 0) == (expected.calls_with_usage > 0))
    }

    @Test func `The same input gives the same bytes, and promtool passes them`() throws {
        let files = try Self.captures.flatMap { try $0.posts() }.map(\.file.path)
        let first = try run(Repository.service, ["replay"] + files)
        let second = try run(Repository.service, ["replay"] + files)
        #expect(first.status == 0, "\(first.log)")
        #expect(first.output == second.output)

        let checked = try run(Repository.tool("promtool"), ["check", "metrics"], input: first.output)
        #expect(checked.status == 0, "\(checked.log)\(checked.text)")
    }

    private func replay(_ capture: Capture) throws -> ProgramResult {
        let replayed = try run(Repository.service, ["replay"] + capture.posts().map(\.file.path))
        try #require(replayed.status == 0, "\(replayed.log)")
        return replayed
    }

    /// Whether a sample is of the model and kind of a total.
    private func isOf(_ total: ExpectedReading.Total, _ labels: [String: String]) -> Bool {
        labels["model"] == total.model && (labels["operation"] == "embeddings") == (total.kind == "embeddings")
    }

    /// Whether a sample's token class is the named one or one of its kinds: `cache_read_audio` is a `cache_read`.
    private func isClass(_ name: String, _ labels: [String: String]) -> Bool {
        guard let type = labels["token_type"] else { return false }
        return type == name || type.hasPrefix(name + "_")
    }
}
