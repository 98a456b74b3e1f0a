// SPDX-License-Identifier: Apache-2.0

/// All families and series of a registry at one moment.
///
/// It has all that a reader needs and no index by labels. It cannot grow: text that was made for the first n series of a family
/// is valid for every snapshot of the same registry with the same ``FamilySeries/edition``.
package struct SeriesSnapshot: Sendable {
    /// The families, in the order of registration; a ``FamilyID`` is an index.
    package private(set) var families: [MetricFamily] = []
    /// The number of Prometheus series, including overflow series.
    package private(set) var seriesCount = 0
    var labelTexts: [String] = []
    var values = SeriesValues()
    private var tables: [SeriesTable] = []
    /// Series that were born before this moment count as restored.
    private var restored = BirthHorizon.beginning

    mutating func addFamily(_ family: MetricFamily) {
        families.append(family)
        tables.append(SeriesTable())
        values.addFamily(family.kind)
    }

    mutating func addSeries(
        _ family: FamilyID, _ labelNumbers: [UInt32], _ isOverflow: Bool, _ createdAtNanoseconds: UInt64?
    ) -> SeriesID {
        let description = families[family.number]
        seriesCount += description.seriesPerLabelSet
        let slot = values.addSlot(description.kind)
        tables[family.number].slots.append(slot)
        tables[family.number].labelNumbers += labelNumbers
        tables[family.number].createdAtNanoseconds.append(createdAtNanoseconds ?? 0)
        return SeriesID(
            slot: slot, familyNumber: UInt16(family.number), kind: SeriesID.Kind(description.kind),
            isOverflow: isOverflow)
    }

    /// Removes a series from its family and returns the numbers of its label texts.
    mutating func removeSeries(_ series: SeriesID) -> [UInt32] {
        let labels = families[series.family.number].labels.count
        guard let index = tables[series.family.number].slots.firstIndex(of: series.slot) else {
            preconditionFailure("a series vanishes once")
        }
        seriesCount -= 1
        values.freeGauge(at: series.slot)
        return tables[series.family.number].remove(index, labels: labels)
    }

    /// The series of one family, without their values.
    func table(of family: FamilyID) -> SeriesTable { tables[family.number] }

    /// Whether some series has a label text.
    func usesLabelText(_ number: UInt32) -> Bool { tables.contains { $0.labelNumbers.contains(number) } }

    /// Sets a gauge only in this snapshot, for values that are read at a scrape.
    ///
    /// - Parameters:
    ///   - value: The value, in units of the family's scale.
    ///   - series: A gauge that existed when the snapshot was taken.
    package mutating func set(_ value: Int128, of series: SeriesID) { values.set(value, of: series) }

    /// Takes all present series for restored ones.
    mutating func noteRestored() { restored = births }

    /// The value of a counter or gauge, or the sum of a histogram, in units of the family's scale.
    package func value(of series: SeriesID) -> Int128 { values.value(of: series.kind, at: series.slot) }

    /// The series of one family.
    package func series(of family: FamilyID) -> FamilySeries {
        FamilySeries(
            family: families[family.number], labelTexts: labelTexts, table: tables[family.number], values: values,
            restored: restored)
    }

    /// The indices of the families, in the order of registration.
    package var familyIDs: [FamilyID] { families.indices.map(FamilyID.init(number:)) }
}

/// The series of one family, in creation order.
struct SeriesTable: Sendable {
    var slots: [UInt32] = []
    /// The numbers of label texts, as many for each series as the family has labels.
    var labelNumbers: [UInt32] = []
    /// 0 for a series without a creation time.
    var createdAtNanoseconds: [UInt64] = []
    /// The number of removed series.
    private(set) var edition = 0

    /// Removes a series and returns the numbers of its label texts.
    mutating func remove(_ index: Int, labels: Int) -> [UInt32] {
        edition += 1
        slots.remove(at: index)
        createdAtNanoseconds.remove(at: index)
        let range = index * labels..<(index + 1) * labels
        defer { labelNumbers.removeSubrange(range) }
        return Array(labelNumbers[range])
    }
}

extension SeriesID.Kind {
    init(_ kind: MetricFamily.Kind) {
        self =
            switch kind {
            case .counter: .counter
            case .gauge: .gauge
            case .histogram: .histogram
            }
    }
}
