// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import HTTPAPI
import Ingest
import OTLP
import Synchronization
import TestData
import Testing

/// Bodies that come in many pieces, as one or stripped.
@Suite struct LargeBodyTests {
    /// What the rooms behind the listener got.
    private final class Received: Sendable {
        let bodies = Mutex([[UInt8]]())

        var ingest: StubIngest {
            StubIngest { body, _, _ throws(IngestError) in
                self.bodies.withLock { $0.append(body) }
                return .accepted(bytes: body.count)
            }
        }
    }

    /// Bytes of which no long part occurs twice.
    private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: seed), count: count)
        for index in stride(from: 0, to: count, by: 499) { bytes[index] = UInt8.random(in: 0...255, using: &random) }
        return bytes
    }

    /// A request whose spans carry prompts of 80 kB.
    private static func chatty(spans: Int) -> [UInt8] {
        var content: [UInt8] = []
        for _ in 0..<spans { content += chattySpan }
        let writer = TraceRequestWriter()
        return writer.field(1, writer.field(2, content))
    }

    /// `ScopeSpans.spans`, once.
    private static let chattySpan: [UInt8] = {
        let prompt = String(repeating: "a long prompt ", count: 6_000)
        let span = TraceRequestWriter.Span(
            traceID: bytes(16, seed: 1), spanID: bytes(8, seed: 2),
            attributes: [("gen_ai.input.messages", .string(prompt)), ("gen_ai.system", .string("openai"))])
        return TraceRequestWriter().field(2, TraceRequestWriter().span(span))
    }()

    @Test func `a refused body needs no worker`() async throws {
        let received = Received()
        var ingest = received.ingest
        (ingest.refusal, ingest.takesNow) = (.busy("the disk is full"), false)
        try await TestListeners.open(ingest: ingest) { listeners in
            for bytes in [0, 1_000_000] {
                var client = try await RawClient(to: listeners.otlp)
                try await client.post([UInt8](repeating: 0, count: bytes))
                #expect(try await client.reply().status == 503)
                await client.close()
            }
            #expect(received.bodies.withLock { $0 }.isEmpty)
            #expect(listeners.counters.bodies.map(\.outcome) == [.busy, .busy])
        }
    }

    @Test(arguments: [0, 1, 1000, 70_000, 600_000])
    func `a body arrives as it was sent, however much of it comes with its headers`(early: Int) async throws {
        let received = Received()
        try await TestListeners.open(ingest: received.ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            let bodies = (0..<3).map { Self.bytes(3_000_000 + $0, seed: UInt64($0)) }
            for body in bodies {
                let head = Array(RawClient.head("Content-Length: \(body.count)\r\n").utf8)
                try await client.send(head + body[..<early])
                var sent = early
                while sent < body.count {
                    let end = min(body.count, sent + 123_457)
                    try await client.send(Array(body[sent..<end]))
                    sent = end
                }
                #expect(try await client.reply().status == 200)
            }
            #expect(received.bodies.withLock { $0 } == bodies)
            #expect(listeners.counters.bodies.map(\.receivedBytes) == bodies.map(\.count))
            await client.close()
        }
    }

    @Test(arguments: [Int.max, 1 << 20])
    func `requests that follow each other without a pause keep their bodies`(stripsFrom: Int) async throws {
        let received = Received()
        var ingest = received.ingest
        ingest.stripsFrom = stripsFrom
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            let bodies = [Self.chatty(spans: 40), [1, 2, 3], Self.chatty(spans: 30), [4], Self.chatty(spans: 20)]
            var bytes: [UInt8] = []
            for body in bodies { bytes += Array(RawClient.head("Content-Length: \(body.count)\r\n").utf8) + body }
            try await client.send(bytes)
            for _ in bodies { #expect(try await client.reply().status == 200) }
            let got = received.bodies.withLock { $0 }
            // Pieces that have come before the body is asked for cannot be stripped any more.
            if stripsFrom == .max { #expect(got == bodies) }
            #expect(got.map(Self.spans) == bodies.map(Self.spans))
            #expect(listeners.counters.bodies.map(\.receivedBytes) == bodies.map(\.count))
            await client.close()
        }
    }

    /// How many spans a request has; `nil` when it is none.
    private static func spans(_ body: [UInt8]) -> Int? {
        var batch = SpanBatch()
        guard (try? TraceRequestReader(keys: AttributeKeys()).read(body.span, into: &batch)) != nil else { return nil }
        return batch.spans.count
    }

    @Test func `what is kept of a body has every span`() async throws {
        let received = Received()
        var ingest = received.ingest
        ingest.stripsFrom = 1
        try await TestListeners.open(ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            let body = Self.chatty(spans: 200)
            try await client.post(body)
            #expect(try await client.reply().status == 200)
            let kept = try #require(received.bodies.withLock { $0.first })
            // Some of it may have come before it was asked for.
            #expect(kept.count < body.count / 2)
            #expect(Self.spans(kept) == 200)
            await client.close()
        }
    }

    @Test(arguments: [Int.max, 1])
    func `a sender that leaves in the middle of a body is counted with what it sent`(stripsFrom: Int) async throws {
        let received = Received()
        var ingest = received.ingest
        ingest.stripsFrom = stripsFrom
        try await TestListeners.open(ingest: ingest) { listeners in
            let client = try await RawClient(to: listeners.otlp)
            let body = Self.chatty(spans: 40)
            try await client.send(RawClient.head("Content-Length: \(body.count)\r\n"))
            try await client.send(Array(body[..<2_000_000]))
            await client.close()
            let counted = try #require(await listeners.counters.nextBody())
            #expect(counted.outcome == .interrupted)
            #expect(counted.receivedBytes <= 2_000_000)
            #expect(received.bodies.withLock { $0.isEmpty })
        }
    }

    @Test(arguments: [Int.max, 1])
    func `a body that stops coming is answered when its time is over`(stripsFrom: Int) async throws {
        var ingest = StubIngest()
        ingest.stripsFrom = stripsFrom
        try await TestListeners.open({ $0.bodyTimeout = .seconds(2) }, ingest: ingest) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            let body = Self.chatty(spans: 40)
            try await client.send(RawClient.head("Content-Length: \(body.count)\r\n"))
            try await client.send(Array(body[..<1_000_000]))
            #expect(try await client.reply().status == 408)
            #expect(listeners.counters.bodies.map(\.outcome) == [.timedOut])
            #expect(await client.bytesUntilClosed() == 0)
        }
    }
}
