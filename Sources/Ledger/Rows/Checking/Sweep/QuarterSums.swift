// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Compares the calls of each quarter of an hour with the roll-ups of all calls.
struct QuarterSums {
    private var rollups: RollupQuarters
    private var sums = CallSums()
    private var quarter: Int64?
    /// The first quarter with roll-ups: calls before it have none any more.
    private let first: Int64
    /// Whether no call was removed yet, so that roll-ups may not have more than the calls.
    private let isComplete: Bool

    init(_ database: Database, isComplete: Bool) throws {
        rollups = try RollupQuarters(database, dimension: RowDimension.all, machines: false)
        first = rollups.quarter ?? .max
        self.isComplete = isComplete
    }

    /// Adds a call; calls come in the order of time.
    @inline(__always)
    mutating func add(_ call: borrowing CheckedCall, _ report: (String) -> Void) throws {
        if call.quarter != quarter {
            try end(report)
            quarter = call.quarter
        }
        sums.add(call)
    }

    /// Compares the last quarter, and those after it.
    mutating func finish(_ report: (String) -> Void) throws {
        try end(report)
        try skip(before: .max, report)
    }

    private mutating func end(_ report: (String) -> Void) throws {
        guard let quarter else { return }
        defer { sums = CallSums() }
        guard quarter >= first else { return }
        try skip(before: quarter, report)
        guard rollups.quarter == quarter else {
            return report("the calls of \(CheckedTime.text(quarter: quarter)) have no roll-ups")
        }
        try compare(sums.checked, report)
    }

    /// Quarters that have roll-ups and no calls.
    private mutating func skip(before quarter: Int64, _ report: (String) -> Void) throws {
        while let next = rollups.quarter, next < quarter {
            try compare(CallSums().checked, report)
        }
    }

    private mutating func compare(_ calls: CheckedSums, _ report: (String) -> Void) throws {
        let own = rollups.ofCalls
        // Calls that were removed, or not kept at all, are in the roll-ups still.
        let isSame = isComplete || own.counts[0] == calls.counts[0] || !calls.isPart(of: own)
        if isSame, let difference = own.difference(from: calls, CallColumns.rollupNames) {
            report(
                "the roll-ups of \(CheckedTime.text(quarter: rollups.quarter ?? 0)) differ from the calls: \(difference)"
            )
        }
        try rollups.advance()
    }
}
