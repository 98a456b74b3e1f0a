// SPDX-License-Identifier: Apache-2.0
import GRDB
import OTLP

/// The id of a trace, as senders send it.
struct TraceKey: WordKey, Hashable {
    let high: UInt64
    let low: UInt64

    @inline(__always)
    func hash(_ salt: UInt64) -> UInt64 { mix64(low ^ salt, high ^ 0xA076_1D64_78BD_642F) }

    /// The 32 bits by which `trace_keys` finds the trace: the last ones, which are random in most ids.
    var shortHash: Int64 { Int64(Int32(truncatingIfNeeded: low)) }
}

/// The rows of the latest traces, known without a look into the database.
///
/// There are two halves: what is used enters the newer one, and when that is full it becomes the older one, whose traces are
/// forgotten unless they were used meanwhile.
struct RecentTraces {
    struct Entry {
        /// The id of the trace's row.
        var id: Int64
        /// The session that has the trace in `session_traces` already; 0 for none.
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

/// A Bloom filter over `trace_keys`: for most new traces it saves the query that would find nothing.
///
/// It has the keys of today and yesterday, two bits for each in 2 MiB a day. On a day with very many traces it saves fewer
/// queries, and its answers stay right.
struct TraceFilter {
    private struct Day {
        var number: Int64
        var bits: [UInt64]
    }

    private var days: [Day] = []
    private static let words = 1 << 18
    /// The most keys that are read of a day to begin with; a day with more is always looked up.
    private static let mostRead = 2_000_000

    /// Begins a transaction, with the day of the newest rows, since 2020.
    mutating func begin(today: Int64, _ database: Database) throws {
        guard days.last?.number != today else { return }
        days.removeAll { $0.number != today - 1 && $0.number != today }
        for number in [today - 1, today] where !days.contains(where: { $0.number == number }) {
            var day = Day(number: number, bits: [UInt64](repeating: 0, count: Self.words))
            let hashes = try Int64.fetchCursor(
                database, sql: "SELECT hash FROM trace_keys WHERE day = ?", arguments: [number])
            var count = 0
            while count < Self.mostRead, let hash = try hashes.next() {
                Self.enter(hash, &day.bits)
                count += 1
            }
            if count == Self.mostRead { day.bits = [UInt64](repeating: .max, count: Self.words) }
            days.append(day)
        }
        days.sort { $0.number < $1.number }
    }

    /// The newest day, since 2020.
    var newest: Int64 { days.last?.number ?? .min }

    /// Whether a day may have a key.
    @inline(__always)
    func mayHave(_ hash: Int64, day: Int64) -> Bool {
        for index in days.indices where days[index].number == day {
            let (first, second) = Self.bits(of: hash)
            return days[index].bits[first >> 6] >> UInt64(first & 63) & days[index].bits[second >> 6]
                >> UInt64(second & 63) & 1 != 0
        }
        return true
    }

    /// Notes a key.
    @inline(__always)
    mutating func enter(_ hash: Int64, day: Int64) {
        for index in days.indices where days[index].number == day { Self.enter(hash, &days[index].bits) }
    }

    @inline(__always)
    private static func enter(_ hash: Int64, _ bits: inout [UInt64]) {
        let (first, second) = Self.bits(of: hash)
        bits[first >> 6] |= 1 << UInt64(first & 63)
        bits[second >> 6] |= 1 << UInt64(second & 63)
    }

    @inline(__always)
    private static func bits(of hash: Int64) -> (Int, Int) {
        let mixed = mix64(UInt64(bitPattern: hash) ^ 0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93)
        return (Int(mixed & 0xFF_FFFF), Int(mixed >> 40))
    }
}
