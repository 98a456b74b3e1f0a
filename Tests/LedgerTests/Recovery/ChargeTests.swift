// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import Synchronization
import TestData
import Testing

@testable import Ledger

/// What machines cost that are paid by the clock, which no call says, outlives a kill like calls do.
@Suite struct ChargeTests {
    /// Charges time in which no call used the machines.
    private static func charge(_ femtodollars: Int128, _ model: String, in rooms: LedgerRooms) {
        rooms.store.charge { registry in
            let snapshot = registry.snapshot
            return zip(snapshot.families, snapshot.familyIDs).compactMap { family, id in
                let values: [String: String] = ["model": model, "operation": "_idle", "token_type": "fee"]
                guard ["llm_cost_dollars_total", "llm_token_cost_dollars_total"].contains(family.name) else {
                    return nil
                }
                let series = registry.series(
                    id, family.labels.map { values[$0.name] ?? "" }, createdAtNanoseconds: LedgerRooms.wall)
                return SeriesCharge(series: series, amount: femtodollars)
            }
        }
    }

    /// The femtodollars of all calls and machines.
    private static func dollars(_ rooms: LedgerRooms) -> Int128 {
        let snapshot = rooms.store.snapshot()
        let families = snapshot.familyIDs.map { snapshot.series(of: $0) }
        guard let family = families.first(where: { $0.family.name == "llm_cost_dollars_total" }) else { return 0 }
        return (0..<family.count).reduce(0) { $0 + family.value(of: $1) }
    }

    private static func shown(_ rooms: LedgerRooms) async throws -> [String] {
        _ = try await rooms.shown()
        while !rooms.keeper.hasCharged { await Task.yield() }
        return try await rooms.shown()
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `killed at random moments, charged dollars are those of an undisturbed run`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var folder = MemoryFolder()
        let checkpointBytes = seed % 2 == 0 ? 2_000 : 1 << 30
        var rooms = try LedgerRooms(folder) { $0.checkpointBytes = checkpointBytes }
        let undisturbed = try LedgerRooms(MemoryFolder())
        var kills = 0
        for number in 0..<30 as Range<UInt64> {
            let amount = Int128.random(in: 1...1_000_000_000_000_000_000, using: &generator)
            let comes = Bool.random(using: &generator)
            for each in [rooms, undisturbed] {
                Self.charge(amount, "m\(number % 3)", in: each)
                // Between calls, and in time without calls.
                if comes { each.take(SpanMaker.body(number, seed: seed, each.symbols)) }
                each.now += 1_000_000_000
                each.settle(at: each.now)
            }
            let expected = try await Self.shown(undisturbed).filter { $0.contains("_idle") }
            #expect(try await Self.shown(rooms).filter { $0.contains("_idle") } == expected)
            guard Int.random(in: 0..<4, using: &generator) == 0 else { continue }
            kills += 1
            let found = MemoryFolder(Bool.random(using: &generator) ? folder.storedFiles : folder.files)
            rooms.keeper.close()
            folder = found
            rooms = try LedgerRooms(folder) { $0.checkpointBytes = checkpointBytes }
            #expect(try await Self.shown(rooms).filter { $0.contains("_idle") } == expected, "after kill \(kills)")
        }
        rooms.keeper.close()
        undisturbed.keeper.close()
        #expect(kills > 1)
    }

    @Test func `a charge that cannot be stored is not shown, and is as soon as it can be`() async throws {
        let folder = MemoryFolder()
        let rooms = try LedgerRooms(folder)
        Self.charge(5, "m", in: rooms)
        _ = try await Self.shown(rooms)
        let isFull = Mutex(true)
        folder.fail { _ in isFull.withLock { $0 } }
        Self.charge(7, "m", in: rooms)
        while !rooms.keeper.journal.levels.hasFailed { await Task.yield() }
        #expect(!rooms.keeper.hasCharged)
        #expect(Self.dollars(rooms) == 5)
        isFull.withLock { $0 = false }
        while !rooms.keeper.hasCharged { await Task.yield() }
        #expect(Self.dollars(rooms) == 12)
        rooms.keeper.close()
    }

    @Test func `an orderly stop keeps what was charged last`() async throws {
        let folder = MemoryFolder()
        let rooms = try LedgerRooms(folder)
        Self.charge(5, "m", in: rooms)
        _ = try await Self.shown(rooms)
        Self.charge(5, "m", in: rooms)
        rooms.keeper.close()
        let next = try LedgerRooms(folder)
        #expect(Self.dollars(next) == 10)
        next.keeper.close()
    }
}
