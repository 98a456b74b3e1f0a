// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import Exposition
import HTTPAPI
import ServiceLifecycle
import Synchronization
import Testing

/// New series at the web listener: at zero for scrapers that have seen a page without them, at their values for everyone else.
@Suite struct FirstZeroTests {
    private let store = MetricsStore()
    private let calls: FamilyID

    init() {
        calls = store.update { registry in
            registry.register(MetricFamily(name: "a_total", help: "A.", kind: .counter, labels: [.open("m")]))
        }
    }

    private func add(_ amount: Int128, to name: String) {
        store.update { registry in registry.add(amount, to: registry.series(calls, [name])) }
    }

    private func open(_ test: (TestListeners) async throws -> Void) async throws {
        let page = MetricsPage(store: store, health: [])
        try await TestListeners.open(page: { page.render($0, seen: $1) }, test)
    }

    private static let declared = "User-Agent: Prometheus/3.5.0\r\nX-Prometheus-Scrape-Timeout-Seconds: 10\r\n"
    private static let curl = "User-Agent: curl/8.14.1\r\n"

    private static func get(_ headers: String, version: String = "1.1") -> String {
        "GET /metrics HTTP/\(version)\r\nHost: test\r\n\(headers)\r\n"
    }

    /// Scrapes on a connection that stays open, and returns the sample lines.
    private func scrape(_ client: inout RawClient, _ headers: String = Self.declared) async throws -> [Substring] {
        try await client.send(Self.get(headers))
        return Self.samples(try await client.reply())
    }

    /// Scrapes on a connection of its own, which the listener closes.
    private func scrapeOnce(_ listeners: TestListeners, _ version: String) async throws -> RawClient.Reply {
        var client = try await RawClient(to: listeners.web)
        try await client.send(Self.get(Self.declared + "Connection: close\r\n", version: version))
        let reply = try await client.reply()
        #expect(await client.bytesUntilClosed() == 0)
        await client.close()
        await listeners.counters.waitUntilOpen(0, .web)
        return reply
    }

    private static func samples(_ reply: RawClient.Reply) -> [Substring] {
        reply.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    }

