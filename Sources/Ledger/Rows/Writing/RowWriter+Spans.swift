// SPDX-License-Identifier: Apache-2.0
import Billing
import GRDB
import GenAI

extension RowWriter {
    /// Writes the rows of calls, dropped spans, traces and sessions.
    mutating func writeSpans(_ database: Database) throws {
        try writeCalls(database)
        try writeDrops(database)
        try writeTraces(database)
        try writeSessions(database)
        try peaks.write(database)
    }

    /// Indices in the order of ids: each table then grows at its end, or at few places.
    ///
    /// - Parameters:
    ///   - count: The number of rows.
    ///   - id: The id of a row.
    /// - Returns: The indices; `nil` if that is their order, as for most transactions.
    private static func ordered(_ count: Int, _ id: (Int) -> Int64) -> [Int]? {
        var last = Int64.min
        for index in 0..<count {
            guard id(index) > last else { return (0..<count).sorted { id($0) < id($1) } }
            last = id(index)
        }
        return nil
    }

    private func writeCalls(_ database: Database) throws {
        guard !sums.calls.isEmpty else { return }
        let rows = sums.calls.span
        let inserts = try RowInserts(into: "calls", SpanColumns.call, count: rows.count, database)
        var bound = [UInt16](repeating: .max, count: RowInserts.slots)
        var wasTrace = [Bool](repeating: true, count: RowInserts.slots)
        let order = Self.ordered(rows.count) { sums.calls[$0].id }
        for position in rows.indices {
            let index = order.map { $0[position] } ?? position
            let place = inserts.place(of: position)
            let statement = place.parameters
            bind(rows[index], to: statement, tokensFrom: 11, &bound[place.slot])
            statement.bind(7, rows[index].first >= 0 ? rows[index].first : nil)
            statement.bind(8, rows[index].kind)
            statement.bind(9, id: rows[index].set)
            statement.bind(10, id: rows[index].session)
            statement.bind(26, id: Int64(bitPattern: rows[index].units))
            if let cost = rows[index].cost {
                statement.bind(27, cost.micros)
                statement.bind(28, cost.rest)
            } else {
                statement.bindNull(27)
                statement.bindNull(28)
            }
            if let reported = rows[index].reported {
                let money = RowMoney(femtodollars: Int128(reported))
                statement.bind(29, money.micros)
                statement.bind(30, money.rest)
            } else {
                statement.bindNull(29)
                statement.bindNull(30)
            }
            bindTrace(of: rows[index], to: statement, &wasTrace[place.slot])
            try inserts.run(place)
        }
    }

    /// Binds the columns of a call that is its trace, ``SingleTraces``; `NULL` for all others.
    @inline(__always)
    private func bindTrace(of row: borrowing SpanRow, to statement: BoundStatement, _ wasTrace: inout Bool) {
        let traces = sums.traces.span
        let trace = Int(row.trace)
        guard traces[trace].isSingle else {
            if wasTrace { for index in 31...35 as ClosedRange<Int32> { statement.bindNull(index) } }
            wasTrace = false
            return
        }
        let finish = (row.id >> RowTime.sequenceBits) * RowTime.minuteMicroseconds + row.finish
        statement.bind(31, Int64(bitPattern: traces[trace].key.high))
        statement.bind(32, Int64(bitPattern: traces[trace].key.low))
        statement.bind(33, id: traces[trace].name)
        statement.bind(34, finish - max(row.duration, 0) - traces[trace].start)
        statement.bind(35, traces[trace].finish - finish)
        wasTrace = true
    }

    private func writeDrops(_ database: Database) throws {
        guard !sums.drops.isEmpty else { return }
        let statement = try BoundStatement(database, SpanColumns.insertDrop)
        var bound: UInt16 = .max
        let rows = sums.drops.span
        let order = Self.ordered(rows.count) { sums.drops[$0].id }
        for position in rows.indices {
            let index = order.map { $0[position] } ?? position
            bind(rows[index], to: statement, tokensFrom: 10, &bound)
            statement.bind(7, rows[index].kind)
            statement.bind(8, id: rows[index].set)
            statement.bind(9, id: rows[index].session)
            statement.bind(25, rows[index].fate)
            statement.bind(26, rows[index].favourTrace)
            statement.bind(27, rows[index].favour.map { Int64(bitPattern: $0) })
            try statement.run()
        }
    }

