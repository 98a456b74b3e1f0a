// SPDX-License-Identifier: Apache-2.0

/// The sets that one reader has met last, by their identity.
///
/// Most spans have the values of an earlier one, and need no look-up in the shared ``DimensionTable``.
struct RecentSets: Sendable {
    private struct Entry {
        var identity: UInt64 = 0
        var set = DimensionSet.none
    }

    private var entries: [Entry]
    /// The epoch of the table that the numbers are of.
    private var epoch: UInt32 = 0

    /// Remembers nothing so far.
    ///
    /// - Parameter size: The number of sets that are remembered at most, a power of two; 16 bytes each.
    init(size: Int) { entries = [Entry](repeating: Entry(), count: size) }

    /// Forgets the sets of an earlier epoch.
    mutating func begin(_ epoch: UInt32) {
        guard epoch != self.epoch else { return }
        self.epoch = epoch
        for index in entries.indices { entries[index] = Entry() }
    }

    /// The set with an identity, if it is remembered.
    @inline(__always)
    subscript(identity: UInt64) -> DimensionSet? {
        let entry = entries[Int(truncatingIfNeeded: identity) & (entries.count - 1)]
        return entry.identity == identity && entry.set != .none ? entry.set : nil
    }

    /// Remembers a set in the place of another one.
    mutating func remember(_ set: DimensionSet, as identity: UInt64) {
        entries[Int(truncatingIfNeeded: identity) & (entries.count - 1)] = Entry(identity: identity, set: set)
    }
}
