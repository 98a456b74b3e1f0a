// SPDX-License-Identifier: Apache-2.0

/// A dictionary of bounded size that evicts the least recently used entries.
///
/// Entries are written into a younger half, and move there when they are read. When the younger half is full, it replaces the
/// older half, whose entries are evicted.
struct RecentEntries<Key: Hashable, Value> {
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    /// How many entries were evicted.
    private(set) var evictions: UInt64 = 0

    /// The number of entries.
    var count: Int { young.count + old.count }

    /// The value of a key, which moves to the younger half.
    mutating func value(of key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old.removeValue(forKey: key) else { return nil }
        young[key] = value
        return value
    }

    /// Sets the value of a key.
    mutating func insert(_ value: Value, for key: Key) {
        old[key] = nil
        young[key] = value
    }

    /// Evicts the older half if the younger one has a number of entries.
    mutating func makeRoom(youngerThan most: Int) {
        guard young.count >= most else { return }
        evictions += UInt64(old.count)
        old = young
        young = [:]
    }
}

extension RecentEntries: Sendable where Key: Sendable, Value: Sendable {}
