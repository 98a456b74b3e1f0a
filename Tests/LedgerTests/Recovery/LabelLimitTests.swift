// SPDX-License-Identifier: Apache-2.0
import Billing
import GenAI
import OTLP
import Pricing
import Testing

@testable import Ledger

/// Labels at their limits: what had a series of its own before a kill has one after it.
@Suite struct LabelLimitTests {
    private static let rules = [
        LabelRule(name: "team", sources: [.resource("team")], maxValues: 5),
        LabelRule(name: "tier", sources: [.call(.tier)]),
        LabelRule(name: "req", sources: [.call(.requestModel)], maxValues: 3),
    ]

    private static func rooms(_ folder: MemoryFolder, labels: Int, _ bytes: Int) throws -> LedgerRooms {
        try LedgerRooms(folder, settle: 0, labels: rules, limits: [.label: labels]) { $0.checkpointBytes = bytes }
    }

    /// A body with one call, whose labels are read as from a span.
    private static func body(_ number: UInt64, _ rooms: LedgerRooms) -> InterpretedSpans {
        var call = ModelCall(identity: SpanIdentity(traceIDHigh: 9, traceIDLow: number, spanID: number))
        call.resource = number
        (call.startNanoseconds, call.endNanoseconds) = (Outside(LedgerRooms.wall), Outside(LedgerRooms.wall + 1))
        // Every second name is one that the price book lists; a label of its own has no room for it.
        let name = number % 2 == 0 ? "our-model-\(number % 12)" : ["gpt-4o", "gpt-4o-mini", "o3"][Int(number / 2 % 3)]
        call.requestModel = rooms.symbols.symbol(for: name, in: .model)
        call.provider = rooms.symbols.symbol(for: "openai", in: .provider)
        call.operation = rooms.symbols.symbol(for: "chat", in: .operation)
        call.tier = rooms.symbols.symbol(for: number % 3 == 0 ? "batch" : "priority", in: .tier)
        call.reportsUsage = true
        call.usage[.input] = Int64(number)
        let team = rooms.symbols.symbol(for: "team-\(number % 7)", in: .label)
        let own = [team, call.tier, call.requestModel].map { AttributionTable.Value(text: $0, rank: 0) }
        call.attribution = rooms.attributions.attribution(
            of: AttributionTable.Entry(own: own, offers: own.map { _ in .none }))
        var spans = InterpretedSpans()
        spans.calls = [call]
        return spans
    }

    @Test(arguments: [(2, 1_000_000), (2, 2_000), (4, 2_000), (10_000, 2_000)])
    func `a kill changes no label, whatever limit is reached`(labels: Int, checkpointBytes: Int) async throws {
        var folder = MemoryFolder()
        var rooms = try Self.rooms(folder, labels: labels, checkpointBytes)
        let undisturbed = try Self.rooms(MemoryFolder(), labels: labels, checkpointBytes)
        for number in 1...36 as ClosedRange<UInt64> {
            for each in [rooms, undisturbed] {
                each.take(Self.body(number, each))
                each.now += 1_000_000_000
                each.settle(at: each.now)
            }
            let expected = try await undisturbed.shown()
            #expect(try await rooms.shown() == expected)
            guard number % 4 == 0 else { continue }
            let found = MemoryFolder(afterCrashOf: folder)
            rooms.keeper.close()
            (folder, rooms) = (found, try Self.rooms(found, labels: labels, checkpointBytes))
            #expect(try await rooms.shown() == expected, "after the kill behind call \(number)")
        }
        rooms.keeper.close()
        undisturbed.keeper.close()
    }
}
