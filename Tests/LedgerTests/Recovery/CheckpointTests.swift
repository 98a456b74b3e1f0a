// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import GenAI
import Testing

@testable import Ledger

/// A checkpoint brings back series, their times and what was admitted, also under other settings.
@Suite struct CheckpointTests {
    private static func family(_ name: String, _ labels: [String], _ kind: MetricFamily.Kind = .counter) -> MetricFamily
    {
        MetricFamily(name: name, help: "A test.", kind: kind, labels: labels.map { .open($0) })
    }

    /// A store with families; the series are made by `fill`.
    private static func store(
        _ families: [MetricFamily], _ fill: (inout SeriesRegistry, [FamilyID]) -> Void = { _, _ in }
    ) -> MetricsStore {
        let store = MetricsStore()
        store.update { registry in
            let ids = families.map { registry.register($0) }
            fill(&registry, ids)
        }
        return store
    }

    private static func recorded(_ store: MetricsStore) -> [RecordedFamily] {
        let snapshot = store.snapshot()
        return snapshot.familyIDs.map { id in
            RecordedFamily(
                snapshot.series(of: id), unknown: store.update { $0.unknownSeriesCount(of: id) })
        }
    }

    @Test func `series come back with value, buckets, time and labels, to the last digit`() throws {
        let families = [
            Self.family("llm_a_total", ["model", "team"]),
            Self.family("llm_b", ["model"], .histogram(bounds: [10, 20])),
        ]
        let store = Self.store(families) { registry, ids in
            let one = registry.series(ids[0], ["m", "t"], createdAtNanoseconds: 77)
            registry.add(Int128(1) << 100 + 5, to: one)
            let two = registry.series(ids[1], ["m"], createdAtNanoseconds: 78)
            for value in [5, 10, 15, 99] as [Int64] { registry.observe(value, in: two) }
        }
        var checkpoint = Checkpoint()
        (checkpoint.counted, checkpoint.wallNanoseconds) = (9, 10)
        checkpoint.vocabularies = ["model": ["m", "é", ""]]
        checkpoint.labels = ["team": ["t"]]
        (checkpoint.unknownModels, checkpoint.matchedModels) = (["u"], ["v", "w"])
        checkpoint.families = Self.recorded(store)
        let read = try Checkpoint(checkpoint.bytes)
        #expect(read == checkpoint)

        let other = Self.store(families)
        var restoring = SeriesRestoring()
        restoring.restore(read.families, to: other)
        #expect(Self.recorded(other) == checkpoint.families)
        #expect(restoring.begunAnew == [] && restoring.unknown == [])
    }

    @Test func `a changed byte anywhere is noticed, and a newer format is refused`() {
        var checkpoint = Checkpoint()
        checkpoint.families = Self.recorded(
            Self.store([Self.family("llm_a_total", ["model"])]) { registry, ids in
                registry.add(7, to: registry.series(ids[0], ["m"]))
            })
        let bytes = checkpoint.bytes
        for offset in bytes.indices {
            var changed = bytes
            changed[offset] ^= 1
            #expect(throws: JournalError.self, "byte \(offset)") { try Checkpoint(changed) }
        }
        for length in bytes.indices { #expect(throws: JournalError.self) { try Checkpoint(Array(bytes[..<length])) } }
    }

    @Test func `added labels are empty, removed ones are summed over, and other buckets begin anew`() {
        let before = Self.store([
            Self.family("llm_a_total", ["model", "team"]), Self.family("llm_b", ["model"], .histogram(bounds: [10])),
            Self.family("llm_gone_total", []),
        ]) { registry, ids in
            for (team, amount) in [("x", 3), ("y", 4)] as [(String, Int128)] {
                registry.add(amount, to: registry.series(ids[0], ["m", team], createdAtNanoseconds: 5))
            }
            registry.observe(3, in: registry.series(ids[1], ["m"]))
            registry.add(1, to: registry.series(ids[2], []))
        }
        let after = Self.store([
            Self.family("llm_a_total", ["model", "user"]), Self.family("llm_b", ["model"], .histogram(bounds: [11])),
        ])
        var restoring = SeriesRestoring()
        restoring.restore(Self.recorded(before), to: after)
        #expect(restoring.begunAnew == ["llm_b"])
        #expect(restoring.unknown == ["llm_gone_total"])
        let recorded = Self.recorded(after)
        #expect(recorded[0].series.map(\.labels) == [["m", ""]])
        #expect(recorded[0].series.map(\.value) == [7])
        #expect(recorded[0].series.map(\.created) == [5])
        #expect(recorded[1].series == [])
    }

    @Test func `a vocabulary that was full is full again, with the same values`() {
        let symbols = SymbolTable(limits: [.errorType: 3])
        for text in ["a", "b", "c", "d"] { _ = symbols.symbol(for: text, in: .errorType) }
        let later = SymbolTable(limits: [.errorType: 3])
        later.restore(symbols.memory)
        #expect(later.symbol(for: "d", in: .errorType) == .overflow)
        #expect(later.text(of: later.symbol(for: "b", in: .errorType)) == "b")
        #expect(later.memory == symbols.memory)
    }

    @Test func `labels and models that were admitted stay so`() {
        let rules = [LabelRule(name: "team", sources: [.span("team")], maxValues: 1)]
        let symbols = SymbolTable()
        let table = AttributionTable(rules: rules, symbols: symbols)
        func shown(_ text: String, _ table: AttributionTable, _ symbols: SymbolTable) -> String {
            let value = AttributionTable.Value(text: symbols.symbol(for: text, in: .label), rank: 0)
            let number = table.attribution(of: .init(own: [value], offers: [.none])).number
            return symbols.text(of: table.values(of: number)[0])
        }
        #expect(shown("x", table, symbols) == "x")
        #expect(shown("y", table, symbols) == "__overflow__")
        let others = SymbolTable()
        let other = AttributionTable(rules: rules, symbols: others)
        other.restore(table.memory)
        #expect(shown("y", other, others) == "__overflow__")
        #expect(shown("x", other, others) == "x")
    }
}
