// SPDX-License-Identifier: Apache-2.0
import Billing
import CMemory
import CallMetrics
import GRDB
import GenAI
import OTLP
import Pricing

extension RowWriter {
    /// Adds the calls of a batch up, and makes their rows, which are written with those of the other batches.
    mutating func add(_ batch: borrowing PricedCalls, _ arrival: UInt64, _ database: Database) throws {
        words.begin(batch)
        let keeps = configuration.keepsCalls
        let oldest = oldestMinute
        let (calls, verdicts) = (batch.calls.span, batch.verdicts.span)
        for index in calls.indices {
            if keeps { fetch(index, calls) }
            var time = RowTime(end: calls[index].endNanoseconds.asSent, arrival: arrival, oldest: oldest)
            let id = keeps ? try numbers.id(for: &time, database) : 0
            let card = try words.card(verdicts[index].card, batch, database)
            let key = KindKey(calls[index], verdicts[index], card: card, isArrival: time.isArrival)
            let kindNumber = try words.kind(key, batch, at: index, card: card, database)
            let kind = words.kinds.entries[kindNumber]
            let set = try words.set(of: calls[index], at: index, card: card, database)
            var duration: Int64 = -1
            if let nanoseconds = calls[index].plausibleDuration(now: arrival) { duration = nanoseconds / 1_000 }

            var sum = CallSum()
            sum.calls = 1
            if calls[index].hasFailed { sum.failed = 1 }
            if kind.source == .unpriced { sum.unpriced = 1 }
            if kind.source == .estimated { sum.estimated = 1 }
            var saved: Int128 = 0
            sum.cost = cost(of: calls[index], verdicts[index], card, &saved)
            for tokenClass in calls[index].usage.classes {
                sum.tokens.add(calls[index].usage[tokenClass], tokenClass)
            }

            let rollup = sums.rollup(RollupKey(quarter: time.minute / 15, line: kind.line, group: set.group))
            sums.changeRollup(rollup) {
                $0.add(sum)
                if calls[index].isStream { $0.streamed &+= 1 }
                for tokenClass in calls[index].usage.classes {
                    $0.tokens[tokenClass.index] &+= calls[index].usage[tokenClass]
                }
                if calls[index].units.word != 0 { $0.add(calls[index].units) }
                if duration > 0 { $0.duration &+= duration }
                $0.saved &+= saved
            }
            guard keeps else { continue }

            let finish = time.microseconds
            let start = duration > 0 ? finish - duration : finish
            let trace = try slot(of: calls[index].identity, row: id, start: start, finish: finish, database)
            sums.traces[trace].calls.add(sum)
            if sums.traces[trace].set == 0 { sums.traces[trace].set = set.id }
            if set.session != 0 {
                if sums.traces[trace].session == 0 { sums.traces[trace].session = set.session }
                let session = sums.add(
                    sum, toSession: set.session, start: start, finish: finish, set: set.id)
                note(session, set.session, of: trace)
            }
            var first: Int64 = -1
            if let nanoseconds = calls[index].timeToFirstTokenNanoseconds, nanoseconds >= 0 {
                first = nanoseconds / 1_000
            }
            sums.calls.append(
                SpanRow(
                    id: id, trace: Int32(truncatingIfNeeded: trace), span: calls[index].identity.spanID,
                    parent: calls[index].parentSpanID, finish: time.finish, duration: duration, first: first,
                    kind: kind.id, set: set.id, session: set.session, usage: calls[index].usage,
                    units: calls[index].units.word,
                    cost: kind.source == .unpriced ? nil : RowMoney(femtodollars: sum.cost),
                    reported: calls[index].reportedFemtodollars))
        }
    }

