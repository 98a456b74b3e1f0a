// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Dispatch
import HTTPAPI
import Ingest
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

/// Answers on their way to peers that read slowly or not at all.
@Suite struct AnswerWritingTests {
    private static let get = "GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n"
    /// More than any socket buffers on its own.
    private static let large = 16 << 20

    @Test func `an answer that is not read in time ends its connection`() async throws {
        let page = [UInt8](repeating: 0x61, count: Self.large)
        try await TestListeners.open({ $0.writeTimeout = .milliseconds(100) }, render: { _ in page }) { listeners in
            let client = try await RawClient(to: listeners.web, readsAnswers: false)
            try await client.send(Self.get)
            await listeners.counters.wait { $0.events == [.unreadAnswer] && $0.open(.web) == 0 }
            await client.close()
        }
    }

    @Test func `idle time runs while an answer waits to be read`() async throws {
        let page = [UInt8](repeating: 0x61, count: Self.large)
        try await TestListeners.open(
            { ($0.writeTimeout, $0.idleTimeout) = (.seconds(600), .milliseconds(200)) }, render: { _ in page }
        ) { listeners in
            let client = try await RawClient(to: listeners.web, readsAnswers: false)
            // On a busy machine the time may be over before anything is sent.
            try? await client.send(Self.get)
            await listeners.counters.wait { $0.opened == 1 && $0.open(.web) == 0 }
            #expect(listeners.counters.events.isEmpty)
            await client.close()
        }
    }

    @Test(arguments: ["", "Connection: close\r\n"], [true, false])
    func `a large answer comes whole, whoever closes first`(header: String, closesInput: Bool) async throws {
        let page = (0..<Self.large).map { UInt8(truncatingIfNeeded: $0 &* 0x9E37_79B9 >> 13) }
        try await TestListeners.open(render: { _ in page }) { listeners in
            var client = try await RawClient(to: listeners.web)
            try await client.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\(header)\r\n")
            // Without an error where the listener has closed both ends already.
            if closesInput { try? await client.channel.close(mode: .output) }
            #expect(try await client.reply().body == page)
            await client.close()
        }
    }

    @Test func `a large answer comes whole at shutdown`() async throws {
        let page = (0..<Self.large).map { UInt8(truncatingIfNeeded: $0 &* 0x9E37_79B9 >> 13) }
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let mayEnd = DispatchSemaphore(value: 0)
        try await TestListeners.open(render: { _ in
            beginning.yield()
            mayEnd.wait()
            return page
        }) { listeners in
            var client = try await RawClient(to: listeners.web)
            try await client.send(Self.get)
            for await _ in began { break }
            var idle = try await RawClient(to: listeners.web)
            try await idle.send("GET /-/healthy HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await idle.reply().status == 200)
            await listeners.group.triggerGracefulShutdown()
            // The idle connection closes once the listener does.
            #expect(await idle.bytesUntilClosed() == 0)
            mayEnd.signal()
            let reply = try await client.reply()
            #expect(reply.headers["connection"] == "close")
            #expect(reply.body == page)
            #expect(await client.bytesUntilClosed() == 0)
        }
    }

    @Test func `simultaneous scrapes share a page, and none gets one older than itself`() async throws {
        let rendered = Mutex(0)
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let mayEnd = DispatchSemaphore(value: 0)
        try await TestListeners.open(render: { _ in
            let number = rendered.withLock { rendered in
                rendered += 1
                return rendered
            }
            beginning.yield()
            if number == 1 { mayEnd.wait() }
            return Array("page \(number)".utf8)
        }) { listeners in
            var first = try await RawClient(to: listeners.web)
            try await first.send(Self.get)
            var begun = began.makeAsyncIterator()
            await begun.next()

            var others: [RawClient] = []
            for _ in 0..<20 {
                let client = try await RawClient(to: listeners.web)
                try await client.send(Self.get)
                others.append(client)
            }
            // The web listener has one event loop, which takes requests in the order in which they came.
            var last = try await RawClient(to: listeners.web)
            try await last.send("GET /-/healthy HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await last.reply().status == 200)
            mayEnd.signal()
            #expect(try await first.reply().text == "page 1")
            var pages: Set<String> = []
            for index in others.indices {
                pages.insert(try await others[index].reply().text)
                await others[index].close()
            }
            // A second page is rendered where a request came while the first one was.
            #expect(pages.contains("page 2") && pages.isSubset(of: ["page 2", "page 3"]), "\(pages)")
            #expect(listeners.counters.scrapes == 21)
            await first.close()
            await last.close()
        }
    }

    @Test func `unread pages stay under their ceiling, and a scraper that reads is answered`() async throws {
        let page = [UInt8](repeating: 0x61, count: Self.large)
        try await TestListeners.open(
            { ($0.maxAnswerBytes, $0.writeTimeout) = (2 * Self.large, .seconds(600)) }, render: { _ in page }
        ) { listeners in
            var stuck: [RawClient] = []
            for _ in 0..<6 {
                let client = try await RawClient(to: listeners.web, readsAnswers: false)
                let scrapes = listeners.counters.scrapes
                try await client.send(Self.get)
                stuck.append(client)
                // One page for each, not one for all.
                var health = try await RawClient(to: listeners.web)
                repeat {
                    try await health.send("GET /-/healthy HTTP/1.1\r\nHost: test\r\n\r\n")
                    #expect(try await health.reply().status == 200)
                } while listeners.counters.scrapes == scrapes
                await health.close()
            }
            var reader = try await RawClient(to: listeners.web)
            try await reader.send(Self.get)
            #expect(try await reader.reply().body.count == page.count)
            #expect(listeners.counters.events.count { $0 == .gaveWayUnread } >= 3)
            for client in stuck { await client.close() }
            await reader.close()
        }
    }
}
