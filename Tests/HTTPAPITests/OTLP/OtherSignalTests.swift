// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Compression
import HTTPAPI
import Ingest
import Logging
import OTLP
import TestData
import Testing

/// Bodies of metrics and logs, and the paths to which senders send.
@Suite struct OtherSignalTests {
    /// A field of a protobuf message that is itself a message or a text.
    static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(content.count)] + content
    }

    /// A request with one resource, one scope and one record.
    static func request(record: [UInt8], service: String = "shop", scope: String = "web") -> [UInt8] {
        let name = field(1, Array("service.name".utf8)) + field(2, field(1, Array(service.utf8)))
        return field(
            1, field(1, field(1, name)) + field(2, field(1, field(1, Array(scope.utf8))) + field(2, record)))
    }

    /// A metric: its name and its unit.
    static let metric = request(record: field(1, Array("queue.length".utf8)) + field(3, Array("1".utf8)))
    /// A log record: its time, its severity and an attribute.
    static let log = request(
        record: [1 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8, 2 << 3, 9] + field(6, field(1, Array("k".utf8))))

    private static let json = """
        {"resourceLogs":[{"resource":{"attributes":[{"key":"a","value":{"intValue":"1"}},{"key":"service.name",\
        "value":{"stringValue":"shop"}}]},"scopeLogs":[{"scope":{"name":"web"},"logRecords":[{"body":{}}]}]}]}
        """

    private static func survey(_ signal: OtherSignal?) -> SignalSurvey {
        var survey = SignalSurvey()
        (survey.signal, survey.services, survey.scopes) = (signal, ["shop"], ["web"])
        return survey
    }

    @Test func `names and signal are read from protobuf and JSON, also from the beginning of a body`() {
        let surveyor = SignalSurveyor()
        let protobuf = BodyForm()
        #expect(surveyor.survey(Self.metric.span, form: protobuf) == Self.survey(.metrics))
        #expect(surveyor.survey(Self.log.span, form: protobuf) == Self.survey(.logs))
        #expect(surveyor.survey(Array(Self.json.utf8).span, form: BodyForm(encoding: .json)) == Self.survey(.logs))
        // The last record is cut short.
        #expect(surveyor.survey(Array(Self.metric.dropLast(5)).span, form: protobuf) == Self.survey(.metrics))
    }

    @Test func `escapes in the names of a body of JSON are read as their characters`() {
        let json = Self.json.replacing("shop", with: #"caf\u00e9 \"\ud83d\ude00\""#).replacing("web", with: #"a\/b"#)
        var expected = Self.survey(.logs)
        (expected.services, expected.scopes) = (["caf\u{E9} \"\u{1F600}\""], ["a/b"])
        #expect(SignalSurveyor().survey(Array(json.utf8).span, form: BodyForm(encoding: .json)) == expected)
    }

    @Test(arguments: [
        // A name and a description as long as the ids of a span.
        field(1, Array("sixteen.letters.".utf8)) + field(2, Array("8letters".utf8)) + field(7, field(1, [9, 9])),
        // A log record with the ids of its span.
        [1 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8] + field(9, [UInt8](1...16)) + field(10, [UInt8](1...8)),
    ])
    func `a record with texts as long as ids is no span`(record: [UInt8]) {
        let survey = SignalSurveyor().survey(Self.request(record: record).span, form: BodyForm())
        #expect(survey.signal != nil && !survey.hasSpans)
    }

    /// A span: its ids, its name, its kind and its times, as every sender writes them.
    static let span: [UInt8] = request(
        record: field(1, [UInt8](1...16)) + field(2, [UInt8](1...8)) + field(5, Array("chat".utf8))
            + [6 << 3, 3, 7 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8, 8 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 9])

    private static let spanJSON = """
        {"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{"name":"web"},"spans":[{"name":"chat"}]}]}]}
        """

    @Test(arguments: ["/v1/metrics", "/v1/logs"], ["protobuf", "json", "gzip"])
    func `spans at a path of metrics or logs are refused with the path of spans`(
        path: String, form: String
    ) async throws {
        let json = Array(Self.spanJSON.utf8)
        let body = form == "protobuf" ? Self.span : form == "gzip" ? try #require(Gzip.compress(json)) : json
        let (log, refused) = (RecordedLog(), RefusedRequests())
        try await TestListeners.open(refused: refused, logger: log.logger) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(
                "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.count)\r\n"
                    + "Content-Type: application/\(form == "protobuf" ? "x-protobuf" : "json")\r\n"
                    + (form == "gzip" ? "Content-Encoding: gzip\r\n\r\n" : "\r\n"))
            try await client.send(body)
            let reply = try await client.reply()
            #expect(reply.status == 400)
            #expect(reply.text.contains("send spans to /v1/traces"), "\(reply.text)")
            #expect(listeners.counters.otherBodies.isEmpty)
            #expect(listeners.counters.events == [.refusedRequest(.path)])
            await client.close()
        }
        #expect(log.lines.count { $0.level == .warning } == 1)
        #expect(refused.list.map(\.kind) == [.misplaced])
    }

    @Test func `spans without ids at the root are refused spans, and no other signal`() async throws {
        let ingest = StubIngest { _, _, _ throws(IngestError) in
            IngestReceipt(acceptedSpans: 0, rejectedSpans: 1, message: "no ids; send ids", inflatedBytes: 9)
        }
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(Self.post("/", "Content-Length: \(Self.span.count)\r\n"))
            try await client.send(Self.span)
            #expect(try await client.reply().text.contains("no ids"))
            #expect(listeners.counters.otherBodies.isEmpty)
            #expect(listeners.counters.bodies.map(\.outcome) == [.partial])
            await client.close()
        }
    }

    @Test func `a large compressed body of JSON without spans at the root is another signal`() async throws {
        // More than a survey reads.
        var generator = SeededGenerator(seed: 1)
        let values = (0..<20_000).map { _ in "\(UInt64.random(in: 0 ... .max, using: &generator))" }
        let json = #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[\#(values.joined(separator: ","))]}]}]}"#
        let body = try #require(Gzip.compress(Array(json.utf8)))
        #expect(body.count > SignalSurveyor.mostCompressed)
        let ingest = StubIngest { body, _, _ throws(IngestError) in
            IngestReceipt(acceptedSpans: 0, rejectedSpans: 0, message: "", inflatedBytes: body.count)
        }
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(
                "POST / HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
                    + "Content-Length: \(body.count)\r\n\r\n")
            try await client.send(body)
            #expect(try await client.reply().status == 200)
            #expect(listeners.counters.otherBodies.map(\.signal) == [.unknown])
            #expect(listeners.counters.bodies.isEmpty)
            await client.close()
        }
    }

    @Test func `a body cut short or changed anywhere is surveyed without a trap`() {
        let surveyor = SignalSurveyor()
        for (body, form) in [
            (Self.metric, BodyForm()), (Self.log, BodyForm()), (Array(Self.json.utf8), BodyForm(encoding: .json)),
        ] {
            for index in body.indices {
                _ = surveyor.survey(Array(body[..<index]).span, form: form)
                for byte: UInt8 in [0, 0x7F, 0x80, 0xFF] {
                    var changed = body
                    changed[index] = byte
                    let survey = surveyor.survey(changed.span, form: form)
                    #expect(survey.services.count <= SignalOrigins.most)
                }
            }
        }
    }

    @Test(arguments: [
        ("/v1/metrics", OtherSignal.metrics), ("/v1/logs", .logs), ("/v1/logs/", .logs),
        ("/api/public/otel/v1/metrics", .metrics),
    ])
    func `metrics and logs are answered 200 with an empty success, and counted by service and scope`(
        path: String, signal: OtherSignal
    ) async throws {
        let log = RecordedLog()
        try await TestListeners.open({ $0.tracePaths = ["/api/public/otel/v1/traces"] }, logger: log.logger) {
            listeners in
            var client = try await RawClient(to: listeners.otlp)
            for _ in 0..<2 {
                try await client.send(
                    "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-protobuf\r\n"
                        + "Content-Length: \(Self.metric.count)\r\n\r\n")
                try await client.send(Self.metric)
                let reply = try await client.reply()
                #expect(reply.status == 200)
                #expect(reply.headers["content-type"] == "application/x-protobuf")
                #expect(reply.body.isEmpty)
            }
            let body = RecordingCounters.Other(
                signal: signal, survey: Self.survey(.metrics), receivedBytes: Self.metric.count)
            #expect(listeners.counters.otherBodies == [body, body])
            #expect(listeners.counters.bodies.isEmpty)
            await client.close()
        }
        let warnings = log.lines.filter { $0.level == .warning }
        #expect(warnings.count == 1)
        #expect(warnings.first?.metadata["service"] == "shop")
        #expect(warnings.first?.metadata["signal"] == "\(signal.rawValue)")
    }

    @Test func `the largest body of logs is dropped as it arrives, and a larger one is refused`() async throws {
        try await TestListeners.open({ $0.maxBodyBytes = 3_000_000 }) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            let body = Self.log + [UInt8](repeating: 0, count: 3_000_000 - Self.log.count)
            try await client.send(Self.post("/v1/logs", "Content-Length: 3000000\r\n"))
            try await client.send(body)
            #expect(try await client.reply().status == 200)
            #expect(listeners.counters.otherBodies.map(\.survey) == [Self.survey(.logs)])
            try await client.send(Self.post("/v1/logs", "Content-Length: 3000001\r\n"))
            #expect(try await client.reply().status == 413)
            #expect(listeners.counters.events.contains(.refusedRequest(.body)))
            await client.close()
        }
    }

    @Test func `with the setting reject, metrics are answered 404 with a sentence`() async throws {
        try await TestListeners.open({ $0.otherSignals = .reject }) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(Self.post("/v1/metrics", "Content-Length: \(Self.metric.count)\r\n"))
            try await client.send(Self.metric)
            let reply = try await client.reply()
            #expect(reply.status == 404)
            #expect(reply.text.contains("OTEL_METRICS_EXPORTER=none"))
            #expect(listeners.counters.otherBodies.isEmpty)
            #expect(listeners.counters.events.contains(.refusedRequest(.signal)))
            await client.close()
        }
    }

    /// Read as spans, records of other signals have no ids; attributes of a log record make the body unreadable.
    @Test(arguments: [true, false], [true, false])
    func `a body at the root is spans or another signal, on the event loop and on a worker`(
        takesNow: Bool, isUnreadable: Bool
    ) async throws {
        let ingest = StubIngest(
            work: { body, _, _ throws(IngestError) in
                if body == Self.metric, isUnreadable { throw .unreadable("a damaged field") }
                return body == Self.metric
                    ? IngestReceipt(acceptedSpans: 0, rejectedSpans: 1, message: "no ids", inflatedBytes: body.count)
                    : .accepted(bytes: body.count)
            }, takesNow: takesNow)
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            for body in [Self.metric, [1, 2, 3]] {
                try await client.send(Self.post("/", "Content-Length: \(body.count)\r\n"))
                try await client.send(body)
                let reply = try await client.reply()
                #expect(reply.status == 200)
                #expect(reply.body.isEmpty)
            }
            #expect(listeners.counters.otherBodies.map(\.survey) == [Self.survey(.metrics)])
            #expect(listeners.counters.bodies.map(\.outcome) == [.accepted])
            await client.close()
        }
    }

    @Test(arguments: [
        "/", "/v1/traces", "/v1/traces/", "//v1/traces", "/v1/traces?x=1", "/api/v1/public/traces",
        "http://127.0.0.1:4318/v1/traces", "/otel/",
    ])
    func `each path of traces is the same on the event loop and on a worker`(path: String) async throws {
        for takesNow in [true, false] {
            let ingest = StubIngest(takesNow: takesNow)
            try await TestListeners.open(
                { $0.tracePaths = ["/api/v1/public/traces", "/otel"] }, ingest: ingest
            ) { listeners in
                var client = try await RawClient(to: listeners.otlp)
                try await client.send(Self.post(path, "Content-Length: 3\r\n") + "abc")
                #expect(try await client.reply().status == 200)
                #expect(listeners.counters.bodies.map(\.outcome) == [.accepted])
                await client.close()
            }
        }
    }

    static func post(_ path: String, _ headers: String) -> String {
        "POST \(path) HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-protobuf\r\n\(headers)\r\n"
    }
}
