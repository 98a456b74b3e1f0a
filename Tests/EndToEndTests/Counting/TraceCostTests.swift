// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// The cost of traces and sessions as metrics of a running service.
@Suite struct TraceCostTests {
    private static let settings = "billing: {settle: 100ms}\ntraces: {quiet: 1s}"

    private static func call(_ trace: Int, _ span: Int) -> [UInt8] {
        Array(
            """
            {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0102030405060708090a0b0c0d0e0f\(trace + 10)",
            "spanId": "01020304050607\(span + 10)", "attributes": [
            {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
            {"key": "gen_ai.provider.name", "value": {"stringValue": "openai"}},
            {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}},
            {"key": "session.id", "value": {"stringValue": "s\(trace)"}},
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": 1000000}}]}]}]}]}
            """.utf8)
    }

    @Test func `a trace is observed once it is quiet, and a restart shows it on`() throws {
        let temporary = try TemporaryFolder()
        let arguments = ["--storage.path", temporary.url.appending(path: "ledger").path]
        var service = try ServiceUnderTest(arguments, settings: Self.settings)
        for (trace, span) in [(1, 1), (1, 2), (2, 3)] {
            let answer = try service.post(Self.call(trace, span), headers: ["content-type": "application/json"])
            #expect(answer.status == 200)
        }
        let shown = try poll(for: "both traces") {
            let shown = try service.scrapeSettled()
            return shown.sum("llm_trace_calls_count") == 2 ? shown : nil
        }
        #expect(shown.sum("llm_trace_calls_sum") == 3)
        #expect(shown.sum("llm_trace_cost_dollars_sum") == 7.5)
        #expect(shown.sum("llm_trace_tokens_sum") == 3_000_000)
        #expect(shown.sum("llm_trace_late_calls_total") == 0)
        service.process.terminate()
        #expect(try service.process.waitForExit() == 0)

        service = try ServiceUnderTest(arguments, settings: Self.settings)
        let restarted = try service.scrapeSettled()
        #expect(restarted.sum("llm_trace_cost_dollars_sum") == 7.5)
        #expect(restarted.sum("llm_trace_calls_count") == 2)
        // Its trace was observed by the last process.
        _ = try service.post(Self.call(1, 4), headers: ["content-type": "application/json"])
        let late = try service.scrapeSettled { $0.sum("llm_trace_late_calls_total") == 1 }
        #expect(late.sum("llm_cost_dollars_total") == 10)
        #expect(late.sum("llm_trace_cost_dollars_sum") == 7.5)
    }
}
