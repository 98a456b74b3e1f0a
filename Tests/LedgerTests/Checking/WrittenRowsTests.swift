// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import OTLP
import TestData
import Testing

@testable import Ledger

/// What the writer of rows writes agrees with itself at each moment, also while retention removes the oldest rows.
@Suite struct WrittenRowsTests {
    /// The differences, but for those of the journal, which these folders do not have.
    private static func differences(_ folder: RowFolder) throws -> [CheckFinding] {
        try LedgerCheck(of: folder.path).run().filter { $0.level == .wrong && $0.area != .journal }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `calls, dropped spans, traces and sessions agree after each start`(seed: UInt64) throws {
        let folder = try RowFolder()
        var generator = SeededGenerator(seed: seed)
        for start in 0..<3 as Range<UInt64> {
            let store = try folder.store()
            store.start()
            for number in (start * 40 + 1)...(start * 40 + 40) {
                let calls = RowSumsTests.calls(number, folder, &generator)
                store.append(folder.priced(calls), arrivalNanoseconds: RowFolder.wall, number: 2 * number - 1)
                store.append(calls.prefix(2).map { DroppedSpan(call: $0, outcome: .twin) }, number: 2 * number)
            }
            #expect(store.flush())
            #expect(try Self.differences(folder) == [], "beside the open store")
            store.stop()
            #expect(try Self.differences(folder) == [])
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `what retention leaves agrees with what was removed`(seed: UInt64) throws {
        let folder = try RowFolder()
        let store = try folder.store { ($0.callSeconds, $0.rollupSeconds) = (5 * 86_400, 9 * 86_400) }
        store.start()
        var generator = SeededGenerator(seed: seed)
        for number in 1...160 as ClosedRange<UInt64> {
            var calls = RowSumsTests.calls(number, folder, &generator)
            for index in calls.indices {
                let age = (160 - number) * 2_000_000_000_000 + .random(in: 0...20_000_000_000_000, using: &generator)
                calls[index].endNanoseconds = Outside(RowFolder.wall - age)
                calls[index].startNanoseconds = Outside(RowFolder.wall - age - 1_000_000_000)
                calls[index].identity.traceIDLow = number / 8 * 100 + calls[index].identity.traceIDLow % 5
            }
            store.append(folder.priced(calls), arrivalNanoseconds: RowFolder.wall, number: 2 * number - 1)
            store.append(calls.prefix(2).map { DroppedSpan(call: $0, outcome: .duplicate) }, number: 2 * number)
        }
        #expect(store.flush())
        #expect(try Self.differences(folder) == [])
        for _ in 0..<6 {
            folder.clock.advance(days: 1)
            #expect(store.settles())
            #expect(try Self.differences(folder) == [])
        }
        store.stop()
        #expect(try folder.value("SELECT count(*) FROM packed_rollups") != 0)
        #expect(try Self.differences(folder) == [])
    }
}
