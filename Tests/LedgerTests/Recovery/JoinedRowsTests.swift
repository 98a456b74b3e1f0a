// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Synchronization
import TestData
import Testing

@testable import Ledger

/// The rows and the counters are one account, whichever of them a crash leaves behind.
@Suite struct JoinedRowsTests {
    private static let second: UInt64 = 1_000_000_000
    private static let bodies: UInt64 = 40

    private static func finish(_ rooms: LedgerRooms) async throws {
        for _ in 0..<4 {
            rooms.now += 30 * second
            rooms.settle(at: rooms.now)
        }
        #expect(rooms.biller.levels.waitingSpans == 0)
        _ = try await rooms.shown()
    }

    private static func run(_ rooms: LedgerRooms, _ bodies: Range<UInt64>, seed: UInt64) async throws {
        for number in bodies {
            try await rooms.take(SpanMaker.body(number, seed: seed, rooms.symbols))?.committed()
            rooms.now += second
            rooms.settle(at: rooms.now)
        }
    }

    private static func isCopy(_ dropped: String) -> Bool { dropped.hasSuffix("duplicate") }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `killed at random moments, rows have each call and each dropped span once`(seed: UInt64) async throws {
        let whole = MemoryRows()
        let undisturbed = try LedgerRooms(MemoryFolder(), rows: whole)
        try await Self.run(undisturbed, 0..<Self.bodies, seed: seed)
        try await Self.finish(undisturbed)
        #expect(whole.kept.totals == RowTotals(undisturbed.store))
        undisturbed.keeper.close()

        var generator = SeededGenerator(seed: seed)
        let chance = Mutex(SeededGenerator(seed: seed + 100))
        let commits: @Sendable () -> Bool = { chance.withLock { Int.random(in: 0..<5, using: &$0) == 0 } }
        var (folder, rows) = (MemoryFolder(), MemoryRows(commits: commits))
        var rooms = try LedgerRooms(folder, rows: rows)
        var (number, kills): (UInt64, Int) = (0, 0)
        while number < Self.bodies {
            let ticket = rooms.take(SpanMaker.body(number, seed: seed, rooms.symbols))
            let isAnswered = Bool.random(using: &generator)
            if isAnswered { try await ticket?.committed() }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                kills += 1
                // The rows first: what they have is in the journal.
                let kept = rows.kept
                let found =
                    Bool.random(using: &generator)
                    ? MemoryFolder(afterCrashOf: folder) : MemoryFolder(folder.cutFiles(&generator))
                rooms.keeper.close()
                (folder, rows) = (found, MemoryRows(kept, commits: commits))
                rooms = try LedgerRooms(
                    folder, now: 1 << 60 + .random(in: 0...100 * Self.second, using: &generator), rows: rows
                ) { ($0.segmentBytes, $0.checkpointBytes) = (20_000, 10_000) }
                if !isAnswered || Bool.random(using: &generator) { continue }
            } else {
                try await ticket?.committed()
            }
            number += 1
            rooms.now += Self.second
            rooms.settle(at: rooms.now)
        }
        try await Self.finish(rooms)
        let totals = RowTotals(rooms.store)
        rooms.keeper.close()
        let kept = rows.kept
        #expect(kept.totals == totals, "after \(kills) kills")
        #expect(kept.gaps.isEmpty)
        #expect(zip(kept.numbers, kept.numbers.dropFirst()).allSatisfy { $0 < $1 })
        let texts = { (calls: [SpanIdentity]) in calls.map { "\($0)" }.sorted() }
        #expect(texts(kept.calls) == texts(whole.kept.calls))
        let dropped = kept.dropped.filter { !Self.isCopy($0) }
        let others = whole.kept.dropped.filter { !Self.isCopy($0) }
        #expect(dropped.sorted() == others.sorted(), "after \(kills) kills")
        #expect(kept.dropped.count >= whole.kept.dropped.count)
        for (number, marked) in kept.marks where number == kept.position { #expect(marked == totals) }
        #expect(kills > 2)
    }

    @Test func `rows that begin in a folder with counters begin at the checkpoint, and know what was before`()
        async throws
    {
        let folder = MemoryFolder()
        var rooms = try LedgerRooms(folder) {
            ($0.segmentBytes, $0.checkpointBytes, $0.rememberedArrivals) = (5_000, 5_000, 60)
        }
        try await Self.run(rooms, 0..<60, seed: 3)
        try await Self.finish(rooms)
        let before = RowTotals(rooms.store)
        rooms.keeper.close()
        let rows = MemoryRows()
        rooms = try LedgerRooms(MemoryFolder(folder.files), rows: rows)
        #expect(rows.kept.gaps == ["counted before there were rows"])
        #expect(rows.kept.totals == before)
        #expect(rows.kept.calls.isEmpty)
        try await Self.run(rooms, 60..<70, seed: 3)
        try await Self.finish(rooms)
        let totals = RowTotals(rooms.store)
        rooms.keeper.close()
        #expect(rows.kept.totals == totals)
        #expect(Int64(rows.kept.calls.count) == totals.calls - before.calls)
    }

