// SPDX-License-Identifier: Apache-2.0
import Billing
import GRDB
import GenAI
import OTLP
import Pricing

/// Chooses the spans of an import that become rows.
struct ImportSelection {
    /// The first and the last minute that a span may end in, since 2020.
    private let minutes: ClosedRange<Int64>
    /// Where spans were looked for: a trace may have rows of several days.
    private struct Place: Hashable {
        let trace: TraceKey
        let day: Int64
    }

    /// The rows of the traces of a transaction.
    private var rows: [Place: [Int64]] = [:]
    /// By row of a trace, the ids of its spans.
    private var known: [Int64: Set<UInt64>] = [:]
    /// The number of rows that were read to find spans: about as many as the rows have of the time of the spans.
    private(set) var read = 0

    /// - Parameters:
    ///   - now: The time, in nanoseconds since 1970 (UTC).
    ///   - keptSince: The first id of calls that are kept.
    ///   - configuration: What is kept.
    init(now: UInt64, keptSince: Int64, configuration: RowConfiguration) {
        let minute = RowTime.minute(of: now)
        let kept = (keptSince + RowTime.sequenceLength - 1) >> RowTime.sequenceBits
        let oldest = configuration.callSeconds.map { max(kept, minute - $0 / 60) } ?? kept
        minutes = min(oldest, minute + 60)...minute + 60
    }

    /// Begins a transaction, and reads which spans the rows have of the traces in it, since rows may have been added.
    ///
    /// The spans of a trace are found by no key. To read those of all traces at once takes one pass over the time of the
    /// transaction; to read them trace by trace would take a pass for each.
    ///
    /// - Parameters:
    ///   - entries: What was decided.
    ///   - writer: Finds traces.
    ///   - database: The connection.
    /// - Throws: What SQLite throws.
    mutating func begin(
        _ entries: [RowQueue.Entry], _ writer: inout RowWriter, _ database: Database
    ) throws {
        (rows, known) = ([:], [:])
        for place in entries.flatMap(places) where rows[place] == nil {
            rows[place] = try Self.rows(of: place, &writer, database)
        }
        try addLongTraces(database)
        let ordered = Self.merged(try ranges(database))
        for table in ["calls", "drops"] {
            let spans = try RowScan(database, "SELECT id - trace, span FROM \(table) WHERE id >= ? AND id <= ?")
            for range in ordered {
                try spans.begin(range.lowerBound, range.upperBound)
                while try spans.next() {
                    read += 1
                    known[spans[0]]?.insert(UInt64(bitPattern: spans[1]))
                }
            }
            spans.end()
        }
    }

    /// Adds the rows of traces that last for days: the row of such a trace may be on none of the days on which it is looked for.
    ///
    /// There are few of them, and `trace_peaks` says in which quarters of an hour.
    private mutating func addLongTraces(_ database: Database) throws {
        let (traces, days) = (Set(rows.keys.map(\.trace)), rows.keys.map(\.day))
        guard let first = days.min(), let last = days.max() else { return }
        let scan = try RowScan(database, Self.longTraces)
        try scan.begin(1_440 * RowTime.minuteMicroseconds, first * Self.day, (last + 1) * Self.day)
        while try scan.next() {
            let trace = TraceKey(high: UInt64(bitPattern: scan[1]), low: UInt64(bitPattern: scan[2]))
            guard traces.contains(trace), scan[3] <= scan[4] else { continue }
            for day in max(first, RowTime.day(of: scan[3]))...min(last, RowTime.day(of: scan[4])) {
                let place = Place(trace: trace, day: day)
                if rows[place]?.contains(scan[0]) == false { rows[place]?.append(scan[0]) }
            }
        }
        scan.end()
    }

    /// Traces of a length of `?1` or more with rows from the id `?2` to that before `?3`.
    private static let longTraces = """
        SELECT t.id, t.high, t.low, t.id - t.lowest, t.id + t.highest FROM trace_peaks AS p CROSS JOIN traces AS t
            ON t.id >= (p.quarter * 15) << \(RowTime.sequenceBits) AND t.id < (p.quarter * 15 + 15) << \(RowTime.sequenceBits)
            WHERE p.length >= ?1 AND t.length >= ?1 AND t.id + t.highest >= ?2 AND t.id - t.lowest < ?3
        """

    /// The number of ids of one day.
    private static let day = Int64(1_440) << RowTime.sequenceBits

