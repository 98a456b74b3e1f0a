// SPDX-License-Identifier: Apache-2.0
import GenAI
import OTLP

/// The id of a trace, as senders send it.
struct TraceKey: WordKey, Hashable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// The id of a span's trace.
    @inline(__always)
    init(of span: SpanIdentity) { self.init(high: span.traceIDHigh, low: span.traceIDLow) }

    @inline(__always)
    func hash(_ salt: UInt64) -> UInt64 { mix64(low ^ salt, high ^ 0xA076_1D64_78BD_642F) }
}

/// The rows of the latest traces, known without a look into the database.
///
/// There are two halves: what is used enters the newer one, and when that is full it becomes the older one, whose traces are
/// forgotten unless they were used meanwhile.
struct RecentTraces {
    struct Entry {
        /// The id of the trace's row.
        var id: Int64
        /// The latest session that has the trace already; 0 for none.
        var session: Int64 = 0
        /// The index of its sums in the transaction of ``batch``.
        var slot: Int32 = 0
        var batch: UInt32 = 0
    }

    private var newer = KeyTable<TraceKey>()
    private(set) var entries: [Entry] = []
    private var older = KeyTable<TraceKey>()
    private var olderEntries: [Entry] = []
    private let most: Int
    private var latest: (key: TraceKey, index: Int)?

    /// Begins without a trace.
    ///
    /// - Parameter most: The largest number of traces, in addition to those of one transaction.
    init(most: Int) { self.most = most }

    /// Begins a transaction: what is entered until the next one is not forgotten.
    mutating func begin() {
        latest = nil
        guard newer.count >= most / 2 else { return }
        swap(&newer, &older)
        swap(&entries, &olderEntries)
        newer.removeAll()
        entries.removeAll(keepingCapacity: true)
    }

    /// The index of a trace, valid until the next ``begin()``; `nil` for an unknown one.
    @inline(__always)
    mutating func index(of key: TraceKey) -> Int? {
        if let latest, latest.key == key { return latest.index }
        guard let index = find(key) else { return nil }
        latest = (key, index)
        return index
    }

    /// Prefetches what a look-up of a trace begins with.
    @inline(__always)
    func fetch(_ key: TraceKey) {
        newer.fetch(key)
        older.fetch(key)
    }

    private mutating func find(_ key: TraceKey) -> Int? {
        if let index = newer.known(key) { return index }
        guard let index = older.known(key) else { return nil }
        return enter(key, olderEntries[index])
    }

    /// Adds a trace that is unknown, or replaces what is known of it.
    @discardableResult
    mutating func enter(_ key: TraceKey, _ entry: Entry) -> Int {
        let (index, isNew) = newer.number(of: key)
        if isNew { entries.append(entry) } else { entries[index] = entry }
        latest = (key, index)
        return index
    }

    /// Changes what is known of a trace.
    @inline(__always)
    mutating func update(_ index: Int, _ change: (inout Entry) -> Void) { change(&entries[index]) }
}
