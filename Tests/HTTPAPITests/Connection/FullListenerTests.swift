// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Dispatch
import HTTPAPI
import Ingest
import NIOCore
import Synchronization
import Testing

/// What a listener does that has all the connections it may have.
@Suite struct FullListenerTests {
    /// Opens connections that have had one answer each, one after the other.
    private static func idle(_ count: Int, to address: ListenAddress, from source: String) async throws -> [RawClient] {
        var clients: [RawClient] = []
        for _ in 0..<count {
            var client = try await RawClient(to: address, from: source)
            try await client.post([1])
            #expect(try await client.reply().status == 200)
            clients.append(client)
        }
        return clients
    }

    @Test func `the longest idle connection gives way, and every sender is answered`() async throws {
        // With one event loop, each connection is noted as idle before the next one is accepted.
        try await TestListeners.open({ ($0.maxConnections, $0.webConnections) = (5, 1) }, cores: 1) { listeners in
            var clients = try await Self.idle(4, to: listeners.otlp, from: "127.0.0.1")
            for round in 0..<8 {
                clients += try await Self.idle(1, to: listeners.otlp, from: "127.0.0.1")
                #expect(await clients[round].bytesUntilClosed() == 0)
            }
            #expect(listeners.counters.events == Array(repeating: .gaveWayIdle, count: 8))
            for client in clients { await client.close() }
        }
    }

    @Test func `a connection of the peer with the most gives way, not the oldest one`() async throws {
        try await TestListeners.open({ ($0.maxConnections, $0.webConnections) = (7, 1) }, cores: 1) { listeners in
            var modest = try await Self.idle(2, to: listeners.otlp, from: "127.0.0.2")
            var greedy = try await Self.idle(4, to: listeners.otlp, from: "127.0.0.3")
            // First of a stranger, then of the greedy peer itself: it is that peer's turn in both cases.
            let stranger = try await Self.idle(1, to: listeners.otlp, from: "127.0.0.4")
            #expect(await greedy[0].bytesUntilClosed() == 0)
            greedy += try await Self.idle(1, to: listeners.otlp, from: "127.0.0.3")
            #expect(await greedy[1].bytesUntilClosed() == 0)
            for index in modest.indices {
                try await modest[index].post([1])
                #expect(try await modest[index].reply().status == 200)
            }
            for client in modest + greedy + stranger { await client.close() }
        }
    }

    @Test func `an idle connection gives way before one whose body is on its way, and a new one after it`() async throws
    {
        try await TestListeners.open({ ($0.maxConnections, $0.webConnections) = (3, 1) }) { listeners in
            var body = try await RawClient(to: listeners.otlp)
            try await body.send(RawClient.head("Expect: 100-continue\r\nContent-Length: 5\r\n"))
            #expect(try await body.reply(hasBody: false).status == 100)
            var idle = try await Self.idle(1, to: listeners.otlp, from: "127.0.0.1")
            let new = try await RawClient(to: listeners.otlp)
            #expect(await idle[0].bytesUntilClosed() == 0)
            #expect(listeners.counters.events == [.gaveWayIdle])

            var last = try await RawClient(to: listeners.otlp)
            #expect(await body.bytesUntilClosed() == 0)
            try await last.post([1])
            #expect(try await last.reply().status == 200)
            #expect(listeners.counters.events == [.gaveWayIdle, .gaveWayReading])
            #expect(listeners.counters.bodies.map(\.outcome).contains(.interrupted))
            await new.close()
            await last.close()
        }
    }

    @Test func `a request in work never gives way, and the new connection is refused`() async throws {
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let mayEnd = DispatchSemaphore(value: 0)
        let ingest = StubIngest.waiting { body, _, _ throws(IngestError) in
            beginning.yield()
            mayEnd.wait()
            return .accepted(bytes: body.count)
        }
        try await TestListeners.open(
            { ($0.maxConnections, $0.webConnections, $0.workers) = (3, 1, 2) }, ingest: ingest
        ) { listeners in
            var senders: [RawClient] = []
            for _ in 0..<2 {
                let sender = try await RawClient(to: listeners.otlp)
                try await sender.post([1])
                senders.append(sender)
            }
            var begun = began.makeAsyncIterator()
            for _ in 0..<2 { await begun.next() }

            var refused = try await RawClient(to: listeners.otlp)
            #expect(await refused.bytesUntilClosed() == 0)
            #expect(listeners.counters.events == [.refusedFull])
            for _ in 0..<2 { mayEnd.signal() }
            for index in senders.indices {
                #expect(try await senders[index].reply().status == 200)
                await senders[index].close()
            }
        }
    }

    @Test func `the web listener answers however many connections the other one has`() async throws {
        try await TestListeners.open({ ($0.maxConnections, $0.webConnections) = (3, 1) }) { listeners in
            var senders: [RawClient] = []
            for _ in 0..<6 { senders.append(try await RawClient(to: listeners.otlp)) }
            var client = try await RawClient(to: listeners.web)
            try await client.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await client.reply().status == 200)
            #expect(listeners.counters.limits == [.otlp: 2, .web: 1])
            await client.close()
            for sender in senders { await sender.close() }
        }
    }

    @Test func `the web listener answers while every event loop of the other one is held up`() async throws {
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let mayGoOn = DispatchSemaphore(value: 0)
        let holdsUp = Atomic(false)
        var ingest = StubIngest(takesNow: false)
        ingest.begins = {
            guard holdsUp.load(ordering: .acquiring) else { return }
            beginning.yield()
            mayGoOn.wait()
        }
        try await TestListeners.open(ingest: ingest) { listeners in
            // Connections take turns at the two loops. Each has had an answer, so it is registered with its loop.
            var senders: [RawClient] = []
            for _ in 0..<8 {
                var sender = try await RawClient(to: listeners.otlp)
                try await sender.post([1])
                #expect(try await sender.reply().status == 200)
                senders.append(sender)
            }
            holdsUp.store(true, ordering: .releasing)
            for sender in senders { try await sender.post([1]) }
            var begun = began.makeAsyncIterator()
            for _ in 0..<2 { await begun.next() }
            var client = try await RawClient(to: listeners.web)
            try await client.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await client.reply().status == 200)
            for _ in senders { mayGoOn.signal() }
            for index in senders.indices {
                #expect(try await senders[index].reply().status == 200)
                await senders[index].close()
            }
            await client.close()
        }
    }

    @Test func `connections are counted in and out`() async throws {
        try await TestListeners.open { listeners in
            var clients: [RawClient] = []
            for count in 1...3 {
                clients.append(try await RawClient(to: listeners.otlp))
                await listeners.counters.waitUntilOpen(count, .otlp)
            }
            for (index, client) in clients.enumerated() {
                await client.close()
                await listeners.counters.waitUntilOpen(2 - index, .otlp)
            }
            #expect(listeners.counters.open(.web) == 0)
        }
    }
}
