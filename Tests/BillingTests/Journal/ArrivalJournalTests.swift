// SPDX-License-Identifier: Apache-2.0
import Billing
import Dispatch
import GenAI
import Synchronization
import TestData
import Testing

/// A journal gets arrivals and decisions in one order, and they suffice to repeat the billing.
@Suite struct ArrivalJournalTests {
    private static func body(_ spans: [TestSpan]) -> InterpretedSpans {
        var body = InterpretedSpans()
        for span in spans {
            switch span {
            case .call(let call): body.calls.append(call)
            case .passThrough(let span): body.passThrough.append(span)
            }
        }
        return body
    }

    @Test func `arrivals come in order with sender and time, each body in steps of 256 spans`() {
        let journal = RecordingJournal()
        let biller = Biller(journal: journal)
        var billed = Billed()
        let spans = (1...600).map { TestSpan.call($0, in: $0, below: 9_000 + $0) }
        let steps = (1...300).map { TestSpan.passThrough(9_000 + $0, in: $0) }
        biller.take(spans + steps, from: 7, now: 5, into: &billed)
        biller.take([.call(601, in: 601)], from: 8, now: 6, into: &billed)
        let sizes = journal.records.map { record in
            guard case .arrived(let calls, let passThrough, let peer, let time) = record else { return "decided" }
            return "\(calls.count) \(passThrough.count) \(peer) \(time ?? 0)"
        }
        #expect(sizes == ["256 256 7 5", "256 44 7 5", "88 0 7 5", "1 0 8 6"])
        #expect(journal.arrivals.map(\.identity.spanID) == Array(1...601))
    }

    @Test func `a decision tells the counted calls as they are counted, and what became of the others`() {
        let journal = RecordingJournal()
        let biller = Biller(journal: journal)
        var billed = Billed()
        let name = Symbol(number: 9)
        biller.take(
            [
                .call(1, time: 10...20) { $0.responseModel = name },
                .call(2, in: 2, scope: 2, time: 9...21), .aggregate(3, in: 3, nil), .call(1, time: 10...20),
            ], now: 0, into: &billed)
        biller.settle(now: 11 * second, into: &billed)
        #expect(billed.calls.map(\.identity.spanID) == [1])
        #expect(journal.counted.map { "\($0)" } == billed.calls.map { "\($0)" })
        let fates = journal.fates.map { "\($0.identity.spanID) \($0.outcome.rawValue)" }
        #expect(fates == ["3 repeats_children", "1 duplicate", "1 counted", "2 twin"])
        #expect(journal.fates.last?.inFavourOf?.spanID == 1)
        guard case .decided(_, _, let time) = journal.records.last else {
            Issue.record("the last record is no decision")
            return
        }
        #expect(time == 11 * second)
        #expect(billed.report.fates == [], "the caller did not ask for fates")
    }

    @Test func `spans that a full window decides early are recorded before the arrivals that they make room for`() {
        let journal = RecordingJournal()
        var configuration = BillingConfiguration()
        configuration.maxWaiting = 256
        let biller = Biller(configuration: configuration, journal: journal)
        var billed = Billed()
        biller.take((1...2_000).map { .call($0, in: $0) }, now: 0, into: &billed)
        #expect(billed.report.settledEarly > 1_000)
        let kinds = journal.records.map { record in
            if case .arrived = record { "arrived" } else { "decided" }
        }
        #expect(Array(kinds.prefix(5)) == ["arrived", "decided", "arrived", "decided", "arrived"])
        #expect(journal.decidedTooEarly == [])
        #expect(journal.counted.map(\.identity) == billed.calls.map(\.identity))
    }

