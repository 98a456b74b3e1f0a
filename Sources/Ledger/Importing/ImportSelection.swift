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

    /// The ids of spans that the rows have of a trace.
    private var known: [Place: Set<UInt64>] = [:]

    /// - Parameters:
    ///   - now: The time, in nanoseconds since 1970 (UTC).
    ///   - keptSince: The first id of calls that are kept.
    ///   - configuration: What is kept.
    init(now: UInt64, keptSince: Int64, configuration: RowConfiguration) {
        let minute = (Int64(now / 1_000) - RowTime.epochMicroseconds) / RowTime.minuteMicroseconds
        let kept = (keptSince + RowTime.sequenceLength - 1) >> RowTime.sequenceBits
        let oldest = configuration.callSeconds.map { max(kept, minute - $0 / 60) } ?? kept
        minutes = min(oldest, minute + 60)...minute + 60
    }

    /// Begins a transaction: rows may have been added.
    mutating func begin() { known.removeAll() }

    /// Takes out what is not to be imported.
    ///
    /// - Parameters:
    ///   - entry: What was decided.
    ///   - report: Gets the numbers.
    ///   - writer: Finds traces.
    ///   - database: The connection.
    /// - Returns: The rest.
    /// - Throws: What SQLite throws.
    mutating func choose(
        _ entry: RowQueue.Entry, _ report: inout LedgerImport.Report, _ writer: inout RowWriter,
        _ database: Database
    ) throws -> RowQueue.Entry {
        switch entry {
        case .calls(let calls, let arrival, let number):
            var chosen: [Int] = []
            for index in calls.indices where try isNew(calls.calls[index], &report, &writer, database) {
                chosen.append(index)
                report.calls += 1
                switch calls[index].outcome {
                case .priced(_, let cost), .reported(let cost): report.cost += cost
                case .unpriced, .nothingToPrice: break
                }
                let hasFailed = calls.calls[index].hasFailed
                if calls.verdicts[index].reasonForUnknownCost(hasFailed: hasFailed) != nil { report.unpriced += 1 }
            }
            return .calls(calls.subset(at: chosen), arrivalNanoseconds: arrival, number: number)
        case .drops(let drops, let arrival, let number):
            var chosen: [DroppedSpan] = []
            for span in drops where try isNew(span.call, &report, &writer, database) { chosen.append(span) }
            report.dropped += chosen.count
            return .drops(chosen, arrivalNanoseconds: arrival, number: number)
        case .roots, .charges, .sums, .mark: return entry
        }
    }

    private mutating func isNew(
        _ call: ModelCall, _ report: inout LedgerImport.Report, _ writer: inout RowWriter, _ database: Database
    ) throws -> Bool {
        let ended = Int64(clamping: call.endNanoseconds.asSent / 1_000) - RowTime.epochMicroseconds
        let minute = ended >= 0 ? ended / RowTime.minuteMicroseconds : -1
        guard minute >= 0, minute < minutes.upperBound else {
            report.undated += 1
            return false
        }
        guard minute >= minutes.lowerBound else {
            report.tooOld += 1
            return false
        }
        let key = TraceKey(high: call.identity.traceIDHigh, low: call.identity.traceIDLow)
        let row = minute << RowTime.sequenceBits
        let place = Place(trace: key, day: RowTime.day(of: row))
        let spans = try known[place] ?? Self.spans(of: key, near: row, &writer, database)
        known[place] = spans
        guard !spans.contains(call.identity.spanID) else {
            report.known += 1
            return false
        }
        return true
    }

    /// The ids of the spans that the rows have of a trace; a trace is looked for on the day of a row and on those beside it.
    private static func spans(
        of key: TraceKey, near row: Int64, _ writer: inout RowWriter, _ database: Database
    ) throws -> Set<UInt64> {
        let day = Int64(1_440) << RowTime.sequenceBits
        var found: Set<UInt64> = []
        for near in [row, row + day] {
            guard let trace = try writer.search(key, near: near, database),
                let range = try Row.fetchOne(
                    database, sql: "SELECT id - lowest, id + highest FROM all_traces WHERE id = ?", arguments: [trace])
            else { continue }
            let bounds: (first: Int64, last: Int64) = (range[0], range[1])
            for table in ["calls", "drops"] {
                let spans = try Int64.fetchAll(
                    database, sql: "SELECT span FROM \(table) WHERE id >= ? AND id <= ? AND id - trace = ?",
                    arguments: [bounds.first, bounds.last, trace])
                for span in spans { found.insert(UInt64(bitPattern: span)) }
            }
        }
        return found
    }
}
