// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Synchronization
import TestData
import Testing

/// A journal that wants them gets the spans that are not counted, live as from the records of an earlier process.
@Suite struct DroppedSpanTests {
    /// What a test compares of a dropped span.
    private static func texts(_ dropped: [DroppedSpan]) -> [String] {
        dropped.map { span in
            "\(span.call.identity) \(span.call.usage[.input]) \(span.call.parentSpanID) \(span.outcome) "
                + "\(span.inFavourOf.map { "\($0)" } ?? "-")"
        }
    }

    private static func dropped(_ journal: RecordingJournal) -> [String] { texts(journal.dropped.withLock { $0 }) }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `each span that is not counted is handed over with its fate, in order`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let journal = RecordingJournal(wantsDropped: true)
        let biller = Biller(journal: journal)
        var billed = Billed()
        // Copies come in later bodies, too.
        let spans = ReplayTests.spans(&generator)
        for span in spans + spans.prefix(10) { biller.take([span], now: 0, into: &billed) }
        biller.settle(now: 100 * second, into: &billed)
        biller.settle(now: 200 * second, into: &billed)
        let fates = journal.fates.filter { $0.outcome != .counted }
        let dropped = journal.dropped.withLock { $0 }
        #expect(dropped.map(\.call.identity) == fates.map(\.identity))
        #expect(dropped.map(\.outcome) == fates.map(\.outcome))
        #expect(dropped.map(\.inFavourOf) == fates.map(\.inFavourOf))
        #expect(dropped.count + journal.counted.count == journal.arrivals.count)
        // What was counted and what was not is all that arrived.
        let arrived = journal.arrivals.map { $0.usage[.input] }.sorted()
        #expect((dropped.map { $0.call.usage[.input] } + journal.counted.map { $0.usage[.input] }).sorted() == arrived)

        let other = RecordingJournal()
        let unwanting = Biller(journal: other)
        for span in spans { unwanting.take([span], now: 0, into: &billed) }
        unwanting.settle(now: 100 * second, into: &billed)
        #expect(other.dropped.withLock { $0.isEmpty })
    }

    @Test func `of two copies, the one with less usage is dropped, whichever comes first`() {
        let journal = RecordingJournal(wantsDropped: true)
        let biller = Biller(journal: journal)
        var billed = Billed()
        biller.take([.call(1, in: 1, 5, 1), .call(2, in: 2, 9, 1)], now: 0, into: &billed)
        biller.take([.call(1, in: 1, 7, 1), .call(2, in: 2, 8, 1)], now: 0, into: &billed)
        #expect(journal.dropped.withLock { $0.map { $0.call.usage[.input] } } == [5, 8])
        biller.settle(now: 100 * second, into: &billed)
        #expect(journal.counted.map { $0.usage[.input] }.sorted() == [7, 9])
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `from records, the dropped spans are those of the process that wrote them`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let spans = ReplayTests.spans(&generator)
        let journal = RecordingJournal(wantsDropped: true)
        let first = Biller(journal: journal)
        var billed = Billed()
        for span in spans + spans.prefix(10) { first.take([span], now: 0, into: &billed) }
        if Bool.random(using: &generator) { first.settle(now: 100 * second, into: &billed) }
        for span in spans.suffix(5) { first.take([span], now: 100 * second, into: &billed) }
        first.settle(now: 250 * second, into: &billed)
        let other = Biller(journal: RecordingJournal(wantsDropped: true))
        #expect(Self.texts(journal.replayed(into: other)) == Self.dropped(journal))
        #expect(other.decidedWithoutRecord.fates.isEmpty)
    }

    @Test func `a crash between an arrival and what it decided leaves the decision to the next process`() {
        let journal = RecordingJournal(wantsDropped: true)
        let first = Biller(journal: journal)
        var billed = Billed()
        first.take([.call(1, in: 1, 5, 1)], now: 0, into: &billed)
        first.take([.call(1, in: 1, 4, 1)], now: 0, into: &billed)
        #expect(Self.dropped(journal).count == 1)
        journal.loseLast()
        let next = RecordingJournal(wantsDropped: true)
        let second = Biller(journal: next)
        #expect(journal.replayed(into: second).isEmpty)
        let left = second.decidedWithoutRecord
        #expect(Self.texts(left.dropped) == Self.dropped(journal))
        #expect(left.fates.map(\.outcome) == [.duplicate])
    }

    @Test(arguments: [false, true])
    func `after such a crash, the decision of the span that waits is not taken for that of its copy`(isTold: Bool) {
        let journal = RecordingJournal(wantsDropped: true)
        let first = Biller(journal: journal)
        var billed = Billed()
        first.take([.call(1, in: 1, 5, 1)], now: 0, into: &billed)
        first.take([.call(1, in: 1, 4, 1)], now: 0, into: &billed)
        journal.loseLast()
        let other = Biller(journal: journal)
        #expect(journal.replayed(into: other).isEmpty)
        let left = other.decidedWithoutRecord
        other.endReplay(at: 0, isComplete: true)
        // Earlier versions did not write what was left.
        if isTold { journal.decided([ModelCall]().span, left.fates.span, dropped: left.dropped.span, at: 0) }
        other.settle(now: 100 * second, into: &billed)
        #expect(billed.ids == [1])
        let third = Biller(journal: RecordingJournal(wantsDropped: true))
        #expect(journal.replayed(into: third).count == (isTold ? 1 : 0))
        #expect(third.endReplay(at: 100 * second, isComplete: true) == 0, "it would count twice")
    }
}

extension RecordingJournal {
    /// Plays the records into another biller.
    ///
    /// - Returns: The dropped spans of its decisions.
    fileprivate func replayed(into biller: Biller) -> [DroppedSpan] {
        records.flatMap { record in
            switch record {
            case .arrived(let calls, let passThrough, let peer, let time):
                biller.replay(calls.span, passThrough.span, from: peer, in: 1, at: time ?? 0)
                return [DroppedSpan]()
            case .decided(let calls, let fates, _): return biller.replay(calls, fates)
            }
        }
    }
}
