// SPDX-License-Identifier: Apache-2.0
import GenAI

/// The columns that a check reads of calls and roll-ups, and the sums that it makes of them.
enum CallColumns {
    /// The token classes, in the order of the columns.
    static let classes = RowSchema.classes
    /// The billed units, in the order of the columns.
    static let units = BilledUnits.Unit.allCases.map(\.name)
    /// The counts of a roll-up, by the names of their columns.
    static let rollup = ["calls", "failed", "unpriced", "estimated", "streamed"] + classes + units + ["duration"]
    /// The counts of a roll-up in words.
    static let rollupNames =
        ["calls", "failed calls", "unpriced calls", "estimated calls", "streamed calls"]
        + classes.map { "\($0) tokens" } + units + ["microseconds of duration"]
    /// The place of the first token class in ``rollup``.
    static let firstClass = 5
    /// The place of the first billed unit in ``rollup``.
    static let firstUnit = firstClass + classes.count
    /// The place of the duration in ``rollup``.
    static let duration = firstUnit + units.count

    /// The counts of a trace or session, by the names of their columns.
    static let sums = ["calls", "failed", "unpriced", "estimated"] + RowSchema.sums
    /// The counts of a trace or session in words.
    static let sumNames =
        ["calls", "failed calls", "unpriced calls", "estimated calls"] + RowSchema.sums.map { "\($0) tokens" }
    /// By token class, its place among ``sums``.
    static let sumOfClass = classes.map { name in
        let sum = ["cache_read", "cache_write", "reasoning", "output"].first { name.hasPrefix($0) } ?? "input"
        return 4 + (RowSchema.sums.firstIndex(of: sum) ?? 0)
    }

    /// A list of columns, each as a sum over the rows.
    static func summed(_ columns: [String]) -> String { columns.map { "SUM(\($0))" }.joined(separator: ", ") }
}

/// What a check knows of a row's kind.
struct CheckedKind {
    var isFailed = false
    var isStreamed = false
    var isEstimated = false
    var isUnpriced = false
}

/// The sums over the calls of one quarter, or of all, in the order of ``CallColumns/rollup``.
struct CallSums {
    var counts = [Int64](repeating: 0, count: CallColumns.rollup.count)
    var femtodollars: Int128 = 0

    /// Adds a call.
    @inline(__always)
    mutating func add(_ call: borrowing CheckedCall) {
        counts[0] += 1
        if call.kind.isFailed { counts[1] += 1 }
        if call.kind.isUnpriced { counts[2] += 1 }
        if call.kind.isEstimated { counts[3] += 1 }
        if call.kind.isStreamed { counts[4] += 1 }
        for index in 0..<CallColumns.classes.count { counts[CallColumns.firstClass + index] &+= call.tokens[index] }
        if call.units != 0 {
            let units = BilledUnits(word: UInt64(bitPattern: call.units))
            for unit in BilledUnits.Unit.allCases {
                counts[CallColumns.firstUnit + Int(unit.rawValue)] += units[unit]
            }
        }
        counts[CallColumns.duration] &+= call.duration
        femtodollars &+= call.femtodollars
    }

    static func += (left: inout Self, right: Self) {
        for index in left.counts.indices { left.counts[index] &+= right.counts[index] }
        left.femtodollars &+= right.femtodollars
    }

    /// The sums in the form that is compared.
    var checked: CheckedSums {
        var sums = CheckedSums(0)
        (sums.counts, sums.femtodollars) = (counts, femtodollars)
        return sums
    }
}

/// When a call or a trace ran, in microseconds since 2020.
struct CheckedTimes: Equatable {
    var start: Int64
    var end: Int64

    /// Reads the end of a span, as microseconds from the minute of its id, and its duration; `nil` without an end.
    init?(id: Int64, _ scan: borrowing RowScan, finish: Int, duration: Int) {
        guard !scan.isNull(finish) else { return nil }
        end = (id >> RowTime.sequenceBits) * RowTime.minuteMicroseconds &+ scan[finish]
        start = end &- max(0, scan[duration])
    }

    /// Reads the start of a trace, as microseconds from the minute of its id, and its length; `nil` without them.
    init?(id: Int64, _ scan: borrowing RowScan, start: Int, length: Int) {
        guard !scan.isNull(start), !scan.isNull(length) else { return nil }
        self.start = (id >> RowTime.sequenceBits) * RowTime.minuteMicroseconds &+ scan[start]
        end = self.start &+ scan[length]
    }

    /// Extends the time to what another one has.
    mutating func include(_ other: Self) { (start, end) = (min(start, other.start), max(end, other.end)) }

    /// Whether another time is within this one.
    func contains(_ other: Self) -> Bool { start <= other.start && other.end <= end }
}

/// A row of calls or of dropped spans as a check reads it.
struct CheckedCall {
    var id: Int64 = 0
    /// The id of its trace's row.
    var trace: Int64 = 0
    /// Whether the row of the call is that of its trace.
    var isTrace = false
    var isDropped = false
    var kind = CheckedKind()
    var set: Int64 = 0
    /// The text id of the session; 0 for none.
    var session: Int64 = 0
    var tokens = [Int64](repeating: 0, count: CallColumns.classes.count)
    var units: Int64 = 0
    var duration: Int64 = 0
    var femtodollars: Int128 = 0
    /// When it ran, in microseconds since 2020; `nil` if that is not stored.
    var times: CheckedTimes?

    /// The quarter of an hour, since 2020, of its roll-up.
    var quarter: Int64 { (id >> 22) / 15 }
}