    /// Binds what both tables have: the first six columns, and tokens.
    ///
    /// - Parameters:
    ///   - row: The row.
    ///   - statement: The statement.
    ///   - first: The parameter of the first token class.
    ///   - bound: The classes that the row before has bound.
    @inline(__always)
    private func bind(
        _ row: borrowing SpanRow, to statement: BoundStatement, tokensFrom first: Int32, _ bound: inout UInt16
    ) {
        statement.bind(1, row.id)
        statement.bind(2, row.id - sums.traces[Int(row.trace)].id)
        statement.bind(3, Int64(bitPattern: row.span))
        statement.bind(4, id: Int64(bitPattern: row.parent))
        statement.bind(5, row.finish)
        statement.bind(6, row.duration >= 0 ? row.duration : nil)
        var stale = bound & ~row.usage.classBits
        while stale != 0 {
            let index = stale.trailingZeroBitCount
            if index < TokenClass.count { statement.bindNull(first + Int32(truncatingIfNeeded: index)) }
            stale &= stale - 1
        }
        for tokenClass in row.usage.classes {
            statement.bind(first + Int32(truncatingIfNeeded: tokenClass.index), row.usage[tokenClass])
        }
        bound = row.usage.classBits
    }

    // MARK: Traces

    private mutating func writeTraces(_ database: Database) throws {
        guard !sums.traces.isEmpty else { return }
        let insert = try BoundStatement(database, SpanColumns.insertTrace)
        let update = try BoundStatement(database, SpanColumns.updateTrace)
        let traces = sums.traces
        var new: [(key: TraceKey, row: Int64)] = []
        var rows: [Int] = []
        for index in traces.indices {
            if traces[index].isNew {
                peaks.note(traces[index].id, isNew: true, TracePeaks.Peak(traces[index]))
                new.append((traces[index].key, traces[index].id))
            }
            if !traces[index].isSingle { rows.append(index) }
        }
        let order = Self.ordered(rows.count) { traces[rows[$0]].id }
        for position in rows.indices {
            let trace = traces[rows[order.map { $0[position] } ?? position]]
            if trace.isNew {
                bind(trace, to: insert)
                try insert.run()
            } else {
                bind(trace, to: update)
                var row = try update.changedRow()
                if row == nil, try promote(trace.id, database) { row = try update.changedRow() }
                if let row { peaks.note(trace.id, isNew: false, TracePeaks.Peak(row)) }
            }
        }
        try traceKeys.add(new, database)
    }

    /// Gives a trace that is a call a row of its own, since it gets a second span.
    ///
    /// - Returns: Whether there is such a call.
    private func promote(_ id: Int64, _ database: Database) throws -> Bool {
        let insert = try BoundStatement(database, SingleTraces.insertTrace)
        insert.bind(1, id)
        try insert.run()
        guard insert.changes > 0 else { return false }
        let release = try BoundStatement(database, SingleTraces.releaseCall)
        release.bind(1, id)
        try release.run()
        return true
    }

    private func bind(_ trace: borrowing TraceSum, to statement: BoundStatement) {
        let minute = (trace.id >> RowTime.sequenceBits) * RowTime.minuteMicroseconds
        statement.bind(1, trace.id)
        statement.bind(2, Int64(bitPattern: trace.key.high))
        statement.bind(3, Int64(bitPattern: trace.key.low))
        statement.bind(4, id: trace.name)
        statement.bind(5, trace.start - minute)
        // The end, from which the length follows.
        statement.bind(6, trace.finish - minute)
        statement.bind(7, trace.id - trace.lowest)
        statement.bind(8, trace.highest - trace.id)
        bind(trace.calls, to: statement, from: 9)
        statement.bind(20, id: trace.set)
        statement.bind(21, trace.drops)
        statement.bind(22, id: trace.session)
    }

