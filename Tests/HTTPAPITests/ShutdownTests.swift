// SPDX-License-Identifier: Apache-2.0
import Dispatch
import HTTPAPI
import Ingest
import Logging
import ServiceLifecycle
import Testing

/// How the doors close.
@Suite struct ShutdownTests {
    @Test func `a request in flight is finished, and its connection closed`() async throws {
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let mayEnd = DispatchSemaphore(value: 0)
        let ingest = StubIngest { body, _, _ throws(IngestError) in
            beginning.yield()
            mayEnd.wait()
            return .accepted(bytes: body.count)
        }
        try await TestDoors.open(ingest: ingest) { doors in
            var idle = try await RawClient(to: doors.otlp)
            try await idle.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            _ = try await idle.reply()
            var sender = try await RawClient(to: doors.otlp)
            try await sender.post([1])
            for await _ in began { break }
            var watcher = try await RawClient(to: doors.web)

            await doors.group.triggerGracefulShutdown()
            #expect(await idle.bytesUntilClosed() == 0)
            try await watcher.send("GET /-/ready HTTP/1.1\r\nHost: test\r\n\r\n")
            let ready = try await watcher.reply()
            #expect(ready.status == 503)
            #expect(ready.text == "Not ready: stopping.\n")
            await #expect(throws: (any Error).self) { try await RawClient(to: doors.otlp) }

            mayEnd.signal()
            let reply = try await sender.reply()
            #expect(reply.status == 200)
            #expect(reply.headers["connection"] == "close")
            #expect(await sender.bytesUntilClosed() == 0)
            #expect(await watcher.bytesUntilClosed() == 0)
        }
    }

    @Test func `a request that does not finish in time is cut off`() async throws {
        try await TestDoors.open({ $0.finishRequests = .milliseconds(50) }) { doors in
            var sender = try await RawClient(to: doors.otlp)
            try await sender.send(RawClient.head("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"))
            #expect(try await sender.reply(hasBody: false).status == 100)
            await doors.group.triggerGracefulShutdown()
            #expect(await sender.bytesUntilClosed() == 0)
            #expect(doors.counters.bodies.map(\.outcome) == [.interrupted])
        }
    }

    @Test func `metrics stay open for one more scrape`() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        let never: @Sendable () async -> Void = { for await _ in ended {} }
        try await TestDoors.open({ $0.finalScrape = .seconds(600) }, cutShort: never) { doors in
            var early = try await RawClient(to: doors.web)
            try await early.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await early.reply().status == 200)
            var sender = try await RawClient(to: doors.otlp)
            await doors.group.triggerGracefulShutdown()
            #expect(await sender.bytesUntilClosed() == 0)

            // Until the wait has begun a scrape may still count as an early one.
            var status: Int?
            repeat {
                do {
                    var late = try await RawClient(to: doors.web)
                    try await late.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n")
                    status = try await late.reply().status
                    await late.close()
                } catch { break }
            } while status == 200
            #expect(status == 200)
            #expect(await early.bytesUntilClosed() == 0)
            end.finish()
        }
    }

    @Test func `a second signal ends the wait for a scrape`() async throws {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self)
        let cutShort: @Sendable () async -> Void = { for await _ in signals { return } }
        try await TestDoors.open({ $0.finalScrape = .seconds(600) }, cutShort: cutShort) { doors in
            var client = try await RawClient(to: doors.web)
            try await client.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await client.reply().status == 200)
            await doors.group.triggerGracefulShutdown()
            signal.yield()
            #expect(await client.bytesUntilClosed() == 0)
        }
    }

    @Test(arguments: [(\HTTPAPIConfiguration.otlpAddress, "otlp"), (\.webAddress, "web")])
    func `an address that is taken is named`(
        setting: any WritableKeyPath<HTTPAPIConfiguration, ListenAddress> & Sendable, door: String
    ) async throws {
        try await TestDoors.open { doors in
            let error = await #expect(throws: HTTPAPIError.self) {
                try await TestDoors.open({ $0[keyPath: setting] = doors.otlp }) { _ in }
            }
            #expect(
                error?.description
                    == "cannot listen on \(doors.otlp): the address is in use; "
                    + "free it or choose another with --\(door).listen-address")
        }
    }

    @Test func `every interface is listened on, and the port given is reported`() async throws {
        try await TestDoors.open({ $0.webAddress = (try? ListenAddress(":0")) ?? $0.webAddress }) { doors in
            var client = try await RawClient(to: .loopback(port: doors.web.port))
            try await client.send("GET /-/healthy HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await client.reply().status == 200)
            await client.close()
        }
    }
}
