// SPDX-License-Identifier: Apache-2.0
import GRDB

extension RowWriter {
    /// Gives traces the names of their root spans; called when all other rows of the transaction are made.
    ///
    /// A root whose trace has no row yet waits for it some minutes: its calls wait in the settle window.
    mutating func nameTraces(_ new: [(root: TraceRoot, arrival: UInt64)], _ database: Database) throws {
        guard configuration.keepsCalls else { return }
        if !roots.isEmpty {
            for index in sums.traces.indices {
                if let root = roots.take(sums.traces[index].key) { name(index, root) }
            }
        }
        let oldest = oldestMinute
        for (root, arrival) in new {
            let key = TraceKey(high: root.high, low: root.low)
            let waiting = try RowRoot(
                name: words.words.id(of: root.name, database), times: RootTimes(root, arrival: arrival, oldest: oldest))
            if let index = traces.index(of: key), traces.entries[index].batch == batch {
                name(Int(traces.entries[index].slot), waiting)
            } else if let id = try known(key, near: latestID, database) {
                try name(id, waiting, database)
            } else {
                roots.append(key, waiting)
            }
        }
    }

    /// An id of the present minute.
    private var latestID: Int64 { RowTime(end: 0, arrival: now, oldest: 0).minute << RowTime.sequenceBits }

    /// Names a trace that is written in this transaction.
    private mutating func name(_ slot: Int, _ root: RowRoot) {
        sums.traces[slot].name = root.name
        guard let times = root.times else { return }
        sums.traces[slot].start = min(sums.traces[slot].start, times.start)
        sums.traces[slot].finish = max(sums.traces[slot].finish, times.finish)
    }

    /// Names a trace that has a row.
    private mutating func name(_ id: Int64, _ root: RowRoot, _ database: Database) throws {
        for sql in [SpanColumns.nameTrace, SingleTraces.nameCall] {
            if let row = try name(id, root, BoundStatement(database, sql)) {
                return peaks.note(id, isNew: false, TracePeaks.Peak(row))
            }
        }
    }

    /// Runs one of the statements that name a trace.
    private func name(_ id: Int64, _ root: RowRoot, _ statement: BoundStatement) throws -> InlineArray<5, Int64>? {
        let minute = (id >> RowTime.sequenceBits) * RowTime.minuteMicroseconds
        statement.bind(1, id)
        statement.bind(2, root.name)
        statement.bind(3, root.times.map { $0.start - minute })
        statement.bind(4, root.times.map { $0.finish - minute })
        return try statement.changedRow()
    }
}

/// The times of a root span, in microseconds since 2020.
struct RootTimes {
    let start: Int64
    let finish: Int64

    /// The times of a root; `nil` if they are implausible, or so old that calls of that time have the time of their arrival.
    init?(_ root: TraceRoot, arrival: UInt64, oldest: Int64) {
        let time = RowTime(end: root.end, arrival: arrival, oldest: oldest)
        guard !time.isArrival, root.start <= root.end, root.end - root.start <= Self.longest else { return nil }
        finish = time.microseconds
        start = finish - Int64((root.end - root.start) / 1_000)
    }

    /// A week, in nanoseconds.
    private static let longest: UInt64 = 7 * 86_400_000_000_000
}

/// What is to be written of a root span.
struct RowRoot {
    /// The text id of the name.
    let name: Int64
    let times: RootTimes?
}

/// Roots of traces that have no row yet.
struct RootsWithoutRow {
    /// Some roots by their traces; those that were taken leave their place empty.
    private struct Half {
        private var keys = KeyTable<TraceKey>()
        private(set) var roots: [RowRoot?] = []

        /// The number of places.
        var count: Int { keys.count }

        mutating func set(_ key: TraceKey, _ root: RowRoot?) {
            let (number, isNew) = keys.number(of: key)
            if isNew { roots.append(root) } else { roots[number] = root }
        }

        mutating func take(_ key: TraceKey) -> RowRoot? {
            guard let number = keys.known(key), let root = roots[number] else { return nil }
            roots[number] = nil
            return root
        }
    }

    private var newer = Half()
    private var older = Half()
    /// What the transaction has changed, for ``undo()``.
    private var added: [TraceKey] = []
    private var taken: [(key: TraceKey, root: RowRoot)] = []
    /// When the newer half began, in nanoseconds since 1970.
    private var began: UInt64 = 0

    /// The text ids of the names of all that wait.
    var names: [Int64] { (newer.roots + older.roots).compactMap { $0?.name } }

    /// Whether none waits.
    var isEmpty: Bool { newer.count == 0 && older.count == 0 }

    /// Begins a transaction: roots that have waited for five to ten minutes are dropped.
    mutating func begin(_ now: UInt64) {
        added.removeAll(keepingCapacity: true)
        taken.removeAll(keepingCapacity: true)
        guard newer.count >= Self.most || now > began && now - began >= Self.age else { return }
        began = now
        (older, newer) = (newer, Half())
    }

    /// Lets a root wait.
    mutating func append(_ key: TraceKey, _ root: RowRoot) {
        newer.set(key, root)
        added.append(key)
    }

    /// The root of a trace, which waits no more.
    mutating func take(_ key: TraceKey) -> RowRoot? {
        guard let found = newer.take(key) ?? older.take(key) else { return nil }
        taken.append((key, found))
        return found
    }

    /// Takes back what a transaction has changed that failed: it comes again, and the ids of its texts are not valid.
    mutating func undo() {
        for key in added { newer.set(key, nil) }
        for (key, root) in taken { newer.set(key, root) }
        (added, taken) = ([], [])
    }

    /// Five minutes.
    private static let age: UInt64 = 300_000_000_000
    /// The most places of a half, except for those that one transaction adds: some 5 MB.
    private static let most = 65_536
}
