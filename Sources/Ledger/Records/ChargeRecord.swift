// SPDX-License-Identifier: Apache-2.0
import Aggregation
import CallMetrics
import Pricing

/// Amounts that counters get and that belong to no call, with the labels of their series.
///
/// A start cannot compute them again: they come from prices and from the tokens of a minute, which the journal does not have.
struct ChargeRecord {
    /// The charged families; the value of each series is the amount to add.
    var families: [RecordedFamily]

    /// Describes charges.
    ///
    /// - Parameters:
    ///   - charges: The charges.
    ///   - snapshot: Their series; the values in it do not matter.
    init(_ charges: [SeriesCharge], _ snapshot: SeriesSnapshot) {
        let byFamily = Dictionary(grouping: charges, by: \.series.family.number)
        families = byFamily.sorted { $0.key < $1.key }.compactMap { _, charges in
            guard let id = charges.first?.series.family else { return nil }
            let family = snapshot.series(of: id)
            let indices = family.indices(of: charges.map(\.series))
            let series = charges.compactMap { charge in
                indices[charge.series].map { index in
                    RecordedFamily.Series(
                        labels: family.labelValues(of: index), created: family.createdAtNanoseconds(of: index) ?? 0,
                        value: UInt128(clamping: charge.amount), buckets: [])
                }
            }
            return RecordedFamily(family.family, series)
        }
    }

    /// The cost of machines for the rows.
    ///
    /// - Parameter dimensions: The names of the dimensions; a label of the series that is none of them is left out.
    /// - Returns: What each payer pays.
    func machines(dimensions: [String]) -> [MachineCharge] {
        // The cost has no label for the provider, which is known only if there is one.
        let providers = families.first { $0.name == "llm_cost_by_provider_dollars_total" }?.series ?? []
        let provider = providers.count == 1 ? providers[0].labels.first ?? "" : ""
        guard let cost = families.first(where: { $0.name == RowTotals.costFamily }) else { return [] }
        return cost.series.map { series in
            let labels = Dictionary(zip(cost.labels, series.labels)) { first, _ in first }
            return MachineCharge(
                model: labels["model"] ?? "", provider: provider, operation: labels["operation"] ?? "",
                values: dimensions.map { labels[$0] ?? "" },
                amount: Dollars(femtodollars: Int128(clamping: series.value)))
        }
    }

    func write(_ bytes: inout RecordBytes) {
        bytes.append(UInt64(families.count))
        for family in families { family.write(&bytes) }
    }

    init(_ record: inout RecordReader) throws(MalformedRecord) {
        families = []
        for _ in 0..<(try record.count(of: 8)) { families.append(try RecordedFamily(&record)) }
    }
}
