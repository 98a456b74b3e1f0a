// SPDX-License-Identifier: Apache-2.0

/// A dictionary of bounded size that forgets those entries first that were not asked for the longest.
///
/// Entries are written into a younger half and move there when they are asked for; when it is full, it takes the place of
/// the older half, whose entries are forgotten.
struct RecentEntries<Key: Hashable, Value> {
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// How many entries were forgotten.
    private(set) var evictions: UInt64 = 0

    /// How many entries there are.
    var count: Int { young.count + old.count }

    /// The value of a key, which counts as young from now on.
    mutating func value(of key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old.removeValue(forKey: key) else { return nil }
        young[key] = value
        return value
    }

    /// Enters a value; in the place of one that is there for the key.
    mutating func insert(_ value: Value, for key: Key) {
        old[key] = nil
        young[key] = value
    }

    /// Forgets the older half when the younger one has a number of entries.
    mutating func makeRoom(youngerThan most: Int) {
        guard young.count >= most else { return }
        evictions += UInt64(old.count)
        old = young
        young = [:]
    }
}

extension RecentEntries: Sendable where Key: Sendable, Value: Sendable {}
