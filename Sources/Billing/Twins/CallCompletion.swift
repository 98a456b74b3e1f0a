// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// Completes a call that is counted with what only its twins say.
struct CallCompletion: ~Copyable {
    /// Adds to a call's own labels what another span says.
    typealias Inherit = @Sendable (_ own: Attribution, _ other: Attribution) -> Attribution
    /// The same for its values of dimensions.
    typealias InheritDimensions = @Sendable (_ own: DimensionSet, _ other: DimensionSet) -> DimensionSet

    /// The twins of a call, in the order in which it learns from them.
    private var teachers: [UInt32] = []

    /// Adds to a call what only its twins say.
    ///
    /// Twins are read in the order of their times, so that the order of arrival makes no difference.
    mutating func learnFromTwins(
        _ number: UInt32, _ inherit: Inherit?, _ inheritDimensions: InheritDimensions?,
        _ waiting: inout WaitingSpans
    ) {
        teachers.removeAll(keepingCapacity: true)
        var twin = waiting[number].nextTwin
        while twin != number {
            teachers.append(twin)
            twin = waiting[twin].nextTwin
        }
        if teachers.count > 1 { orderTeachers(&waiting) }
        let reporters = waiting[number].state.contains(.usage) ? [] : waiting.usageReporters(among: teachers)
        for twin in teachers {
            let isEqual = waiting[twin].hasEqualCounts(waiting[number])
            // An outer call with other counts is about more than this call.
            if !waiting[twin].state.isOuter || isEqual {
                let addsUsage = reporters.contains(twin)
                let isPart = !isEqual && !addsUsage && waiting[twin].state.contains(.unmarked)
                waiting.learn(number, from: twin, addsUsage: addsUsage, isPart: isPart)
            }
            let (own, other) = (waiting[call: number].attribution, waiting[call: twin].attribution)
            if let inherit, other.offersToDescendants, own.seeksAncestors {
                waiting.setAttribution(number, inherit(own, other))
            }
            let (set, otherSet) = (waiting[call: number].dimensions, waiting[call: twin].dimensions)
            if let inheritDimensions, otherSet.offersToDescendants, set.seeksAncestors {
                waiting.setDimensions(number, inheritDimensions(set, otherSet))
            }
        }
    }

    private mutating func orderTeachers(_ waiting: inout WaitingSpans) {
        var (marked, unmarked): ([UInt32], [UInt32]) = ([], [])
        for teacher in teachers {
            if waiting[teacher].state.contains(.unmarked) { unmarked.append(teacher) } else { marked.append(teacher) }
        }
        teachers = byTime(marked, &waiting) + byTime(unmarked, &waiting)
    }

    private func byTime(_ numbers: [UInt32], _ waiting: inout WaitingSpans) -> [UInt32] {
        var keyed: [(time: Outside<UInt64>, span: UInt64, number: UInt32)] = []
        for number in numbers {
            keyed.append((waiting[number].start, waiting[call: number].identity.spanID, number))
        }
        return keyed.sorted { ($0.time, $0.span) < ($1.time, $1.span) }.map(\.number)
    }
}
