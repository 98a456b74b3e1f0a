// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Ingest
import OTLP
import Synchronization
import TestData
import TestRooms
import Testing

/// What an observer of batches sees, and when.
@Suite struct BatchObserverTests {
    /// Writes down each step.
    private final class Recorder: BatchObserver {
        let needsAccounts: Bool
        private let recorded = Mutex([String]())

        init(needsAccounts: Bool = false) { self.needsAccounts = needsAccounts }

        var steps: [String] { recorded.withLock { $0 } }

        func observe(
            _ batch: SpanBatch, body: Span<UInt8>, arrival: BodyArrival, spans: borrowing InterpretedSpans
        ) {
            let names = batch.spans.map { $0.name.text(in: body) }.joined(separator: " ")
            let step =
                "\(names): calls \(spans.calls.count), accounts \(spans.accounts.count), peer \(arrival.peer)"
            recorded.withLock { $0.append(step) }
        }

        func decided(_ report: BillingReport) { recorded.withLock { $0.append("decided \(report.decided)") } }
    }

    /// Has the default answers.
    private final class Counter: BatchObserver {
        let batches = Atomic<Int>(0)

        func observe(
            _ batch: SpanBatch, body: Span<UInt8>, arrival: BodyArrival, spans: borrowing InterpretedSpans
        ) {
            batches.wrappingAdd(1, ordering: .relaxed)
        }
    }

    private static func call(_ number: UInt8, _ name: String) -> TraceRequestWriter.Span {
        var span = chat(number, usage(10 * Int64(number), Int64(number)))
        span.name = name
        return span
    }

    @Test(arguments: [(false, 0), (true, 2)])
    func `each observer sees a batch before it is billed, and then what was decided`(
        needsAccounts: Bool, accounts: Int
    ) throws {
        let (recorder, counter) = (Recorder(needsAccounts: needsAccounts), Counter())
        let rooms = try Replayed(observers: [recorder, counter])
        let body = TraceRequestWriter().request(spans: [Self.call(1, "a"), Self.call(2, "b")])
        _ = try rooms.pipeline.ingest(body.span, arrival: BodyArrival(peer: 7), reserve: { _ in true })
        #expect(recorder.steps == ["a b: calls 2, accounts \(accounts), peer 7", "decided 0"])
        rooms.pipeline.settleAll(arrivalNanoseconds: nil)
        #expect(recorder.steps.dropFirst(2) == ["decided 2"])
        #expect(counter.batches.load(ordering: .relaxed) == 1)
        #expect(rooms.samples("llm_requests_total") == [#"{model="gpt-4o",operation="chat"} 2"#])
    }

    @Test func `a large body comes slice by slice, in order`() throws {
        let recorder = Recorder()
        let rooms = try Replayed(slice: SliceSize(origins: 4, attributes: 16), observers: [recorder])
        let names = (1...9).map { "call\($0)" }
        try rooms.ingest(names.enumerated().map { Self.call(UInt8($0 + 1), $1) })
        let batches = recorder.steps.filter { !$0.hasPrefix("decided") }
        #expect(batches.count > 1)
        #expect(batches.flatMap { $0.prefix { $0 != ":" }.split(separator: " ").map(String.init) } == names)
    }

    @Test func `a body that is refused as a whole does not come`() throws {
        let counter = Counter()
        let rooms = try Replayed(observers: [counter])
        let body = TraceRequestWriter().request(spans: [Self.call(1, "a")])
        #expect(throws: IngestError.self) { try rooms.ingest(Array(body.dropLast(3))) }
        #expect(throws: IngestError.self) {
            try rooms.pipeline.ingest(body.span, arrival: BodyArrival(), reserve: { _ in false })
        }
        #expect(counter.batches.load(ordering: .relaxed) == 0)
    }
}