    @Test(arguments: ["", "Accept: application/openmetrics-text\r\n"])
    func `a scraper that had a page sees a new series at 0 once, others see its value`(accept: String) async throws {
        try await open { listeners in
            var prometheus = try await RawClient(to: listeners.web)
            add(1, to: "x")
            #expect(try await scrape(&prometheus, Self.declared + accept) == [#"a_total{m="x"} 1"#])
            add(2, to: "y")
            var curl = try await RawClient(to: listeners.web)
            var late = try await RawClient(to: listeners.web, from: "127.0.0.9")
            let values = [#"a_total{m="x"} 1"#, #"a_total{m="y"} 2"#].map { Substring($0) }
            for _ in 0..<2 { #expect(try await scrape(&curl, Self.curl + accept) == values) }
            #expect(try await scrape(&late, Self.declared + accept) == values)
            let zero = [#"a_total{m="x"} 1"#, #"a_total{m="y"} 0"#].map { Substring($0) }
            #expect(try await scrape(&prometheus, Self.declared + accept) == zero)
            #expect(try await scrape(&prometheus, Self.declared + accept) == values)
            add(3, to: "z")
            for _ in 0..<2 { #expect(try await scrape(&curl, Self.curl + accept) == values + [#"a_total{m="z"} 3"#]) }
            #expect(try await scrape(&late, Self.declared + accept) == values + [#"a_total{m="z"} 0"#])
            #expect(try await scrape(&prometheus, Self.declared + accept) == values + [#"a_total{m="z"} 0"#])
            #expect(try await scrape(&late, Self.declared + accept) == values + [#"a_total{m="z"} 3"#])
            #expect(try await scrape(&prometheus, Self.declared + accept) == values + [#"a_total{m="z"} 3"#])
        }
    }

    @Test func `of two scrapers that share address and User-Agent, each sees a new series at 0 first`() async throws {
        try await open { listeners in
            var first = try await RawClient(to: listeners.web)
            var second = try await RawClient(to: listeners.web)
            #expect(try await scrape(&first) == [])
            #expect(try await scrape(&second) == [])
            add(2, to: "y")
            #expect(try await scrape(&first) == [#"a_total{m="y"} 0"#])
            #expect(try await scrape(&second) == [#"a_total{m="y"} 0"#])
            #expect(try await scrape(&first) == [#"a_total{m="y"} 2"#])
            #expect(try await scrape(&second) == [#"a_total{m="y"} 2"#])
            // Once one of them is gone, it holds nothing back.
            await second.close()
            await listeners.counters.waitUntilOpen(1, .web)
            add(3, to: "z")
            #expect(try await scrape(&first).last == #"a_total{m="z"} 0"#)
            #expect(try await scrape(&first).last == #"a_total{m="z"} 3"#)
        }
    }

    @Test(arguments: ["1.0", "1.1"])
    func `a scraper may open a connection for each scrape`(version: String) async throws {
        try await open { listeners in
            let before = try await scrapeOnce(listeners, version)
            add(2, to: "y")
            let first = try await scrapeOnce(listeners, version)
            let second = try await scrapeOnce(listeners, version)
            #expect(Self.samples(before) == [])
            #expect(Self.samples(first) == [#"a_total{m="y"} 0"#])
            #expect(Self.samples(second) == [#"a_total{m="y"} 2"#])
        }
    }

    @Test func `a shutdown waits for the next scrape of a scraper that was shown a 0, however few scrapes it made`()
        async throws
    {
        let clock = ManualClock()
        let page = MetricsPage(store: store, health: [])
        try await TestListeners.open(
            page: { page.render($0, seen: $1) }, finalScrape: FinalScrape(limit: .seconds(25), clock: clock)
        ) { listeners in
            var prometheus = try await RawClient(to: listeners.web)
            #expect(try await scrape(&prometheus) == [])
            add(2, to: "y")
            clock.advance(by: .seconds(15))
            #expect(try await scrape(&prometheus) == [#"a_total{m="y"} 0"#])
            // Answered once the listener has noted that the page was written.
            try await prometheus.send("GET /-/healthy HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await prometheus.reply().status == 200)
            await listeners.group.triggerGracefulShutdown()
            await clock.somebodySleeps()
            #expect(try await scrape(&prometheus) == [#"a_total{m="y"} 2"#])
            #expect(await prometheus.bytesUntilClosed() == 0)
        }
    }

    @Test func `HEAD is no scrape`() async throws {
        try await open { listeners in
            var client = try await RawClient(to: listeners.web)
            #expect(try await scrape(&client) == [])
            add(2, to: "y")
            try await client.send("HEAD /metrics HTTP/1.1\r\nHost: test\r\n\(Self.declared)\r\n")
            #expect(try await client.reply(hasBody: false).status == 200)
            #expect(try await scrape(&client) == [#"a_total{m="y"} 0"#])
        }
    }

    @Test func `a page that broke off half way does not count as seen`() async throws {
        // More than any socket buffers on its own.
        let large = [UInt8](repeating: 0x61, count: 16 << 20)
        let asked = Mutex([BirthHorizon?]())
        let births: @Sendable () -> BirthHorizon = { [store] in store.update { $0.snapshot.births } }
        let start = births()
        let (rendered, rendering) = AsyncStream.makeStream(of: Void.self)
        try await TestListeners.open(page: { _, seen in
            asked.withLock { $0.append(seen) }
            rendering.yield()
            return RenderedPage(text: large, births: births())
        }) { listeners in
            #expect(try await scrapeOnce(listeners, "1.1").body.count == large.count)
            add(1, to: "x")
            let half = try await RawClient(to: listeners.web, readsAnswers: false)
            try await half.send(Self.get(Self.declared))
            var pages = 0
            for await _ in rendered {
                pages += 1
                if pages == 2 { break }
            }
            await half.close()
            await listeners.counters.waitUntilOpen(0, .web)
            for _ in 0..<2 { #expect(try await scrapeOnce(listeners, "1.1").body.count == large.count) }
            #expect(asked.withLock { $0 } == [nil, start, start, births()])
        }
    }
}