    /// Prefetches the call twice ``fetchedAhead`` ahead, and the first line of each look-up of the call ``fetchedAhead`` ahead.
    ///
    /// Nearly each call is of a trace and a session that no cache of the processor has.
    @inline(__always)
    private func fetch(_ index: Int, _ calls: Span<ModelCall>) {
        if index + 2 * Self.fetchedAhead < calls.count {
            // Sound: the call is one of the span, and nothing is read.
            unsafe calls.withUnsafeBufferPointer { calls in
                guard let start = calls.baseAddress else { return }
                let call = unsafe UnsafeRawPointer(start + index + 2 * Self.fetchedAhead)
                for line in 0..<4 { unsafe prefetch_line(call + 64 * line) }
            }
        }
        if index + Self.fetchedAhead < calls.count {
            let key = TraceKey(of: calls[index + Self.fetchedAhead].identity)
            traces.fetch(key)
            traceKeys.fetch(key)
            words.fetchSession(at: index + Self.fetchedAhead)
        }
    }

    /// Far enough ahead for memory, and near enough for the first cache to keep it.
    private static let fetchedAhead = 6

    /// What a call costs, as its series count it; zero for an unpriced one.
    @inline(__always)
    private mutating func cost(
        of call: borrowing ModelCall, _ verdict: PriceVerdict, _ card: Int32, _ saved: inout Int128
    ) -> Int128 {
        switch verdict.kind {
        case .nothingToPrice, .unpriced: return 0
        case .reported: return Int128(call.reportedFemtodollars ?? 0)
        case .computed:
            guard card >= 0 else { return 0 }
            let cost = words.cards.entries[Int(card)].cost(of: call, &saved)
            guard cost.magnitude > UInt128(RowMoney.largestOfCall) else { return cost }
            saturatedCosts += 1
            return RowMoney.ofCall(cost)
        }
    }

    /// The index of the sums of a span's trace, extended by its row.
    @inline(__always)
    mutating func slot(
        of span: SpanIdentity, row: Int64, start: Int64, finish: Int64, _ database: Database
    ) throws -> Int {
        let key = TraceKey(of: span)
        if let known = traces.index(of: key) {
            let entry = traces.entries[known]
            if entry.batch == batch {
                sums.traces[Int(entry.slot)].extend(row: row, start: start, finish: finish)
                return Int(entry.slot)
            }
            // The row of a trace may have been removed since.
            if entry.id >= firstKept {
                return begin(key, entry.id, isNew: false, entry.session, row: row, start: start, finish: finish)
            }
        }
        if let found = try search(key, near: row, database) {
            return begin(key, found, isNew: false, 0, row: row, start: start, finish: finish)
        }
        return begin(key, row, isNew: true, 0, row: row, start: start, finish: finish)
    }

    private mutating func begin(
        _ key: TraceKey, _ id: Int64, isNew: Bool, _ session: Int64, row: Int64, start: Int64, finish: Int64
    ) -> Int {
        let slot = sums.traces.count
        sums.traces.append(TraceSum(key, id: id, isNew: isNew, row: row, start: start, finish: finish))
        traces.enter(
            key, RecentTraces.Entry(id: id, session: session, slot: Int32(truncatingIfNeeded: slot), batch: batch))
        return slot
    }

    /// Looks for the row of a trace among those of the day of a row, of the day before, and of the day after: the later part of
    /// a trace may come first.
    mutating func search(_ key: TraceKey, near row: Int64, _ database: Database) throws -> Int64? {
        let (today, hash) = (RowTime.day(of: row), try traceKeys.hash(of: key, database))
        if let found = try search(key, hash, on: today, database) { return found }
        if let found = try search(key, hash, on: today - 1, database) { return found }
        return today < traceKeys.newestDay ? try search(key, hash, on: today + 1, database) : nil
    }

    @inline(__always)
    private mutating func search(
        _ key: TraceKey, _ hash: UInt32, on day: Int64, _ database: Database
    ) throws -> Int64? {
        let rows = try traceKeys.rows(ofHash: hash, on: day, database)
        guard !rows.isEmpty else { return nil }
        let statement = try BoundStatement(database, "SELECT id FROM all_traces WHERE id = ? AND high = ? AND low = ?")
        for row in rows where row >= firstKept {
            statement.bind(1, row)
            statement.bind(2, Int64(bitPattern: key.high))
            statement.bind(3, Int64(bitPattern: key.low))
            if let found = try statement.number() { return found }
        }
        return nil
    }

