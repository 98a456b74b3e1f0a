// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import Pricing
import Synchronization
import TestData
import Testing

@testable import Ledger

/// Values of dimensions across the end of a process.
@Suite struct DimensionRecoveryTests {
    /// Keeps the values of counted calls, by span.
    private final class Counted: CallSink {
        private let table: DimensionTable
        private let calls = Mutex<[UInt64: [String]]>([:])

        init(_ table: DimensionTable) { self.table = table }

        var values: [UInt64: [String]] { calls.withLock { $0 } }

        func receive(_ batch: PricedCalls, arrivalNanoseconds: UInt64?) {
            calls.withLock { calls in
                for call in batch.calls { calls[call.identity.spanID] = table.values(of: call.dimensions).map(\.text) }
            }
        }
    }

    private static let rules = [
        DimensionRule(name: "user", sources: [.span("user.id"), .ancestor("user.id")]),
        DimensionRule(name: "service", sources: [.resource("service.name")]),
    ]

    private static func table(_ users: UserTreatment = .keep, _ sets: Int = 8_192) -> DimensionTable {
        var limits = DimensionLimits()
        limits.setsOfGeneration = sets
        return DimensionTable(
            rules: rules, users: users, userKey: Array(0..<16), limits: limits, monotonicNanoseconds: { 0 })
    }

    /// Handlers that name their users, each with a call below it that names its service.
    private static func body(
        _ traces: Range<UInt64>, _ rooms: LedgerRooms, _ table: DimensionTable
    ) -> InterpretedSpans {
        var spans = InterpretedSpans()
        for trace in traces {
            var handler = PassThroughSpan(
                identity: SpanIdentity(traceIDHigh: 9, traceIDLow: trace, spanID: 1_000_000 + trace), parentSpanID: 0)
            handler.dimensions = table.set(ofRecorded: [
                .init(name: "user", own: .max, offer: 1, isHashed: false, text: "user \(trace)")
            ])
            spans.passThrough.append(handler)
            var maker = SpanMaker(symbols: rooms.symbols, generator: .init(seed: trace))
            var call = maker.call(trace, in: trace, below: handler.identity.spanID)
            (call.responseID, call.resource, call.scope) = (0, trace, 1)
            call.dimensions = table.set(ofRecorded: [
                .init(name: "service", own: 0, offer: .max, isHashed: false, text: "shop")
            ])
            spans.calls.append(call)
        }
        return spans
    }

    @Test func `calls that waited when a process ended take over what spans above them said before`() async throws {
        let folder = MemoryFolder()
        let (first, second) = (Self.table(), Self.table())
        var rooms = try LedgerRooms(folder, dimensions: first)
        try await rooms.take(Self.body(1..<50, rooms, first))?.committed()
        rooms.keeper.close()
        _ = second.set(ofRecorded: [.init(name: "user", own: 0, offer: .max, isHashed: false, text: "someone")])
        let counted = Counted(second)
        rooms = try LedgerRooms(folder, dimensions: second, sinks: [counted])
        rooms.settle(at: nil)
        _ = try await rooms.shown()
        #expect(counted.values.count == 49)
        #expect(counted.values.allSatisfy { $0.value == ["user \($0.key)", "shop"] })
        rooms.keeper.close()
    }

    @Test func `a recorded user is hashed, or left out, once the settings ask for it`() async throws {
        for users in [UserTreatment.hash, .off] {
            let folder = MemoryFolder()
            let (first, second) = (Self.table(), Self.table(users))
            var rooms = try LedgerRooms(folder, dimensions: first)
            try await rooms.take(Self.body(1..<3, rooms, first))?.committed()
            rooms.keeper.close()
            let counted = Counted(second)
            rooms = try LedgerRooms(folder, dimensions: second, sinks: [counted])
            rooms.settle(at: nil)
            _ = try await rooms.shown()
            let names = counted.values.values.map { $0.dropLast() }
            #expect(names.count == 2 && names.joined().count == (users == .hash ? 2 : 0))
            #expect(names.joined().allSatisfy { $0.utf8.count == 16 })
            rooms.keeper.close()
        }
    }

    @Test func `a journal with more sets than the table holds is read to its end`() async throws {
        let folder = MemoryFolder()
        let first = Self.table()
        var rooms = try LedgerRooms(folder, dimensions: first)
        for step in 0..<20 as Range<UInt64> {
            try await rooms.take(Self.body(step * 100 + 1..<step * 100 + 101, rooms, first))?.committed()
            rooms.now += 20_000_000_000
            rooms.settle(at: rooms.now)
        }
        rooms.keeper.close()
        // Sixteen generations of twenty sets: most are forgotten before the end.
        let second = Self.table(.keep, 20)
        let counted = Counted(second)
        rooms = try LedgerRooms(folder, now: rooms.now, dimensions: second, sinks: [counted])
        rooms.settle(at: nil)
        _ = try await rooms.shown()
        #expect(second.count <= 16 * 20)
        rooms.keeper.close()
    }
}
