// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Glibc
import Logging
import NIOCore
import Testing

@testable import HTTPAPI

/// The mistakes with which senders begin, and the sentence that each gets.
@Suite struct WrongBeginningTests {
    /// A request that a sender makes by mistake.
    struct Beginning: Sendable, CustomTestStringConvertible {
        let name: String
        var listener = ListenerName.otlp
        var line = "POST /v1/traces HTTP/1.1"
        var headers = "Content-Type: application/x-protobuf\r\n"
        var body = "x"
        let status: Int
        /// A part of the sentence in the answer; the same part is in the log.
        let remedy: String
        /// Whether the log has a line of it.
        var isLogged = true

        var testDescription: String { name }
    }

    static let all = [
        Beginning(
            name: "an endpoint with the path, to which the SDK adds it again",
            line: "POST /v1/traces/v1/traces HTTP/1.1", status: 404,
            remedy: "OTEL_EXPORTER_OTLP_ENDPOINT without a path"),
        Beginning(
            name: "metrics to an endpoint with the path of traces", line: "POST /v1/traces/v1/metrics HTTP/1.1",
            status: 404,
            remedy: "OTEL_EXPORTER_OTLP_ENDPOINT without a path"),
        Beginning(
            name: "Langfuse's path without otlp.paths", line: "POST /api/public/otel/v1/traces HTTP/1.1", status: 404,
            remedy: "under otlp.paths"),
        Beginning(
            name: "a Zipkin exporter", line: "POST /api/v2/spans HTTP/1.1",
            headers: "Content-Type: application/json\r\n",
            status: 404, remedy: "export OTLP over HTTP to /v1/traces"),
        Beginning(
            name: "a Jaeger exporter", line: "POST /api/traces HTTP/1.1", status: 404,
            remedy: "export OTLP over HTTP to /v1/traces"),
        Beginning(
            name: "gRPC's path over HTTP/1",
            line: "POST /opentelemetry.proto.collector.trace.v1.TraceService/Export HTTP/1.1",
            headers: "Content-Type: application/grpc\r\n", status: 404,
            remedy: "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"),
        Beginning(
            name: "gRPC's content type", headers: "Content-Type: application/grpc\r\n", status: 415,
            remedy: "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"),
        Beginning(name: "no content type", headers: "", status: 415, remedy: "send application/x-protobuf"),
        Beginning(
            name: "a form, as curl sends without -H", headers: "Content-Type: application/x-www-form-urlencoded\r\n",
            status: 415, remedy: "send application/x-protobuf or application/json"),
        Beginning(
            name: "zstd", headers: "Content-Type: application/x-protobuf\r\nContent-Encoding: zstd\r\n", status: 415,
            remedy: "compression: gzip"),
        Beginning(
            name: "GET instead of POST", line: "GET /v1/traces HTTP/1.1", status: 405, remedy: "accepts POST, not GET"),
        Beginning(
            name: "PUT instead of POST", line: "PUT /v1/logs HTTP/1.1", status: 405, remedy: "accepts POST, not PUT"),
        Beginning(
            name: "OPTIONS, as a browser asks before it sends", line: "OPTIONS /v1/traces HTTP/1.1", status: 405,
            remedy: "through a Collector whose receiver allows the origin"),
        Beginning(
            name: "a browser at the OTLP port", line: "GET /favicon.ico HTTP/1.1", status: 404,
            remedy: "accepts POST /v1/traces", isLogged: false),
        Beginning(
            name: "a scraper at the OTLP port", line: "GET /metrics HTTP/1.1", headers: "", status: 404,
            remedy: "let Prometheus scrape"),
        Beginning(
            name: "a body that is too large", headers: "Content-Type: application/json\r\n",
            body: String(repeating: " ", count: 101), status: 413, remedy: "send smaller batches"),
        Beginning(
            name: "a path of an SDK of Datadog", line: "POST /v0.4/traces HTTP/1.1",
            headers: "Content-Type: application/msgpack\r\n", status: 404, remedy: "export OTLP over HTTP to /v1/traces"
        ),
        Beginning(
            name: "remote write of Prometheus", line: "POST /api/v1/write HTTP/1.1", status: 404,
            remedy: "let Prometheus scrape"),
        Beginning(
            name: "a misspelt path", line: "POST /v1/trace HTTP/1.1", status: 404, remedy: "send them there"),
        Beginning(
            name: "spans to the web port", listener: .web, status: 404,
            remedy: "OTEL_EXPORTER_OTLP_ENDPOINT=http://HOST:"),
        Beginning(
            name: "metrics to the web port", listener: .web, line: "POST /v1/metrics HTTP/1.1", status: 404,
            remedy: "send spans to"),
        Beginning(
            name: "spans to the root of the web port", listener: .web, line: "POST / HTTP/1.1", status: 404,
            remedy: "send spans to"),
        Beginning(
            name: "a page under a foreign name", listener: .web, line: "GET / HTTP/1.1", status: 421,
            remedy: "web.allowed_hosts"),
        Beginning(
            name: "the list of calls under a foreign name", listener: .web, line: "GET /api/v1/unpriced HTTP/1.1",
            status: 421,
            remedy: "web.allowed_hosts"),
    ]

