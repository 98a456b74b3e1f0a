// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Applications that send every signal to one endpoint, as SDKs do by default.
@Suite struct AllSignalsTests {
    @Test func `one endpoint for all signals causes no error in the application's log`() throws {
        let service = try ServiceUnderTest()
        try send(["OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:\(service.otlpPort)"])
        try check(service)
    }

    @Test func `an endpoint that lacks the path takes each signal`() throws {
        let service = try ServiceUnderTest()
        let address = "http://127.0.0.1:\(service.otlpPort)"
        try send(["TRACES", "METRICS", "LOGS"].map { "OTEL_EXPORTER_OTLP_\($0)_ENDPOINT=\(address)" })
        try check(service)
    }

    @Test func `compressed bodies are recognised as well`() throws {
        let service = try ServiceUnderTest()
        let address = "http://127.0.0.1:\(service.otlpPort)"
        try send(
            ["OTEL_EXPORTER_OTLP_COMPRESSION=gzip"]
                + ["TRACES", "METRICS", "LOGS"].map { "OTEL_EXPORTER_OTLP_\($0)_ENDPOINT=\(address)/" })
        try check(service)
    }

    @Test func `a collector passes on all signals`() throws {
        let service = try ServiceUnderTest()
        let collector = try CollectorProcess(exportingTo: service.otlpPort)
        try send(["OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:\(collector.port)"])
        try check(service)
    }

    /// Sends one call, one metric and one log record.
    private func send(_ environment: [String]) throws {
        let script = Repository.scripts.appending(path: "send_all_signals.py").path
        let sender = try run(
            URL(filePath: "/usr/bin/env"),
            environment + ["OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", Repository.tool("python").path, script])
        #expect(sender.status == 0, "the SDK complained: \(sender.log)")
    }

    /// The call has its price, the other signals are counted by scope, and the log names the service once for each.
    private func check(_ service: ServiceUnderTest) throws {
        func bodies(_ page: Exposition, _ signal: String, _ scope: String) -> Double {
            page.sum("llm_cost_exporter_other_signal_bodies_total") { $0["signal"] == signal && $0["scope"] == scope }
        }
        let page = try service.scrapeSettled { page in
            page.sum("llm_requests_total") == 1 && bodies(page, "metrics", "shop.meter") >= 1
                && bodies(page, "logs", "checkout") >= 1
        }
        #expect(page.sum("llm_cost_dollars_total") == 0.0045)
        #expect(page.sum("llm_cost_exporter_spans_total") == 1)
        #expect(page.sum("llm_cost_exporter_requests_refused_total") == 0)
        let warnings = service.process.log.split(separator: "\n").filter { $0.contains("accepted and not kept") }
        #expect(warnings.count == 2)
        #expect(warnings.allSatisfy { $0.contains("service=shop") })
    }
}
