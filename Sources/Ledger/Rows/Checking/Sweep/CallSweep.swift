// SPDX-License-Identifier: Apache-2.0
import GRDB

/// Reads all calls and dropped spans once, in the order of their ids, and hands them to what compares them.
struct CallSweep {
    private let calls: RowScan
    private let drops: RowScan
    private let kinds: [Int64: CheckedKind]
    private var call = CheckedCall()
    private var dropped = CheckedCall()
    private var hasCall = false
    private var hasDrop = false
    /// The rows that name a kind that does not exist, and the first of them.
    private(set) var withoutKind = (count: 0, first: Int64(0))

    /// Begins with the first row.
    ///
    /// - Parameter database: The rows.
    /// - Throws: What SQLite throws.
    init(_ database: Database) throws {
        kinds = try Self.kinds(database)
        let classes = CallColumns.classes.joined(separator: ", ")
        calls = try RowScan(
            database,
            "SELECT id, trace, kind, \"set\", units, duration, micros, rest, session, low, finish, \(classes) FROM calls ORDER BY id"
        )
        drops = try RowScan(database, "SELECT id, trace, kind, \"set\", finish, duration FROM drops ORDER BY id")
        dropped.isDropped = true
        try advanceCall()
        try advanceDrop()
    }

    /// Visits all rows.
    ///
    /// - Parameter visit: Gets each row.
    /// - Throws: What SQLite or `visit` throws.
    mutating func forEach(_ visit: (borrowing CheckedCall) throws -> Void) throws {
        while hasCall || hasDrop {
            if hasCall, !hasDrop || call.id < dropped.id {
                try visit(call)
                try advanceCall()
            } else {
                try visit(dropped)
                try advanceDrop()
            }
        }
    }

    private mutating func advanceCall() throws {
        hasCall = try calls.next()
        guard hasCall else { return }
        call.id = calls[0]
        call.trace = call.id &- calls[1]
        call.kind = kind(calls[2], call.id)
        call.set = calls[3]
        call.units = calls[4]
        call.duration = calls[5]
        call.femtodollars = CheckedSums.femtodollars(calls[6], calls[7])
        call.session = calls[8]
        call.isTrace = !calls.isNull(9)
        call.times = CheckedTimes(id: call.id, calls, finish: 10, duration: 5)
        for index in 0..<CallColumns.classes.count { call.tokens[index] = calls[11 + index] }
    }

    private mutating func advanceDrop() throws {
        hasDrop = try drops.next()
        guard hasDrop else { return }
        dropped.id = drops[0]
        dropped.trace = dropped.id &- drops[1]
        dropped.kind = kind(drops[2], dropped.id)
        dropped.set = drops[3]
        dropped.times = CheckedTimes(id: dropped.id, drops, finish: 4, duration: 5)
    }

    private mutating func kind(_ number: Int64, _ id: Int64) -> CheckedKind {
        if let kind = kinds[number] { return kind }
        if withoutKind.count == 0 { withoutKind.first = id }
        withoutKind.count += 1
        return CheckedKind()
    }

    private static func kinds(_ database: Database) throws -> [Int64: CheckedKind] {
        let scan = try RowScan(
            database, "SELECT k.id, k.flags, l.source FROM kinds k LEFT JOIN lines l ON l.id = k.line")
        var kinds: [Int64: CheckedKind] = [:]
        while try scan.next() {
            let flags = KindFlags(rawValue: scan[1])
            let source = LineSource(rawValue: scan[2])
            kinds[scan[0]] = CheckedKind(
                isFailed: flags.contains(.failed), isStreamed: flags.contains(.streamed),
                isEstimated: source == .estimated, isUnpriced: source == .unpriced)
        }
        scan.end()
        return kinds
    }
}
