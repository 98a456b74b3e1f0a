// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Ingest
import OTLP
import Synchronization
import TestData
import TestRooms
import Testing

/// The ticket that a receipt has for a body.
@Suite struct CommitTicketTests {
    /// Counts what arrives; a ticket stands for the spans up to then.
    private final class Counter: ArrivalJournal {
        struct Ticket: CommitTicket {
            let spans: Int

            func committed() async throws {}
        }

        private let spans = Mutex(0)
        let arrivals = Atomic(0)

        func arrived(
            _ calls: Span<ModelCall>, _ passThrough: Span<PassThroughSpan>, from peer: UInt64, at time: UInt64?
        ) {
            arrivals.wrappingAdd(1, ordering: .relaxed)
            let count = calls.count + passThrough.count
            spans.withLock { $0 += count }
        }

        func decided(
            _ counted: Span<ModelCall>, _ fates: Span<SpanFate>, dropped: Span<DroppedSpan>, at time: UInt64?
        ) {}

        func ticket() -> any CommitTicket { Ticket(spans: spans.withLock { $0 }) }
    }

    /// Takes no spans.
    private struct Full: ArrivalJournal {
        let refusesBecauseStopping: Bool

        var isAccepting: Bool { false }

        func arrived(
            _ calls: Span<ModelCall>, _ passThrough: Span<PassThroughSpan>, from peer: UInt64, at time: UInt64?
        ) {}

        func decided(
            _ counted: Span<ModelCall>, _ fates: Span<SpanFate>, dropped: Span<DroppedSpan>, at time: UInt64?
        ) {}

        func ticket() -> any CommitTicket { Counter.Ticket(spans: 0) }
    }

    @Test(arguments: [(false, "since the disk is full, slow or failing"), (true, "since the service is stopping")])
    func `a sender is told why its spans cannot be stored, and to send them again`(
        isStopping: Bool, reason: String
    ) throws {
        let replayed = try Replayed(journal: Full(refusesBecauseStopping: isStopping))
        let error = #expect(throws: IngestError.self) { try replayed.ingest(Self.body(3)) }
        #expect(error == .busy("spans cannot be stored at the moment, \(reason); send the body again"))
    }

    /// A body of calls and spans that are no calls.
    private static func body(_ count: Int) -> [UInt8] {
        TraceRequestWriter().request(
            spans: (0..<count).map { number in
                TraceRequestWriter.Span(
                    traceID: [UInt8](1...15) + [UInt8(number)], spanID: [UInt8](1...7) + [UInt8(number)],
                    attributes: number % 3 == 0 ? [] : [("gen_ai.operation.name", .string("chat"))])
            })
    }

    @Test(arguments: [nil, SliceSize(origins: 4, attributes: 16)])
    func `a receipt has the ticket of the whole body, in however many slices it is taken`(slice: SliceSize?) throws {
        let journal = Counter()
        let replayed = try Replayed(slice: slice, journal: journal)
        let first = try #require(try replayed.ingest(Self.body(30)).commit as? Counter.Ticket)
        #expect(first.spans == 30)
        #expect((journal.arrivals.load(ordering: .relaxed) > 1) == (slice != nil))
        let second = try #require(try replayed.ingest(Self.body(20)).commit as? Counter.Ticket)
        #expect(second.spans == 50)
    }

    @Test func `there is no ticket without a journal, nor for a body without spans`() throws {
        #expect(try Replayed().ingest(Self.body(3)).commit == nil)
        #expect(try Replayed(journal: Counter()).ingest([UInt8]()).commit == nil)
    }
}
