// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import GenAI

/// The sums of the counters, which those of the rows are compared with.
extension RowTotals {
    static let callFamily = "llm_requests_total"
    static let tokenFamily = "llm_tokens_used_total"
    static let costFamily = "llm_cost_dollars_total"

    /// The sums of the families of counters.
    ///
    /// - Parameter families: All families; those that say nothing of calls do not matter.
    init(_ families: [RecordedFamily]) {
        self.init()
        for family in families {
            switch family.name {
            case Self.callFamily: calls = family.series.reduce(0) { $0 &+ Int64(clamping: $1.value) }
            case Self.costFamily: cost = family.series.reduce(0) { $0 &+ Int128(clamping: $1.value) }
            case Self.tokenFamily:
                guard let label = family.labels.firstIndex(of: "token_type") else { continue }
                for series in family.series {
                    let known = TokenClass.allCases.first { $0.name == series.labels[label] }
                    guard let known else { continue }
                    tokens[known.index] &+= Int64(clamping: series.value)
                }
            default: break
            }
        }
    }

    /// The sums of the counters as they are.
    init(_ store: MetricsStore) {
        let snapshot = store.snapshot()
        let names = [Self.callFamily, Self.tokenFamily, Self.costFamily]
        self.init(
            snapshot.familyIDs.map { snapshot.series(of: $0) }.filter { names.contains($0.family.name) }
                .map { RecordedFamily($0, unknown: 0) })
    }

    static func - (one: RowTotals, other: RowTotals) -> RowTotals {
        var difference = one
        difference.calls &-= other.calls
        difference.drops &-= other.drops
        for index in difference.tokens.indices { difference.tokens[index] &-= other.tokens[index] }
        difference.cost &-= other.cost
        return difference
    }
}
