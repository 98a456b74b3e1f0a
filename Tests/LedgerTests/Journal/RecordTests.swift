// SPDX-License-Identifier: Apache-2.0
import Billing
import CChecksum
import GenAI
import OTLP
import Pricing
import TestData
import Testing

@testable import Ledger

/// Records say what was put into them, whatever that is.
@Suite struct RecordTests {
    @Test func `CRC-32C is that of the standard, with and without instructions of the CPU`() {
        let check = Array("123456789".utf8)
        var generator = SeededGenerator(seed: 1)
        unsafe #expect(llm_crc32c(check, check.count) == 0xE306_9283)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            unsafe #expect(llm_crc32c(bytes, count) == llm_crc32c_portable(bytes, count))
        }
    }

    @Test func `random arrivals and decisions come back as they were, in another process`() async throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let symbols = SymbolTable()
            let rules = [
                LabelRule(name: "team", sources: [.span("team"), .ancestor("team")]),
                LabelRule(name: "user", sources: [.resource("user")]),
            ]
            let attributions = AttributionTable(rules: rules, symbols: symbols)
            let folder = MemoryFolder()
            let dimensions = Self.dimensions()
            let journal = Self.journal(folder, symbols, attributions, dimensions)
            journal.start(onStored: { _ in })
            var sent: [String] = []
            var generator = SeededGenerator(seed: seed)
            for number in 0..<20 as Range<UInt64> {
                var spans = SpanMaker.body(number, seed: seed, symbols)
                let team = symbols.symbol(for: "team \(number)", in: .label)
                let entry = AttributionTable.Entry(
                    own: [.init(text: team, rank: 0), .none], offers: [.init(text: team, rank: 1), .none])
                for index in spans.calls.indices where Bool.random(using: &generator) {
                    spans.calls[index].attribution = attributions.attribution(of: entry)
                }
                for index in spans.calls.indices where Bool.random(using: &generator) {
                    spans.calls[index].dimensions = Self.set(number, offers: .random(using: &generator), dimensions)
                }
                for index in spans.passThrough.indices where Bool.random(using: &generator) {
                    spans.passThrough[index].dimensions = Self.set(number, offers: true, dimensions)
                }
                journal.arrived(spans.calls.span, spans.passThrough.span, from: number, at: nil)
                let fates = spans.calls.map { call in
                    SpanFate(
                        identity: call.identity, outcome: call.isAggregate ? .repeatsChildren : .counted,
                        inFavourOf: call.isAggregate ? spans.calls[0].identity : nil)
                }
                let counted = spans.calls.filter { !$0.isAggregate }
                journal.decided(counted.span, fates.span, dropped: [DroppedSpan]().span, at: nil)
                sent +=
                    Self.texts(spans.calls, symbols, attributions, dimensions)
                    + Self.texts(spans.passThrough, dimensions)
                sent += Self.texts(counted, symbols, attributions, dimensions) + fates.map { "\($0)" }
            }
            try await journal.ticket().committed()
            journal.stop()

            let others = SymbolTable()
            _ = others.symbol(for: "something else", in: .model)
            let otherLabels = AttributionTable(rules: rules, symbols: others)
            let otherDimensions = Self.dimensions()
            _ = Self.set(99, offers: true, otherDimensions)
            var meanings = RecordMeanings(
                symbols: others, attributions: otherLabels, tenants: TenantTable([], symbols: others),
                dimensions: otherDimensions)
            var read: [String] = []
            var reading = JournalReading(folder)
            try reading.read(now: 0) {
                meanings.beginSegment()
            } _: { (kind, number, record) throws(MalformedRecord) in
                var record = record
                try meanings.readDefinitions(of: &record)
                if kind == .arrivals {
                    let arrival = try ArrivalRecord(&record, &meanings)
                    read += Self.texts(arrival.calls, others, otherLabels, otherDimensions)
                    read += Self.texts(arrival.passThrough, otherDimensions)
                } else {
                    let decision = try DecisionRecord(&record, &meanings)
                    read += Self.texts(decision.counted, others, otherLabels, otherDimensions)
                    read += decision.fates.map { "\($0)" }
                }
                #expect(record.isAtEnd)
            }
            #expect(read == sent, "seed \(seed)")
        }
    }

    /// Calls with texts in place of numbers, which differ between processes.
    private static func texts(
        _ calls: [ModelCall], _ symbols: SymbolTable, _ labels: AttributionTable, _ dimensions: DimensionTable
    ) -> [String] {
        calls.map { call in
            let names = [
                call.responseModel, call.requestModel, call.operation, call.provider, call.serverAddress, call.tier,
                call.inferenceGeo, call.errorType,
            ]
            let entry = labels.entry(of: call.attribution.number)
            let values = (entry.own + entry.offers).map { "\(symbols.text(of: $0.text)) \($0.rank)" }
            var plain = call
            for path in [
                \ModelCall.responseModel, \.requestModel, \.operation, \.provider, \.serverAddress, \.tier,
                \.inferenceGeo, \.errorType,
            ] { plain[keyPath: path] = .absent }
            plain.attribution.number = 0
            let flags = (call.dimensions.seeksAncestors, call.dimensions.offersToDescendants)
            plain.dimensions = .none
            return "\(plain) \(names.map { symbols.text(of: $0) }) \(values) \(flags) "
                + "\(dimensions.recorded(call.dimensions))"
        }
    }

    private static func texts(_ spans: [PassThroughSpan], _ dimensions: DimensionTable) -> [String] {
        spans.map { span in
            "\(span.identity) \(span.parentSpanID) \(span.isTool) \(dimensions.recorded(span.dimensions))"
        }
    }

    static func dimensions() -> DimensionTable {
        DimensionTable(rules: DimensionRule.defaults, monotonicNanoseconds: { 0 })
    }

    /// A set with a session of its own.
    static func set(_ number: UInt64, offers: Bool, _ table: DimensionTable) -> DimensionSet {
        let (session, offer) = ("session \(number)", offers ? 6 : UInt8.max)
        return table.set(ofRecorded: [
            .init(name: "session", own: 0, offer: offer, isHashed: false, text: session),
            .init(name: "service", own: 0, offer: .max, isHashed: false, text: "shop"),
        ])
    }

    static func journal(
        _ folder: any StorageFolder, _ symbols: SymbolTable, _ attributions: AttributionTable,
        _ dimensions: DimensionTable? = nil, _ change: (inout JournalConfiguration) -> Void = { _ in }
    ) -> Journal {
        var configuration = JournalConfiguration()
        configuration.retryMilliseconds = 1
        change(&configuration)
        return Journal(
            in: folder, configuration: configuration,
            describer: RecordTexts(
                symbols: symbols, attributions: attributions, tenants: TenantTable([], symbols: symbols),
                dimensions: dimensions),
            wallNanoseconds: { LedgerRooms.wall })
    }
}
