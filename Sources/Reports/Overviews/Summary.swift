// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger
import Notation
package import Pricing

extension StoredAnswers {
    /// The totals of a period, those of the period before it, and what the day, week and month will come to.
    ///
    /// - Parameter query: The query of the URL: `from`, `to`, `tz`.
    /// - Returns: A JSON object.
    /// - Throws: ``AnswerFailure`` when the question is wrong, or the rows cannot be read.
    package func summary(query: String?) throws(AnswerFailure) -> String {
        let period: Period
        do {
            period = try Period(
                QuestionParameters(query: query, known: Period.names), now: now, zone: configuration.zone)
        } catch { throw .question(error) }
        let own = try totals(period)
        var line = JSONLine()
        line.add("from", period.calendar.text(own.minutes.lowerBound))
        line.add("to", period.calendar.text(own.minutes.upperBound))
        line.add("tz", period.calendar.zone.name)
        line.add("storage", configuration.storage.rawValue)
        line.add("provisional", own.minutes.upperBound > settled)
        line.add("totals", own.line)
        let before = period.before
        var earlier = JSONLine()
        earlier.add("from", period.calendar.text(before.minutes.lowerBound))
        earlier.add("to", period.calendar.text(before.minutes.upperBound))
        do {
            earlier.add("totals", try totals(before).line)
        } catch .question(let error) {
            // Only the present period is sure to be kept.
            earlier.add("totals", nil as String?)
            earlier.add("reason", error.message)
        }
        line.add("before", earlier)
        line.add("forecast", try forecasts(period.calendar).map { $0.line(period.calendar) })
        return line.text
    }

    /// The figures of totals; the first two have members of their own next to them.
    static let totalled: [Measure] =
        [.cost, .adjustedCost, .calls, .failed, .unpriced, .estimated, .streamed, .tokens]
        + TokenClass.allCases.map { .tokenClass($0) }

    private func totals(_ period: Period) throws(AnswerFailure) -> (minutes: Range<Int64>, line: JSONLine) {
        let sums = try sums(CostQuestion(period, Self.totalled))
        let figures = sums.count > 0 ? sums.figures(of: 0) : Figures(columns: [], sums: [])
        var line = JSONLine()
        line.add("cost", figures.unpriced > 0 ? nil : figures.knownCost.description)
        line.add(Figures.knownName, figures.knownCost.description)
        if let reason = figures.reason { line.add("reason", reason) }
        line.add(Measure.adjustedCost.name, figures.value(of: .adjustedCost).text)
        line.add(Figures.knownAdjustedName, figures.knownAdjustedCost.description)
        for measure in Self.totalled.dropFirst(2) {
            line.add(measure.name, decimal: figures.value(of: measure).text ?? "0")
        }
        // What the cache has saved is kept by whole quarters of an hour.
        let saved = try self.sums(CostQuestion(period, [.savings]))
        let savings = saved.count > 0 ? saved.figures(of: 0).value(of: .savings).text : nil
        line.add("savings", savings ?? "0")
        line.add("savings_from", period.calendar.text(saved.minutes.lowerBound))
        line.add("savings_to", period.calendar.text(saved.minutes.upperBound))
        try reading {
            let isKept = try Horizon(session, keepsCalls: configuration.keepsCalls).hasCalls(of: period.minutes)
            line.add("traces", decimal: isKept ? String(try traces(period.minutes)) : nil)
            let microseconds = (period.minutes.lowerBound * 60_000_000, period.minutes.upperBound * 60_000_000)
            let sessions = isKept ? try count(SingleStatements.countSessions, microseconds.0, microseconds.1) : nil
            line.add("sessions", decimal: sessions.map(String.init))
        }
        line.add("users", decimal: try users(period))
        return (sums.minutes, line)
    }