    @Test(arguments: all)
    func `the answer and the log name the remedy`(_ beginning: Beginning) async throws {
        let (log, refused) = (RecordedLog(), RefusedRequests())
        try await TestListeners.open({ $0.maxBodyBytes = 100 }, refused: refused, logger: log.logger) { listeners in
            var client = try await RawClient(to: beginning.listener == .otlp ? listeners.otlp : listeners.web)
            for _ in 0..<3 {
                try await client.send(
                    "\(beginning.line)\r\nHost: evil.example:80\r\n\(beginning.headers)"
                        + "Content-Length: \(beginning.body.utf8.count)\r\n\r\n\(beginning.body)")
                let reply = try await client.reply()
                #expect(reply.status == beginning.status)
                #expect(reply.text.contains(beginning.remedy), "\(reply.text)")
            }
            // Each request is counted, as a body or by its reason.
            #expect(listeners.counters.bodies.count + listeners.counters.events.count == 3)
            await client.close()
        }
        let warnings = log.lines.filter { $0.level == .warning }
        #expect(warnings.count == (beginning.isLogged ? 1 : 0))
        #expect(refused.list.map(\.count) == (beginning.isLogged ? [3] : []))
        guard let line = warnings.first else { return }
        let text = "\(line.metadata["reason"] ?? ""); \(line.metadata["remedy"] ?? "")"
        #expect(text.contains(beginning.remedy), "\(text)")
        #expect(line.metadata["remedy"] != "")
        #expect(line.metadata["peer"] == "127.0.0.1")
        #expect(line.metadata["door"] == "\(beginning.listener.rawValue)")
        #expect(line.metadata["count"] == "1")
        guard let entry = refused.list.first else { return }
        #expect(entry.listener == beginning.listener)
        #expect(entry.status == beginning.status)
        #expect(entry.lastNanoseconds == TestListeners.nanoseconds)
        let values = [entry.peer, entry.path, entry.contentType, entry.reason, entry.remedy]
        #expect(values == ["peer", "path", "content_type", "reason", "remedy"].map { "\(line.metadata[$0] ?? "")" })
    }

