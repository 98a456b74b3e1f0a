// SPDX-License-Identifier: Apache-2.0

/// Which records of a journal brought the spans that the window still needs.
///
/// Copies, and spans that are decided on arrival, have records and take no slot in the window. So only the window's own running
/// numbers, not the number of arrivals, say what it still needs.
struct ArrivalRecords {
    private struct Step {
        /// The place in the order of all spans that took a slot, of the first span of the step.
        let first: UInt64
        /// The record that brought it, or an earlier one.
        let record: UInt64
        /// The record that had brought the oldest span that waited then.
        let needed: UInt64
    }

    private var steps: [Step] = []
    /// How many spans have taken a slot, up to the running number ``last``.
    private var total: UInt64 = 0
    private var last: UInt32

    /// Begins with the number of the first span.
    init(first: UInt32) { last = first }

    /// Notes that spans are about to arrive.
    ///
    /// - Parameters:
    ///   - record: The number of their record, or of an earlier one.
    ///   - oldest: The oldest running number of a span that waits.
    ///   - next: The running number of the next span that takes a slot.
    mutating func arrive(in record: UInt64, oldest: UInt32, next: UInt32) {
        let place = place(of: next)
        (total, last) = (place, next)
        if let step = steps.last, place - step.first < Self.width { return }
        let needed = self.step(of: self.place(of: oldest)).map { min($0.record, record) } ?? record
        steps.append(Step(first: place, record: record, needed: needed))
        // Every second step can go: the one before it answers for it, with an earlier record.
        if steps.count > Self.mostSteps { steps = steps.indices.filter { $0 % 2 == 0 }.map { steps[$0] } }
    }

    /// The oldest records that are needed, and forgets the ones before them.
    ///
    /// - Parameters:
    ///   - oldest: The oldest running number of a span that waits.
    ///   - next: The running number of the next span that takes a slot.
    ///   - count: How many of the latest spans that took a slot are remembered, waiting or not.
    /// - Returns: The first record with a span that may wait, and the first with a span that is remembered.
    mutating func needed(oldest: UInt32, next: UInt32, remembering count: UInt64) -> RecordsNeeded {
        let (end, oldest) = (place(of: next), place(of: oldest))
        var needed = RecordsNeeded()
        // A span that waits for the second time has a new place. When it took that, it was the oldest.
        if oldest < end { needed.waiting = step(of: oldest)?.needed }
        let remembered = end > count ? end - count : 0
        if end > count { needed.remembered = step(of: remembered)?.needed }
        let unused = steps.lastIndex { $0.first <= min(oldest, remembered) } ?? 0
        steps.removeFirst(unused)
        return needed
    }

    private func place(of number: UInt32) -> UInt64 {
        total &+ UInt64(bitPattern: Int64(Int32(bitPattern: number &- last)))
    }

    /// The step of a place, or the oldest one for places before all.
    private func step(of place: UInt64) -> Step? {
        // Steps are sorted by place.
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].first <= place { low = middle + 1 } else { high = middle }
        }
        return steps.isEmpty ? nil : steps[max(low, 1) - 1]
    }

    /// The spans of one step.
    private static let width: UInt64 = 16
    /// 1.5 MB; beyond that, steps become wider.
    private static let mostSteps = 65_536
}

/// The oldest records of a journal that the window still needs.
package struct RecordsNeeded: Sendable, Equatable {
    /// The first record with a span that may wait; `nil` if none waits.
    package var waiting: UInt64?
    /// The first record with a span that is remembered; `nil` if fewer have arrived than are remembered.
    package var remembered: UInt64?

    package init() {}
}
