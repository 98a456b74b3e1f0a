// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Dispatch
import HTTPAPI
import Ingest
import Logging
import ServiceLifecycle
import Testing

/// How the listeners close.
@Suite struct ShutdownTests {
    @Test func `a request in flight is finished, and its connection closed`() async throws {
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let mayEnd = DispatchSemaphore(value: 0)
        let ingest = StubIngest.waiting { body, _, _ throws(IngestError) in
            beginning.yield()
            mayEnd.wait()
            return .accepted(bytes: body.count)
        }
        try await TestListeners.open(ingest: ingest) { listeners in
            var idle = try await RawClient(to: listeners.otlp)
            try await idle.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            _ = try await idle.reply()
            var sender = try await RawClient(to: listeners.otlp)
            try await sender.post([1])
            for await _ in began { break }
            var watcher = try await RawClient(to: listeners.web)

            await listeners.group.triggerGracefulShutdown()
            #expect(await idle.bytesUntilClosed() == 0)
            try await watcher.send("GET /-/ready HTTP/1.1\r\nHost: test\r\n\r\n")
            let ready = try await watcher.reply()
            #expect(ready.status == 503)
            #expect(ready.text == "Not ready: stopping.\n")
            await #expect(throws: (any Error).self) { try await RawClient(to: listeners.otlp) }

            mayEnd.signal()
            let reply = try await sender.reply()
            #expect(reply.status == 200)
            #expect(reply.headers["connection"] == "close")
            #expect(await sender.bytesUntilClosed() == 0)
            #expect(await watcher.bytesUntilClosed() == 0)
        }
    }

    @Test func `a request that does not finish in time is cut off`() async throws {
        try await TestListeners.open({ $0.finishRequests = .milliseconds(50) }) { listeners in
            var sender = try await RawClient(to: listeners.otlp)
            try await sender.send(RawClient.head("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"))
            #expect(try await sender.reply(hasBody: false).status == 100)
            await listeners.group.triggerGracefulShutdown()
            #expect(await sender.bytesUntilClosed() == 0)
            #expect(listeners.counters.bodies.map(\.outcome) == [.interrupted])
        }
    }

    /// Scrapes four times, every 15 seconds.
    private func scrapeRegularly(_ client: inout RawClient, _ clock: ManualClock) async throws {
        for _ in 0..<4 {
            clock.advance(by: .seconds(15))
            try await client.send("GET /metrics HTTP/1.1\r\nHost: test\r\nUser-Agent: regular\r\n\r\n")
            #expect(try await client.reply().status == 200)
        }
    }

    @Test func `all pages stay open until the regular scraper has scraped once more`() async throws {
        let clock = ManualClock()
        let finalScrape = FinalScrape(limit: .seconds(600), clock: clock)
        try await TestListeners.open(finalScrape: finalScrape) { listeners in
            var regular = try await RawClient(to: listeners.web)
            try await scrapeRegularly(&regular, clock)
            await listeners.group.triggerGracefulShutdown()
            await clock.somebodySleeps()

            for (path, status) in [("/-/healthy", 200), ("/-/ready", 503), ("/metrics", 200)] {
                var curious = try await RawClient(to: listeners.web)
                try await curious.send("GET \(path) HTTP/1.1\r\nHost: test\r\nUser-Agent: curious\r\n\r\n")
                #expect(try await curious.reply().status == status)
                await curious.close()
            }
            var late = try await RawClient(to: listeners.web)
            try await late.send("GET /metrics HTTP/1.1\r\nHost: test\r\nUser-Agent: regular\r\n\r\n")
            #expect(try await late.reply().status == 200)
            #expect(await late.bytesUntilClosed() == 0)
            #expect(await regular.bytesUntilClosed() == 0)
        }
    }

    @Test func `a second signal ends the wait for a scrape`() async throws {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self)
        let cutShort: @Sendable () async -> Void = { for await _ in signals { return } }
        let clock = ManualClock()
        let finalScrape = FinalScrape(limit: .seconds(600), clock: clock)
        try await TestListeners.open(finalScrape: finalScrape, cutShort: cutShort) { listeners in
            var client = try await RawClient(to: listeners.web)
            try await scrapeRegularly(&client, clock)
            await listeners.group.triggerGracefulShutdown()
            await clock.somebodySleeps()
            signal.yield()
            #expect(await client.bytesUntilClosed() == 0)
        }
    }

    @Test(arguments: [(\HTTPAPIConfiguration.otlpAddress, "otlp"), (\.webAddress, "web")])
    func `an address that is taken is named`(
        setting: any WritableKeyPath<HTTPAPIConfiguration, ListenAddress> & Sendable, listener: String
    ) async throws {
        try await TestListeners.open { listeners in
            let error = await #expect(throws: HTTPAPIError.self) {
                try await TestListeners.open({ $0[keyPath: setting] = listeners.otlp }) { _ in }
            }
            let sentence =
                "cannot listen on \(listeners.otlp): the address is in use; "
                + "free it or choose another with --\(listener).listen-address, for example "
                + "--\(listener).listen-address 127.0.0.1:"
            #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "no error")")
        }
    }

    @Test func `every interface is listened on, and the port given is reported`() async throws {
        try await TestListeners.open({ $0.webAddress = (try? ListenAddress(":0")) ?? $0.webAddress }) { listeners in
            var client = try await RawClient(to: .loopback(port: listeners.web.port))
            try await client.send("GET /-/healthy HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await client.reply().status == 200)
            await client.close()
        }
    }
}
