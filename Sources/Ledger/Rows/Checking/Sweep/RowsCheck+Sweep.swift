// SPDX-License-Identifier: Apache-2.0
import GRDB
import Notation

extension RowsCheck {
    /// Reads all calls and dropped spans once, and compares them with totals, roll-ups, traces and sessions.
    func sweep(_ totals: CounterCheck, _ findings: inout CheckFindings) throws {
        var sweep = try CallSweep(database)
        let firstKept = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'calls_from'") ?? 0
        var (traces, sessions) = (TraceSweep(firstKept: firstKept), SessionSums())
        let firstStart = Self.firstStart(ofCallsFrom: firstKept)
        var sets = try SetMemory(database, firstStart: firstStart)
        var quarters = try QuarterSums(database, isComplete: totals["calls_removed"].counts[0] == 0)
        let stated = try RowScan(
            database,
            """
            SELECT id, lowest, highest, \(CallColumns.sums.joined(separator: ", ")), drops, micros, rest, start, length, name
            FROM all_traces
            ORDER BY id
            """)
        // Behind the id, the distances, the sums, the dropped spans and the cost.
        let times = 3 + CallColumns.sums.count + 3
        let all = try rowCount()
        var (done, drops, setless) = (0, 0, (count: 0, first: Int64(0)))
        var total = CallSums()
        var differences: [CheckFinding.Area: [String]] = [:]
        func tell(_ area: CheckFinding.Area, _ text: String) {
            differences[area, default: []].append(text)
        }
        var hasTrace = try stated.next()
        var latest = Int64.min
        func stateTraces(upTo id: Int64) throws {
            while hasTrace, stated[0] <= id {
                if stated[0] == latest {
                    tell(
                        .traces, "the trace \(latest) of \(CheckedTime.text(latest)) is a call and has a row of traces")
                }
                latest = stated[0]
                traces.state(
                    stated[0], lowest: stated[1], highest: stated[2],
                    times: CheckedTimes(id: stated[0], stated, start: times, length: times + 1),
                    hasRoot: !stated.isNull(times + 2),
                    CheckedSums(stated, from: 3, count: CallColumns.sums.count + 1))
                hasTrace = try stated.next()
            }
        }
        try sweep.forEach { call in
            try stateTraces(upTo: call.id)
            traces.add(call) { tell(.traces, $0) }
            if call.isTrace, call.trace != call.id {
                tell(
                    .traces,
                    "the call of \(CheckedTime.text(call.id)) has the columns of a trace of its own, but belongs to the trace "
                        + "\(call.trace)")
            }
            if try !sets.isKnown(call.set) {
                setless = (setless.count + 1, setless.count == 0 ? call.id : setless.first)
            }
            if call.isDropped {
                drops += 1
            } else {
                if try sets.compares(call.session) { sessions.add(call, session: call.session) }
                try quarters.add(call) { tell(.rollups, $0) }
                total.add(call)
            }
            done += 1
            if done % 65_536 == 0 { progress(LedgerCheck.Progress(part: "calls", done: done, all: all)) }
        }
        try stateTraces(upTo: .max)
        traces.finish { tell(.traces, $0) }
        try quarters.finish { tell(.rollups, $0) }
        for (area, texts) in differences {
            for text in texts { findings.add(area, .wrong, text, remedy: CheckRemedy.rows) }
        }
        compare(total, drops: drops, totals, &findings)
        tellMissing([("kind", sweep.withoutKind), ("set", setless)], &findings)
        if traces.isCutShort {
            findings.add(
                .traces, .note, "more than a million traces ran at a time, so they were not compared with their calls")
        } else if findings.agrees(.traces) {
            findings.add(.traces, .ok, Self.sums(traces.count, "trace") + " calls and dropped spans")
        }
        try compare(sessions, firstStart: firstStart, &findings)
    }

    private func compare(_ total: CallSums, drops: Int, _ totals: CounterCheck, _ findings: inout CheckFindings) {
        var kept = CheckedSums(CounterCheck.columns.count)
        (kept.counts[0], kept.counts[1]) = (total.counts[0], Int64(drops))
        for index in 0..<CallColumns.classes.count {
            kept.counts[2 + index] = total.counts[CallColumns.firstClass + index]
        }
        kept.femtodollars = total.femtodollars
        let (removed, counted) = (totals["calls_removed"], totals.everAdded)
        if let difference = (kept + removed).difference(from: counted, CounterCheck.names) {
            return findings.add(
                .calls, .wrong,
                "the calls, with those that were removed, differ from all that was counted or imported: \(difference)",
                remedy: CheckRemedy.rows)
        }
        findings.add(
            .calls, .ok,
            "\(kept.counts[0]) kept and \(removed.counts[0]) removed calls are all that was counted: \(Plural.of(counted.counts[0], "call")), "
                + "\(counted.dollars) dollars" + Self.imported(totals["imported"].counts[0]))
    }