    @Test func `from several threads each span arrives once, in the order of its body, before its one decision`() {
        let journal = RecordingJournal()
        let biller = Biller(journal: journal)
        let (senders, bodies, spans) = (4, 20, 700)
        let counted = Mutex(0)
        let clock = Atomic<UInt64>(0)
        DispatchQueue.concurrentPerform(iterations: senders + 1) { sender in
            let now: () -> UInt64 = { clock.wrappingAdd(1_000_000, ordering: .relaxed).newValue }
            for number in 0..<bodies {
                guard sender < senders else {
                    biller.settle(now: now) { calls, _ in counted.withLock { $0 += calls.count } }
                    continue
                }
                let first = UInt64(number * spans + 1)
                let body = Self.body(
                    (first..<first + UInt64(spans)).map { .call($0, in: UInt64(sender), process: UInt64(sender)) })
                var settled: [ModelCall] = []
                _ = biller.arrive(body, from: UInt64(sender), now: now, settled: &settled)
                counted.withLock { $0 += settled.count }
            }
        }
        biller.settle(now: nil) { calls, _ in counted.withLock { $0 += calls.count } }
        let all = senders * bodies * spans
        #expect(counted.withLock { $0 } == all)
        let arrivals = journal.arrivals
        #expect(arrivals.count == all)
        for sender in 0..<UInt64(senders) {
            let own = arrivals.filter { $0.identity.traceIDLow == sender }.map(\.identity.spanID)
            #expect(own == Array(1...UInt64(bodies * spans)))
        }
        #expect(journal.decidedTooEarly == [])
        #expect(journal.fates.count == all)
        #expect(Set(journal.counted.map(\.identity)).count == all)
    }

    @Test(arguments: 0..<20)
    func `recorded arrivals give the same totals in a second window, and decisions alone give those of the first`(
        row: Int
    ) {
        for seed in row * 20..<(row + 1) * 20 {
            var world = GeneratedWorld(seed: UInt64(seed))
            let spans = world.spans(order: seed % 4)
            let journal = RecordingJournal()
            let biller = Biller(journal: journal)
            var first = Billed()
            for span in spans { biller.take([span], into: &first) }
            biller.settleAll(into: &first)
            #expect(journal.counted.map { "\($0)" } == first.calls.map { "\($0)" })
            #expect(journal.decidedTooEarly == [])

            let second = Biller()
            var again = Billed()
            for record in journal.records {
                guard case .arrived(let calls, let passThrough, let peer, let time) = record else { continue }
                second.take(
                    calls.map(TestSpan.call) + passThrough.map(TestSpan.passThrough), from: peer, now: time,
                    into: &again)
            }
            second.settleAll(into: &again)
            #expect(Ledger(again.calls) == Ledger(first.calls), "seed \(seed)")
            #expect(Ledger(first.calls) == world.ledger, "seed \(seed)")
            #expect(again.report == first.report, "seed \(seed)")
        }
    }

    @Test func `a journal changes neither what is counted nor the report`() {
        for seed in 0..<100 {
            var world = GeneratedWorld(seed: UInt64(seed))
            let spans = world.spans(order: seed % 4)
            var (with, without) = (Billed(), Billed())
            let (recorded, plain) = (Biller(journal: RecordingJournal()), Biller())
            for span in spans {
                recorded.take([span], into: &with)
                plain.take([span], into: &without)
            }
            recorded.settleAll(into: &with)
            plain.settleAll(into: &without)
            #expect(with.report == without.report)
            #expect(Ledger(with.calls) == Ledger(without.calls))
        }
    }

    @Test func `each body with spans gets a ticket for its own spans, and none without a journal`() async throws {
        let journal = RecordingJournal()
        let biller = Biller(journal: journal)
        var settled: [ModelCall] = []
        func arrive(_ spans: [TestSpan], at biller: Biller) -> (any CommitTicket)? {
            biller.arrive(Self.body(spans), now: { 0 }, settled: &settled).commit
        }
        let first = try #require(arrive((1...1_000).map { .call($0, in: $0) }, at: biller))
        let second = try #require(arrive([.passThrough(1_001, in: 1_001)], at: biller))
        #expect(arrive([], at: biller) == nil)
        #expect(arrive([.call(1)], at: Biller()) == nil)

        // The first body took four steps.
        journal.durable.withLock { $0 = 4 }
        try await first.committed()
        await #expect(throws: RecordingJournal.NotDurable.self) { try await second.committed() }
        journal.durable.withLock { $0 = 3 }
        await #expect(throws: RecordingJournal.NotDurable.self) { try await first.committed() }
        journal.durable.withLock { $0 = 5 }
        try await second.committed()
    }
}
