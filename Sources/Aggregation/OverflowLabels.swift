// SPDX-License-Identifier: Apache-2.0
import Notation

/// What the labels of one family become when no more series can be made.
///
/// Open labels become `__overflow__` and fixed ones stay, so that a sum by token type stays right. The number of label
/// sets that come out is bounded even if a label that was called fixed is not.
struct OverflowLabels: Sendable {
    /// How many values of one fixed label are kept; later ones are given up like those of an open label.
    static let valuesPerLabel = 64
    /// How many label sets a family has in overflow before all its labels are given up.
    static let labelSetsPerFamily = 1_024

    /// How many times a new label set was sent here.
    private(set) var redirected: UInt64 = 0
    private var keptValues: [Set<ByteText>]
    private var labelSets = 0

    init(labels: [LabelName]) { keptValues = Array(repeating: [], count: labels.count) }

    /// The label values to use instead of those that do not fit.
    mutating func redirect(_ labelValues: [String], of labels: [LabelName]) -> [String] {
        var redirected = labelValues
        for (index, label) in labels.enumerated() where labelValues[index] != OverflowValue.text {
            if !label.isOpen && keeps(labelValues[index], ofLabel: index) { continue }
            redirected[index] = OverflowValue.text
        }
        return redirected
    }

    /// Counts a label set that was redirected to an overflow series.
    mutating func noteRedirected() { redirected += 1 }

    /// The label values of a series that has to be made for overflow.
    ///
    /// - Returns: The values given; all of them given up when the family has had enough.
    mutating func admit(_ labelValues: [String]) -> [String] {
        guard labelSets < Self.labelSetsPerFamily else { return labelValues.map { _ in OverflowValue.text } }
        labelSets += 1
        return labelValues
    }

    private mutating func keeps(_ value: String, ofLabel index: Int) -> Bool {
        let text = ByteText(value)
        if keptValues[index].contains(text) { return true }
        guard keptValues[index].count < Self.valuesPerLabel else { return false }
        keptValues[index].insert(text)
        return true
    }
}