    /// The number of traces whose first row is in a range of minutes, all of which are kept.
    private func traces(_ minutes: Range<Int64>) throws(RowReadingError) -> Int64 {
        // `trace_peaks` has the number of whole quarters of an hour.
        let first = StoredTime.quarter(from: minutes.lowerBound)
        let end = StoredTime.quarter(of: minutes.upperBound)
        func count(_ minutes: Range<Int64>) throws(RowReadingError) -> Int64 {
            try self.count(
                SingleTraces.countOfIDs, StoredTime.id(ofMinute: minutes.lowerBound),
                StoredTime.id(ofMinute: minutes.upperBound))
        }
        guard first < end else { return try count(minutes) }
        return try count(minutes.lowerBound..<StoredTime.minute(ofQuarter: first))
            + self.count(SingleStatements.countTracesOfQuarters, first, end)
            + count(StoredTime.minute(ofQuarter: end)..<minutes.upperBound)
    }

    private func count(_ sql: String, _ first: Int64, _ end: Int64) throws(RowReadingError) -> Int64 {
        let statement = try session.statement(sql).bind(first, end)
        return try statement.next() ? statement.number(0) : 0
    }

    /// The number of users; `nil` when calls have no users, or more than can be counted.
    private func users(_ period: Period) throws(AnswerFailure) -> String? {
        guard dimensions.entry("user")?.hasRollup == true else { return nil }
        do {
            var question = CostQuestion(period, by: [.dimension("user")], [.calls])
            question.filter.add(ValuePattern(exactly: ""), for: .dimension("user"), excluded: true)
            return String(try sums(question).count)
        } catch .question { return nil }
    }

    // MARK: Forecast

    /// What the present day, week and month will come to if the rest of them is like the last seven days.
    ///
    /// The present minute counts as past, as it does in every period until now.
    ///
    /// - Parameters:
    ///   - calendar: The zone of days, weeks and months.
    ///   - filter: Which calls count.
    /// - Returns: The forecasts of the day, the week and the month.
    /// - Throws: ``AnswerFailure`` if the rows cannot be read.
    package func forecasts(
        _ calendar: ZoneCalendar, filter: QuestionFilter = QuestionFilter()
    ) throws(AnswerFailure) -> [Forecast] {
        let present = Period.end(at: now)
        let week: Int64 = 7 * ZoneCalendar.minutesOfDay
        var forecasts: [Forecast] = []
        let recent = try knownCost(present - week..<present, calendar, filter)
        for granularity in [Granularity.day, .week, .month] {
            let begin = calendar.begin(of: granularity, containing: now.floorDivided(by: 60))
            let end = calendar.end(of: granularity, from: begin)
            let soFar = begin < present ? try knownCost(begin..<present, calendar, filter) : Dollars.zero
            let rest = recent.map { $0.scaled(by: end - present, over: week) }
            forecasts.append(
                Forecast(
                    granularity: granularity, minutes: begin..<end, soFar: soFar,
                    knownCost: soFar.flatMap { sum in rest.map { sum + $0 } }))
        }
        return forecasts
    }

    /// What is known of the cost of some minutes; `nil` if they are no longer kept.
    private func knownCost(
        _ minutes: Range<Int64>, _ calendar: ZoneCalendar, _ filter: QuestionFilter
    ) throws(AnswerFailure) -> Dollars? {
        do {
            let sums = try sums(CostQuestion(Period(minutes: minutes, calendar: calendar), filter: filter, [.cost]))
            return sums.count > 0 ? sums.figures(of: 0).knownCost : .zero
        } catch .question { return nil }
    }
}

/// What a day, a week or a month will come to.
package struct Forecast: Sendable {
    package let granularity: Granularity
    /// Minutes since 1970.
    package let minutes: Range<Int64>
    /// What is known of the cost until now; `nil` if it is no longer kept.
    package let soFar: Dollars?
    /// What is known of the cost with what is to be expected; `nil` if the last week is no longer kept.
    package let knownCost: Dollars?

    func line(_ calendar: ZoneCalendar) -> JSONLine {
        var line = JSONLine()
        line.add("of", granularity.rawValue)
        line.add("from", calendar.text(minutes.lowerBound))
        line.add("to", calendar.text(minutes.upperBound))
        line.add("so_far", soFar?.description)
        line.add("known_cost", knownCost?.description)
        return line
    }
}
