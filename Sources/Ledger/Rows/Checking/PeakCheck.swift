// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Compares the traces of each quarter of an hour with its row of `trace_peaks`.
struct PeakCheck {
    /// Looks at all traces of quarters from which nothing was removed.
    ///
    /// - Parameters:
    ///   - database: The rows.
    ///   - findings: Gets what was found.
    /// - Throws: What SQLite throws.
    static func run(_ database: Database, _ findings: inout CheckFindings) throws {
        let firstKept = try RowWriter.meta("calls_from", database) ?? 0
        let first = firstKept > 0 ? TracePeaks.quarter(of: firstKept) + 1 : Int64.min
        let traces = try RowScan(
            database,
            """
            SELECT id, coalesce(\(QuestionSchema.tokensOfTrace), 0), coalesce(calls, 0), coalesce(length, 0),
                coalesce(micros, 0), coalesce(rest, 0) FROM all_traces WHERE id >= ? ORDER BY id
            """)
        try traces.begin(firstKept > 0 ? (first * 15) << RowTime.sequenceBits : .min)
        let peaks = try RowScan(
            database,
            "SELECT quarter, traces, tokens, calls, length, micros, rest FROM trace_peaks WHERE quarter >= ? ORDER BY quarter"
        )
        try peaks.begin(first)
        var wrong = 0
        var hasTrace = try traces.next()
        var hasPeak = try peaks.next()
        while hasTrace || hasPeak {
            let quarter = min(hasTrace ? TracePeaks.quarter(of: traces[0]) : .max, hasPeak ? peaks[0] : .max)
            var (count, most, cost) = (Int64(0), InlineArray<3, Int64>(repeating: .min), Int128.min)
            while hasTrace, TracePeaks.quarter(of: traces[0]) == quarter {
                count += 1
                for index in most.indices { most[index] = max(most[index], traces[index + 1]) }
                cost = max(cost, RowMoney(micros: traces[4], rest: traces[5]).femtodollars)
                hasTrace = try traces.next()
            }
            var agrees = count == 0
            if hasPeak, peaks[0] == quarter {
                // Nothing else proves how long a trace with a root span is, and the length of none ever falls.
                agrees =
                    peaks[1] == count && peaks[4] == most[2] && most.indices.allSatisfy { peaks[$0 + 2] >= most[$0] }
                    && RowMoney(micros: peaks[5], rest: peaks[6]).femtodollars >= cost
                hasPeak = try peaks.next()
            }
            if !agrees { wrong += 1 }
        }
        guard wrong > 0 else { return }
        findings.add(
            .traces, .wrong, "trace_peaks differs from the traces of \(wrong) quarters of an hour",
            remedy: CheckRemedy.rows)
    }
}
