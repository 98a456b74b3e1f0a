// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Ingest
import OTLP
import Synchronization
import Testing

@testable import HTTPAPI

/// Which bodies an event loop takes itself, and that no one can tell from the answers.
@Suite struct SmallBodiesTests {
    private enum Taker { case loop, worker }

    /// Records who takes a body; its first byte says what the body needs.
    private final class Rooms: BodyIngesting {
        let taken = Mutex([(taker: Taker, bytes: Int)]())
        let hasMemory: Bool

        init(hasMemory: Bool = true) { self.hasMemory = hasMemory }

        var takers: [Taker] { taken.withLock { $0.map(\.taker) } }

        func ingest(
            _ body: Span<UInt8>, arrival: BodyArrival, reserve: (Int) -> Bool
        ) throws(IngestError) -> IngestReceipt { try take(body, .worker, reserve) }

        func ingestNow(
            _ body: Span<UInt8>, arrival: BodyArrival, reserve: (Int) -> Bool
        ) throws(IngestError) -> IngestReceipt? { hasMemory ? try take(body, .loop, reserve) : nil }

        func ingest(
            _ request: StrippedRequest, arrival: BodyArrival, reserve: (Int) -> Bool
        ) throws(IngestError) -> IngestReceipt { .accepted(bytes: request.bytes.count) }

        func stripper(for arrival: BodyArrival, bytes: Int) -> AttributeStripper? { nil }

        private func take(
            _ body: Span<UInt8>, _ taker: Taker, _ reserve: (Int) -> Bool
        ) throws(IngestError) -> IngestReceipt {
            let first = body.isEmpty ? 0 : body[0]
            if first == SmallBodiesTests.large { guard reserve(2 << 20) else { throw .busy("no memory for the body") } }
            taken.withLock { $0.append((taker, body.count)) }
            if first == SmallBodiesTests.broken { throw .unreadable("no spans") }
            var receipt = IngestReceipt.accepted(bytes: body.count)
            if first == SmallBodiesTests.numbered { receipt.message = "number \(body[1])" }
            return receipt
        }
    }

    fileprivate static let (large, broken, numbered): (UInt8, UInt8, UInt8) = (1, 2, 3)

    private static func request(_ body: [UInt8], _ headers: String = "") -> [UInt8] {
        Array(RawClient.head("\(headers)Content-Length: \(body.count)\r\n").utf8) + body
    }

    /// Opens listeners, sends bytes on one connection, and returns the statuses of the answers.
    private static func statuses(
        of rooms: Rooms, _ answers: Int, sending pieces: [[UInt8]],
        _ check: (TestListeners) async throws -> Void = { _ in }
    ) async throws -> [Int] {
        var statuses: [Int] = []
        try await TestListeners.open(ingest: rooms) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            for piece in pieces { try await client.send(piece) }
            for _ in 0..<answers { statuses.append(try await client.reply().status) }
            try await check(listeners)
            await client.close()
        }
        return statuses
    }

    @Test(arguments: [
        ([], Taker.loop, 200), ([0, 1, 2], .loop, 200), ([UInt8](repeating: 0, count: 8_000), .loop, 200),
        // More than an event loop takes, as sent or to be worked on.
        ([UInt8](repeating: 0, count: 16_385), .worker, 200), ([large], .worker, 200), ([broken], .loop, 400),
    ])
    private func `the size of a body decides who takes it`(body: [UInt8], taker: Taker, status: Int) async throws {
        let rooms = Rooms()
        let statuses = try await Self.statuses(of: rooms, 1, sending: [Self.request(body)]) { listeners in
            #expect(listeners.counters.bodies.map(\.receivedBytes) == [body.count])
        }
        #expect(statuses == [status])
        #expect(rooms.takers == [taker])
    }

    @Test func `a body that finds no memory to work with goes to a worker`() async throws {
        let rooms = Rooms(hasMemory: false)
        #expect(try await Self.statuses(of: rooms, 1, sending: [Self.request([0])]) == [200])
        #expect(rooms.takers == [.worker])
    }

    @Test func `a body whose headers come first is still small`() async throws {
        let rooms = Rooms()
        try await TestListeners.open(ingest: rooms) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            for _ in 0..<3 {
                let request = Self.request([0, 1, 2])
                try await client.send(Array(request.dropLast(3)))
                await listeners.counters.waitUntilOpen(1, .otlp)
                try await client.send(Array(request.suffix(3)))
                #expect(try await client.reply().status == 200)
            }
            await client.close()
        }
        #expect(rooms.takers == [.loop, .loop, .loop])
    }

    @Test func `requests sent ahead are answered in their order, whoever takes them`() async throws {
        let rooms = Rooms()
        let bodies = (0..<60).map { number -> [UInt8] in
            [Self.numbered, number] + [UInt8](repeating: 0, count: number % 7 == 3 ? 20_000 : Int(number))
        }
        try await TestListeners.open(ingest: rooms) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(bodies.flatMap { Self.request($0) })
            for number in bodies.indices {
                let reply = try await client.reply()
                #expect(reply.status == 200)
                #expect(reply.text.contains("number \(number)"), "\(reply.text)")
            }
            #expect(listeners.counters.bodies.map(\.receivedBytes) == bodies.map(\.count))
            await client.close()
        }
        #expect(Set(rooms.takers) == [.loop, .worker])
    }

    @Test(arguments: [0, 2])
    func `a sender that goes away before its body has come is counted once`(early: Int) async throws {
        let rooms = Rooms()
        try await TestListeners.open(ingest: rooms) { listeners in
            let client = try await RawClient(to: listeners.otlp)
            try await client.send(
                Array(RawClient.head("Content-Length: 3\r\n").utf8) + [UInt8](repeating: 0, count: early))
            await client.close()
            #expect(await listeners.counters.nextBody()?.outcome == .interrupted)
            await listeners.counters.waitUntilOpen(0, .otlp)
            #expect(listeners.counters.bodies.map(\.receivedBytes) == [early])
        }
        #expect(rooms.takers.isEmpty)
    }

    @Test func `the time of a body begins with its headers, whoever answers it`() async throws {
        try await TestListeners.open({ $0.bodyTimeout = .milliseconds(40) }, ingest: Rooms()) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            try await client.send(RawClient.head("Content-Length: 3\r\n"))
            #expect(try await client.reply().status == 408)
            #expect(listeners.counters.nanoseconds.allSatisfy { $0 >= 40_000_000 })
            await client.close()
        }
    }

    @Test(arguments: [(65_536, Taker.loop), (65_537, .worker), (1 << 31, .worker)])
    private func `the size that a gzip body states decides who inflates it`(bytes: Int, taker: Taker) async throws {
        let rooms = Rooms()
        let size = (0..<4).map { UInt8(truncatingIfNeeded: bytes >> ($0 * 8)) }
        let request = Self.request([0x1F, 0x8B] + size, "Content-Encoding: gzip\r\n")
        #expect(try await Self.statuses(of: rooms, 1, sending: [request]) == [200])
        #expect(rooms.takers == [taker])
    }

    @Test(arguments: ["Connection: close\r\n", "Content-Type: text/plain\r\n", "Content-Encoding: br\r\n"])
    func `an answer that ends its connection or refuses the headers comes from the connection's task`(
        header: String
    ) async throws {
        let rooms = Rooms()
        let statuses = try await Self.statuses(of: rooms, 1, sending: [Self.request([0], header)])
        #expect(statuses == [header.hasPrefix("Content") ? 415 : 200])
        #expect(!rooms.takers.contains(.loop))
    }
}
