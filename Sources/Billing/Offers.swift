// SPDX-License-Identifier: Apache-2.0
import GenAI

/// What spans that do not wait have to offer to the labels of calls below them.
///
/// Only spans that offer something are remembered, so that ordinary traffic pays nothing. Bounded like the notebook: new
/// ones are written into one generation, both are asked, and a full one takes the place of the older.
struct Offers {
    private var newer: [UInt64: Attribution] = [:]
    private var older: [UInt64: Attribution] = [:]
    private let capacity: Int

    /// Makes an empty memory.
    ///
    /// - Parameter capacity: How many offers are remembered at least; twice as many at most.
    init(capacity: Int) { self.capacity = max(capacity, 1) }

    /// What a span offers, or `nil`.
    subscript(span: UInt64) -> Attribution? { newer[span] ?? older[span] }

    /// Remembers what a span offers.
    mutating func remember(_ span: UInt64, _ attribution: Attribution, bounded: Bool) {
        if bounded, newer.count >= capacity {
            older = newer
            newer = [:]
        }
        newer[span] = attribution
    }
}
