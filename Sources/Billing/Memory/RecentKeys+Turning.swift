// SPDX-License-Identifier: Apache-2.0

/// How a full memory of keys makes room.
extension RecentKeys {
    /// A way to make room.
    enum Turn {
        /// All generations are kept.
        case keep
        /// The oldest generation is forgotten, since it is older than the horizon.
        case expire
        /// A generation loses the keys of some tags, and the other keys are carried over to the newest one.
        case squeeze(Generation, tags: UInt16, peers: [UInt64?])
    }

    /// A generation other than the newest one.
    enum Generation: Equatable {
        /// A generation in the archive, by its column.
        case archived(Int)
        case older
    }

    /// Decides how to make room once the newest generation is full.
    ///
    /// - Parameter now: The time, in monotonic nanoseconds.
    /// - Returns: The turn, and the number of the first span whose notes are certain to outlive it; `nil` when all do.
    mutating func plan(at now: UInt64) -> (turn: Turn, before: UInt32?) {
        write(for: peer)
        let oldest = archived.first.map { Generation.archived($0) } ?? .older
        let ended = end(of: oldest)
        if isOld(ended.time, at: now) || (archived.isEmpty && older.count == 0) { return (.expire, ended.number) }
        guard 2 + archived.count >= mostGenerations else { return (.keep, nil) }
        // The heaviest sender loses its oldest keys; if that frees too few, so does the next one.
        let generations = archived.map { Generation.archived($0) } + [.older]
        var greedy: [UInt64] = []
        for peer in newerWriters.heaviest {
            greedy.append(peer)
            for generation in generations {
                let (tags, keys) = tags(of: greedy, in: writers(of: generation))
                guard keys >= capacity / 2 else { continue }
                return (.squeeze(generation, tags: tags, peers: greedy), end(of: generation).number)
            }
        }
        // No sender stands out: the oldest generation goes.
        return (.squeeze(oldest, tags: .max, peers: greedy + [nil]), ended.number)
    }

    /// Makes room.
    ///
    /// - Parameters:
    ///   - turn: What to do.
    ///   - moment: The time, in monotonic nanoseconds, and the number of the next span.
    mutating func turn(_ turn: Turn, at moment: (time: UInt64, number: UInt32)) {
        switch turn {
        case .keep:
            archiveOlder()
            begin(emptyTable(), at: moment)
        case .expire:
            expire(at: moment)
        case .squeeze(let generation, let tags, let peers):
            for peer in peers { lose(until: end(of: generation).time, by: peer) }
            squeeze(generation, tags, isShare: peers.last ?? nil != nil, at: moment)
        }
    }

    /// The time from which on the memory of a key's sender is complete, in monotonic nanoseconds.
    mutating func memoryBegan(for key: UInt64) -> UInt64 {
        guard !lost.isEmpty else { return began }
        let all = lost[nil] ?? 0
        guard let peer = owner(of: key) else { return max(began, all) }
        return max(began, all, lost[peer] ?? 0)
    }

    private mutating func expire(at moment: (time: UInt64, number: UInt32)) {
        guard let column = archived.first else {
            forgotten.expired += UInt64(older.count)
            var table = KeyTable(slots: Self.smallest)
            swap(&table, &older)
            guard table.slots == capacity * 2 else { return begin(emptyTable(), at: moment) }
            // The older table, emptied, becomes the newest one.
            table.removeAll()
            return begin(table, at: moment)
        }
        forgotten.expired += UInt64(archive[column].count)
        var table = release(column)
        table.removeAll()
        // Further generations older than the horizon give their memory back.
        while let next = archived.first, isOld(end(of: .archived(next)).time, at: moment.time) {
            forgotten.expired += UInt64(archive[next].count)
            _ = release(next)
        }
        archiveOlder()
        begin(table, at: moment)
    }

