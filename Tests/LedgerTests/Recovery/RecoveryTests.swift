// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Pricing
import Synchronization
import TestData
import Testing

@testable import Ledger

/// A process that starts on the folder of one that was killed shows what an undisturbed process shows.
@Suite struct RecoveryTests {
    private static let second: UInt64 = 1_000_000_000
    private static let bodies: UInt64 = 40

    /// Lets everything be decided and counted.
    private static func finish(_ rooms: LedgerRooms) async throws -> [String] {
        for _ in 0..<4 {
            rooms.now += 30 * second
            rooms.settle(at: rooms.now)
        }
        #expect(rooms.biller.levels.waitingSpans == 0)
        return try await rooms.shown()
    }

    private static func undisturbed(seed: UInt64) async throws -> [String] {
        let rooms = try LedgerRooms(MemoryFolder())
        for number in 0..<bodies {
            rooms.take(SpanMaker.body(number, seed: seed, rooms.symbols))
            rooms.now += second
            rooms.settle(at: rooms.now)
        }
        let shown = try await finish(rooms)
        rooms.keeper.close()
        return shown
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `killed and cut at random moments, counters are those of an undisturbed run`(seed: UInt64) async throws {
        let expected = try await Self.undisturbed(seed: seed)
        var generator = SeededGenerator(seed: seed)
        var folder = MemoryFolder()
        var rooms = try LedgerRooms(folder)
        var (number, kills): (UInt64, Int) = (0, 0)
        while number < Self.bodies {
            let ticket = rooms.take(SpanMaker.body(number, seed: seed, rooms.symbols))
            let isAnswered = Bool.random(using: &generator)
            if isAnswered { try await ticket?.committed() }
            if Int.random(in: 0..<4, using: &generator) == 0 {
                kills += 1
                // With a sync for each 200, a power cut may take everything else.
                let found =
                    Bool.random(using: &generator)
                    ? MemoryFolder(afterCrashOf: folder) : MemoryFolder(folder.cutFiles(&generator))
                rooms.keeper.close()
                folder = found
                // The clock of another boot.
                rooms = try LedgerRooms(
                    folder, now: 1 << 60 + .random(in: 0...100 * Self.second, using: &generator)
                ) { ($0.segmentBytes, $0.checkpointBytes) = (20_000, 10_000) }
                // The sender repeats what was not answered, and sometimes what was.
                if !isAnswered || Bool.random(using: &generator) { continue }
            } else {
                try await ticket?.committed()
            }
            number += 1
            rooms.now += Self.second
            rooms.settle(at: rooms.now)
        }
        let shown = try await Self.finish(rooms)
        rooms.keeper.close()
        #expect(shown == expected, "after \(kills) kills")
        #expect(kills > 2)
    }

    @Test func `segments go once the window would have forgotten their spans, and nothing that counts goes with them`()
        async throws
    {
        let folder = MemoryFolder()
        var rooms = try LedgerRooms(folder) { bounds in
            (bounds.segmentBytes, bounds.checkpointBytes, bounds.rememberedArrivals) = (5_000, 5_000, 60)
        }
        for number in 0..<100 as Range<UInt64> {
            try await rooms.take(SpanMaker.body(number, seed: 5, rooms.symbols))?.committed()
            rooms.now += Self.second
            rooms.settle(at: rooms.now)
        }
        let before = try await Self.finish(rooms)
        rooms.keeper.close()
        let journals = folder.files.filter { $0.key.hasSuffix(".journal") }
        #expect((1...16).contains(journals.count), "\(journals.mapValues(\.count))")
        // Without the counters of the records that are gone, a start would show less.
        #expect(throws: JournalError.self) { _ = try LedgerRooms(MemoryFolder(journals)) }
        #expect(throws: JournalError.damaged(Checkpoint.name)) {
            _ = try LedgerRooms(MemoryFolder(folder.files.merging([Checkpoint.name: []]) { $1 }))
        }
        rooms = try LedgerRooms(MemoryFolder(folder.files))
        #expect(try await rooms.shown() == before)
        rooms.keeper.close()
    }

    @Test func `where a 200 needs no sync, an orderly stop leaves nothing for a power cut`() async throws {
        let folder = MemoryFolder()
        let rooms = try LedgerRooms(folder) { $0.syncs = false }
        for number in 0..<10 as Range<UInt64> {
            rooms.take(SpanMaker.body(number, seed: 7, rooms.symbols))
            rooms.now += Self.second
            rooms.settle(at: rooms.now)
        }
        rooms.keeper.close()
        #expect(folder.files[Checkpoint.name] != nil)
        #expect(folder.storedFiles == folder.files)
    }

    @Test func `an orderly stop leaves nothing to count again, and the next process goes on`() async throws {
        let folder = MemoryFolder()
        var rooms = try LedgerRooms(folder)
        for number in 0..<10 as Range<UInt64> { rooms.take(SpanMaker.body(number, seed: 7, rooms.symbols)) }
        let before = try await Self.finish(rooms)
        rooms.keeper.close()
        rooms = try LedgerRooms(MemoryFolder(folder.files))
        #expect(rooms.report.counted == 0)
        #expect(rooms.report.unpriced == 0)
        #expect(rooms.report.waiting == 0)
        #expect(try await rooms.shown() == before)
        rooms.keeper.close()
    }

