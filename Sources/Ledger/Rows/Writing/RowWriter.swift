// SPDX-License-Identifier: Apache-2.0
import Dispatch
import GRDB
import GenAI
import Pricing

/// Writes batches into the database, one transaction each; only the writing thread has one.
///
/// It remembers what calls refer to. All of that is also in the database, so that it may be forgotten at any moment between two
/// transactions, and is forgotten when a transaction fails.
struct RowWriter {
    /// The row of totals that calls are added to.
    enum Account: String, CaseIterable {
        /// What the counters have.
        case counted
        /// What was imported, which no counter has.
        case imported
    }

    let configuration: RowConfiguration
    private let account: Account
    let texts: RowTexts
    var words: RowDictionaries
    var numbers = RowNumbers()
    var traces: RecentTraces
    var traceKeys = TraceKeys()
    var sessionTraces: SessionTraceWriter
    var sums = BatchSums()
    var peaks = TracePeaks()
    /// The roots whose traces have no row yet.
    var roots = RootsWithoutRow()
    /// The totals of everything that was ever added to the account.
    private(set) var counted = RowTotals()
    /// The first id that is kept: rows of before were removed, and get no further ones.
    private(set) var firstKept: Int64 = 0
    /// The number of calls that are kept.
    private(set) var keptCalls: Int64 = 0
    /// The number of roll-ups that transactions have written or changed.
    var writtenRollups: UInt64 = 0
    private var isLoaded = false
    /// The number of the transaction.
    var batch: UInt32 = 0
    /// The time of the transaction, in nanoseconds since 1970.
    private(set) var now: UInt64 = 0
    private var clock: RetentionClock
    /// The time by which rows are too old, in nanoseconds since 1970.
    private(set) var agingTime: UInt64 = 0
    /// The number of calls whose cost was cut down to ``RowMoney/largestOfCall``.
    var saturatedCosts: UInt64 = 0

    init(configuration: RowConfiguration, texts: RowTexts, account: Account = .counted) {
        (self.configuration, self.account) = (configuration, account)
        self.texts = texts
        words = RowDictionaries(texts: texts, keeps: configuration.keepsCalls)
        traces = RecentTraces(most: configuration.recentTraces)
        sessionTraces = SessionTraceWriter(most: configuration.rowsOfGeneration)
        clock = RetentionClock(patience: UInt64(configuration.clockPatienceSeconds) * 1_000_000_000)
    }

    /// Forgets everything that is known of the database, since a transaction was rolled back.
    mutating func forget() {
        let (saturated, number, keys, roots, rollups) = (saturatedCosts, batch, traceKeys, roots, writtenRollups)
        let (known, clock) = (words.words, clock)
        self = RowWriter(configuration: configuration, texts: texts, account: account)
        (saturatedCosts, batch, traceKeys, self.roots, writtenRollups) = (saturated, number, keys, roots, rollups)
        traceKeys.forget()
        words.words.takeKeys(of: known)
        self.clock = clock
    }

    /// The first minute that rows may have: older ones are removed, or would be at once.
    var oldestMinute: Int64 {
        // In memory, calls come and go quickly: one that is a bit late keeps its time, and goes before all others.
        let isInMemory = configuration.mostSpans != nil
        let kept = isInMemory ? 0 : (firstKept + RowTime.sequenceLength - 1) >> RowTime.sequenceBits
        guard let seconds = configuration.callSeconds else { return kept }
        return max(kept, RowTime.minute(of: agingTime) - seconds / 60)
    }

    /// Loads what is known of the database, and moves ``agingTime`` on.
    ///
    /// - Parameters:
    ///   - now: The wall clock, in nanoseconds since 1970.
    ///   - database: The connection.
    /// - Throws: What SQLite throws.
    mutating func tell(_ now: UInt64, _ database: Database) throws {
        try load(database)
        agingTime = clock.time(wall: now, monotonic: DispatchTime.now().uptimeNanoseconds)
    }

