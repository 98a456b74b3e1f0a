// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CallMetrics
import HTTPAPI
import Ingest
import Logging
import ServiceLifecycle
import TestData
import TestSupport
import Testing

@testable import llm_cost_exporter

/// A capability takes part at every seam through one line of wiring.
@Suite struct GuestTests {
    @Test func `a guest sees a body, stores it before its answer, and gets its calls`() async throws {
        let trial = TrialGuest()
        let assembly = Assembly(try Loaded(try ConfigFileFlag.parse([])), clock: nil, guests: [trial.guest])
        try await Self.serve(assembly) { ports in
            var sender = try HTTPConnection(port: ports.otlp)
            let answer = try sender.send(
                "POST", "/v1/traces", headers: ["Content-Type": "application/x-protobuf"], body: Self.body)
            #expect(answer.status == 200)
            #expect(
                trial.notes == ["observed 2 of traces, calls 1", "arrived 1 and 1", "committed"],
                "the spans were stored, and wait")

            assembly.pipeline.settleAll(arrivalNanoseconds: nil)
            #expect(trial.notes.dropFirst(3) == ["decided 1, counted 1", "received 1"])

            var scraper = try HTTPConnection(port: ports.web)
            let metrics = try scraper.send("GET", "/metrics").text
            #expect(metrics.contains("\nllm_cost_exporter_trial_notes 5\n"))
            #expect(metrics.contains("llm_requests_total{model=\"gpt-4o\",operation=\"chat\"} 1\n"))
            #expect(try scraper.send("GET", "/trial?day=1").text == "5 notes, day=1\n")
        }
    }

    @Test func `a body that a guest cannot store is refused for now`() async throws {
        let trial = TrialGuest(isBroken: true)
        let assembly = Assembly(try Loaded(try ConfigFileFlag.parse([])), clock: nil, guests: [trial.guest])
        try await Self.serve(assembly) { ports in
            var sender = try HTTPConnection(port: ports.otlp)
            let answer = try sender.send(
                "POST", "/v1/traces", headers: ["Content-Type": "application/x-protobuf"], body: Self.body)
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"] != nil)
        }
    }

    @Test func `a guest takes part in a reload`() throws {
        let trial = TrialGuest()
        let loaded = try Loaded(try ConfigFileFlag.parse([]))
        let assembly = Assembly(loaded, clock: nil, guests: [trial.guest])
        _ = assembly.apply(loaded, loaded.settings)
        #expect(trial.notes == ["reloaded"])
    }

    /// A call and another span.
    private static let body = TraceRequestWriter().request(spans: [
        TraceRequestWriter.Span(
            traceID: [UInt8](1...16), spanID: [0, 0, 0, 0, 0, 0, 0, 2],
            attributes: [
                ("gen_ai.operation.name", .string("chat")), ("gen_ai.provider.name", .string("openai")),
                ("gen_ai.request.model", .string("gpt-4o")), ("gen_ai.usage.input_tokens", .int(10)),
                ("gen_ai.usage.output_tokens", .int(5)),
            ]),
        TraceRequestWriter.Span(traceID: [UInt8](1...16), spanID: [0, 0, 0, 0, 0, 0, 0, 1], attributes: []),
    ])

    /// Opens both listeners on free ports, runs a test, and closes them.
    private static func serve(
        _ assembly: Assembly, _ test: ((otlp: UInt16, web: UInt16)) async throws -> Void
    ) async throws {
        var configuration = HTTPAPIConfiguration()
        configuration.otlpAddress = try ListenAddress("127.0.0.1:0")
        configuration.webAddress = try ListenAddress("127.0.0.1:0")
        try configuration.validate()
        let plan = try ConnectionPlan(configuration, descriptors: nil, cores: 2)
        let readiness = Readiness()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let connections = ConnectionMetrics(store: MetricsStore())
        let (ports, opened) = AsyncStream.makeStream(of: (ListenerName, UInt16).self)
        let onListening: @Sendable (ListenerName, String) -> Void = { listener, address in
            if let address = try? ListenAddress(address) { opened.yield((listener, UInt16(address.port))) }
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    WebListener(
                        configuration: configuration, render: { assembly.page.render($0, seen: $1) },
                        counters: assembly.metrics, plan: plan, connectionCounters: connections,
                        readiness: readiness, routes: assembly.routes, version: "1", logger: logger,
                        wallNanoseconds: { 0 }, finalScrape: FinalScrape(limit: .zero, clock: ContinuousClock()),
                        onListening: onListening),
                    OTLPListener(
                        configuration: configuration, ingest: assembly.pipeline, counters: assembly.metrics,
                        plan: plan, connectionCounters: connections, readiness: readiness, logger: logger,
                        wallNanoseconds: { 0 }, onListening: onListening),
                ], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { opened.finish() }
                try await group.run()
            }
            var bound: [ListenerName: UInt16] = [:]
            for await (listener, port) in ports {
                bound[listener] = port
                if bound.count == 2 { break }
            }
            if let otlp = bound[.otlp], let web = bound[.web] {
                try await test((otlp, web))
            } else {
                Issue.record("the listeners did not open")
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