    private mutating func squeeze(
        _ generation: Generation, _ tags: UInt16, isShare: Bool, at moment: (time: UInt64, number: UInt32)
    ) {
        let writers = writers(of: generation)
        var table: KeyTable
        switch generation {
        case .archived(let column): table = release(column)
        case .older:
            table = KeyTable(slots: Self.smallest)
            swap(&table, &older)
        }
        if generation != .older { archiveOlder() }
        begin(emptyTable(), at: moment)
        var dropped: UInt64 = 0
        // A generation without keys of other senders is dropped as a whole.
        let isWhole = (0..<KeyTable.tags).allSatisfy { tags &>> UInt16($0) & 1 == 1 || writers.keys($0) == 0 }
        if isWhole { dropped = UInt64(table.count) }
        for entry in isWhole ? 0..<0 : 0..<table.count {
            let (key, tag) = table.key(at: entry)
            if tags &>> UInt16(truncatingIfNeeded: tag) & 1 == 1 {
                dropped += 1
                continue
            }
            // A newer generation has the newer note of this key.
            if olderValue(of: key, inOlder: true) != nil { continue }
            let newTag = writers.peer(tag).map { newerWriters.tag(of: $0) } ?? 0
            newer.tag = UInt64(newTag)
            newer[newer.findOrAdd(key).entry] = table[entry]
            _ = recent.add(key)
            newerWriters.carry(newTag)
        }
        table.removeAll()
        spare = table
        carried()
        if isShare { forgotten.senderShare += dropped } else { forgotten.memory += dropped }
    }

    /// A table for a new generation.
    private mutating func emptyTable() -> KeyTable {
        guard spare.slots == capacity * 2 else { return KeyTable(slots: capacity * 2) }
        var table = KeyTable(slots: Self.smallest)
        swap(&table, &spare)
        return table
    }

    /// Moves the older of the two newest generations into the archive, in a column that is free.
    private mutating func archiveOlder() {
        guard let column = (0..<ArchiveFilter.columns).first(where: { !archived.contains($0) }) else {
            preconditionFailure("an archive must have a free column")
        }
        var table = KeyTable(slots: Self.smallest)
        swap(&table, &older)
        archiveFilter.fill(column, with: recent)
        archive[column] = table
        archiveWriters[column] = olderWriters
        archived.append(column)
        usedColumns |= 1 &<< UInt8(truncatingIfNeeded: column)
    }

    /// Takes a generation out of the archive.
    private mutating func release(_ column: Int) -> KeyTable {
        var table = KeyTable(slots: Self.smallest)
        swap(&table, &archive[column])
        archived.removeAll { $0 == column }
        usedColumns &= ~(1 &<< UInt8(truncatingIfNeeded: column))
        return table
    }

    private mutating func writers(of generation: Generation) -> KeyWriters {
        switch generation {
        case .archived(let column): archiveWriters[column]
        case .older: olderWriters
        }
    }

    /// When a generation ended, which is when the next one began.
    private mutating func end(of generation: Generation) -> (time: UInt64, number: UInt32) {
        guard case .archived(let column) = generation else { return newerWriters.began }
        guard let index = archived.firstIndex(of: column), index + 1 < archived.count else { return olderWriters.began }
        return archiveWriters[archived[index + 1]].began
    }

    /// The tags of some senders in a generation, and the number of keys with these tags.
    private func tags(of peers: [UInt64], in writers: KeyWriters) -> (tags: UInt16, keys: Int) {
        var (tags, keys) = (UInt16(0), 0)
        for peer in peers {
            let tag = writers.tag(of: peer)
            guard tag > 0 else { continue }
            tags |= 1 &<< UInt16(truncatingIfNeeded: tag)
            keys += writers.keys(tag)
        }
        return (tags, keys)
    }

    private mutating func lose(until time: UInt64, by peer: UInt64?) {
        // Losses from before the oldest generation no longer matter.
        let began = began
        if lost.count >= Self.mostLosers { lost = lost.filter { $0.value > began } }
        if lost.count >= Self.mostLosers, let first = lost.min(by: { $0.value < $1.value })?.key {
            lost[first] = nil
        }
        lost[peer] = max(lost[peer] ?? 0, time)
    }

    private static var mostLosers: Int { 256 }

    /// The sender that last wrote a key; `nil` for a sender without a tag.
    private mutating func owner(of key: UInt64) -> UInt64? {
        if let entry = newer.find(key) { return newerWriters.peer(newer.key(at: entry).tag) }
        if let entry = older.find(key) { return olderWriters.peer(older.key(at: entry).tag) }
        for column in archived.reversed() {
            if let entry = archive[column].find(key) {
                return archiveWriters[column].peer(archive[column].key(at: entry).tag)
            }
        }
        return nil
    }
}
