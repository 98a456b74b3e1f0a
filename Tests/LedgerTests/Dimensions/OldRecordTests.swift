// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Pricing
import TestData
import Testing

@testable import Ledger

/// Records of earlier versions, and what records say that the present settings do not read.
@Suite struct OldRecordTests {
    @Test func `a journal of format 1 is read, and one of a later format refused`() async throws {
        let folder = MemoryFolder()
        let symbols = SymbolTable()
        let journal = RecordTests.journal(folder, symbols, AttributionTable())
        journal.start(onStored: { _ in })
        let spans = SpanMaker.body(3, seed: 1, symbols)
        journal.arrived(spans.calls.span, spans.passThrough.span, from: 1, at: nil)
        try await journal.ticket().committed()
        journal.stop()
        let name = try #require(try folder.names().first { SegmentHeader.sequence(of: $0) != nil })
        var bytes = try #require(try folder.read(name))
        #expect(bytes[8] == 2)
        // Without dimensions and roots, the records of both formats are the same.
        for version in 1...3 as ClosedRange<UInt8> {
            bytes[8] = version
            try folder.replace(name, with: bytes)
            var meanings = RecordMeanings(
                symbols: symbols, attributions: AttributionTable(), tenants: TenantTable([], symbols: symbols))
            var calls = 0
            var refusal: JournalError?
            do throws(JournalError) {
                var reading = JournalReading(folder)
                try reading.read(now: 0) {
                    meanings.beginSegment()
                } _: { (_, _, record) throws(MalformedRecord) in
                    var record = record
                    try meanings.readDefinitions(of: &record)
                    calls += try ArrivalRecord(&record, &meanings).calls.count
                }
            } catch {
                refusal = error
            }
            #expect(calls == (version < 3 ? spans.calls.count : 0))
            #expect((refusal != nil) == (version == 3))
        }
    }

    @Test func `recorded dimensions are left out where none are read now`() async throws {
        let folder = MemoryFolder()
        let symbols = SymbolTable()
        let table = RecordTests.dimensions()
        let journal = RecordTests.journal(folder, symbols, AttributionTable(), table)
        journal.start(onStored: { _ in })
        var spans = SpanMaker.body(3, seed: 1, symbols)
        for index in spans.calls.indices { spans.calls[index].dimensions = RecordTests.set(1, offers: true, table) }
        var passing = PassThroughSpan(identity: spans.calls[0].identity, parentSpanID: 0)
        passing.dimensions = RecordTests.set(2, offers: true, table)
        journal.arrived(spans.calls.span, [passing].span, from: 1, at: nil)
        try await journal.ticket().committed()
        journal.stop()
        var meanings = RecordMeanings(
            symbols: symbols, attributions: AttributionTable(), tenants: TenantTable([], symbols: symbols))
        var reading = JournalReading(folder)
        var read: [DimensionSet] = []
        try reading.read(now: 0) {
            meanings.beginSegment()
        } _: { (_, _, record) throws(MalformedRecord) in
            var record = record
            try meanings.readDefinitions(of: &record)
            let arrival = try ArrivalRecord(&record, &meanings)
            read += arrival.calls.map(\.dimensions) + arrival.passThrough.map(\.dimensions)
            #expect(record.isAtEnd)
        }
        #expect(read.count == spans.calls.count + 1 && read.allSatisfy { $0 == .none })
    }

    @Test func `a number is new once, whether it is larger than those before or not`() {
        for seed in 1...20 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var window = NumberWindow()
            var known: Set<UInt32> = []
            var latest = UInt32.random(in: 100_000...0x3000_0000, using: &generator)
            var isRight = true
            for _ in 0..<5_000 {
                latest += .random(in: 0...3, using: &generator)
                let isOld = Int.random(in: 0...9, using: &generator) == 0
                let number = latest - (isOld ? .random(in: 0...60_000, using: &generator) : 0)
                isRight = isRight && window.insert(number) == known.insert(number).inserted
            }
            #expect(isRight, "seed \(seed)")
        }
        var window = NumberWindow()
        for number in [5, 0x3FFF_FFFF, 1, 5, 0x3FFF_FFFF, 2_000_000_000] as [UInt32] { _ = window.insert(number) }
        #expect([5, 0x3FFF_FFFF, 1, 2_000_000_000].allSatisfy { !window.insert($0) })
    }
}
