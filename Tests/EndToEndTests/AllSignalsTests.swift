// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

/// Applications that send every signal to one endpoint, as SDKs do by default.
@Suite struct AllSignalsTests {
    /// How the application's SDK is set up.
    enum Sender: String, CaseIterable, CustomTestStringConvertible {
        /// By code of the application, and configured by its environment alone.
        case sdk
        /// By `opentelemetry-instrument`.
        case instrumented
        /// By `opentelemetry-instrument`, with the exporters that write JSON.
        case json

        var testDescription: String { rawValue }

        /// What its environment has in addition to the endpoint.
        var environment: [String] {
            switch self {
            case .sdk: ["OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"]
            case .instrumented: ["OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"] + Self.instrumentation
            case .json: signals.map { "OTEL_\($0)_EXPORTER=otlp_json_http" } + Self.instrumentation
            }
        }

        /// What turns on the records of Python's own log.
        static let instrumentation = [
            "OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED=true", "OTEL_SERVICE_NAME=shop",
        ]

        /// What it prints if all is well.
        var log: String { self == .sdk ? "" : "the cart is empty\n" }
    }

    @Test(arguments: Sender.allCases)
    func `one endpoint for all signals causes no error in the application's log`(sender: Sender) throws {
        let service = try ServiceUnderTest()
        try send(sender, ["OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:\(service.otlpPort)"])
        try check(service)
    }

    @Test(arguments: Sender.allCases)
    func `an endpoint that lacks the path takes each signal`(sender: Sender) throws {
        let service = try ServiceUnderTest()
        let address = "http://127.0.0.1:\(service.otlpPort)"
        try send(sender, signals.map { "OTEL_EXPORTER_OTLP_\($0)_ENDPOINT=\(address)" })
        try check(service)
    }

    @Test(arguments: Sender.allCases)
    func `compressed bodies are recognised as well`(sender: Sender) throws {
        let service = try ServiceUnderTest()
        let address = "http://127.0.0.1:\(service.otlpPort)"
        try send(
            sender,
            ["OTEL_EXPORTER_OTLP_COMPRESSION=gzip"] + signals.map { "OTEL_EXPORTER_OTLP_\($0)_ENDPOINT=\(address)/" })
        try check(service)
    }

    @Test(arguments: [Sender.sdk, .instrumented])
    func `a collector passes on all signals`(sender: Sender) throws {
        let service = try ServiceUnderTest()
        let collector = try CollectorProcess(exportingTo: service.otlpPort)
        try send(sender, ["OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:\(collector.port)"])
        try check(service)
    }

    @Test func `a gRPC exporter logs which setting makes it speak HTTP`() throws {
        let service = try ServiceUnderTest()
        let sender = try start(
            .instrumented,
            ["OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:\(service.otlpPort)", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"])
        #expect(sender.status == 0)
        #expect(sender.log.contains("set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"), "\(sender.log)")
        let refusals = service.process.log.split(separator: "\n").filter { $0.contains("requests were refused") }
        #expect(refusals.count == 1)
        #expect(refusals.first?.contains("remedy=\"set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf") == true)
    }

    /// Sends one call, one metric and one log record.
    private func send(_ sender: Sender, _ environment: [String]) throws {
        let (status, log) = try start(sender, environment)
        #expect(status == 0)
        #expect(log == sender.log, "the SDK complained")
    }

    /// Runs an application to its end.
    ///
    /// - Returns: Its exit status and its log.
    private func start(_ sender: Sender, _ environment: [String]) throws -> (status: Int32, log: String) {
        let python = try Repository.tool("python").path
        func script(_ name: String) -> String { Repository.scripts.appending(path: name).path }
        let command =
            switch sender {
            case .sdk: [python, script("send_all_signals.py")]
            case .instrumented, .json:
                [python, try Repository.tool("opentelemetry-instrument").path, python, script("instrumented_app.py")]
            }
        // The endpoint's own settings come last and win.
        let ended = try run(URL(filePath: "/usr/bin/env"), sender.environment + environment + command)
        return (ended.status, ended.log)
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

/// The signals, as names of environment variables have them.
private let signals = ["TRACES", "METRICS", "LOGS"]
