// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import OTLP
import Pricing
import Synchronization
import TestData
import Testing

@testable import Ledger

/// Names of traces: recorded for traces with calls, and for no other.
@Suite struct TraceNamesTests {
    /// The root spans of some traces, as an interpreter reads them.
    private static func roots(_ traces: [UInt64], name: (UInt64) -> String = { "GET /\($0)" }) throws -> RootSpans {
        let spans = traces.map { trace in
            var id = [UInt8](repeating: 0, count: 16)
            for byte in 0..<8 { id[15 - byte] = UInt8(truncatingIfNeeded: trace >> UInt64(8 * byte)) }
            var span = TraceRequestWriter.Span(traceID: id, spanID: [UInt8](1...8))
            span.name = name(trace)
            return span
        }
        let body = TraceRequestWriter().request(spans: spans)
        var batch = SpanBatch()
        try TraceRequestReader(keys: Interpreter.keys(), events: Interpreter.eventNames()).read(body.span, into: &batch)
        let table = DimensionTable(rules: [], monotonicNanoseconds: { 0 })
        var interpreter = Interpreter(
            symbols: SymbolTable(), dimensions: DimensionReading(table: table, readsTraceNames: true))
        var read = InterpretedSpans()
        _ = interpreter.interpret(batch, body: body.span, into: &read)
        return read.roots
    }

    private static func calls(_ traces: [UInt64]) -> [ModelCall] {
        traces.map { ModelCall(identity: SpanIdentity(traceIDHigh: 0, traceIDLow: $0, spanID: 1)) }
    }

    @Test func `a root counts that comes before, with or after a call of its trace, once`() throws {
        for order in [[0, 1], [1, 0], [2]] {
            let names = TraceNames()
            var found: [TraceRoot] = []
            for step in order {
                found += names.take(
                    step == 1 ? RootSpans() : try Self.roots([7]), (step == 0 ? [] : Self.calls([7, 7, 9])).span)
            }
            found += names.take(RootSpans(), Self.calls([7, 8]).span)
            #expect(found.map(\.name) == ["GET /7"])
            #expect(found.map(\.low) == [7] && found.map(\.start) == [1_790_000_000_000_000_000])
        }
    }

    @Test func `roots of traces without calls are forgotten in the end`() throws {
        let names = TraceNames()
        for first in stride(from: 100 as UInt64, to: 200_000, by: 5_000) {
            let none = names.take(try Self.roots(Array(first..<first + 5_000)), [ModelCall]().span)
            #expect(none.isEmpty)
        }
        #expect(names.take(RootSpans(), Self.calls([100]).span).isEmpty)
        #expect(names.take(RootSpans(), Self.calls([199_000]).span).map(\.name) == ["GET /199000"])
    }

    @Test func `a name is one line of at most 80 characters`() throws {
        let names = TraceNames()
        let long = String(repeating: "\u{1F600}", count: 200)
        for (name, expected) in [
            (long, String(repeating: "\u{1F600}", count: 80)), (" a\tb ", "a\u{FFFD}b"), (" \n ", nil),
        ] as [(String, String?)] {
            let found = names.take(try Self.roots([1]) { _ in name }, Self.calls([1]).span)
            #expect(found.map(\.name) == [expected].compactMap(\.self))
        }
    }

    @Test func `names are records of the journal, with a number that is handed out`() async throws {
        let folder = MemoryFolder()
        let symbols = SymbolTable()
        let journal = RecordTests.journal(folder, symbols, AttributionTable()) { $0.keepsTraceNames = true }
        let handed = Handed()
        journal.rows.withLock { $0.onRoots = { handed.add($0, $1) } }
        journal.start(onStored: { _ in })
        journal.arriving(try Self.roots([1, 2]), with: Self.calls([2]).span)
        journal.arriving(RootSpans(), with: Self.calls([5]).span)
        journal.recall(Self.calls([3]).span)
        journal.arriving(try Self.roots([3]), with: [ModelCall]().span)
        try await journal.ticket().committed()
        journal.stop()
        var read: [(TraceRoot, UInt64)] = []
        var reading = JournalReading(folder)
        var meanings = RecordMeanings(
            symbols: symbols, attributions: AttributionTable(), tenants: TenantTable([], symbols: symbols))
        try reading.read(now: 0) {
            meanings.beginSegment()
        } _: { (kind, number, record) throws(MalformedRecord) in
            var record = record
            try meanings.readDefinitions(of: &record)
            #expect(kind == .roots)
            for root in try RootRecord.read(&record) { read.append((root, number)) }
            #expect(record.isAtEnd)
        }
        #expect(read.map(\.0.name) == ["GET /2", "GET /3"] && read.map(\.1) == [1, 2])
        #expect(handed.all.map(\.0) == read.map(\.0) && handed.all.map(\.1) == read.map(\.1))
    }

    @Test func `a start hands over again the roots that the rows have passed, since they may have no row yet`()
        async throws
    {
        let folder = MemoryFolder()
        let symbols = SymbolTable()
        let journal = RecordTests.journal(folder, symbols, AttributionTable()) { $0.keepsTraceNames = true }
        journal.start(onStored: { _ in })
        journal.arriving(try Self.roots([1]), with: Self.calls([1]).span)
        journal.arriving(try Self.roots([2, 3]), with: Self.calls([2, 3]).span)
        journal.arriving(try Self.roots([4]), with: Self.calls([4]).span)
        try await journal.ticket().committed()
        journal.stop()
        let (all, expected): ([String], [[UInt64]]) = (
            ["GET /1", "GET /2", "GET /3", "GET /4"], [[1, 2, 2, 3], [1, 2, 2, 3], [2, 2, 2, 3], [3, 3, 3, 3]]
        )
        for position in [nil, 0, 1, 2, 3] as [UInt64?] {
            let meanings = RecordMeanings(
                symbols: symbols, attributions: AttributionTable(), tenants: TenantTable([], symbols: symbols))
            var recovery = Recovery(
                meanings, checkpoint: Checkpoint(), position: position, symbols: symbols,
                clock: Recovery.Clock(now: 1 << 60, wall: 1 << 60))
            let handed = Handed()
            recovery.name = { handed.add($0, $1) }
            _ = try recovery.run(folder, Biller(configuration: BillingConfiguration(), inherit: { own, _ in own })) {
                _, _, _ in
            }
            let numbers: [UInt64] = position.map { expected[Int($0)] } ?? []
            #expect(handed.all.map(\.0.name) == (numbers.isEmpty ? [] : all))
            #expect(handed.all.map(\.1) == numbers)
        }
    }

    private final class Handed: Sendable {
        private let roots = Mutex<[(TraceRoot, UInt64)]>([])

        var all: [(TraceRoot, UInt64)] { roots.withLock { $0 } }

        func add(_ new: [TraceRoot], _ number: UInt64) {
            roots.withLock { $0 += new.map { ($0, number) } }
        }
    }
}
