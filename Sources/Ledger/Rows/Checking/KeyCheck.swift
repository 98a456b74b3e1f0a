// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Compares traces with the keys by which they are found.
struct KeyCheck {
    /// A row of `all_traces`, and two hashes of its trace's id.
    private struct Trace {
        let row: Int64
        /// Of the whole id, so that two traces practically never have the same.
        let identity: UInt64
        let hash: UInt32
        var hasKey = false

        var day: Int64 { RowTime.day(of: row) }
    }

    /// The traces that are compared at a time, some 32 MB.
    private static let tracesOfStep = 1 << 20

    /// Looks at all keys.
    ///
    /// - Parameters:
    ///   - database: The rows.
    ///   - findings: Gets what was found.
    ///   - tracesOfStep: The traces that are compared at a time.
    /// - Throws: What SQLite throws.
    static func run(
        _ database: Database, _ findings: inout CheckFindings, tracesOfStep: Int = Self.tracesOfStep
    ) throws {
        // Keys of removed traces stay until the next look for them, a day at most.
        let kept = try RowWriter.meta("calls_from", database) ?? 0
        var (keyless, traceless, doubled) = (0, 0, 0)
        var first = Int64.min
        let hash = try KeyHash(database)
        let salt = UInt64.random(in: .min ... .max)
        while true {
            var traces: [Trace] = []
            let rows = try Row.fetchCursor(
                database, sql: "SELECT id, high, low FROM all_traces WHERE id >= ? ORDER BY id LIMIT \(tracesOfStep)",
                arguments: [first])
            while let row = try rows.next() {
                let key = TraceKey(high: UInt64(bitPattern: row[1]), low: UInt64(bitPattern: row[2]))
                traces.append(Trace(row: row[0], identity: key.hash(salt), hash: hash(key)))
            }
            // Keys between two steps belong to the later one, and those after the last trace to the last step.
            let isLast = traces.count < tracesOfStep
            let end = isLast ? Int64.max : (traces.last?.row ?? 0) + 1
            try eachKey(from: first, before: end, isLast: isLast, database) { row, hash in
                var (lower, upper) = (0, traces.count)
                while lower < upper {
                    let middle = (lower + upper) / 2
                    if traces[middle].row < row { lower = middle + 1 } else { upper = middle }
                }
                if lower < traces.count, traces[lower].row == row, traces[lower].hash == hash {
                    traces[lower].hasKey = true
                } else if row >= kept {
                    traceless += 1
                }
            }
            keyless += traces.count { !$0.hasKey }
            doubled += Self.doubled(traces.filter { $0.row >= kept })
            guard !isLast else { break }
            first = end
        }
        if traceless > 0 {
            findings.add(
                .references, .wrong, "\(traceless) keys of traces lead to no trace",
                remedy: CheckRemedy.rows)
        }
        if keyless > 0 {
            findings.add(
                .references, .wrong, "\(keyless) traces cannot be found by their ids: their keys are missing",
                remedy: CheckRemedy.rows)
        }
        if doubled > 0 {
            findings.add(
                .references, .wrong, "\(doubled) traces are stored twice on one day, as rows of traces or as calls",
                remedy: CheckRemedy.rows)
        }
    }

    /// The number of traces that have another one of the same id and day before them, which the writer would have found.
    private static func doubled(_ traces: [Trace]) -> Int {
        var identities = traces.map(\.identity)
        identities.sort()
        let repeated = Set(zip(identities, identities.dropFirst()).filter { $0 == $1 }.map(\.0))
        guard !repeated.isEmpty else { return 0 }
        var days: [UInt64: Set<Int64>] = [:]
        return traces.count { trace in
            repeated.contains(trace.identity) && !days[trace.identity, default: []].insert(trace.day).inserted
        }
    }

    /// Reads the keys of rows from one on and before another.
    private static func eachKey(
        from first: Int64, before end: Int64, isLast: Bool, _ database: Database, _ body: (Int64, UInt32) -> Void
    ) throws {
        func read(_ sql: String, day: (Int64) -> Int64) throws {
            try BoundStatement(database, sql).eachRow { number, keys in
                let day = day(number)
                for key in keys {
                    let row = PackedKeys.row(key, on: day)
                    if row >= first, row < end || isLast { body(row, PackedKeys.hash(ofKey: key)) }
                }
            }
        }
        let days = first == .min ? Int64.min : PackedKeys.ids(of: 0, on: RowTime.day(of: first)).lowerBound
        let last = isLast ? Int64.max : PackedKeys.ids(of: PackedKeys.parts, on: RowTime.day(of: end)).lowerBound
        try read("SELECT id, keys FROM trace_keys WHERE id >= \(days) AND id <= \(last)") { PackedKeys.day(ofID: $0) }
        try read("SELECT day, keys FROM new_trace_keys") { $0 }
    }
}
