// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger
import Pricing

/// The sums of the calls of one part of a FOCUS file, by kind and by the values of their dimensions.
///
/// Its memory is bounded: when it is full, what it has becomes rows, and it begins anew. Then some groups have several rows.
struct FocusSums {
    /// The times that a row states, in minutes since 1970.
    struct Times: Hashable {
        let charge: Range<Int64>
        let billing: Range<Int64>
    }

    static let columns: [SumColumn] =
        [.calls] + TokenClass.allCases.map { .tokens($0) } + BilledUnits.Unit.allCases.map { .unit($0) }
        + [.duration, .micros, .rest]

    private let question: FocusQuestion
    private let arrivals: FocusArrivals
    private(set) var groups = GroupTable(width: Self.columns.count)
    private(set) var times: [Times] = []
    private var numbers: [Times: Int32] = [:]
    /// The numbers of the texts of the values, in the order of the question's dimensions.
    private(set) var values = Combinations<Int64>()
    private var valuesOfSet: [Int64: Int64] = [:]
    private var day: (minutes: Range<Int64>, month: Range<Int64>) = (0..<0, 0..<0)
    /// The month that was found last.
    private var latest: Range<Int64>?

    private let limits: FocusLimits

    init(_ question: FocusQuestion, _ arrivals: FocusArrivals, _ limits: FocusLimits) {
        (self.question, self.arrivals, self.limits) = (question, arrivals, limits)
    }

    /// Whether there is no room for another group.
    var isFull: Bool { groups.keys.count >= limits.groups }

    /// The sums of a group.
    func figures(of group: Int) -> Figures { Figures(columns: Self.columns, sums: Array(groups.sums(of: group))) }

    /// Adds calls up.
    ///
    /// - Parameters:
    ///   - step: Which calls.
    ///   - first: The smallest id of a call that was not added yet.
    ///   - answers: The rows.
    /// - Returns: The smallest id that is left; `nil` if none is.
    /// - Throws: ``RowReadingError``.
    mutating func read(
        _ step: FocusPlan.Step, from first: Int64, _ answers: StoredAnswers
    ) throws(RowReadingError) -> Int64? {
        answers.dimensions.want(question.dimensions)
        let end = StoredTime.id(ofMinute: step.minutes.upperBound)
        switch step.what {
        case .calls(let kinds):
            let statement = try answers.session.statement(FocusStatements.calls)
                .bind(first, end, kinds.lowerBound, kinds.upperBound)
            return try readCalls(statement, step, answers)
        case .adjustments(let times):
            let statement = try answers.session.statement(FocusStatements.adjustments)
                .bind(first, end, times.lowerBound, times.upperBound)
            return try readAdjustments(statement, step, answers)
        }
    }

    private mutating func readCalls(
        _ statement: RowStatement, _ step: FocusPlan.Step, _ answers: StoredAnswers
    ) throws(RowReadingError) -> Int64? {
        let arrivals = arrivals
        var count = 0
        while try statement.next() {
            let (id, kind) = (statement.number(0), statement.number(1))
            guard count < limits.calls, !isFull else { return id }
            count += 1
            let key = GroupTable.Key(
                period: time(of: StoredTime.minute(ofID: id), step) { arrivals.minute(ofKind: kind) },
                facts: Int32(truncatingIfNeeded: kind),
                values: try number(ofSet: statement.number(2), session: statement.number(3), answers))
            guard let group = groups.group(of: key) else { return id }
            for column in Self.columns.indices {
                groups.add(statement.number(Int32(column + 5)), to: column, of: group)
            }
        }
        return nil
    }

    /// Adds up what repricing has changed, in the place of costs.
    private mutating func readAdjustments(
        _ statement: RowStatement, _ step: FocusPlan.Step, _ answers: StoredAnswers
    ) throws(RowReadingError) -> Int64? {
        let (micros, rest) = (Self.columns.count - 2, Self.columns.count - 1)
        var (count, latest) = (0, Int64.min)
        while try statement.next() {
            let id = statement.number(0)
            // A call that was priced again twice has two rows, which stay together.
            guard id == latest || (count < limits.calls && !isFull) else { return id }
            (count, latest) = (count + 1, id)
            let at = statement.number(4).floorDivided(by: 60)
            let key = GroupTable.Key(
                period: time(of: StoredTime.minute(ofID: id), step) { at },
                facts: Int32(truncatingIfNeeded: statement.number(1)),
                values: try number(ofSet: statement.number(2), session: statement.number(3), answers))
            guard let group = groups.group(of: key) else { return id }
            groups.add(statement.number(5), to: micros, of: group)
            groups.add(statement.number(6), to: rest, of: group)
        }
        return nil
    }

    /// The index of the times of a call.
    ///
    /// - Parameters:
    ///   - minute: The minute of the call.
    ///   - step: The step that it is read for.
    ///   - later: The minute at which it arrived or was priced again, if that is known.
    /// - Returns: The index in ``times``.
    private mutating func time(of minute: Int64, _ step: FocusPlan.Step, later: () -> Int64?) -> Int32 {
        if !day.minutes.contains(minute) {
            let calendar = question.period.calendar
            let begin = calendar.begin(of: .day, containing: minute)
            let end = calendar.end(of: .day, from: begin)
            day.minutes = max(begin, step.minutes.lowerBound)..<min(end, step.minutes.upperBound)
            day.month = question.month(containing: minute).minutes
        }
        let billing = step.isLate ? later().map { month(of: $0) } : nil
        return index(of: Times(charge: day.minutes, billing: billing ?? day.month))
    }

    private mutating func month(of minute: Int64) -> Range<Int64> {
        if let latest, latest.contains(minute) { return latest }
        let month = question.month(containing: minute).minutes
        latest = month
        return month
    }

    private mutating func index(of wanted: Times) -> Int32 {
        if let last = times.last, last == wanted { return Int32(times.count - 1) }
        if let known = numbers[wanted] { return known }
        numbers[wanted] = Int32(times.count)
        times.append(wanted)
        return Int32(times.count - 1)
    }

    private mutating func number(
        ofSet set: Int64, session: Int64, _ answers: StoredAnswers
    ) throws(RowReadingError) -> Int64 {
        let dimensions = answers.dimensions
        if dimensions.sessionPlace == nil, let known = valuesOfSet[set] { return known }
        let number = Int64(values.number(of: try dimensions.values(ofSet: set, session: session)))
        if dimensions.sessionPlace == nil { valuesOfSet[set] = number }
        return number
    }
}

/// What bounds the memory and the time of a piece of a FOCUS file; not settings.
struct FocusLimits: Sendable {
    /// The groups that are added up at a time, each of which has some four rows.
    var groups = 20_000
    /// The calls that are read at a time, which take less than a second.
    var calls = 200_000
    /// The rows of a piece: some megabyte of text.
    var rows = 1_000
}
