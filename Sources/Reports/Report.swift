// SPDX-License-Identifier: Apache-2.0
import Notation
import Pricing

/// Calls, tokens and dollars of recorded calls, by group.
package struct Report: Sendable {
    /// The calls of one group.
    package struct Row: Sendable {
        /// The values of the groupings; empty where the calls have none.
        package let values: [String]
        package var sums = ReportSums()

        /// Whether these are the calls of all groups for which there was no room.
        var isOverflow: Bool { !values.isEmpty && values.allSatisfy { $0 == OverflowValue.text } }
    }

    package let groupings: [Grouping]
    /// By time first, if the report is grouped by it; then the dearest first, those without a known cost before them, and
    /// `__overflow__` last.
    package let rows: [Row]
    package let total: ReportSums
    /// The number of calls in groups beyond the ceiling.
    package let overflowed: Int

    /// The rows; the total alone for a report that is not grouped.
    var shownRows: [Row] { groupings.isEmpty ? [Row(values: [], sums: total)] : rows }

    static func sorted(_ rows: [Row], by groupings: [Grouping]) -> [Row] {
        let times = groupings.indices.filter { groupings[$0].isTime }
        return rows.sorted { left, right in
            if left.isOverflow != right.isOverflow { return right.isOverflow }
            for index in times where left.values[index] != right.values[index] {
                return left.values[index] < right.values[index]
            }
            if left.sums.cost != right.sums.cost {
                // What is not known deserves the first look.
                guard let first = left.sums.cost, let second = right.sums.cost else { return left.sums.cost == nil }
                return first > second
            }
            return left.values.lexicographicallyPrecedes(right.values)
        }
    }

    /// What a reader must know to take the figures for what they are; one sentence each.
    ///
    /// - Parameter priceFiles: The price files by which the calls were priced.
    /// - Returns: The sentences.
    package func notes(priceFiles: [String]) -> [String] {
        var notes: [String] = []
        if total.unpriced > 0 {
            let find = CommandWords.line(["prices", "find"] + priceFiles.flatMap { ["--prices", $0] } + ["MODEL"])
            notes.append(
                "\(Plural.of(total.unpriced, "call")) without a price: the cost is not known, and not in the dollars; to see why: "
                    + find)
        }
        let silent = total.unknown - total.unpriced
        if silent > 0 {
            notes.append("\(Plural.of(silent, "call")) without usage: the cost is not known, and not in the dollars")
        }
        if total.estimated > .zero { notes.append("$\(total.estimated) is an estimate") }
        if overflowed > 0 {
            notes.append(
                "\(Plural.of(overflowed, "call")) in \(OverflowValue.text): there are more groups than --max-groups allows"
            )
        }
        return notes
    }
}
