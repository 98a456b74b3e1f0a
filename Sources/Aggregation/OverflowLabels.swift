// SPDX-License-Identifier: Apache-2.0
import Notation

/// The labels of one family's overflow series, for new label sets at the series limit.
///
/// Open labels become `__overflow__` and fixed ones keep their values, so that a sum by token type stays right. The number of
/// overflow series is bounded, even if a label that is declared fixed has many values.
struct OverflowLabels: Sendable {
    /// The number of values that a fixed label keeps; later ones become `__overflow__`, like those of an open label.
    static let valuesPerLabel = 64
    /// The number of overflow label sets of a family; after that, all its labels become `__overflow__`.
    static let labelSetsPerFamily = 1_024

    /// The number of look-ups of new label sets that got an overflow series.
    private(set) var redirected: UInt64 = 0
    private var keptValues: [Set<ByteText>]
    private var labelSets = 0

    init(labels: [LabelName]) { keptValues = Array(repeating: [], count: labels.count) }

    /// The label values of the overflow series for a label set.
    func redirect(_ labelValues: [String], of labels: [LabelName]) -> [String] {
        var redirected = labelValues
        for (index, label) in labels.enumerated() where labelValues[index] != OverflowValue.text {
            if !label.isOpen && keeps(labelValues[index], ofLabel: index) { continue }
            redirected[index] = OverflowValue.text
        }
        return redirected
    }

    /// Notes a new series, which may be an overflow series: what is kept of these follows from the series alone, so that it is
    /// the same in a process that restores them.
    mutating func noteMade(_ labelValues: [String], of labels: [LabelName]) {
        guard zip(labelValues, labels).allSatisfy({ !$1.isOpen || $0 == OverflowValue.text }) else { return }
        labelSets += 1
        for (index, value) in labelValues.enumerated() where value != OverflowValue.text {
            keptValues[index].insert(ByteText(value))
        }
    }

    /// Counts a look-up that got an overflow series.
    mutating func noteRedirected() { redirected += 1 }

    /// The label values of a new overflow series.
    ///
    /// - Returns: The given values, or `__overflow__` for all of them if the family has its largest number of overflow series.
    func admitted(_ labelValues: [String]) -> [String] {
        labelSets < Self.labelSetsPerFamily ? labelValues : labelValues.map { _ in OverflowValue.text }
    }

    private func keeps(_ value: String, ofLabel index: Int) -> Bool {
        keptValues[index].contains(ByteText(value)) || keptValues[index].count < Self.valuesPerLabel
    }
}
