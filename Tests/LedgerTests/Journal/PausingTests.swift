// SPDX-License-Identifier: Apache-2.0
import Billing
import Foundation
import GenAI
import Synchronization
import Testing

@testable import Ledger

/// What waits to be stored or counted is bounded, whatever one body brings.
@Suite struct PausingTests {
    @Test func `a thread that brought more than may wait goes on when it is stored`() {
        let symbols = SymbolTable()
        let journal = RecordTests.journal(MemoryFolder(), symbols, AttributionTable(symbols: symbols)) {
            $0.pausingBytes = 0
        }
        let spans = SpanMaker.body(1, seed: 1, symbols)
        journal.arrived(spans.calls.span, spans.passThrough.span, from: 1, at: nil)
        let number = journal.lastRecord
        Thread.detachNewThread {
            _ = journal.ticket()
            journal.start(onStored: { _ in })
        }
        Self.waitForRoom(journal)
        #expect(journal.progress.isStored(number))
        journal.stop()
    }

    @Test func `a decision that counts nothing is stored without anything behind it`() {
        let symbols = SymbolTable()
        let journal = RecordTests.journal(MemoryFolder(), symbols, AttributionTable(symbols: symbols))
        journal.start(onStored: { _ in })
        let call = SpanMaker.body(1, seed: 1, symbols).calls[0]
        let fates = [SpanFate(identity: call.identity, outcome: .twin, inFavourOf: nil)]
        journal.decided([ModelCall]().span, fates.span, dropped: [DroppedSpan]().span, at: nil)
        let number = journal.lastRecord
        journal.progress.wait {
            journal.progress.isStored(number)
        } atMost: {
            .seconds(60)
        }
        #expect(journal.progress.isStored(number))
        journal.stop()
    }

    @Test func `asking for what waits stays as cheap as it was at first`() {
        let symbols = SymbolTable()
        let journal = RecordTests.journal(MemoryFolder(), symbols, AttributionTable(symbols: symbols))
        journal.rows.withLock { $0.backlog = { 1 } }
        // Each body asks. So many wrappers around the function would not fit on a stack.
        for _ in 0..<500_000 where journal.waitingSpans != 1 { Issue.record("nothing waits") }
        #expect(journal.waitingSpans == 1)
    }

    @Test(arguments: [false, true])
    func `at the ceiling, a large body pauses longer`(isFull: Bool) {
        let symbols = SymbolTable()
        let journal = RecordTests.journal(MemoryFolder(), symbols, AttributionTable(symbols: symbols)) {
            $0.pausingWaiting = 1
            $0.mostUncounted = isFull ? 2 : 1_000
            $0.pauseMilliseconds = 0
        }
        let asked = Counter()
        journal.rows.withLock { $0.backlog = { asked.next() < 20 ? 500 : 0 } }
        Self.waitForRoom(journal)
        #expect(isFull == (asked.number >= 20))
    }

    @Test func `a body that has paused for long pauses like others`() {
        let symbols = SymbolTable()
        let journal = RecordTests.journal(MemoryFolder(), symbols, AttributionTable(symbols: symbols)) {
            ($0.pausingWaiting, $0.mostUncounted, $0.pauseMilliseconds) = (1, 2, 0)
        }
        let asked = Counter()
        journal.rows.withLock { $0.backlog = { asked.next() < 20 ? 500 : 0 } }
        var paused = Duration.milliseconds(journal.configuration.fullPauseMilliseconds)
        journal.waitForRoom(paused: &paused)
        #expect(asked.number < 20)
    }

    @Test func `a body that pauses counts once, with the time of all its pauses`() {
        let symbols = SymbolTable()
        let journal = RecordTests.journal(MemoryFolder(), symbols, AttributionTable(symbols: symbols)) {
            ($0.pausingWaiting, $0.mostUncounted, $0.pauseMilliseconds) = (1, 1_000, 1)
        }
        let waiting = Mutex(0)
        journal.rows.withLock { $0.backlog = { waiting.withLock { $0 } } }
        Self.waitForRoom(journal)
        #expect(journal.levels.pausedBodies == 0 && journal.levels.pausedNanoseconds == 0)
        waiting.withLock { $0 = 500 }
        var paused = Duration.zero
        for _ in 0..<2 { journal.waitForRoom(paused: &paused) }
        #expect(journal.levels.pausedBodies == 1)
        #expect(paused >= .milliseconds(2) && .nanoseconds(Int64(journal.levels.pausedNanoseconds)) == paused)
        Self.waitForRoom(journal)
        #expect(journal.levels.pausedBodies == 2)
    }

    @Test func `nobody pauses once the service stops`() {
        let symbols = SymbolTable()
        let journal = RecordTests.journal(MemoryFolder(), symbols, AttributionTable(symbols: symbols)) {
            ($0.pausingWaiting, $0.mostUncounted) = (1, 2)
        }
        let asked = Counter()
        journal.rows.withLock { rows in
            rows.backlog = { [progress = journal.progress] in
                if asked.next() == 1 { progress.end() }
                return 500
            }
        }
        Self.waitForRoom(journal)
        #expect(asked.number < 5)
    }

    private static func waitForRoom(_ journal: Journal) {
        var paused = Duration.zero
        journal.waitForRoom(paused: &paused)
    }

    /// How often the rows were asked.
    private final class Counter: Sendable {
        private let asked = Mutex(0)

        var number: Int { asked.withLock { $0 } }

        func next() -> Int {
            asked.withLock { number in
                number += 1
                return number
            }
        }
    }

    @Test func `nobody pauses for a disk that refuses`() {
        let symbols = SymbolTable()
        let folder = MemoryFolder()
        folder.fail { _ in true }
        let journal = RecordTests.journal(folder, symbols, AttributionTable(symbols: symbols)) { $0.pausingBytes = 0 }
        let spans = SpanMaker.body(1, seed: 1, symbols)
        journal.arrived(spans.calls.span, spans.passThrough.span, from: 1, at: nil)
        _ = journal.ticket()
        journal.start(onStored: { _ in })
        Self.waitForRoom(journal)
        #expect(journal.levels.hasFailed)
        journal.stop()
    }

    @Test func `the thread that decides calls goes on when they are counted`() throws {
        let rooms = try LedgerRooms(MemoryFolder()) { $0.pausingUncounted = 0 }
        for number in 0..<50 as Range<UInt64> { rooms.take(SpanMaker.body(number, seed: 7, rooms.symbols)) }
        rooms.settle(at: nil)
        rooms.gate.waitUntilReady()
        #expect(rooms.gate.waitingCalls == 0)
        rooms.keeper.close()
    }

    @Test func `records wait in pieces of about a mebibyte, in order`() {
        var buffer = JournalBuffer(next: 1, segmentLimit: 4 << 20)
        for _ in 0..<100 {
            _ = buffer.append(.arrivals) { _, _ in
            } _: { _, bytes in
                bytes.append([UInt8](repeating: 1, count: 80_000))
            }
        }
        let chunks = buffer.take()
        #expect(chunks.allSatisfy { $0.bytes.count < (1 << 20) + 81_000 })
        #expect(chunks.map(\.first) == [1] + chunks.dropLast().map { $0.last + 1 })
        #expect(chunks.last?.last == 100)
        #expect(chunks.filter(\.isFirst).map(\.segment) == [0, 1])
        #expect(buffer.bytes == 0)
    }
}
