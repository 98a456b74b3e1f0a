// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPAPI
import Ingest
import Testing

@Suite struct OTLPListenerTests {
    @Test(arguments: [0, 5, 3_000_000])
    func `a body that is taken is answered 200 and reaches the pipeline whole`(size: Int) async throws {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 0x9E37_79B9 >> 13) }
        let ingest = StubIngest { seen, coding, _ throws(IngestError) in
            guard seen == body, coding == .identity else { throw .unreadable("other bytes") }
            return .accepted(bytes: seen.count)
        }
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.post(body)
            let reply = try await client.reply()
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "application/x-protobuf")
            #expect(reply.headers["connection"] == nil)
            #expect(reply.body.isEmpty)
            #expect(
                listeners.counters.bodies == [
                    .init(outcome: .accepted, receivedBytes: body.count, inflatedBytes: body.count)
                ])
            await client.close()
        }
    }

    @Test func `a chunked body is put together`() async throws {
        let ingest = StubIngest { seen, coding, _ throws(IngestError) in
            guard seen == Array("chunks".utf8), coding == .gzip else { throw .unreadable("other bytes") }
            return .accepted(bytes: seen.count)
        }
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(RawClient.head("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n"))
            try await client.send("2\r\nch\r\n")
            try await client.send("4\r\nunks\r\n0\r\n\r\n")
            #expect(try await client.reply().status == 200)
            await client.close()
        }
    }

    @Test func `spans refused by the pipeline are told to the sender`() async throws {
        let ingest = StubIngest { _, _, _ throws(IngestError) in
            IngestReceipt(acceptedSpans: 1, rejectedSpans: 2, message: "two bad ids", inflatedBytes: 9)
        }
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.post([1, 2, 3])
            let reply = try await client.reply()
            #expect(reply.status == 200)
            #expect(reply.text.contains("two bad ids"))
            #expect(listeners.counters.bodies == [.init(outcome: .partial, receivedBytes: 3, inflatedBytes: 9)])
            await client.close()
        }
    }

    @Test(
        arguments: [
            (IngestError.unreadable("cut short at byte 7"), 400, ServiceMetrics.BodyOutcome.malformed, nil),
            (.tooLarge("inflates to more than 64 MiB"), 413, .tooLarge, nil), (.busy("no room"), 503, .busy, "1"),
        ] as [(IngestError, Int, ServiceMetrics.BodyOutcome, String?)])
    func `a body that the pipeline refuses is answered with its reason`(
        error: IngestError, status: Int, outcome: ServiceMetrics.BodyOutcome, retryAfter: String?
    ) async throws {
        let ingest = StubIngest { _, _, _ throws(IngestError) in throw error }
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            for _ in 0..<2 {
                try await client.post([1, 2, 3])
                let reply = try await client.reply()
                #expect(reply.status == status)
                #expect(reply.headers["content-type"] == "application/x-protobuf")
                #expect(reply.headers["retry-after"] == retryAfter)
                #expect(reply.text.contains(error.description))
            }
            #expect(listeners.counters.bodies.map(\.outcome) == [outcome, outcome])
            await client.close()
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1", 200, "POST /v1/traces"), ("GET /v1/traces HTTP/1.1", 405, "accepts POST, not GET"),
        ("GET /v1/metrics HTTP/1.1", 405, "accepts POST, not GET"),
        ("POST /v2/traces HTTP/1.1", 404, "accepts traces at /v1/traces"),
        ("GET /favicon.ico HTTP/1.1", 404, "Not found"),
        ("POST /v1/traces/ HTTP/1.1", 415, "send application/x-protobuf"),
        ("POST /v1/traces?x=1 HTTP/1.1", 415, "send application/x-protobuf"),
    ])
    func `other requests are told where to go`(line: String, status: Int, text: String) async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            for _ in 0..<2 {
                try await client.send("\(line)\r\nHost: test\r\nContent-Length: 4\r\n\r\nbody")
                let reply = try await client.reply()
                #expect(reply.status == status)
                #expect(reply.text.contains(text))
                #expect((reply.headers["allow"] == "POST") == (status == 405))
                #expect(reply.headers["date"] == "Sun, 06 Nov 1994 08:49:37 GMT")
            }
            await client.close()
        }
    }

    @Test func `requests sent ahead of their answers are answered in turn`() async throws {
        let ingest = StubIngest { body, _, _ throws(IngestError) in
            guard body != [2] else { throw .unreadable("two") }
            return .accepted(bytes: body.count)
        }
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            let head = RawClient.head("Content-Length: 1\r\n")
            try await client.send("\(head)\u{1}\(head)\u{2}\(head)\u{3}")
            #expect(try await client.reply().status == 200)
            #expect(try await client.reply().status == 400)
            #expect(try await client.reply().status == 200)
            await client.close()
        }
    }

    @Test func `a sender that waits to go on is told to, or refused at once`() async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(RawClient.head("Expect: 100-continue\r\nContent-Length: 4\r\n"))
            #expect(try await client.reply(hasBody: false).status == 100)
            try await client.send("body")
            #expect(try await client.reply().status == 200)

            try await client.send(
                RawClient.head("Expect: 100-continue\r\nContent-Length: 4\r\nContent-Encoding: br\r\n"))
            let reply = try await client.reply()
            #expect(reply.status == 415)
            #expect(reply.headers["connection"] == "close")
            #expect(await client.bytesUntilClosed() == 0)
        }
    }

    @Test func `what is no HTTP is answered 400 and closed`() async throws {
        try await TestListeners.open { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send("\u{16}\u{3}\u{1} hello\r\n\r\n")
            #expect(try await client.reply().status == 400)
            #expect(await client.bytesUntilClosed() == 0)
        }
    }
}