    /// The ids at which a trace's rows may have spans that are looked for: from the day before a span to two days after it.
    private mutating func ranges(_ database: Database) throws -> [ClosedRange<Int64>] {
        let scan = try RowScan(database, "SELECT id - lowest, id + highest FROM all_traces WHERE id = ?")
        var bounds: [Int64: ClosedRange<Int64>] = [:]
        var ranges: [ClosedRange<Int64>] = []
        for (place, found) in rows {
            for row in found {
                if known[row] == nil {
                    known[row] = []
                    try scan.begin(row)
                    if try scan.next(), scan[0] <= scan[1] { bounds[row] = scan[0]...scan[1] }
                }
                let near = (place.day - 1) * Self.day...(place.day + 3) * Self.day - 1
                if let own = bounds[row], own.overlaps(near) { ranges.append(own.clamped(to: near)) }
            }
        }
        scan.end()
        return ranges
    }

    /// Ranges in ascending order, joined where they overlap.
    private static func merged(_ ranges: [ClosedRange<Int64>]) -> [ClosedRange<Int64>] {
        var merged: [ClosedRange<Int64>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    /// Where the spans of an entry are looked for, those of a time that is kept.
    private func places(_ entry: RowQueue.Entry) -> [Place] {
        switch entry {
        case .calls(let calls, _, _):
            calls.indices.compactMap { index in place(of: calls.calls[index]) }
        case .drops(let drops, _, _): drops.compactMap { place(of: $0.call) }
        case .roots, .charges, .sums, .mark: []
        }
    }

    /// Where a span is looked for; `nil` if its time is not kept.
    private func place(of call: borrowing ModelCall) -> Place? {
        let minute = Self.minute(of: call)
        guard minute < minutes.upperBound, minutes.contains(minute) else { return nil }
        let key = TraceKey(of: call.identity)
        return Place(trace: key, day: RowTime.day(of: minute << RowTime.sequenceBits))
    }

    /// The minute in which a span ended, since 2020; below 0 if it was before.
    private static func minute(of call: borrowing ModelCall) -> Int64 {
        let ended = Int64(clamping: call.endNanoseconds.asSent / 1_000) - RowTime.epochMicroseconds
        return ended >= 0 ? ended / RowTime.minuteMicroseconds : -1
    }

    /// Takes out what is not to be imported.
    ///
    /// - Parameters:
    ///   - entry: What was decided.
    ///   - report: Gets the numbers.
    /// - Returns: The rest.
    func choose(_ entry: RowQueue.Entry, _ report: inout LedgerImport.Report) -> RowQueue.Entry {
        switch entry {
        case .calls(let calls, let arrival, let number):
            var chosen: [Int] = []
            for index in calls.indices where isNew(calls.calls[index], &report) {
                chosen.append(index)
                report.calls += 1
                switch calls[index].outcome {
                case .priced(_, let cost), .reported(let cost): report.cost += cost
                case .unpriced, .nothingToPrice: break
                }
                if calls.verdicts[index].reasonForUnknownCost != nil { report.unpriced += 1 }
            }
            return .calls(calls.subset(at: chosen), arrivalNanoseconds: arrival, number: number)
        case .drops(let drops, let arrival, let number):
            var chosen: [DroppedSpan] = []
            for span in drops where isNew(span.call, &report) { chosen.append(span) }
            report.dropped += chosen.count
            return .drops(chosen, arrivalNanoseconds: arrival, number: number)
        case .roots, .charges, .sums, .mark: return entry
        }
    }

    private func isNew(_ call: borrowing ModelCall, _ report: inout LedgerImport.Report) -> Bool {
        let minute = Self.minute(of: call)
        guard minute >= 0, minute < minutes.upperBound else {
            report.undated += 1
            return false
        }
        guard let place = place(of: call) else {
            report.tooOld += 1
            return false
        }
        let span = call.identity.spanID
        guard rows[place]?.contains(where: { known[$0]?.contains(span) == true }) != true else {
            report.known += 1
            return false
        }
        return true
    }

    /// The rows that a trace has on a day and on those beside it.
    private static func rows(
        of place: Place, _ writer: inout RowWriter, _ database: Database
    ) throws -> [Int64] {
        var found: [Int64] = []
        for near in [place.day * Self.day, (place.day + 1) * Self.day] {
            guard let row = try writer.search(place.trace, near: near, database) else { continue }
            if !found.contains(row) { found.append(row) }
        }
        return found
    }
}
