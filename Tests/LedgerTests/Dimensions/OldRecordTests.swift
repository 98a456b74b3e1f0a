// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Pricing
import TestData
import Testing

@testable import Ledger

/// Records of earlier versions, and what records say that the present settings do not read.
@Suite struct OldRecordTests {
    @Test func `a journal of an earlier format is read, and one of a later format refused`() async throws {
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
        #expect(bytes[8] == 3)
        // Each record states the form in which it is written.
        for version in 1...4 as ClosedRange<UInt8> {
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
            #expect(calls == (version < 4 ? spans.calls.count : 0))
            #expect((refusal != nil) == (version == 4))
        }
    }

    @Test func `arrivals and sets are read as formats 1 and 2 have them`() throws {
        for seed in 1...10 as ClosedRange<UInt64> {
            let symbols = SymbolTable()
            let attributions = AttributionTable()
            let table = RecordTests.dimensions()
            var spans = SpanMaker.body(seed, seed: seed, symbols)
            guard !spans.calls.isEmpty else { continue }
            for index in spans.calls.indices where index % 2 == 0 {
                spans.calls[index].dimensions = RecordTests.set(UInt64(index), offers: true, table)
            }
            spans.passThrough.append(
                PassThroughSpan(identity: spans.calls[0].identity, parentSpanID: spans.calls[0].parentSpanID))
            spans.passThrough[0].dimensions = RecordTests.set(0, offers: true, table)
            var (texts, definitions) = (SegmentTexts(), RecordBytes())
            RecordTexts(symbols: symbols, attributions: attributions, tenants: TenantTable([], symbols: symbols))
                .define(spans.calls.span, &texts, &definitions)
            let sets = (spans.calls.map(\.dimensions) + spans.passThrough.map(\.dimensions)).filter { $0.number != 0 }
            Self.define(sets, table, &definitions)
            var meanings = RecordMeanings(
                symbols: symbols, attributions: attributions, tenants: TenantTable([], symbols: symbols),
                dimensions: table)
            var defined = RecordReader(definitions.bytes[...])
            try meanings.read(&defined)
            var record = RecordReader(Self.plain(spans).bytes[...])
            let arrival = try ArrivalRecord(&record, &meanings)
            #expect(record.isAtEnd && arrival.wallNanoseconds == 7 && arrival.peer == 5)
            #expect(arrival.calls.map { "\($0)" } == spans.calls.map { "\($0)" })
            #expect(arrival.passThrough == spans.passThrough)
        }
    }

    /// All words of each call and span, one after the other.
    private static func plain(_ spans: InterpretedSpans) -> RecordBytes {
        var bytes = RecordBytes()
        for word in [7, 5, UInt64(spans.calls.count)] as [UInt64] { bytes.append(word) }
        for call in spans.calls {
            var words = CallRecord.Words()
            words.take(call)
            for index in 0..<words.count { bytes.append(words.all[index]) }
        }
        bytes.append(UInt64(spans.passThrough.count))
        for span in spans.passThrough {
            let set = UInt64(span.dimensions.word)
            let word = (span.isTool ? 1 << 32 : 0) | (set == 0 ? 0 : 1 << 34) as UInt64
            let identity = span.identity
            for word in [identity.traceIDHigh, identity.traceIDLow, identity.spanID, span.parentSpanID, word] {
                bytes.append(word)
            }
            if set != 0 { bytes.append(set) }
        }
        return bytes
    }

    /// The names of the dimensions, and each set with all its values.
    private static func define(_ sets: [DimensionSet], _ table: DimensionTable, _ bytes: inout RecordBytes) {
        for (rule, name) in table.rules.map(\.name).enumerated() {
            bytes.append(7, UInt32(rule))
            bytes.append(name)
        }
        for set in sets {
            let values = table.recorded(set)
            bytes.append(6, set.number)
            bytes.append(UInt64(values.count))
            for value in values {
                let rule = table.rules.firstIndex { $0.name == value.name } ?? 0
                bytes.append(
                    UInt64(rule) | UInt64(value.own) << 16 | UInt64(value.offer) << 24
                        | UInt64(value.text.utf8.count) << 48)
                bytes.append(filled: value.text.utf8)
            }
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