    /// Binds eleven columns: four counts, five sums of tokens, and the cost.
    private func bind(_ sum: CallSum, to statement: BoundStatement, from first: Int32) {
        let cost = RowMoney(femtodollars: sum.cost)
        statement.bind(first, sum.calls)
        statement.bind(first + 1, sum.failed)
        statement.bind(first + 2, sum.unpriced)
        statement.bind(first + 3, sum.estimated)
        statement.bind(first + 4, sum.tokens.input)
        statement.bind(first + 5, sum.tokens.output)
        statement.bind(first + 6, sum.tokens.cacheRead)
        statement.bind(first + 7, sum.tokens.cacheWrite)
        statement.bind(first + 8, sum.tokens.reasoning)
        statement.bind(first + 9, cost.micros)
        statement.bind(first + 10, cost.rest)
    }

    // MARK: Sessions

    private mutating func writeSessions(_ database: Database) throws {
        guard !sums.sessions.isEmpty else { return }
        try sessionTraces.begin(database)
        let sessions = sums.sessions
        let order = Self.ordered(sessions.count) { sessions[$0].id } ?? Array(sessions.indices)
        // Most sessions are new, have one trace, and come last: the id of a session is that of its text.
        let firstNew = words.words.firstAdded ?? .max
        let new = order[(order.firstIndex { sessions[$0].id >= firstNew } ?? order.count)...]
        try insertSessions(new, database)

        var further: [Int: [NotedTrace]] = [:]
        for (session, trace) in sums.furtherTraces { further[session, default: []].append(trace) }
        let insert = try BoundStatement(database, SpanColumns.insertSession)
        let update = try BoundStatement(database, SpanColumns.updateSession)
        for index in order[..<new.startIndex] {
            // An older text may have become a session.
            bind(sessions[index], traces: sessions[index].trace == nil ? 0 : 1, to: insert)
            try insert.run()
            guard insert.changes == 0 else { continue }
            let traces = (sessions[index].trace.map { [$0] } ?? []) + (further.removeValue(forKey: index) ?? [])
            bind(sessions[index], traces: try link(traces, to: sessions[index].id, database), to: update)
            try update.run()
        }
        for (index, traces) in further {
            let session = sessions[index]
            let linked = try link(traces, to: session.id, database)
            let nothing = SessionSum(id: session.id, start: session.start, finish: session.finish)
            bind(nothing, traces: linked, to: update)
            try update.run()
        }
    }

    /// Inserts sessions that have no row.
    private func insertSessions(_ new: ArraySlice<Int>, _ database: Database) throws {
        guard !new.isEmpty else { return }
        let inserts = try RowInserts(into: "sessions", SpanColumns.session, count: new.count, database)
        for (number, index) in new.enumerated() {
            let place = inserts.place(of: number)
            bind(sums.sessions[index], traces: sums.sessions[index].trace == nil ? 0 : 1, to: place.parameters)
            try inserts.run(place)
        }
    }

    /// Notes further traces of a session.
    ///
    /// - Returns: The number of those that it did not have.
    private mutating func link(_ traces: [NotedTrace], to session: Int64, _ database: Database) throws -> Int64 {
        var count: Int64 = 0
        for trace in traces {
            if try sessionTraces.add(trace.id, to: session, isNew: trace.isNew, database) { count += 1 }
        }
        return count
    }

    private func bind(_ session: SessionSum, traces: Int64, to statement: BoundStatement) {
        statement.bind(1, session.id)
        statement.bind(2, session.start + RowTime.epochMicroseconds)
        statement.bind(3, session.finish + RowTime.epochMicroseconds)
        statement.bind(4, traces)
        bind(session.calls, to: statement, from: 5)
        statement.bind(16, id: session.set)
        statement.bind(17, session.trace?.id)
    }
}

extension SpanFate.Outcome {
    /// The number in `drops.fate`; `nil` for a span that is counted.
    var number: Int64? {
        switch self {
        case .counted: nil
        case .duplicate: 1
        case .twin: 2
        case .unproven: 3
        case .repeatsChildren: 4
        case .notAModelCall: 5
        }
    }
}
