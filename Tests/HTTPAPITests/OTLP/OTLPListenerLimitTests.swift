// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Dispatch
import Glibc
import HTTPAPI
import Ingest
import NIOCore
import Testing

/// Ceilings and time-outs of the OTLP listener, and what a slow or broken sender sees of them.
@Suite struct OTLPListenerLimitTests {
    @Test func `a declared body over the ceiling is refused before it is sent`() async throws {
        try await TestListeners.open({ $0.maxBodyBytes = 1000 }) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(RawClient.head("Content-Length: 1001\r\n"))
            let reply = try await client.reply()
            #expect(reply.status == 413)
            #expect(reply.text.contains("1000 bytes as sent (otlp.max_body_bytes)"))
            #expect(listeners.counters.bodies == [.init(outcome: .tooLarge, receivedBytes: 0, inflatedBytes: 0)])
            await client.close()
        }
    }

    @Test func `a chunked body over the ceiling is refused`() async throws {
        try await TestListeners.open({ $0.maxBodyBytes = 1000 }) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(RawClient.head("Transfer-Encoding: chunked\r\n"))
            try await client.send("3e9\r\n\(String(repeating: "x", count: 1001))\r\n")
            let reply = try await client.reply()
            #expect(reply.status == 413)
            #expect(reply.headers["connection"] == "close")
            // On a busy machine, the connection may have been closed before.
            try? await client.send("0\r\n\r\n")
            #expect(await client.bytesUntilClosed() == 0)
            #expect(listeners.counters.bodies.map(\.outcome) == [.tooLarge])
        }
    }

    @Test func `a sender of a refused body gets to send it and reads the answer`() async throws {
        try await TestListeners.open({ $0.maxBodyBytes = 1000 }) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.post([UInt8](repeating: 0, count: 8 << 20))
            #expect(try await client.reply().status == 413)
            #expect(await client.bytesUntilClosed() == 0)
        }
    }

    @Test func `a small refused body does not cost the connection`() async throws {
        try await TestListeners.open({ $0.maxBodyBytes = 1000 }) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.post([UInt8](repeating: 0, count: 1 << 20))
            #expect(try await client.reply().status == 413)
            try await client.post([1])
            #expect(try await client.reply().status == 200)
            await client.close()
        }
    }

    @Test func `bodies over the ceiling in flight are answered 503, and taken once there is room`() async throws {
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let mayEnd = DispatchSemaphore(value: 0)
        let ingest = StubIngest.waiting { body, _, _ throws(IngestError) in
            beginning.yield()
            mayEnd.wait()
            return .accepted(bytes: body.count)
        }
        try await TestListeners.open(
            {
                $0.maxBodyBytes = 1000
                $0.maxInflatedBytes = 1000
                $0.maxInflightBytes = 1000
                $0.workers = 2
            }, ingest: ingest
        ) { listeners in
            var first = try await RawClient(to: listeners.otlp)
            try await first.post([UInt8](repeating: 0, count: 600))
            for await _ in began { break }

            var second = try await RawClient(to: listeners.otlp)
            for _ in 0..<2 {
                // What is declared finds no room, and need not be sent.
                try await second.send(RawClient.head("Content-Length: 401\r\n"))
                let reply = try await second.reply()
                #expect(reply.status == 503)
                #expect(reply.headers["retry-after"] == "1")
                #expect(reply.text.contains("otlp.max_inflight_bytes"))
                try await second.send([UInt8](repeating: 0, count: 401))
            }
            mayEnd.signal()
            #expect(try await first.reply().status == 200)

            mayEnd.signal()
            try await second.post([UInt8](repeating: 0, count: 401))
            #expect(try await second.reply().status == 200)
            #expect(listeners.counters.bodies.map(\.outcome) == [.busy, .busy, .accepted, .accepted])
            await first.close()
            await second.close()
        }
    }

    @Test func `connections that declare bodies and send none take no room from others`() async throws {
        try await TestListeners.open { listeners in
            var holders: [RawClient] = []
            for _ in 0..<40 {
                var holder = try await RawClient(to: listeners.otlp)
                try await holder.send(
                    RawClient.head("Expect: 100-continue\r\nContent-Encoding: gzip\r\nContent-Length: 20971520\r\n"))
                #expect(try await holder.reply(hasBody: false).status == 100)
                holders.append(holder)
            }
            var client = try await RawClient(to: listeners.otlp)
            for size in [10, 5_000_000] {
                try await client.post([UInt8](repeating: 0, count: size))
                #expect(try await client.reply().status == 200)
            }
            await client.close()
            for holder in holders { await holder.close() }
        }
    }

    @Test(arguments: [false, true])
    func `a body gives way to an older one, hears so and may come again`(isChunked: Bool) async throws {
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let (mayGrow, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let ingest = StubIngest.waiting { body, _, reserve throws(IngestError) in
            guard body.count == 999 else { return .accepted(bytes: body.count) }
            beginning.yield()
            mayGrow.wait()
            guard reserve(2_500) else { throw .busy("the oldest was refused") }
            beginning.yield()
            mayEnd.wait()
            return .accepted(bytes: body.count)
        }
        try await TestListeners.open(
            {
                $0.maxBodyBytes = 1000
                $0.maxInflatedBytes = 1000
                $0.maxInflightBytes = 4000
                $0.workers = 2
            }, ingest: ingest
        ) { listeners in
            var steps = began.makeAsyncIterator()
            var oldest = try await RawClient(to: listeners.otlp)
            try await oldest.post([UInt8](repeating: 0, count: 999))
            _ = await steps.next()

            // It gives way or is refused, as its bytes come before the older one grows or after it.
            var young = try await RawClient(to: listeners.otlp)
            let length = isChunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: 1000\r\n"
            try await young.send(RawClient.head("Expect: 100-continue\r\n" + length))
            #expect(try await young.reply(hasBody: false).status == 100)
            try await young.send((isChunked ? "384\r\n" : "") + String(repeating: "x", count: 900))
            mayGrow.signal()
            _ = await steps.next()
            let reply = try await young.reply()
            #expect(reply.status == 503)
            #expect(reply.text.contains("otlp.max_inflight_bytes"))
            #expect(reply.headers["retry-after"] == "1")
            mayEnd.signal()
            #expect(try await oldest.reply().status == 200)

            if !isChunked {
                // The connection goes on.
                try await young.send([UInt8](repeating: 0, count: 100))
                try await young.post([UInt8](repeating: 0, count: 1000))
                #expect(try await young.reply().status == 200)
            }
            #expect(listeners.counters.bodies.map(\.outcome).filter { $0 == .busy }.count == 1)
            await oldest.close()
            await young.close()
        }
    }

    @Test func `the pipeline's own reservations are held against the ceiling`() async throws {
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let mayEnd = DispatchSemaphore(value: 0)
        let ingest = StubIngest.waiting { body, _, reserve throws(IngestError) in
            if body.count == 4 {
                guard reserve(200), reserve(1000) else { throw .busy("refused too early") }
                beginning.yield()
                mayEnd.wait()
                return .accepted(bytes: 1000)
            }
            guard reserve(100), reserve(300) else { throw .busy("refused too early") }
            guard reserve(1000) else { throw .busy("refused in time") }
            return .accepted(bytes: 1001)
        }
        try await TestListeners.open(
            {
                $0.maxBodyBytes = 1000
                $0.maxInflatedBytes = 1000
                $0.maxInflightBytes = 2000
                $0.workers = 2
            }, ingest: ingest
        ) { listeners in
            var first = try await RawClient(to: listeners.otlp)
            try await first.post([1, 2, 3, 4], headers: "Content-Encoding: gzip\r\n")
            for await _ in began { break }
            var client = try await RawClient(to: listeners.otlp)
            for _ in 0..<2 {
                try await client.post([1, 2, 3], headers: "Content-Encoding: gzip\r\n")
                let reply = try await client.reply()
                #expect(reply.status == 503)
                #expect(reply.text.contains("refused in time"))
            }
            mayEnd.signal()
            #expect(try await first.reply().status == 200)
            await first.close()
            await client.close()
        }
    }

    @Test func `headers that come too slowly end the connection`() async throws {
        try await TestListeners.open({ $0.headerTimeout = .milliseconds(50) }) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            // On a busy machine the time may be over before anything is sent.
            try? await client.send("POST /v1/traces HTTP/1.1\r\nHost: te")
            #expect(await client.bytesUntilClosed() == 0)
            #expect(listeners.counters.bodies.isEmpty)
        }
    }

    @Test func `a connection without requests is closed`() async throws {
        try await TestListeners.open({ $0.idleTimeout = .seconds(1) }) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.post([1])
            #expect(try await client.reply().status == 200)
            try? await client.send("POST /v1/tr")
            #expect(await client.bytesUntilClosed() == 0)
        }
    }

    @Test(arguments: ["Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n"])
    func `a body that comes too slowly is answered 408 and closed`(headers: String) async throws {
        try await TestListeners.open({ $0.bodyTimeout = .milliseconds(50) }) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(RawClient.head(headers))
            try? await client.send("1")
            let reply = try await client.reply()
            #expect(reply.status == 408)
            #expect(reply.headers["connection"] == "close")
            #expect(await client.bytesUntilClosed() == 0)
            #expect(listeners.counters.bodies.map(\.outcome) == [.timedOut])
        }
    }

    @Test(
        arguments: [("Content-Length: 10\r\n", "half"), ("Transfer-Encoding: chunked\r\n", "4\r\nhalf\r\n")],
        [true, false])
    func `a body whose sender goes away never reaches the pipeline`(
        sent: (headers: String, body: String), abruptly: Bool
    ) async throws {
        let ingest = StubIngest { _, _, _ throws(IngestError) in
            Issue.record("half a body was taken")
            return .accepted(bytes: 0)
        }
        try await TestListeners.open(ingest: ingest) { listeners in
            let client = try await RawClient(to: listeners.otlp)
            if abruptly {
                // Closing then resets the connection.
                let options = try #require(client.channel as? any SocketOptionProvider)
                try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            }
            try await client.send(RawClient.head(sent.headers) + sent.body)
            await client.close()
            #expect(await listeners.counters.nextBody()?.outcome == .interrupted)
        }
    }

    @Test func `health is answered while every worker is busy`() async throws {
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let mayEnd = DispatchSemaphore(value: 0)
        let ingest = StubIngest.waiting { body, _, _ throws(IngestError) in
            beginning.yield()
            mayEnd.wait()
            return .accepted(bytes: body.count)
        }
        try await TestListeners.open({ $0.workers = 1 }, ingest: ingest) { listeners in
            var senders = [RawClient]()
            for _ in 0..<8 {
                let sender = try await RawClient(to: listeners.otlp)
                try await sender.post([1])
                senders.append(sender)
            }
            for await _ in began { break }
            var client = try await RawClient(to: listeners.web)
            for path in ["/-/healthy", "/metrics"] {
                try await client.send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
                #expect(try await client.reply().status == 200)
            }
            for _ in senders { mayEnd.signal() }
            for index in senders.indices {
                #expect(try await senders[index].reply().status == 200)
                await senders[index].close()
            }
            await client.close()
        }
    }
}
