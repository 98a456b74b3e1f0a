// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Ingest
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import HTTPAPI

/// What the listeners take as a request, and that nothing hides behind one that they do not take.
@Suite struct RequestRulesTests {
    private static let type = "Content-Type: application/x-protobuf\r\n"
    private static let start = "POST /v1/traces HTTP/1.1\r\nHost: test\r\n\(type)"

    /// Requests that are refused, with the status and a part of the sentence; 0 is any refusal.
    ///
    /// `@` stands for the beginning of a POST, `%` for its content type; what tries to pass as another request follows each.
    static let refused: [(request: String, status: Int, text: String)] = [
        ("@Content-Length: 9223372036854775808\r\n\r\n", 400, "Content-Length"),
        ("@Content-Length: 18446744073709551615\r\n\r\n", 400, "Content-Length"),
        ("@Content-Length: 18446744073709551616\r\n\r\n", 400, ""),
        ("@Content-Length: 1, 1\r\n\r\n", 400, ""),
        ("@Content-Length: +1\r\n\r\n", 400, ""),
        ("@Content-Length: 0x10\r\n\r\n", 400, ""),
        ("@Content-Length: 4 \t\r\n\r\n", 400, ""),
        ("@Content-Length:\r\n\r\n", 400, ""),
        ("@Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400, ""),
        ("@Content-Length: 1\r\nContent-Length: 40\r\n\r\n", 400, ""),
        ("POST /v1/traces HTTP/1.1\r\n%Content-Length: 0\r\n\r\n", 400, "Host"),
        ("GET / HTTP/1.1\r\n\r\n", 400, "Host"),
        ("@Host: test\r\nContent-Length: 0\r\n\r\n", 400, "Host"),
        ("@hOST: other\r\nContent-Length: 0\r\n\r\n", 400, "Host"),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400, "Host"),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "Host"),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "Host"),
        ("@Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "Transfer-Encoding"),
        ("@Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 0, ""),
        ("@Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501, ""),
        ("@Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, ""),
        ("@Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n", 0, ""),
        ("@Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 0, ""),
        ("@Transfer-Encoding: identity\r\n\r\n", 0, ""),
        ("@Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 0, ""),
        ("@Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400, ""),
        ("@Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, ""),
        ("@Transfer-Encoding:\u{B}chunked\r\n\r\n0\r\n\r\n", 0, ""),
        (
            "POST /v1/traces HTTP/1.0\r\n%Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
            "HTTP/1.1"
        ),
        ("@Content-Length : 4\r\n\r\n", 400, ""),
        ("@ Content-Length: 4\r\n\r\n", 400, ""),
        ("@X: a\r\n b\r\nContent-Length: 4\r\n\r\n", 400, ""),
        ("@X: a\nContent-Length: 4\r\n\r\n", 400, ""),
        ("GET / HTTP/1.1\nHost: test\n\n", 400, ""),
        ("@X\0: a\r\n\r\n", 400, ""), ("@: a\r\n\r\n", 400, ""),
        ("GET / HTTP/2.0\r\nHost: test\r\n\r\n", 400, ""),
    ]

    @Test(arguments: refused)
    func `a request that breaks the rules is refused, and what follows it is none`(
        request: String, status: Int, text: String
    ) async throws {
        let ingest = StubIngest { _, _, _ throws(IngestError) in
            Issue.record("a body was taken")
            return .accepted(bytes: 0)
        }
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            let request = request.replacing("@", with: Self.start).replacing("%", with: Self.type)
            try await client.send(request + "GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            let reply = try await client.reply()
            #expect(status == 0 ? [400, 501].contains(reply.status) : reply.status == status)
            #expect(reply.text.contains(text))
            #expect(reply.headers["connection"] == "close")
            #expect(await client.bytesUntilClosed() == 0)
            #expect(listeners.counters.events == [.badRequest])
        }
    }

    @Test func `headers over the ceiling are refused`() async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(RawClient.head("X: \(String(repeating: "a", count: 90_000))\r\n"))
            let reply = try await client.reply()
            #expect(reply.status == 431)
            #expect(reply.text.contains("headers"))
            #expect(await client.bytesUntilClosed() == 0)
        }
    }

    @Test func `a request that breaks the rules waits for the answers to those before it`() async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            let good = RawClient.head("Content-Length: 1\r\n") + "a"
            try await client.send("\(good)\(good)POST / HTTP/1.1\r\n\r\n\(good)")
            #expect(try await client.reply().status == 200)
            #expect(try await client.reply().status == 200)
            #expect(try await client.reply().status == 400)
            #expect(await client.bytesUntilClosed() == 0)
            #expect(listeners.counters.bodies.map(\.outcome) == [.accepted, .accepted])
        }
    }

    /// How many requests of some are passed on before one is refused, and what is left of them.
    private static func passedOn(_ requests: Int, headerBytes: Int, answeringAt answered: Int) throws -> (Int, Int) {
        let events = ConnectionEvents(
            of: .otlp, limit: 1, counters: RecordingCounters(), logger: Logger(label: "test"))
        let channel = EmbeddedChannel(handler: RequestFraming(events: events))
        let headers: HTTPHeaders = ["Host": "test", "X": String(repeating: "a", count: headerBytes)]
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: headers)
        var (passed, refused) = (0, 0)
        for number in 1...requests {
            channel.pipeline.fireChannelRead(HTTPServerRequestPart.head(head))
            channel.pipeline.fireChannelRead(HTTPServerRequestPart.end(nil))
            while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
                guard case .head(let head) = part else { continue }
                if head.method == .GET { passed += 1 } else { refused += 1 }
            }
            if number >= answered {
                try channel.writeOutbound(HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .ok)))
            }
        }
        _ = try channel.finish()
        return (passed, refused)
    }

    @Test func `requests may be sent ahead of their answers up to a number and a size`() throws {
        #expect(try Self.passedOn(1_000, headerBytes: 1, answeringAt: .max) == (256, 1))
        #expect(try Self.passedOn(1_000, headerBytes: 70_000, answeringAt: .max) == (3, 1))
        // Each answer makes room for one more.
        #expect(try Self.passedOn(1_000, headerBytes: 1, answeringAt: 200) == (1_000, 0))
        #expect(try Self.passedOn(100, headerBytes: 70_000, answeringAt: 1) == (100, 0))
    }

    @Test func `a request too far ahead is refused once those before it are answered`() async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(String(repeating: RawClient.head("Content-Length: 0\r\n"), count: 5_000))
            var reply = try await client.reply()
            while reply.status == 200 { reply = try await client.reply() }
            #expect(reply.status == 429)
            #expect(reply.headers["connection"] == "close")
        }
    }

    @Test(arguments: ["Content-Length: \t 4\r\n", "content-length:4\r\n", "Content-Length: 0004\r\n"])
    func `a length is read whatever blanks and zeros are around it`(header: String) async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            for _ in 0..<2 {
                try await client.send(RawClient.head(header) + "body")
                #expect(try await client.reply().status == 200)
            }
            #expect(listeners.counters.bodies.map(\.receivedBytes) == [4, 4])
            await client.close()
        }
    }

    @Test(arguments: ["Chunked", "chunked ", "\tCHUNKED"])
    func `chunked alone is taken in any case`(coding: String) async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            for _ in 0..<2 {
                try await client.send(RawClient.head("Transfer-Encoding: \(coding)\r\n") + "4\r\nbody\r\n0\r\n\r\n")
                #expect(try await client.reply().status == 200)
            }
            #expect(listeners.counters.bodies.map(\.receivedBytes) == [4, 4])
            await client.close()
        }
    }

    @Test(arguments: ["", "Connection: close\r\n", "Host: test\r\n"])
    func `HTTP/1.0 closes after its answer, and is not told to go on`(headers: String) async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(
                "POST /v1/traces HTTP/1.0\r\n\(headers)\(Self.type)Expect: 100-continue\r\nContent-Length: 4\r\n\r\nbody"
            )
            let reply = try await client.reply()
            #expect(reply.status == 200)
            #expect(reply.headers["connection"] == "close")
            #expect(await client.bytesUntilClosed() == 0)
            #expect(listeners.counters.bodies.map(\.receivedBytes) == [4])
        }
    }

    @Test func `an HTTP/1.0 connection that asks to stay open does, and the answer says so`() async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            for _ in 0..<2 {
                try await client.send(
                    "POST /v1/traces HTTP/1.0\r\nConnection: keep-alive\r\n\(Self.type)Content-Length: 4\r\n\r\nbody")
                let reply = try await client.reply()
                #expect(reply.status == 200)
                #expect(reply.headers["connection"] == "keep-alive")
            }
            await client.close()
        }
    }

    @Test(arguments: ["Connection: Close\r\n", "Connection: x, close\r\n", "Connection: Upgrade\r\nUpgrade: h2c\r\n"])
    func `a connection that cannot go on is closed after its answer`(headers: String) async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send("GET / HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
            let reply = try await client.reply()
            #expect(reply.status == 200)
            #expect(reply.headers["connection"] == "close")
            #expect(await client.bytesUntilClosed() == 0)
        }
    }

    @Test func `no sender can write the method that stands for a refused request`() async throws {
        try await TestListeners.open { listeners in
            for method in ["!host", "!", "BREW"] {
                var client = try await RawClient(to: listeners.otlp)
                try await client.send("\(method) / HTTP/1.1\r\nHost: test\r\n\r\n")
                let reply = try await client.reply()
                #expect(reply.status == 400)
                #expect(reply.text == "The request is not valid HTTP/1.1.\n")
            }
        }
    }
}
