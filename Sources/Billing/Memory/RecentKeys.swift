// SPDX-License-Identifier: Apache-2.0

/// What is remembered of spans, answers and traces: one word for each key, within a bounded memory.
///
/// New keys go into the newest generation; a look-up asks all generations. When the newest is full, a new one begins. Two
/// generations are always kept; while the oldest is younger than the horizon and memory allows, older ones are archived.
/// When memory is used up, the sender that wrote most of the newest generation loses its oldest keys, and the keys of others
/// are carried over (``RecentKeys/turn(_:at:)``). So keys are never searched for or deleted one by one. A key that is noted
/// again counts as new.
///
/// Functions that only read are `mutating` too; otherwise they would copy the whole value, which is large.
///
/// Memory: 26 bytes per key and generation when full, 8 of them for the index and 2 in a filter. Tables begin small and grow.
struct RecentKeys: ~Copyable {
    /// Number of keys of a generation, a power of two.
    let capacity: Int
    /// The largest number of generations.
    let mostGenerations: Int
    /// Number of forgotten keys.
    var forgotten = ForgottenKeys()
    /// Whether a generation may grow beyond ``capacity`` instead of being forgotten.
    var isUnbounded = false

    var newer: KeyTable
    var older: KeyTable
    /// Which of the two may hold a key.
    var recent: RecentFilter
    var newerWriters: KeyWriters
    var olderWriters: KeyWriters
    /// Older generations, each in a column of the filter; empty ones are small.
    var archive: InlineArray<8, KeyTable>
    var archiveWriters: InlineArray<8, KeyWriters>
    let archiveFilter: ArchiveFilter
    /// The columns in use, the oldest generation first.
    var archived: [Int] = []
    /// The columns in use, a bit for each.
    var usedColumns: UInt8 = 0
    /// Whether there are archived generations.
    @inline(__always)
    var hasArchive: Bool { usedColumns != 0 }

    /// An emptied table whose memory the next generation reuses; a small table when there is none.
    var spare: KeyTable
    /// For each sender that lost keys to make room, the time up to which its lost keys were written; `nil` means the
    /// senders without a tag.
    var lost: [UInt64?: UInt64] = [:]
    /// The sender of the next keys.
    private(set) var peer: UInt64 = 0
    private var counted = 0
    private let horizon: UInt64

    /// Makes an empty memory.
    ///
    /// - Parameters:
    ///   - capacity: The smallest number of keys of a generation; rounded up to a power of two from 512 on.
    ///   - bytes: The memory for keys that are younger than the horizon.
    ///   - horizon: The age up to which keys are kept as long as memory allows, in nanoseconds.
    ///   - first: The number of the first span.
    init(capacity: Int, bytes: Int = 0, horizon: UInt64 = 0, first: UInt32 = 1) {
        var rounded = Self.smallest / 2
        while rounded < capacity { rounded *= 2 }
        while bytes / (2 * rounded * Self.bytesOfKey) >= Self.preferredGenerations { rounded *= 2 }
        self.capacity = rounded
        self.horizon = horizon
        mostGenerations = min(max(bytes / (rounded * Self.bytesOfKey), 2), ArchiveFilter.columns)
        newer = KeyTable(slots: Self.smallest)
        older = KeyTable(slots: Self.smallest)
        recent = RecentFilter(slots: Self.smallest)
        archive = InlineArray { _ in KeyTable(slots: Self.smallest) }
        let writers = KeyWriters(capacity: rounded, began: (0, first))
        newerWriters = writers
        olderWriters = writers
        archiveWriters = InlineArray(repeating: writers)
        archiveFilter = ArchiveFilter(capacity: rounded)
        spare = KeyTable(slots: Self.smallest)
    }

    /// The number of remembered keys; a key in several generations counts several times.
    var count: Int {
        mutating get {
            var count = newer.count + older.count
            for column in archived { count += archive[column].count }
            return count
        }
    }

    /// When the oldest generation began, in monotonic nanoseconds.
    var began: UInt64 {
        mutating get {
            guard let column = archived.first else { return olderWriters.began.time }
            return archiveWriters[column].began.time
        }
    }

    /// The value of a key that was just noted; a slot holds until the next key is noted.
    @inline(__always)
    subscript(slot: Int) -> UInt64 {
        get { newer[slot] }
        nonmutating set { newer[slot] = newValue }
    }

    /// Prefetches the slot of a key that will be noted soon.
    @inline(__always)
    func fetch(_ key: UInt64) {
        newer.fetch(key)
        recent.fetch(key)
        if hasArchive { archiveFilter.fetch(key) }
    }

    /// Prefetches the filter lines that show whether a key may be remembered.
    @inline(__always)
    func fetchFilter(_ key: UInt64) {
        recent.fetch(key)
        if hasArchive { archiveFilter.fetch(key) }
    }

    /// The same as ``fetch(_:)`` for a key that was noted some time ago.
    @inline(__always)
    func fetchNoted(_ key: UInt64) {
        fetch(key)
        older.fetch(key)
    }

