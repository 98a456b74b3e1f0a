// SPDX-License-Identifier: Apache-2.0
import Ledger

/// The days on which calls arrived, in the order of time.
///
/// Each day of UTC has kinds of its own, so the kind of a call shows on which day the call arrived.
struct FocusArrivals: Sendable {
    /// The begin of each day, in minutes since 1970, and the first id of its kinds.
    private let days: [(minute: Int64, kind: Int64)]

    init(_ days: [(minute: Int64, kind: Int64)]) { self.days = days }

    init(_ session: RowSession) throws(RowReadingError) {
        var days: [(minute: Int64, kind: Int64)] = []
        let statement = try session.statement(FocusStatements.arrivals)
        while try statement.next() {
            days.append((statement.number(0) * ZoneCalendar.minutesOfDay, statement.number(1)))
        }
        self.days = days
    }

    /// The first kind of the days that begin at a minute or later.
    func firstKind(from minute: Int64) -> Int64 { days.first { $0.minute >= minute }?.kind ?? .max }

    /// The begin of the day on which calls of a kind arrived; `nil` for a day of which nothing is known.
    func minute(ofKind kind: Int64) -> Int64? { days.last { $0.kind <= kind }?.minute }
}

/// What becomes rows of a FOCUS file, part by part.
struct FocusPlan: Sendable {
    /// Calls of some minutes, or what repricing has changed of them.
    struct Step: Sendable, Equatable {
        enum What: Sendable, Equatable {
            /// Calls of some kinds, whose ids tell when the calls arrived.
            case calls(kinds: Range<Int64>)
            /// The changes by repricing at some times, in seconds since 1970.
            case adjustments(times: Range<Int64>)
        }

        let minutes: Range<Int64>
        let what: What
        /// Whether the calls arrived, or were priced again, after the close of their month.
        let isLate: Bool
    }

    let steps: [Step]
    let arrivals: FocusArrivals

    /// Plans a file.
    ///
    /// Each call is in one file of those for periods that follow one another: in that of its day if it arrived before its month
    /// was closed, otherwise in that of its arrival. The same holds for what repricing changes, by the time of repricing.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - arrivals: When calls arrived.
    ///   - first: The minute of the first call that is kept; `nil` if there is none.
    ///   - hasRepricing: Whether calls may have been priced again.
    /// - Throws: ``QuestionError`` for more days than an answer may have.
    init(
        _ question: FocusQuestion, _ arrivals: FocusArrivals, first: Int64?, hasRepricing: Bool
    ) throws(QuestionError) {
        self.arrivals = arrivals
        let period = question.period
        var steps: [Step] = []
        let begins = try Self.days(of: period)
        for (index, begin) in begins.enumerated() {
            let end = index + 1 < begins.count ? begins[index + 1] : period.minutes.upperBound
            let minutes = max(begin, period.minutes.lowerBound)..<end
            let close = question.month(containing: minutes.lowerBound).close
            let kinds = Int64.min..<arrivals.firstKind(from: close)
            steps.append(Step(minutes: minutes, what: .calls(kinds: kinds), isLate: false))
            guard hasRepricing else { continue }
            steps.append(Step(minutes: minutes, what: .adjustments(times: .min..<close * 60), isLate: false))
        }
        guard let first else {
            self.steps = steps
            return
        }
        let end = arrivals.firstKind(from: period.minutes.upperBound)
        var (month, close) = question.month(containing: first)
        while close < period.minutes.upperBound {
            let since = max(close, period.minutes.lowerBound)
            let begin = arrivals.firstKind(from: since)
            if begin < end { steps.append(Step(minutes: month, what: .calls(kinds: begin..<end), isLate: true)) }
            if hasRepricing {
                let times = since * 60..<period.minutes.upperBound * 60
                steps.append(Step(minutes: month, what: .adjustments(times: times), isLate: true))
            }
            (month, close) = question.month(containing: month.upperBound)
        }
        self.steps = steps
    }

    /// The first minutes of the days of a period.
    private static func days(of period: Period) throws(QuestionError) -> [Int64] {
        do { return try period.begins(.day, limit: StoredAnswers.mostPeriods) } catch {
            throw QuestionError(
                "from", "from and to are more than \(StoredAnswers.mostPeriods) days apart; choose a shorter period",
                example: "now/M-1M")
        }
    }
}
