// SPDX-License-Identifier: Apache-2.0
import Pricing
import TestData
import Testing

@testable import Ledger

/// The ledger knows of which times it has counted calls and kept none.
@Suite struct CallGapsTests {
    private static let minute: UInt64 = 60_000_000_000

    private static func quarters(_ folder: RowFolder) throws -> [Range<Int64>] {
        try RowReader(path: folder.file).read { try CallGaps($0).quarters }
    }

    /// Writes one call for each time, in minutes from the start of the folder's hour.
    private static func write(
        _ minutes: [UInt64], to folder: RowFolder, keepsCalls: Bool, record: UInt64
    ) throws {
        let store = try folder.store { $0.keepsCalls = keepsCalls }
        store.start()
        let calls = minutes.map { folder.call($0 + 1, trace: $0, endsAfter: $0 * minute) }
        store.append(folder.priced(calls), arrivalNanoseconds: RowFolder.wall + 60 * minute, number: record)
        #expect(store.flush())
        store.stop()
    }

    /// The quarter of the first call of ``write(_:to:keepsCalls:record:)``: it ends at ten past the hour.
    private static let first = (Int64(RowFolder.wall / minute) - 10 - 26_297_280) / 15

    @Test func `the quarters of calls that are not kept are noted, and stay when calls are kept again`() throws {
        let folder = try RowFolder()
        try Self.write([0], to: folder, keepsCalls: true, record: 1)
        #expect(try Self.quarters(folder) == [])
        try Self.write([20, 21, 50], to: folder, keepsCalls: false, record: 2)
        let first = Self.first
        #expect(try Self.quarters(folder) == [first + 2..<first + 3, first + 4..<first + 5])
        try Self.write([36], to: folder, keepsCalls: false, record: 3)
        try Self.write([58], to: folder, keepsCalls: true, record: 4)
        #expect(try Self.quarters(folder) == [first + 2..<first + 5])
        #expect(try folder.value("SELECT count(*) FROM calls") == 2)
    }

    @Test func `a repricing names the times of its period of which no calls are kept`() throws {
        let folder = try RowFolder()
        try Self.write([20], to: folder, keepsCalls: false, record: 1)
        let begin = (Self.first + 2) * 15 + 26_297_280
        func gaps(_ minutes: Range<Int64>) throws -> [Range<Int64>] {
            var repricing = Repricing(
                of: folder.path, Repricing.Selection(minutes: minutes), book: try PriceBook.embedded(),
                configuration: PricerConfiguration(), isDry: true, now: 1_785_000_000)
            return try repricing.run { _, _ in }.gaps
        }
        #expect(try gaps(begin + 14..<begin + 99) == [begin..<begin + 15])
        #expect(try gaps(begin + 15..<begin + 99) == [])
    }

    @Test func `ranges that touch are one, whatever the order`() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            var gaps = CallGaps()
            var quarters: Set<Int64> = []
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let added = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                    Int64.random(in: 0...40, using: &generator)
                }
                gaps.add(added)
                quarters.formUnion(added)
            }
            #expect(Set(gaps.quarters.joined()) == quarters)
            #expect(gaps.quarters.count == quarters.count { !quarters.contains($0 - 1) })
            #expect(gaps.quarters.map(\.lowerBound) == gaps.quarters.map(\.lowerBound).sorted())
        }
    }

    @Test func `the text has all ranges, and what is no range is left out`() {
        // Quarters since 2020, minutes since 1970.
        #expect(CallGaps("5-7 9-10").minutes == [26_297_355..<26_297_385, 26_297_415..<26_297_430])
        #expect(CallGaps("x 7-5 9 5-7-9 3-4").quarters == [3..<4])
        #expect(CallGaps("").quarters == [])
    }

    @Test func `of too many ranges the nearest become one, and none is lost`() {
        var gaps = CallGaps()
        let quarters = (0..<Int64(CallGaps.mostRanges)).map { $0 * 10 }
        gaps.add(quarters + [15, 1_004])
        #expect(gaps.quarters.count == CallGaps.mostRanges)
        #expect(quarters.allSatisfy { quarter in gaps.quarters.contains { $0.contains(quarter) } })
        // Three and four quarters are between them, and nine between all others.
        #expect(gaps.quarters.contains(1_000..<1_005))
        #expect(gaps.quarters.contains(where: { $0.contains(12) }))
        gaps.remove(before: 1_003)
        #expect(gaps.quarters.first == 1_000..<1_005)
    }
}
