// SPDX-License-Identifier: Apache-2.0
import CallMetrics
import Pricing
import Synchronization
import Testing

@testable import Ledger

/// The sums of the landing page are those of one process.
@Suite struct SumsTests {
    private final class Sums: ModelSumSink {
        let calls = Mutex<Int64>(0)

        func row(of model: String, provider: String, card: RateCard?) -> Int { 0 }

        func add(_ sums: [ModelSum], at nanoseconds: UInt64?) {
            calls.withLock { calls in calls += sums.reduce(0) { $0 + $1.calls } }
        }
    }

    /// Counts some bodies, and returns the number of calls that a page shows.
    private static func count(_ bodies: Range<UInt64>, in rooms: LedgerRooms) async throws -> Int64 {
        for number in bodies {
            rooms.take(SpanMaker.body(number, seed: 3, rooms.symbols))
            rooms.now += 60_000_000_000
            rooms.settle(at: rooms.now)
        }
        return try await shown(rooms)
    }

    private static func shown(_ rooms: LedgerRooms) async throws -> Int64 {
        try await rooms.shown().filter { $0.hasPrefix("llm_requests_total") }
            .reduce(0) { $0 + (Int64($1.split(separator: " ").last ?? "") ?? 0) }
    }

    @Test func `calls that were counted before a kill are in no sum of the next process, and later ones are`()
        async throws
    {
        let folder = MemoryFolder()
        let (before, after) = (Sums(), Sums())
        let rooms = try LedgerRooms(folder, sums: before)
        let counted = try await Self.count(0..<10, in: rooms)
        #expect(counted > 0)
        #expect(before.calls.withLock { $0 } == counted)
        let found = MemoryFolder(afterCrashOf: folder)
        rooms.keeper.close()
        let next = try LedgerRooms(found, now: rooms.now, sums: after)
        #expect(next.report.counted == Int(counted))
        #expect(try await Self.shown(next) == counted)
        #expect(after.calls.withLock { $0 } == 0)
        let all = try await Self.count(10..<20, in: next)
        #expect(all > counted)
        #expect(after.calls.withLock { $0 } == all - counted)
        next.keeper.close()
    }
}
