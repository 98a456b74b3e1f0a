// SPDX-License-Identifier: Apache-2.0
import Ledger

/// From which time on the stored rows are complete, and of which times since then they are not; minutes since 1970.
struct Horizon {
    /// Single calls; `nil` if none are kept.
    let calls: Int64?
    /// The times in which calls were counted and not kept, in their order.
    let gaps: [Range<Int64>]
    let rollups: Int64
    /// Where they are kept.
    let storage: ReportsConfiguration.Storage

    init(
        _ session: RowSession, keepsCalls: Bool, in storage: ReportsConfiguration.Storage = .folder
    ) throws(RowReadingError) {
        self.storage = storage
        func removed(_ what: String) throws(RowReadingError) -> Bool {
            let statement = try session.statement(Statements.totals).bind(what, to: 1)
            return try statement.next() && (statement.number(0) != 0 || statement.number(1) != 0)
        }
        func first(_ sql: String) throws(RowReadingError) -> Int64? {
            let statement = try session.statement(sql)
            return try statement.next() ? statement.numberIfAny(0) : nil
        }
        if try removed("rollups_removed") {
            rollups = try first(Statements.firstQuarter).map { StoredTime.minute(ofQuarter: $0) } ?? .max
        } else {
            rollups = .min
        }
        let noted = try session.statement(Statements.meta).bind(CallGaps.key, to: 1)
        gaps = try noted.next() ? CallGaps(noted.text(0)).minutes : []
        guard keepsCalls else {
            calls = nil
            return
        }
        let from = try session.statement(Statements.meta).bind("calls_from", to: 1)
        // Rows within the minute may be gone.
        calls = try from.next() ? StoredTime.minute(ofID: from.number(0)) + 1 : .min
    }

    /// Whether all single calls of some minutes are kept.
    func hasCalls(of minutes: Range<Int64>) -> Bool {
        calls.map { $0 <= minutes.lowerBound } ?? false && gap(in: minutes) == nil
    }

    /// The first time within some minutes of which calls were not kept; `nil` if there is none.
    func gap(in minutes: Range<Int64>) -> Range<Int64>? { gaps.first { $0.overlaps(minutes) } }

    /// Refuses a question that needs single calls of a time in which they were not kept.
    ///
    /// - Parameters:
    ///   - period: The time that the question is about.
    ///   - need: What the question needs them for, before what can be asked instead.
    /// - Returns: The refusal; `nil` if there is no such time.
    func refusal(_ period: Period, _ need: String) -> QuestionError? {
        guard let gap = gap(in: period.minutes) else { return nil }
        let (begin, end) = (period.calendar.text(gap.lowerBound), period.calendar.text(gap.upperBound))
        return QuestionError(
            "from",
            "single calls were not kept from \(begin) to \(end) (storage.calls: false)\(need); ask about another time, or for "
                + "sums by model, provider, operation, source and one dimension at most",
            example: gap.upperBound < period.minutes.upperBound ? end : "group_by=model")
    }
}

/// Converts the times of rows, which count from 2020, to minutes since 1970.
enum StoredTime {
    /// 1 January 2020 in minutes since 1970.
    static let begin: Int64 = 26_297_280
    private static let bitsWithinMinute: Int64 = 22

    /// The minute of a row's id.
    static func minute(ofID id: Int64) -> Int64 { (id >> bitsWithinMinute) + begin }

    /// A time of a row, in microseconds since 2020, as one since 1970.
    static func microseconds(since2020 time: Int64) -> Int64 { time + begin * 60_000_000 }

    /// The begin of the minute of a row's id, in microseconds since 1970.
    static func microseconds(ofID id: Int64) -> Int64 { minute(ofID: id) * 60_000_000 }

    /// The smallest id of a minute.
    static func id(ofMinute minute: Int64) -> Int64 { (minute - begin) << bitsWithinMinute }

    /// The first minute of a quarter of an hour.
    static func minute(ofQuarter quarter: Int64) -> Int64 { quarter * ZoneCalendar.quarter + begin }

    /// The first quarter of an hour that begins at a minute or after it.
    static func quarter(from minute: Int64) -> Int64 {
        -(-(minute - begin)).floorDivided(by: ZoneCalendar.quarter)
    }

    /// The quarter of an hour that contains a minute.
    static func quarter(of minute: Int64) -> Int64 { (minute - begin).floorDivided(by: ZoneCalendar.quarter) }
}