    private static func sums(_ count: Int, _ noun: String) -> String {
        Plural.of(count, noun) + (count == 1 ? " is the sum of its" : " are the sums of their")
    }

    private static func imported(_ calls: Int64) -> String {
        calls > 0 ? "; \(calls) of them were imported and are in no counter" : ""
    }

    private func tellMissing(
        _ missing: [(what: String, rows: (count: Int, first: Int64))], _ findings: inout CheckFindings
    ) {
        for (what, rows) in missing where rows.count > 0 {
            findings.add(
                .references, .wrong,
                "\(rows.count) calls and dropped spans name a \(what) that does not exist, the first of them that of "
                    + CheckedTime.text(rows.first), remedy: CheckRemedy.rows)
        }
    }

    /// Compares sessions, and those of groups that differ one by one.
    private func compare(_ found: SessionSums, firstStart: Int64, _ findings: inout CheckFindings) throws {
        var sessions = found
        let columns = CallColumns.sums.joined(separator: ", ")
        let rows = try RowScan(
            database, "SELECT id, \(columns), micros, rest FROM sessions WHERE start IS NULL OR start >= ?")
        var count = 0
        try rows.begin(firstStart)
        while try rows.next() {
            count += 1
            sessions.state(CheckedSums(rows, from: 1, count: CallColumns.sums.count), session: rows[0])
        }
        let groups = sessions.differing
        if !groups.isEmpty { try compareSessions(of: groups, rows, firstStart, &findings) }
        let miscounted =
            try Int.fetchOne(
                database,
                sql: """
                    SELECT COUNT(*) FROM sessions s LEFT JOIN (\(SessionTraces.counts)) t ON t.session = s.id
                    WHERE (s.start IS NULL OR s.start >= ?)
                        AND s.traces <> (s.trace IS NOT NULL) + COALESCE(t.traces, 0)
                    """, arguments: [firstStart]) ?? 0
        if miscounted > 0 {
            findings.add(
                .sessions, .wrong, "\(miscounted) sessions have another number of traces than they say",
                remedy: CheckRemedy.rows)
        }
        if findings.agrees(.sessions) { findings.add(.sessions, .ok, Self.sums(count, "session") + " calls") }
    }

    private func compareSessions(
        of groups: Set<Int>, _ rows: RowScan, _ firstStart: Int64, _ findings: inout CheckFindings
    ) throws {
        var (stated, found): ([Int64: CheckedSums], [Int64: CheckedSums]) = ([:], [:])
        try rows.begin(firstStart)
        while try rows.next() {
            guard groups.contains(SessionSums.group(of: rows[0])) else { continue }
            stated[rows[0]] = CheckedSums(rows, from: 1, count: CallColumns.sums.count)
        }
        var sweep = try CallSweep(database)
        var sets = try SetMemory(database, firstStart: firstStart)
        try sweep.forEach { call in
            guard !call.isDropped else { return }
            guard groups.contains(SessionSums.group(of: call.session)), try sets.compares(call.session) else { return }
            found[call.session, default: CheckedSums(CallColumns.sums.count)].add(call)
        }
        for session in Set(stated.keys).union(found.keys).sorted() {
            let name = try String.fetchOne(database, sql: "SELECT text FROM texts WHERE id = ?", arguments: [session])
            let nothing = CheckedSums(CallColumns.sums.count)
            let difference = (stated[session] ?? nothing).difference(from: found[session] ?? nothing, SessionSums.names)
            guard let difference else { continue }
            findings.add(
                .sessions, .wrong, "the session \(name ?? String(session)) differs from its calls: \(difference)",
                remedy: CheckRemedy.rows)
        }
    }

    /// The time, in microseconds since 1970, from which on no session can have lost calls to retention.
    private static func firstStart(ofCallsFrom firstKept: Int64) -> Int64 {
        // The minute of the first kept id may have lost a part of its calls.
        firstKept == 0 ? .min : ((firstKept >> 22) + 1) * 60_000_000 + 1_577_836_800_000_000
    }

    /// About how many rows a pass reads.
    private func rowCount() throws -> Int {
        try Int.fetchOne(database, sql: "SELECT (SELECT COUNT(*) FROM calls) + (SELECT COUNT(*) FROM drops)") ?? 0
    }
}
