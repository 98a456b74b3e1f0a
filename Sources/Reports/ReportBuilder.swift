// SPDX-License-Identifier: Apache-2.0
import Notation
package import Pricing
import Synchronization

/// Adds calls up by the values of some groupings.
///
/// Memory is bounded: there is a ceiling on groups, and the calls of all groups beyond it are added up as one, whose values are
/// `__overflow__`.
package final class ReportBuilder: Sendable {
    /// What the report is grouped by; empty for the total alone.
    package let groupings: [Grouping]
    private let limit: Int
    private let state: Mutex<State>

    private struct State {
        /// The index of each group by its values.
        var indices: [[String]: Int] = [:]
        var rows: [Report.Row] = []
        /// The index of the group of all calls beyond the ceiling.
        var overflow: Int?
        var overflowed = 0
        var total = ReportSums()

        mutating func add(_ values: [String]) -> Int {
            indices[values] = rows.count
            rows.append(Report.Row(values: values))
            return rows.count - 1
        }
    }

    /// The default ceiling on groups.
    package static let defaultLimit = 10_000

    /// Makes an empty report.
    ///
    /// - Parameters:
    ///   - groupings: What to group by.
    ///   - limit: The largest number of groups, `__overflow__` excluded.
    package init(groupings: [Grouping], limit: Int = ReportBuilder.defaultLimit) {
        self.groupings = groupings
        self.limit = limit
        state = Mutex(State())
    }

    /// The group with some values; the number stays valid.
    ///
    /// - Parameter values: One for each of ``groupings``; empty where a call has none.
    /// - Returns: The group, or that of `__overflow__`.
    package func group(of values: [String]) -> Int {
        precondition(values.count == groupings.count)
        return state.withLock { state in
            if let known = state.indices[values] { return known }
            let overflow = values.map { _ in OverflowValue.text }
            if state.rows.count - (state.overflow == nil ? 0 : 1) < limit || values == overflow {
                return state.add(values)
            }
            if let known = state.overflow { return known }
            // Calls may name `__overflow__` themselves, when a label had too many values.
            let index = state.indices[overflow] ?? state.add(overflow)
            state.overflow = index
            return index
        }
    }

    /// Adds calls.
    ///
    /// - Parameters:
    ///   - calls: The calls with their prices.
    ///   - groups: The group of each call, as ``group(of:)`` gave it.
    package func add(_ calls: PricedCalls, to groups: [Int]) {
        precondition(groups.count == calls.count)
        state.withLock { state in
            for (index, group) in groups.enumerated() {
                let (priced, verdict) = (calls[index], calls.verdicts[index])
                state.rows[group].sums.add(priced, verdict)
                state.total.add(priced, verdict)
                if group == state.overflow { state.overflowed += 1 }
            }
        }
    }

    /// The report of the calls so far.
    package var report: Report {
        state.withLock { state in
            Report(
                groupings: groupings, rows: Report.sorted(state.rows, by: groupings), total: state.total,
                overflowed: state.overflowed)
        }
    }
}