    @Test func `a folder whose journal goes back to the first record fills new rows from it`() async throws {
        let folder = MemoryFolder()
        var rooms = try LedgerRooms(folder)
        try await Self.run(rooms, 0..<20, seed: 3)
        try await Self.finish(rooms)
        rooms.keeper.close()
        let rows = MemoryRows()
        rooms = try LedgerRooms(MemoryFolder(folder.files), rows: rows)
        let totals = RowTotals(rooms.store)
        rooms.keeper.close()
        #expect(rows.kept.gaps.isEmpty)
        #expect(rows.kept.totals == totals)
        #expect(Int64(rows.kept.calls.count) == totals.calls)
        #expect(!rows.kept.dropped.isEmpty)
    }

    @Test func `rows that are ahead of a journal that was put back keep what they have, and skip nothing that comes`()
        async throws
    {
        let folder = MemoryFolder()
        let rows = MemoryRows()
        var rooms = try LedgerRooms(folder, rows: rows)
        try await Self.run(rooms, 0..<10, seed: 4)
        _ = try await rooms.shown()
        let copy = folder.files
        try await Self.run(rooms, 10..<20, seed: 4)
        try await Self.finish(rooms)
        rooms.keeper.close()
        let lost = rows.kept
        let next = MemoryRows(lost)
        rooms = try LedgerRooms(MemoryFolder(copy), rows: next)
        #expect(next.kept.gaps.count == 1)
        #expect(next.kept.totals == RowTotals(rooms.store))
        try await Self.run(rooms, 20..<30, seed: 4)
        try await Self.finish(rooms)
        let totals = RowTotals(rooms.store)
        rooms.keeper.close()
        #expect(next.kept.totals == totals)
        #expect(next.kept.calls.count > lost.calls.count)
    }

    @Test func `rows that are older than the journal goes back say what they lack`() async throws {
        let bounds: (inout JournalConfiguration) -> Void = {
            ($0.segmentBytes, $0.checkpointBytes, $0.rememberedArrivals) = (5_000, 5_000, 60)
        }
        let (folder, rows) = (MemoryFolder(), MemoryRows())
        var rooms = try LedgerRooms(folder, rows: rows, bounds)
        try await Self.run(rooms, 0..<5, seed: 5)
        _ = try await rooms.shown()
        let old = rows.kept
        try await Self.run(rooms, 5..<100, seed: 5)
        try await Self.finish(rooms)
        rooms.keeper.close()
        let next = MemoryRows(old)
        rooms = try LedgerRooms(MemoryFolder(folder.files), rows: next)
        let totals = RowTotals(rooms.store)
        rooms.keeper.close()
        #expect(next.kept.gaps.count == 1)
        #expect(next.kept.totals == totals)
    }

    @Test func `segments stay while the rows do not have what is in them`() async throws {
        let isStuck = Mutex(true)
        let (folder, rows) = (MemoryFolder(), MemoryRows(commits: { !isStuck.withLock { $0 } }))
        let rooms = try LedgerRooms(folder, rows: rows) {
            ($0.segmentBytes, $0.checkpointBytes, $0.rememberedArrivals) = (5_000, 5_000, 60)
        }
        try await Self.run(rooms, 0..<60, seed: 5)
        let first = { folder.files.keys.compactMap { SegmentHeader.sequence(of: $0) }.min() }
        #expect(first() == 1)
        isStuck.withLock { $0 = false }
        try await Self.run(rooms, 60..<120, seed: 5)
        try await Self.finish(rooms)
        rooms.keeper.close()
        #expect(first() ?? 0 > 1)
    }

    @Test func `bodies are refused while too many calls wait for the rows, and the rows' failure shows`() throws {
        let rows = MemoryRows()
        let rooms = try LedgerRooms(MemoryFolder(), rows: rows)
        #expect(rooms.biller.isAccepting && rooms.keeper.isStoring)
        rows.set(waiting: 131_072, fails: true)
        #expect(!rooms.biller.isAccepting)
        #expect(!rooms.keeper.isStoring)
        rows.set(waiting: 0, fails: false)
        #expect(rooms.biller.isAccepting && rooms.keeper.isStoring)
        rooms.keeper.close()
    }

    @Test func `an answer is held while the rows are behind, unless they fail, and not for ever`() async throws {
        let rows = MemoryRows()
        let rooms = try LedgerRooms(MemoryFolder(), rows: rows) { $0.holdingMilliseconds = 600_000 }
        let ticket = rooms.keeper.journal.ticket()
        rows.set(waiting: 40_000, fails: false)
        let held = Task { try await ticket.committed() }
        let asked = rows.timesAsked
        while rows.timesAsked < asked + 2 { await Task.yield() }
        rows.set(waiting: 20_000, fails: false)
        try await held.value
        #expect(rooms.keeper.journal.levels.heldAnswers == 1)
        rows.set(waiting: 40_000, fails: true)
        try await ticket.committed()
        #expect(rooms.keeper.journal.levels.heldAnswers == 1)

        rows.set(waiting: 40_000, fails: false)
        let cancelled = Task { try await ticket.committed() }
        cancelled.cancel()
        _ = await cancelled.result
        rooms.keeper.close()

        let others = try LedgerRooms(MemoryFolder(), rows: rows) { $0.holdingMilliseconds = 1 }
        try await others.keeper.journal.ticket().committed()
        others.keeper.close()
    }
}
