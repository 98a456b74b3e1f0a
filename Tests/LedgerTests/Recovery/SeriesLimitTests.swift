// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import TestData
import Testing

@testable import Ledger

/// Which series each call gets, and when each series began, after a kill: as the killed process showed it.
@Suite struct SeriesLimitTests {
    private static let second: UInt64 = 1_000_000_000

    private static func rooms(_ folder: MemoryFolder, series: Int) throws -> LedgerRooms {
        try LedgerRooms(
            folder, settle: 2 * second,
            store: MetricsStore(seriesCeiling: series, keptForKnown: series / 8, keptForProcess: series / 4),
            showsCreated: true
        ) { ($0.segmentBytes, $0.checkpointBytes) = (20_000, 8_000) }
    }

    /// What scrapes show of calls.
    private static func shown(_ rooms: LedgerRooms) async throws -> [String] {
        try await rooms.shown().filter { !$0.hasPrefix("llm_cost_exporter_") }
    }

    @Test(arguments: [100, 140, 180, 220, 260, 300, 400, 10_000], 1...8 as ClosedRange<UInt64>)
    func `a kill moves no call to another series, and no series begins anew`(series: Int, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var folder = MemoryFolder()
        var rooms = try Self.rooms(folder, series: series)
        for number in 0..<60 as Range<UInt64> {
            // What the process says of itself takes none of the room of calls.
            let own = MetricFamily(
                name: "llm_cost_exporter_own_\(number)_total", help: "", kind: .counter, labels: [.open("service")])
            rooms.store.update { registry in _ = registry.series(registry.register(own), ["s\(number % 7)"]) }
            rooms.take(SpanMaker.body(number, seed: seed, rooms.symbols))
            rooms.now += Self.second
            rooms.arrival += .random(in: 1...Self.second, using: &generator)
            rooms.settle(at: rooms.now)
            if Int.random(in: 0..<3, using: &generator) == 0 { _ = try await rooms.shown() }
            guard Int.random(in: 0..<8, using: &generator) == 0 else { continue }
            let expected = try await Self.shown(rooms)
            let (found, arrival) = (MemoryFolder(afterCrashOf: folder), rooms.arrival)
            rooms.keeper.close()
            (folder, rooms) = (found, try Self.rooms(found, series: series))
            rooms.arrival = arrival
            let different = Set(try await Self.shown(rooms)).symmetricDifference(expected)
            #expect(different.isEmpty, "after the kill behind body \(number)")
        }
        let isFull = try await Self.shown(rooms).contains { $0.contains("__overflow__") }
        #expect(isFull == (series < 1_000))
        rooms.keeper.close()
    }
}