    @Test func `a start that had much to count takes a checkpoint soon, so that a crash loop makes progress`()
        async throws
    {
        let folder = MemoryFolder()
        var rooms = try LedgerRooms(folder)
        for number in 0..<10 as Range<UInt64> { rooms.take(SpanMaker.body(number, seed: 7, rooms.symbols)) }
        let before = try await Self.finish(rooms)
        #expect(folder.files[Checkpoint.name] == nil)
        let found = MemoryFolder(afterCrashOf: folder)
        rooms.keeper.close()
        rooms = try LedgerRooms(found) { $0.promptCalls = 1 }
        rooms.gate.advance(
            to: ClockMoment(monotonicNanoseconds: rooms.now, wallNanoseconds: LedgerRooms.wall), isLast: false)
        while found.files[Checkpoint.name] == nil { await Task.yield() }
        let next = try LedgerRooms(MemoryFolder(found.files))
        #expect(next.report.counted == 0)
        #expect(try await next.shown() == before)
        for each in [rooms, next] { each.keeper.close() }
    }

    @Test func `spans without a decision wait for the whole time again`() async throws {
        let folder = MemoryFolder()
        var rooms = try LedgerRooms(folder)
        let spans = SpanMaker.body(3, seed: 3, rooms.symbols)
        try await rooms.take(spans)?.committed()
        let waiting = rooms.biller.levels.waitingSpans
        #expect(waiting > 0)
        rooms.keeper.close()
        rooms = try LedgerRooms(MemoryFolder(folder.files), now: 1 << 60)
        #expect(rooms.report.waiting == waiting)
        rooms.settle(at: 1 << 60 + 9 * Self.second)
        #expect(rooms.biller.levels.waitingSpans == waiting)
        rooms.settle(at: 1 << 60 + 10 * Self.second)
        rooms.settle(at: 1 << 60 + 30 * Self.second)
        #expect(rooms.biller.levels.waitingSpans == 0)
        rooms.keeper.close()
    }

    @Test func `a journal that ends before the counters of the checkpoint is refused, since stored data is lost`()
        async throws
    {
        let folder = MemoryFolder()
        let rooms = try LedgerRooms(folder)
        for number in 0..<10 as Range<UInt64> { rooms.take(SpanMaker.body(number, seed: 7, rooms.symbols)) }
        _ = try await Self.finish(rooms)
        rooms.keeper.close()
        let (name, bytes) = try #require(folder.files.first { $0.key.hasSuffix(".journal") })
        var flipped = bytes
        flipped[bytes.count / 2] ^= 1
        for damaged in [flipped, Array(bytes[..<(bytes.count / 3)])] {
            #expect(throws: JournalError.self) {
                _ = try LedgerRooms(MemoryFolder(folder.files.merging([name: damaged]) { $1 }))
            }
        }
        #expect(throws: JournalError.self) {
            _ = try LedgerRooms(MemoryFolder(folder.files.filter { $0.key != name }))
        }
    }

    @Test func `spans that wait keep their segments, however many copies come behind them`() async throws {
        let folder = MemoryFolder()
        var rooms = try LedgerRooms(folder, settle: 600 * Self.second) { bounds in
            (bounds.segmentBytes, bounds.checkpointBytes, bounds.rememberedArrivals) = (5_000, 5_000, 60)
        }
        try await rooms.take(SpanMaker.body(3, seed: 3, rooms.symbols))?.committed()
        for _ in 0..<100 { try await rooms.take(SpanMaker.body(5, seed: 3, rooms.symbols))?.committed() }
        let waiting = rooms.biller.levels.waitingSpans
        rooms.keeper.close()
        rooms = try LedgerRooms(MemoryFolder(folder.files))
        #expect(rooms.report.waiting == waiting)
        rooms.keeper.close()
    }

    @Test func `a segment that cannot be removed keeps the newer ones, so that no number is missing`() async throws {
        let folder = MemoryFolder()
        let chance = Mutex(SeededGenerator(seed: 1))
        folder.fail { $0 == .remove && chance.withLock { Bool.random(using: &$0) } }
        var rooms = try LedgerRooms(folder) { bounds in
            (bounds.segmentBytes, bounds.checkpointBytes, bounds.rememberedArrivals) = (5_000, 5_000, 60)
        }
        for number in 0..<100 as Range<UInt64> {
            try await rooms.take(SpanMaker.body(number, seed: 5, rooms.symbols))?.committed()
            rooms.now += Self.second
            rooms.settle(at: rooms.now)
        }
        let before = try await Self.finish(rooms)
        rooms.keeper.close()
        let kept = folder.files.keys.compactMap { SegmentHeader.sequence(of: $0) }.sorted()
        #expect(kept.first ?? 0 > 1, "some are removed")
        #expect(kept == Array((kept.first ?? 0)...(kept.last ?? 0)))
        rooms = try LedgerRooms(MemoryFolder(folder.files))
        #expect(try await rooms.shown() == before)
        rooms.keeper.close()
    }

    @Test func `a start stores what the system has of the process before, since it shows that`() async throws {
        let folder = MemoryFolder()
        var rooms = try LedgerRooms(folder) { $0.syncs = false }
        for number in 0..<10 as Range<UInt64> { rooms.take(SpanMaker.body(number, seed: 7, rooms.symbols)) }
        let before = try await Self.finish(rooms)
        let found = MemoryFolder(afterCrashOf: folder)
        rooms.keeper.close()
        let stored = found.storedFiles.filter { $0.key.hasSuffix(".journal") }.values.joined()
        #expect(stored.isEmpty)
        rooms = try LedgerRooms(found)
        #expect(try await rooms.shown() == before)
        rooms.keeper.close()
        rooms = try LedgerRooms(MemoryFolder(found.storedFiles))
        #expect(try await rooms.shown() == before)
        rooms.keeper.close()
    }
}