    /// Notes that the session with an index and id has the trace with an index.
    private mutating func note(_ index: Int, _ session: Int64, of trace: Int) {
        guard let entry = traces.index(of: sums.traces[trace].key), traces.entries[entry].session != session else {
            return
        }
        traces.update(entry) { $0.session = session }
        sums.add(NotedTrace(id: sums.traces[trace].id, isNew: sums.traces[trace].isNew), toSession: index)
    }

    /// Makes the rows of dropped spans.
    mutating func add(_ dropped: [DroppedSpan], _ arrival: UInt64, _ database: Database) throws {
        let oldest = oldestMinute
        for span in dropped {
            guard let fate = span.outcome.number else { continue }
            sums.dropped += 1
            guard configuration.keepsCalls else { continue }
            let call = span.call
            var time = RowTime(end: call.endNanoseconds.asSent, arrival: arrival, oldest: oldest)
            let id = try numbers.id(for: &time, database)
            let kindNumber = try words.kind(
                KindKey(call, nil, card: -1, isArrival: time.isArrival), of: call, database)
            let set = try words.set(ofDropped: call, database)
            var duration: Int64 = -1
            if let nanoseconds = call.plausibleDuration(now: arrival) { duration = nanoseconds / 1_000 }
            let finish = time.microseconds
            let trace = try slot(
                of: call.identity, row: id, start: duration > 0 ? finish - duration : finish, finish: finish, database)
            sums.traces[trace].drops += 1
            var row = SpanRow(
                id: id, trace: Int32(truncatingIfNeeded: trace), span: call.identity.spanID, parent: call.parentSpanID,
                finish: time.finish, duration: duration, first: -1, kind: words.kinds.entries[kindNumber].id,
                set: set.id, session: set.session, usage: call.usage, fate: fate)
            if let other = span.inFavourOf {
                let key = TraceKey(of: other)
                if key == sums.traces[trace].key {
                    row.favour = other.spanID
                } else if let found = try known(key, near: id, database) {
                    (row.favour, row.favourTrace) = (other.spanID, id - found)
                }
            }
            sums.drops.append(row)
        }
    }

    /// The id of the row of a trace, if it has one.
    mutating func known(_ key: TraceKey, near row: Int64, _ database: Database) throws -> Int64? {
        if let index = traces.index(of: key), traces.entries[index].id >= firstKept { return traces.entries[index].id }
        return try search(key, near: row, database)
    }

    /// Adds what machines cost.
    mutating func add(_ charges: [MachineCharge], _ arrival: UInt64, _ database: Database) throws {
        guard !charges.isEmpty else { return }
        let time = RowTime(end: arrival, arrival: arrival, oldest: 0)
        var total = RowTotals()
        for charge in charges {
            let (line, group) = try words.charge(charge, database)
            let rollup = sums.machine(RollupKey(quarter: time.minute / 15, line: line, group: group))
            let cost = min(max(charge.amount.femtodollars, -RowMoney.largestOfCall), RowMoney.largestOfCall)
            sums.changeMachine(rollup) { $0.cost &+= cost }
            total.cost &+= cost
        }
        try (RowTotals("machines", database) + total).store("machines", database)
    }
}

extension RowTime {
    /// The day of an id, since 2020.
    @inline(__always)
    static func day(of id: Int64) -> Int64 { (id >> sequenceBits) / 1_440 }
}

extension RollupSum {
    @inline(__always)
    fileprivate mutating func add(_ call: CallSum) {
        calls &+= call.calls
        failed &+= call.failed
        unpriced &+= call.unpriced
        estimated &+= call.estimated
        cost &+= call.cost
    }

    fileprivate mutating func add(_ units: BilledUnits) {
        for unit in BilledUnits.Unit.allCases { self.units[Int(unit.rawValue)] &+= units[unit] }
    }
}
