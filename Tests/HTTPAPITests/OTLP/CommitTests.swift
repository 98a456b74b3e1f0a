// SPDX-License-Identifier: Apache-2.0
import Billing
import CallMetrics
import Ingest
import Logging
import ServiceLifecycle
import Testing

@testable import HTTPAPI

/// The intake answers 200 only once what a body brought is stored.
@Suite struct CommitTests {
    /// A ticket whose end a test decides.
    private final class ManualTicket: CommitTicket {
        private let awaited = AsyncStream.makeStream(of: Void.self)
        private let end = AsyncStream.makeStream(of: Result<Void, any Error>.self)

        func committed() async throws {
            awaited.continuation.yield()
            for await result in end.stream { return try result.get() }
            // The stream ends early only when the task is cancelled.
            throw CancellationError()
        }

        /// Waits until the intake waits.
        func isAwaited() async { for await _ in awaited.stream { return } }

        func finish(_ result: Result<Void, any Error>) { end.continuation.yield(result) }
    }

    private struct DiskFull: Error, CustomStringConvertible {
        var description: String { "no space left on the device" }
    }

    /// Gives a ticket to each body of a size, and none to the others.
    private static func ingest(_ ticket: ManualTicket, for size: Int) -> StubIngest {
        StubIngest { body, _, _ throws(IngestError) in
            var receipt = IngestReceipt.accepted(bytes: body.count)
            if body.count == size { receipt.commit = ticket }
            return receipt
        }
    }

    @Test func `an answer waits for the ticket, without a worker and without the body's memory`() async throws {
        let ticket = ManualTicket()
        try await TestListeners.open(
            {
                $0.maxBodyBytes = 1000
                $0.maxInflatedBytes = 1000
                $0.maxInflightBytes = 1000
                $0.workers = 1
            }, ingest: Self.ingest(ticket, for: 900)
        ) { listeners in
            var first = try await RawClient(to: listeners.otlp)
            try await first.post([UInt8](repeating: 0, count: 900))
            await ticket.isAwaited()
            #expect(listeners.counters.bodies.isEmpty)

            var second = try await RawClient(to: listeners.otlp)
            try await second.post([UInt8](repeating: 0, count: 901))
            #expect(try await second.reply().status == 200)
            #expect(listeners.counters.bodies.map(\.receivedBytes) == [901])

            ticket.finish(.success(()))
            #expect(try await first.reply().status == 200)
            #expect(listeners.counters.bodies.map(\.receivedBytes) == [901, 900])
            #expect(listeners.counters.bodies.map(\.outcome) == [.accepted, .accepted])
            await first.close()
            await second.close()
        }
    }

    @Test(arguments: [("application/x-protobuf"), ("application/json")])
    func `a body that cannot be stored is answered 503, counted and logged once`(type: String) async throws {
        let (ticket, log) = (ManualTicket(), RecordedLog())
        try await TestListeners.open(ingest: Self.ingest(ticket, for: 3), logger: log.logger) { listeners in
            var client = try await RawClient(to: listeners.otlp)
            for _ in 0..<3 {
                try await client.send(
                    "POST /v1/traces HTTP/1.1\r\nHost: test\r\nContent-Type: \(type)\r\nContent-Length: 3\r\n\r\nabc")
                await ticket.isAwaited()
                ticket.finish(.failure(DiskFull()))
                let reply = try await client.reply()
                #expect(reply.status == 503)
                #expect(reply.headers["content-type"] == type)
                #expect(reply.headers["retry-after"] == "1")
                #expect(reply.headers["connection"] == nil)
                #expect(reply.text.contains("could not be stored; send the body again"))
            }
            let body = RecordingCounters.Body(outcome: .unsynced, receivedBytes: 3, inflatedBytes: 3)
            #expect(listeners.counters.bodies == [body, body, body])
            let lines = log.lines.filter { $0.level == .error }
            #expect(lines.map(\.text) == ["spans could not be stored: their senders were asked to send them again"])
            #expect(lines.first?.metadata["error"] == "no space left on the device")
            await client.close()
        }
    }

    @Test func `a sender that goes away while its body is stored leaves nothing behind`() async throws {
        let ticket = ManualTicket()
        try await TestListeners.open(
            {
                $0.maxBodyBytes = 1000
                $0.maxInflatedBytes = 1000
                $0.maxInflightBytes = 1000
            }, ingest: Self.ingest(ticket, for: 900)
        ) { listeners in
            for _ in 0..<3 {
                let client = try await RawClient(to: listeners.otlp)
                try await client.post([UInt8](repeating: 0, count: 900))
                await ticket.isAwaited()
                await client.close()
                ticket.finish(.success(()))
                await listeners.counters.waitUntilOpen(0, .otlp)
            }
            var last = try await RawClient(to: listeners.otlp)
            try await last.post([UInt8](repeating: 0, count: 1000))
            #expect(try await last.reply().status == 200)
            #expect(listeners.counters.bodies.map(\.receivedBytes) == [900, 900, 900, 1000])
            await last.close()
        }
    }

    @Test func `a shutdown does not wait for a ticket beyond its limit, and the sender gets no answer`() async throws {
        let ticket = ManualTicket()
        try await TestListeners.open(
            { $0.finishRequests = .zero }, ingest: Self.ingest(ticket, for: 3)
        ) { listeners in
            let client = try await RawClient(to: listeners.otlp)
            try await client.post([1, 2, 3])
            await ticket.isAwaited()
            await listeners.group.triggerGracefulShutdown()
            #expect(await listeners.counters.nextBody()?.outcome == .interrupted)
            await client.close()
        }
    }
}