    /// Writes a batch and its position, all or nothing.
    ///
    /// - Parameters:
    ///   - due: The batch.
    ///   - database: The connection, outside a transaction.
    ///   - now: The time, in nanoseconds since 1970 (UTC).
    /// - Throws: What SQLite throws; then nothing was written, and ``forget()`` must follow.
    mutating func write(_ due: RowQueue.Batch, _ database: Database, _ now: UInt64) throws {
        self.now = now
        try tell(now, database)
        batch &+= 1
        sums.removeAll()
        if configuration.keepsCalls { sums.reserve(due.spans) }
        roots.begin(now)
        var total = counted
        let saturated = saturatedCosts
        var named: [(root: TraceRoot, arrival: UInt64)] = []
        do {
            try database.inTransaction(.immediate) {
                try begin(database)
                total = counted
                for entry in due.entries {
                    switch entry {
                    case .calls(let calls, let arrival, _): try add(calls, arrival, database)
                    case .drops(let dropped, let arrival, _): try add(dropped, arrival, database)
                    case .charges(let charges, let arrival, _): try add(charges, arrival, database)
                    case .roots(let roots, let arrival, _): named += roots.map { ($0, arrival) }
                    case .sums(let sums): try add(sums, database)
                    case .mark(let number): try mark(number, total, database)
                    }
                }
                try nameTraces(named, database)
                total = self.total(total)
                if configuration.keepsCalls { try writeSpans(database) } else { try skipSpans(database) }
                try writeRollups(database)
                try total.store(account.rawValue, database)
                try Self.setMeta("position", Int64(bitPattern: due.position), database)
                try Self.setMeta("time", Int64(agingTime / 1_000), database)
                return .commit
            }
        } catch {
            saturatedCosts = saturated
            roots.undo()
            throw error
        }
        counted = total
        keptCalls += Int64(sums.calls.count)
    }

    /// Notes that retention has removed calls.
    mutating func removed(before first: Int64, calls: Int64) {
        firstKept = first
        keptCalls -= calls
    }

    /// Reads what it must know of the database before the first transaction.
    mutating func load(_ database: Database) throws {
        if !isLoaded {
            counted = try RowTotals(account.rawValue, database)
            keptCalls = try RowTotals.keptCalls(database)
            firstKept = try Self.meta("calls_from", database) ?? 0
            if let time = try Self.meta("time", database) {
                clock.begin(at: UInt64(time) * 1_000, monotonic: DispatchTime.now().uptimeNanoseconds)
            }
            isLoaded = true
        }
    }

    private mutating func begin(_ database: Database) throws {
        try keepFromPresent(database)
        try words.begin(now, database)
        traces.begin()
        numbers.begin()
        let today = (Int64(now / 1_000) - RowTime.epochMicroseconds) / (1_440 * RowTime.minuteMicroseconds)
        if configuration.keepsCalls { try traceKeys.begin(today: today, database) }
    }

    /// Lets rows begin at the present again, if ``firstKept`` is in the future.
    ///
    /// A wall clock that was ahead for over an hour has moved it there; calls that come now would get times in that future.
    private mutating func keepFromPresent(_ database: Database) throws {
        let present = RowTime.minute(of: now) << RowTime.sequenceBits
        guard firstKept > present + RowTime.sequenceLength * (RowTime.toleranceMinutes + 1) else { return }
        // Ids from the present on are given again. Nothing may refer to rows that had them.
        for sql in SessionTraces.releaseRemoved { try database.execute(sql: sql) }
        try TraceKeys.fill(database)
        traceKeys = TraceKeys()
        (traces, numbers) = (RecentTraces(most: configuration.recentTraces), RowNumbers())
        try Self.setMeta("calls_from", present, database)
        firstKept = present
    }

    /// The totals with what was added in this transaction so far.
    private func total(_ before: RowTotals) -> RowTotals {
        var total = before
        for sum in sums.rollups { total.add(sum) }
        total.drops &+= sums.dropped
        return total
    }

    private func mark(_ number: UInt64, _ before: RowTotals, _ database: Database) throws {
        try total(before).store(at: number, database)
        try database.execute(
            sql: """
                DELETE FROM totals_at WHERE number <=
                    (SELECT number FROM totals_at ORDER BY number DESC LIMIT 1 OFFSET \(Self.keptMarks))
                """)
    }

    /// The checkpoints of the counters whose totals are kept.
    private static let keptMarks = 16

    /// What is not kept counts as removed, so that the sums agree.
    private func skipSpans(_ database: Database) throws {
        let added = total(RowTotals())
        try (RowTotals("calls_removed", database) + added).store("calls_removed", database)
        try noteGaps(database)
    }

    /// Notes the time of the transaction's calls, none of which is kept.
    private func noteGaps(_ database: Database) throws {
        let known = try CallGaps(database)
        var gaps = known
        gaps.add(zip(sums.rollupKeys, sums.rollups).filter { $0.1.calls > 0 }.map(\.0.quarter))
        gaps.remove(before: TracePeaks.quarter(of: firstKept))
        if gaps != known { try gaps.store(database) }
    }

    static func meta(_ key: String, _ database: Database) throws -> Int64? {
        let statement = try BoundStatement(database, "SELECT value FROM meta WHERE key = ?")
        statement.bind(1, key)
        return try statement.number()
    }

    static func setMeta(_ key: String, _ value: Int64, _ database: Database) throws {
        let statement = try BoundStatement(database, "INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)")
        statement.bind(1, key)
        statement.bind(2, value)
        try statement.run()
    }
}
