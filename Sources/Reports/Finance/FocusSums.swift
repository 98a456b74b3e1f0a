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
    private var months: [Int64: Range<Int64>] = [:]

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
        let statement = try answers.session.statement(FocusStatements.calls).bind(
            first, StoredTime.id(ofMinute: step.minutes.upperBound), step.kinds.lowerBound, step.kinds.upperBound)
        var count = 0
        while try statement.next() {
            let (id, kind) = (statement.number(0), statement.number(1))
            guard count < limits.calls, !isFull else { return id }
            count += 1
            let key = GroupTable.Key(
                period: time(of: StoredTime.minute(ofID: id), kind, step), facts: Int32(truncatingIfNeeded: kind),
                values: try number(ofSet: statement.number(2), session: statement.number(3), answers))
            guard let group = groups.group(of: key) else { return id }
            for column in Self.columns.indices {
                groups.add(statement.number(Int32(column + 5)), to: column, of: group)
            }
        }
        return nil
    }

    /// The index of the times of a call.
    private mutating func time(of minute: Int64, _ kind: Int64, _ step: FocusPlan.Step) -> Int32 {
        if !day.minutes.contains(minute) {
            let calendar = question.period.calendar
            let begin = calendar.begin(of: .day, containing: minute)
            let end = calendar.end(of: .day, from: begin)
            day.minutes = max(begin, step.minutes.lowerBound)..<min(end, step.minutes.upperBound)
            day.month = question.month(containing: minute).minutes
        }
        return index(
            of: Times(charge: day.minutes, billing: step.isLate ? monthOfArrival(kind) ?? day.month : day.month))
    }

    private mutating func monthOfArrival(_ kind: Int64) -> Range<Int64>? {
        guard let arrival = arrivals.minute(ofKind: kind) else { return nil }
        if let known = months[arrival] { return known }
        let month = question.month(containing: arrival).minutes
        months[arrival] = month
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
