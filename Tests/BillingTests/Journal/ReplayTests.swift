// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import TestData
import Testing

/// A window that is rebuilt from a journal decides what the first one would have decided.
@Suite struct ReplayTests {
    /// Plays a journal into a new biller, which has one of its own.
    private static func replayed(
        _ journal: RecordingJournal, into biller: Biller = Biller(journal: RecordingJournal()),
        at now: UInt64 = 1_000 * second
    ) -> Biller {
        for record in journal.records {
            switch record {
            case .arrived(let calls, let passThrough, let peer, _):
                biller.replay(calls.span, passThrough.span, from: peer, in: 1, at: now)
            case .decided(let calls, let fates, _): biller.replay(calls, fates)
            }
        }
        biller.endReplay(at: now, isComplete: true)
        return biller
    }

    @Test func `a span of before is known after: a copy is a duplicate, whether or not it is decided`() {
        let journal = RecordingJournal()
        let biller = Biller(journal: journal)
        var billed = Billed()
        biller.take([.call(1, in: 1)], now: 0, into: &billed)
        biller.settle(now: 20 * second, into: &billed)
        biller.take([.call(2, in: 2)], now: 20 * second, into: &billed)
        let other = Self.replayed(journal)
        #expect(other.levels.waitingSpans == 1)
        var after = Billed()
        other.take([.call(1, in: 1), .call(2, in: 2), .call(3, in: 3)], now: 1_001 * second, into: &after)
        #expect(after.report.duplicates == 2)
        other.settle(now: 1_020 * second, into: &after)
        #expect(after.ids == [2, 3])
    }

    @Test func `an agent that comes after its call was counted is dropped, and one without calls is counted`() {
        let journal = RecordingJournal()
        let biller = Biller(journal: journal)
        var billed = Billed()
        biller.take([.call(1, in: 1, below: 9), .passThrough(8, in: 2, below: 7)], now: 0, into: &billed)
        biller.settle(now: 20 * second, into: &billed)
        #expect(billed.ids == [1])
        let other = Self.replayed(journal)
        var after = Billed()
        other.take(
            [.aggregate(9, in: 1), .aggregate(7, in: 2), .call(5, in: 2, below: 8)], now: 1_001 * second, into: &after)
        other.settle(now: 1_100 * second, into: &after)
        #expect(after.ids == [5])
        #expect(after.report.repeatsChildren == 2)
    }

    @Test func `a decision of other rules holds`() {
        let journal = RecordingJournal()
        let both = [ModelCall].of(.call(1, in: 1), .call(2, in: 2))
        let (counted, nothing, passThrough) = ([both[0]], [ModelCall](), [PassThroughSpan]())
        let counting = [SpanFate(identity: both[0].identity, outcome: .counted)]
        // These rules would count both.
        let twin = [SpanFate(identity: both[1].identity, outcome: .twin)]
        journal.arrived(both.span, passThrough.span, from: 0, at: 0)
        journal.decided(counted.span, counting.span, dropped: [DroppedSpan]().span, at: 0)
        journal.decided(nothing.span, twin.span, dropped: [DroppedSpan]().span, at: 0)
        let other = Self.replayed(journal)
        #expect(other.levels.waitingSpans == 0)
        var after = Billed()
        other.take([.call(2, in: 2)], now: 1_001 * second, into: &after)
        other.settle(now: 1_100 * second, into: &after)
        #expect(after.ids == [])
        #expect(after.report.duplicates == 1)
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `cut anywhere, the rest of random spans is decided as without the cut`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let spans = Self.spans(&generator)
        var undisturbed = Billed()
        // A folder keeps the secret, on which the order of spans that are equal in all else depends.
        let one = Biller(secret: seed)
        for span in spans { one.take([span], now: 0, into: &undisturbed) }
        one.settle(now: 100 * second, into: &undisturbed)
        one.settle(now: 200 * second, into: &undisturbed)

        let cut = Int.random(in: 0...spans.count, using: &generator)
        let journal = RecordingJournal()
        let first = Biller(journal: journal, secret: seed)
        var billed = Billed()
        for span in spans[..<cut] { first.take([span], now: 0, into: &billed) }
        // Copies of what was not answered come again.
        let again = max(0, cut - Int.random(in: 0...3, using: &generator))
        let other = Self.replayed(journal, into: Biller(journal: RecordingJournal(), secret: seed))
        for span in spans[again...] { other.take([span], now: 1_001 * second, into: &billed) }
        other.settle(now: 1_100 * second, into: &billed)
        other.settle(now: 1_200 * second, into: &billed)
        #expect(billed.ids == undisturbed.ids)
        #expect(billed.inputs == undisturbed.inputs)
    }

    /// Calls with twins by id and by counts, agents, chains and other spans, of a few traces.
    static func spans(_ generator: inout SeededGenerator) -> [TestSpan] {
        (1...30 as ClosedRange<UInt64>).map { id in
            let trace = UInt64.random(in: 1...3, using: &generator)
            let parent = Bool.random(using: &generator) ? 0 : UInt64.random(in: 1...30, using: &generator)
            let start = UInt64.random(in: 0...50, using: &generator)
            let time = start...(start + .random(in: 0...50, using: &generator))
            let (input, output) = (
                Int64.random(in: 1...4, using: &generator), Int64.random(in: 1...2, using: &generator)
            )
            switch Int.random(in: 0...5, using: &generator) {
            case 0: return .aggregate(id, in: trace, below: parent, input, output, time: time)
            case 1: return .passThrough(id, in: trace, below: parent, isTool: Bool.random(using: &generator))
            case 2: return .unmarked(id, in: trace, below: parent, input, output, time: time)
            default:
                return .call(
                    id, in: trace, below: parent, input, output, scope: .random(in: 1...2, using: &generator),
                    response: Bool.random(using: &generator) ? 0 : .random(in: 1...9, using: &generator), time: time)
            }
        }
    }
}

extension [ModelCall] {
    /// The calls among some spans.
    fileprivate static func of(_ spans: TestSpan...) -> [ModelCall] {
        spans.compactMap { span in if case .call(let call) = span { call } else { nil } }
    }
}
