// SPDX-License-Identifier: Apache-2.0

/// The series of one family at one moment, numbered from 0 in creation order.
package struct FamilySeries: Sendable {
    package let family: MetricFamily
    let kind: SeriesID.Kind
    private let labelTexts: [String]
    let table: SeriesTable
    private let values: SeriesValues
    /// The end of the restored series.
    let restored: BirthHorizon

    init(
        family: MetricFamily, labelTexts: [String], table: SeriesTable, values: SeriesValues, restored: BirthHorizon
    ) {
        self.family = family
        self.restored = restored
        kind = SeriesID.Kind(family.kind)
        self.labelTexts = labelTexts
        self.table = table
        self.values = values
    }

    /// The number of label sets of the family, each of which may be several Prometheus series.
    package var count: Int { table.slots.count }

    /// Changes when a series of the family is removed, since the indices of others change then.
    package var edition: Int { table.edition }

    /// The value of one label of a series.
    ///
    /// - Parameters:
    ///   - label: The index of the label in the family.
    ///   - index: The index of the series.
    /// - Returns: The text, not escaped; empty for an absent label.
    package func labelValue(_ label: Int, of index: Int) -> String {
        labelTexts[Int(table.labelNumbers[index * family.labels.count + label])]
    }

    /// The values of all labels of a series, in the order of the family's labels.
    package func labelValues(of index: Int) -> [String] {
        family.labels.indices.map { labelValue($0, of: index) }
    }

    /// The indices of some series of the family.
    package func indices(of series: [SeriesID]) -> [SeriesID: Int] {
        let bySlot = Dictionary(series.map { ($0.slot, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [SeriesID: Int] = [:]
        for (index, slot) in table.slots.enumerated() {
            if let series = bySlot[slot] { found[series] = index }
        }
        return found
    }

    /// The value of a counter or gauge, or the sum of a histogram, in units of the family's scale.
    package func value(of index: Int) -> Int128 { values.value(of: kind, at: table.slots[index]) }

    /// The number of observations in one bucket of a histogram, not cumulative.
    ///
    /// - Parameters:
    ///   - bucket: The index of the bucket's bound; for the bucket `+Inf`, the number of bounds.
    ///   - index: The index of the series.
    /// - Returns: The observations above the next lower bound and at most the bucket's own.
    package func bucketCount(_ bucket: Int, of index: Int) -> UInt64 {
        values.histogramWords[Int(table.slots[index]) + SeriesValues.sumWords + bucket]
    }

    /// The observations of each bucket of a histogram, not cumulative, the bucket `+Inf` last.
    package func bucketCounts(of index: Int) -> [UInt64] {
        guard case .histogram(let bounds) = family.kind else { return [] }
        return (0...bounds.count).map { bucketCount($0, of: index) }
    }

    /// The creation time of the series, in nanoseconds since 1970 (UTC); `nil` without a clock.
    package func createdAtNanoseconds(of index: Int) -> UInt64? {
        table.createdAtNanoseconds[index] == 0 ? nil : table.createdAtNanoseconds[index]
    }
}
