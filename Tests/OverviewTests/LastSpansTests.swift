// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Exposition
import Ingest
import OTLP
@testable import Overview
import TestData
import TestRooms
import Testing

/// When the last span of each service arrived.
@Suite struct LastSpansTests {
    private static let second: UInt64 = 1_000_000_000
    private static let now: UInt64 = 1_790_000_002_000_000_000

    private func body(_ services: [String?]) -> [UInt8] {
        let writer = TraceRequestWriter()
        return services.enumerated().flatMap { index, service in
            writer.field(
                1,
                writer.resourceSpans(
                    resource: service.map { [("host.name", .string("h")), ("service.name", .string($0))] } ?? [],
                    scope: "s", spans: [chat(UInt8(index + 1), usage(1, 1))]))
        }
    }

    private func taken(_ bodies: [[UInt8]], _ spans: LastSpans = LastSpans()) throws -> [ServiceFigures] {
        let replayed = try Replayed(clock: HandClock(), observers: [spans])
        for (index, body) in bodies.enumerated() {
            try replayed.ingest(body, arrivalNanoseconds: Self.now + UInt64(index) * Self.second)
        }
        return spans.services
    }

    @Test func `each service has the time of its last span`() throws {
        let services = try taken([body(["a", "b"]), body(["b", nil]), body(["c", ""])])
        #expect(
            services == [
                ServiceFigures(name: "a", lastNanoseconds: Self.now),
                ServiceFigures(name: "b", lastNanoseconds: Self.now + Self.second),
                ServiceFigures(name: "unknown_service", lastNanoseconds: Self.now + 2 * Self.second),
                ServiceFigures(name: "c", lastNanoseconds: Self.now + 2 * Self.second),
            ])
    }

    @Test func `spans in JSON name their service too`() throws {
        let json = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
            "scopeSpans":[{"spans":[{"traceId":"000102030405060708090a0b0c0d0e0f","spanId":"0102030405060708","name":"x"}]}]}]}
            """
        let spans = LastSpans()
        let replayed = try Replayed(clock: HandClock(), observers: [spans])
        try replayed.ingest(Array(json.utf8), encoding: .json, arrivalNanoseconds: Self.now)
        #expect(spans.services == [ServiceFigures(name: "shop", lastNanoseconds: Self.now)])
    }

    @Test func `an attribute of another name, and a body without spans, are no service`() throws {
        let writer = TraceRequestWriter()
        let other = writer.request(resource: [("service.nama", .string("x"))], spans: [chat(1)])
        #expect(try taken([other]).map(\.name) == ["unknown_service"])
        #expect(try taken([writer.request(spans: [])]).isEmpty)
    }

    @Test func `services that find no room, and names that are too long, share a series`() throws {
        let spans = LastSpans(limit: 2)
        let long = String(repeating: "x", count: LastSpans.longestName + 1)
        let services = try taken([body(["a", long]), body(["b", "c", "d", "a"])], spans)
        #expect(services.map(\.name) == ["a", "__overflow__", "b"])
        #expect(services.map(\.lastNanoseconds) == [1, 1, 1].map { Self.now + $0 * Self.second })
        #expect(spans.overflows == 3)
    }

    @Test func `the first spans of each service are handed over once, with the dialect that knows one of them`() throws
    {
        let spans = LastSpans(limit: 2)
        _ = try taken([body(["a", "b", "a"]), body(["c", "b", "d"])], spans)
        let new = spans.takeNew()
        #expect(new.map(\.service) == ["a", "b", "__overflow__"])
        #expect(new.allSatisfy { $0.scope == "s" && $0.dialect == "opentelemetry" })
        #expect(spans.takeNew() == [])
        _ = try taken([body(["e"])], spans)
        #expect(spans.takeNew() == [])
    }

    @Test func `a span that a dialect knows is preferred to earlier ones, and without one the first is taken`() throws {
        let writer = TraceRequestWriter()
        let spans = LastSpans()
        let plain = writer.request(
            scope: "web",
            spans: [TraceRequestWriter.Span(traceID: [UInt8](1...16), spanID: [UInt8](1...8)), chat(9)])
        let other = TraceRequestWriter.Span(traceID: [UInt8](1...16), spanID: [UInt8](2...9))
        let unknown = writer.request(resource: [("service.name", .string("x"))], scope: "db", spans: [other])
        _ = try taken([plain, unknown], spans)
        let new = spans.takeNew()
        #expect(new.map(\.scope) == ["web", "db"])
        #expect(new.map(\.dialect) == ["opentelemetry", nil])
    }

    @Test func `a service whose calls are read by the words of their keys says so`() throws {
        let writer = TraceRequestWriter()
        var call = TraceRequestWriter.Span(traceID: [UInt8](1...16), spanID: [UInt8](1...8))
        call.attributes = [
            ("acme.request.model", .string("gpt-4o")), ("acme.usage.prompt_tokens", .int(9)),
            ("acme.usage.completion_tokens", .int(4)),
        ]
        let spans = LastSpans()
        _ = try taken([writer.request(scope: "acme", spans: [call])], spans)
        #expect(spans.takeNew().map(\.dialect) == ["words"])
    }

    @Test func `the page shows seconds since 1970`() throws {
        let spans = LastSpans(limit: 1)
        _ = try taken([body(["a\n", "b"])], spans)
        let store = MetricsStore()
        let page = MetricsPage(store: store, health: [LastSpanMetrics(store: store, of: spans)])
        let lines = String(decoding: page.render(.prometheusText), as: UTF8.self).split(separator: "\n").map(
            String.init)
        #expect(lines.contains(#"llm_cost_exporter_last_span_timestamp_seconds{service="a"} 1790000002"#))
        #expect(lines.contains(#"llm_cost_exporter_last_span_timestamp_seconds{service="__overflow__"} 1790000002"#))
        #expect(lines.contains("llm_cost_exporter_services_overflowed_total 1"))
    }
}