    @Test(arguments: [
        ("GET /v1/traces HTTP/1.1", "Accept: */*\r\n", Answer.plainText),
        ("GET /v1/traces HTTP/1.1", "", Answer.plainText),
        ("POST /v1/trace HTTP/1.1", "Content-Type: application/x-www-form-urlencoded\r\n", Answer.plainText),
        ("POST /v1/traces HTTP/1.1", "Content-Type: application/x-www-form-urlencoded\r\n", Answer.plainText),
        ("GET /v1/traces HTTP/1.1", "Accept: application/x-protobuf\r\n", Answer.protobuf),
        ("GET /v1/traces HTTP/1.1", "Accept: application/json\r\n", Answer.json),
        ("POST /v1/trace HTTP/1.1", "Content-Type: application/x-protobuf\r\nAccept: */*\r\n", Answer.protobuf),
        ("POST /v1/trace HTTP/1.1", "Content-Type: application/json\r\n", Answer.json),
    ])
    func `the answer is a line of text unless the request names a type of OTLP`(
        line: String, headers: String, type: String
    ) async throws {
        try await TestListeners.open { listeners in
            for address in [listeners.otlp] + (line.hasPrefix("POST /v1/traces ") ? [listeners.web] : []) {
                var client = try await RawClient(to: address)
                try await client.send("\(line)\r\nHost: test\r\n\(headers)Content-Length: 1\r\n\r\nx")
                let reply = try await client.reply()
                #expect(reply.headers["content-type"] == type)
                #expect(reply.text.contains("/v1/traces") || reply.text.contains("application/x-protobuf"))
                if type == Answer.plainText { #expect(reply.text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A }) }
                await client.close()
            }
        }
    }

    @Test(arguments: [ListenerName.otlp, .web])
    func `gRPC gets its own kind of answer, with the setting for HTTP`(listener: ListenerName) async throws {
        let log = RecordedLog()
        try await TestListeners.open(logger: log.logger) { listeners in
            var client = try await RawClient(to: listener == .otlp ? listeners.otlp : listeners.web)
            let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
            let call: [UInt8] = [0, 0, 3, 1, 4, 0, 0, 0, 1, 0x83, 0x86, 0x88]
            // In pieces, as the network may bring them.
            let bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings + call
            try await client.send(Array(bytes[..<30]))
            try await client.send(Array(bytes[30...]))
            let answer = try await client.bytes(until: "protobuf")
            // The listener's settings come first, then their acknowledgement, then headers that end stream 1.
            #expect(answer.starts(with: settings + [0, 0, 0, 4, 1, 0, 0, 0, 0]))
            let headers = Array(answer.dropFirst(18))
            #expect(Array(headers[3..<9]) == [1, 5, 0, 0, 0, 1])
            #expect(headers.count <= 9 + headers[..<3].reduce(0) { $0 << 8 | Int($1) })
            let text = String(decoding: headers, as: UTF8.self)
            #expect(text.contains("grpc-status\u{2}12"))
            #expect(text.contains("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"))
            #expect(text.contains("port \(listeners.otlp.port) ") == (listener == .web))
            #expect(listeners.counters.events == [.refusedRequest(.http2)])
            await client.close()
        }
        #expect(log.lines.filter { $0.level == .warning }.count == 1)
    }

    @Test(arguments: [ListenerName.otlp, .web])
    func `a peer that speaks HTTP/2 gets few answers, whatever frames it sends`(listener: ListenerName) async throws {
        let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listener == .otlp ? listeners.otlp : listeners.web)
            try await client.send(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8))
            try await client.send([[UInt8]](repeating: settings, count: 10_000).flatMap { $0 })
            // The listener's own settings, and 64 answers.
            #expect(await client.bytesUntilClosed() <= 65 * settings.count)
        }
    }

    @Test(arguments: ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nno frame of settings", "PRI * HTTP/2.0\r\nHost: test\r\n\r\n"])
    func `what only begins like HTTP/2 is answered as HTTP/1`(text: String) async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(String(text.prefix(2)))
            try await client.send(String(text.dropFirst(2)))
            #expect(try await client.reply().status == 400)
            #expect(await client.bytesUntilClosed() == 0)
            #expect(!listeners.counters.events.contains(.refusedRequest(.http2)))
        }
    }

    @Test func `a request that arrives a byte at a time passes the check of the protocol`() async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            for character in RawClient.head("Content-Length: 1\r\n") + "a" { try await client.send(String(character)) }
            #expect(try await client.reply().status == 200)
            await client.close()
        }
    }

    @Test func `TLS at the port for plain HTTP is named in the log`() async throws {
        let log = RecordedLog()
        try await TestListeners.open(logger: log.logger) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, 0x0D, 0x0A])
            #expect(try await client.reply().status == 400)
            #expect(listeners.counters.events.contains(.refusedRequest(.tls)))
            await client.close()
        }
        #expect(log.lines.contains { "\($0.metadata["remedy"] ?? "")".contains("http://") })
    }

    @Test(arguments: [
        ("127.0.0.1:9464", true), ("[::1]:9464", true), ("[::1]", true), ("localhost:9464", true), ("LOCALHOST.", true),
        ("costs.example.com", true), ("Costs.Example.com:80", true), ("evil.example", false),
        ("127.0.0.1.evil.example", false),
        ("localhost.evil.example", false), ("example.com", false), ("1.2.3", false), ("::1", true),
        ("127.0.0.1.", true),
        ("127.0.0.1.:9464", true), ("localhost:", true), ("[::1]evil.com", false), ("localhost:evil.com", false),
        ("127.0.0.1:80.evil.com", false), ("[localhost]", false), ("[::1", false), ("[::1]:x", false),
        ("::1.", false),
    ])
    func `pages answer under addresses, localhost and the names of the settings`(host: String, isAllowed: Bool)
        async throws
    {
        try await TestListeners.open({ $0.allowedHosts = ["costs.example.com"] }) { listeners in
            var client = try await RawClient(to: listeners.web)
            for path in ["/", "/api/v1/unpriced", "/metrics", "/-/healthy", "/-/ready"] {
                try await client.send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                let isPage = !["/metrics", "/-/healthy", "/-/ready"].contains(path)
                #expect(try await client.reply().status == (isAllowed || !isPage ? 200 : 421))
            }
            await client.close()
        }
    }

    @Test(arguments: [
        (ListenerName.otlp, 4318, "Collector", "--otlp.listen-address 127.0.0.1:14318"),
        (.web, 9464, "Prometheus exporter of an OpenTelemetry SDK", "--web.listen-address 127.0.0.1:19464"),
        (.web, 55_555, "the address is in use", "--web.listen-address 127.0.0.1:19464"),
    ])
    func `a taken port names its likely owner and another address`(
        listener: ListenerName, port: Int, owner: String, flag: String
    ) {
        let sentence = HTTPAPIError.addressInUse(listener, "127.0.0.1:\(port)").description
        #expect(sentence.contains(owner))
        #expect(sentence.contains(flag))
    }
}

extension HTTPAPIError {
    /// The error of a listener whose port another program has.
    fileprivate static func addressInUse(_ listener: ListenerName, _ address: String) -> HTTPAPIError {
        let port = (try? ListenAddress(address))?.port ?? 0
        return .cannotListen(
            listener: listener, address: address,
            reason: PortAdvice.reason(IOError(errnoCode: EADDRINUSE, reason: "bind"), port: port))
    }
}