    /// Whether a key may be remembered; `false` is certain.
    @inline(__always)
    func mayKnow(_ key: UInt64) -> Bool {
        let holders = recent.mayHold(key)
        return holders.newest || holders.older
            || (hasArchive && archiveFilter.columns(of: key, among: usedColumns) != 0)
    }

    /// What is noted of a key, or `nil`.
    @inline(__always)
    mutating func value(of key: UInt64) -> UInt64? {
        let holders = recent.mayHold(key)
        if holders.newest, let slot = newer.find(key) { return newer[slot] }
        return holders.older || hasArchive ? olderValue(of: key, inOlder: holders.older) : nil
    }

    /// Looks for a key in generations other than the newest.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - isOlder: Whether the filter shows that the generation before the newest may hold it.
    /// - Returns: Its value, or `nil`.
    @inline(never)
    mutating func olderValue(of key: UInt64, inOlder isOlder: Bool) -> UInt64? {
        if isOlder, let slot = older.find(key) { return older[slot] }
        guard hasArchive else { return nil }
        let columns = archiveFilter.columns(of: key, among: usedColumns)
        return columns == 0 ? nil : archivedValue(of: key, columns)
    }

    private mutating func archivedValue(of key: UInt64, _ columns: UInt8) -> UInt64? {
        for column in archived.reversed() where columns &>> UInt8(truncatingIfNeeded: column) & 1 == 1 {
            if let entry = archive[column].find(key) { return archive[column][entry] }
        }
        return nil
    }

    /// Takes a key into the newest generation, with the value that an older one has of it, or 0.
    ///
    /// - Returns: The slot of its value.
    @inline(__always)
    mutating func note(_ key: UInt64) -> Int {
        let (slot, isNew) = newer.findOrAdd(key)
        guard isNew else { return slot }
        // Few new keys are in an older generation.
        let isOlder = recent.add(key)
        if isOlder || hasArchive, let old = olderValue(of: key, inOlder: isOlder) { newer[slot] = old }
        return slot
    }

    /// Sets the sender of the next keys, and counts the keys of the sender before.
    mutating func write(for peer: UInt64) {
        newerWriters.add(newer.count - counted, by: self.peer, tag: Int(newer.tag))
        counted = newer.count
        self.peer = peer
        newer.tag = UInt64(newerWriters.tag(of: peer))
    }

    /// Whether ``turn(at:)`` is due before more is noted.
    @inline(__always)
    var isFull: Bool { newer.isFull }

    /// Whether a full newest generation has to be turned, and cannot just grow.
    var forgetsNext: Bool { !isUnbounded && newer.slots >= capacity * 2 }

    /// Lets the newest generation grow.
    mutating func grow() {
        // In few large steps, since each one allocates and copies.
        newer.grow(to: isUnbounded ? newer.slots * 4 : min(newer.slots * 8, capacity * 2))
        // The older generation's keys first: they are noted as the newest, and turned.
        recent = RecentFilter(slots: newer.slots)
        for entry in 0..<older.count { _ = recent.add(older.key(at: entry).key) }
        if older.count > 0 { recent.turn() }
        for entry in 0..<newer.count { _ = recent.add(newer.key(at: entry).key) }
    }

    /// Whether a generation that ended at a time is older than the horizon.
    func isOld(_ ended: UInt64, at now: UInt64) -> Bool { now >= ended && now - ended >= horizon }

    /// Sets the time at which the first generations begin.
    mutating func begin(at now: UInt64) {
        newerWriters.began.time = now
        olderWriters.began.time = now
    }

    /// Goes back to the current sender's tag after keys were carried over, which do not count as written by it.
    mutating func carried() {
        counted = newer.count
        newer.tag = UInt64(newerWriters.tag(of: peer))
    }

    /// Begins a new generation in a table that is empty.
    mutating func begin(_ table: consuming KeyTable, at moment: (time: UInt64, number: UInt32)) {
        write(for: peer)
        swap(&newer, &older)
        swap(&newerWriters, &olderWriters)
        recent.turn()
        newer = table
        newerWriters = KeyWriters(capacity: capacity, began: moment, after: olderWriters)
        counted = newer.count
        newer.tag = UInt64(newerWriters.tag(of: peer))
    }

    static let smallest = 1_024
    /// The bytes of a key, its share of the index and its bits in the archive's filter.
    private static let bytesOfKey = 28
    /// The number of generations from which on generations become larger instead of more.
    private static let preferredGenerations = 8
}

/// Number of forgotten keys, by reason.
package struct ForgottenKeys: Sendable, Equatable {
    /// Keys older than the horizon.
    package var expired: UInt64 = 0
    /// Keys of the senders that had written the most when memory was full.
    package var senderShare: UInt64 = 0
    /// The oldest keys, when memory was full and no sender stood out.
    package var memory: UInt64 = 0

    package init() {}

    /// All of them.
    package var total: UInt64 { expired + senderShare + memory }
}
