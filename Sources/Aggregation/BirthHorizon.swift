// SPDX-License-Identifier: Apache-2.0

/// A moment in the life of the registry: tells which counters and histograms existed then.
///
/// The birth number of a series is its slot among the values, since slots are given in ascending order and never again. So no
/// series takes a byte more for it.
package struct BirthHorizon: Hashable, Comparable, Sendable {
    /// The number of counters, and of words of histograms, at that moment.
    let counters: UInt32
    let histogramWords: UInt32

    /// The beginning: every series is born after it.
    static let beginning = BirthHorizon(counters: 0, histogramWords: 0)

    /// Whether a moment was before another one of the same registry.
    package static func < (left: Self, right: Self) -> Bool {
        (left.counters, left.histogramWords) < (right.counters, right.histogramWords)
    }
}

extension SeriesSnapshot {
    /// The moment of this snapshot.
    package var births: BirthHorizon {
        BirthHorizon(
            counters: UInt32(values.counters.count), histogramWords: UInt32(values.histogramWords.count))
    }
}

extension FamilySeries {
    /// The index of the first series that was born after a moment, not counting restored ones.
    ///
    /// Series are numbered in the order of their births, so that all later ones were, too.
    ///
    /// - Parameter horizon: The moment; `nil` for the present.
    /// - Returns: The index; the number of series if there is none, as always for gauges.
    /// - Complexity: O(log series).
    package func firstBorn(after horizon: BirthHorizon?) -> Int {
        guard let horizon = horizon.map({ max($0, restored) }) else { return count }
        let bound: UInt32
        switch kind {
        case .counter: bound = horizon.counters
        case .histogram: bound = horizon.histogramWords
        case .gauge: return count
        }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if table.slots[middle] < bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
