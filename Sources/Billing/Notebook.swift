// SPDX-License-Identifier: Apache-2.0

/// What is remembered of spans, answers and traces: one word for each key, within a bounded memory.
///
/// New keys are written into one generation, both are asked, and when the newer is full it takes the place of the older,
/// which is forgotten. So nothing is ever searched for or deleted one by one. Memory is bounded by number, not by time,
/// since ids do not repeat: between one and two times ``capacity`` keys are remembered, and a key that is noted again
/// counts as new.
///
/// Memory: 25 bytes a key and generation when full, 9 of them to find it by; tables begin small and grow.
struct Notebook: ~Copyable {
    /// How many keys a generation holds, a power of two.
    let capacity: Int
    /// How many keys were forgotten.
    private(set) var forgotten: UInt64 = 0
    /// Whether a generation may grow beyond ``capacity`` instead of being forgotten.
    var isUnbounded = false

    private var newer: KeyTable
    private var older: KeyTable

    /// Makes an empty notebook.
    ///
    /// - Parameter capacity: How many keys a generation holds; rounded up to a power of two from 512 on.
    init(capacity: Int) {
        var rounded = Self.smallest / 2
        while rounded < capacity { rounded *= 2 }
        self.capacity = rounded
        newer = KeyTable(slots: Self.smallest)
        older = KeyTable(slots: Self.smallest)
    }

    /// How many keys are remembered; one that is in both generations counts twice.
    var count: Int { newer.count + older.count }

    /// The value of a key that was just noted; a slot holds until the next key is noted.
    @inline(__always)
    subscript(slot: Int) -> UInt64 {
        get { newer[slot] }
        nonmutating set { newer[slot] = newValue }
    }

    /// Asks memory to bring near where a key belongs that will be noted soon.
    @inline(__always)
    func fetch(_ key: UInt64) {
        newer.fetch(key)
        newer.fetchFilter(key)
        older.fetchFilter(key)
    }

    /// Whether a key may be remembered; `false` is certain.
    @inline(__always)
    func mayKnow(_ key: UInt64) -> Bool { newer.mayHold(key) || older.mayHold(key) }

    /// What is noted of a key, or `nil`.
    @inline(__always)
    func value(of key: UInt64) -> UInt64? {
        if let slot = newer.find(key) { return newer[slot] }
        guard let slot = older.find(key) else { return nil }
        return older[slot]
    }

    /// Takes a key into the newer generation, with what was noted of it; 0 when that is nothing.
    ///
    /// - Returns: The slot of its value.
    @inline(__always)
    mutating func note(_ key: UInt64) -> Int {
        let (slot, isNew) = newer.findOrAdd(key)
        if isNew, let old = older.find(key) { newer[slot] = older[old] }
        return slot
    }

    /// Whether ``turn()`` is due before more is noted.
    @inline(__always)
    var isFull: Bool { newer.isFull }

    /// Whether making room costs what the older generation holds.
    var forgetsNext: Bool { !isUnbounded && newer.slots >= capacity * 2 }

    /// Makes room: the newer generation grows, or else it becomes the older one, which is forgotten.
    mutating func turn() {
        guard forgetsNext else {
            // In few large steps, since each takes new memory and copies.
            return newer.grow(to: isUnbounded ? newer.slots * 4 : min(newer.slots * 8, capacity * 2))
        }
        forgotten += UInt64(older.count)
        older.removeAll()
        swap(&newer, &older)
    }

    private static let smallest = 1_024
}
