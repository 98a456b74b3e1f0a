// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation
import Pricing

/// The dearest ones of a period, by known cost.
struct TopAnswer {
    /// What was compared, in its order.
    enum Rows {
        case groups(CostAnswer)
        case traces([StoredTrace])
        case sessions([StoredSession])
        case calls([StoredSpan])
    }

    let question: TopQuestion
    /// The time that the answer is about.
    let period: Period
    let rows: Rows
    /// Whether there are more than these.
    let isTruncated: Bool
}

/// What a session comes to, as its row has it.
struct StoredSession {
    /// The number of its name.
    let id: Int64
    let bill: Bill
    /// Microseconds since 1970.
    let start: Int64
    let end: Int64
    let traces: Int64

    /// Reads a row of ``SingleStatements``.
    init(_ row: RowStatement) {
        (id, bill) = (row.number(0), Bill(row))
        (start, end, traces) = (row.number(13), row.number(14), row.number(15))
    }
}

extension StoredAnswers {
    /// The dearest ones of a period as JSON.
    ///
    /// - Parameter query: The query of the URL.
    /// - Returns: A JSON object.
    /// - Throws: ``AnswerFailure`` when the question is wrong, or the rows cannot be read.
    package func top(query: String?) throws(AnswerFailure) -> String {
        let answer = try topAnswer(query: query)
        let calendar = answer.period.calendar
        let writing = SpanWriting(self, calendar)
        let rows = try reading {
            switch answer.rows {
            case .groups(let costs): costs.lines
            case .traces(let traces): try traces.map { try traceLine($0, writing, calendar) }
            case .sessions(let sessions): try sessions.map { try sessionLine($0, writing, calendar) }
            case .calls(let calls): try calls.map(writing.line)
            }
        }
        var line = JSONLine()
        line.add("from", calendar.text(answer.period.minutes.lowerBound))
        line.add("to", calendar.text(answer.period.minutes.upperBound))
        line.add("tz", calendar.zone.name)
        line.add("order_by", answer.question.order.rawValue)
        line.add("storage", configuration.storage.rawValue)
        line.add("provisional", answer.period.minutes.upperBound > settled)
        line.add("truncated", answer.isTruncated)
        line.add("rows", rows)
        return line.text
    }

    /// The dearest ones of a period.
    ///
    /// A trace belongs to the period in which the call ended that came first, a session to each that touches the time from its
    /// begin to its end; both come with everything that they cost.
    ///
    /// - Parameter query: The query of the URL.
    /// - Returns: The rows.
    /// - Throws: ``AnswerFailure`` when the question is wrong, or the rows cannot be read.
    func topAnswer(query: String?) throws(AnswerFailure) -> TopAnswer {
        let question: TopQuestion
        do { question = try TopQuestion(query: query, context: context) } catch { throw .question(error) }
        var period = question.period
        let rows: TopAnswer.Rows
        let isTruncated: Bool
        switch question.subject {
        case .group(let key):
            var costs = CostQuestion(
                period, by: [key],
                Self.unique([
                    .cost, .adjustedCost, .tokens, .calls, .failed, .unpriced, .duration, question.measure,
                ]))
            costs.order = .descending(question.measure)
            costs.limit = question.limit
            let answer = try self.costs(costs)
            period.minutes = answer.minutes
            (rows, isTruncated) = (.groups(answer), answer.next != nil)
        case .trace:
            let (traces, isCut) = Self.cut(try reading { try topTraces(question) }, question)
            (rows, isTruncated) = (.traces(traces), isCut)
        case .session:
            let (sessions, isCut) = Self.cut(try reading { try topSessions(question) }, question)
            (rows, isTruncated) = (.sessions(sessions), isCut)
        case .call:
            let (calls, isCut) = Self.cut(try reading { try topCalls(question) }, question)
            (rows, isTruncated) = (.calls(calls), isCut)
        }
        return TopAnswer(question: question, period: period, rows: rows, isTruncated: isTruncated)
    }

    /// Removes the row by which an answer knows that there are more.
    private static func cut<T>(_ rows: [T], _ question: TopQuestion) -> (rows: [T], isCut: Bool) {
        (Array(rows.prefix(question.limit)), rows.count > question.limit)
    }

    private static func unique(_ measures: [Measure]) -> [Measure] {
        measures.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The order of traces or sessions, with what their duration is in their table.
    private static func order(_ order: TopQuestion.Order, duration: String) -> String {
        switch order {
        case .cost: "micros DESC, rest DESC"
        case .tokens: Self.tokens
        case .calls: "calls DESC"
        case .duration: "\(duration) DESC"
        }
    }

    /// Reads quarters of an hour in descending order of their peaks, until no further one can have a trace of the answer.
    private func topTraces(_ question: TopQuestion) throws -> [StoredTrace] {
        try checkCalls(question)
        let statement = SingleStatements.topTraces(Self.order(question.order, duration: "length"))
        let minutes = question.period.minutes
        let ids = StoredTime.id(ofMinute: minutes.lowerBound)..<StoredTime.id(ofMinute: minutes.upperBound)
        let (column, rest) = question.order.peak
        let quarters = try session.statement(SingleStatements.peaks(column, rest: rest)).bind(
            StoredTime.quarter(of: minutes.lowerBound), StoredTime.quarter(from: minutes.upperBound))
        var traces: [StoredTrace] = []
        let limit = question.wantedRows
        while try quarters.next() {
            let quarter = quarters.number(0)
            let first = max(ids.lowerBound, StoredTime.id(ofMinute: StoredTime.minute(ofQuarter: quarter)))
            let end = min(ids.upperBound, StoredTime.id(ofMinute: StoredTime.minute(ofQuarter: quarter + 1)))
            if traces.count == limit, let last = traces.last {
                let peak =
                    question.order == .cost
                    ? Figures.dollars(quarters.number(1), quarters.number(2)).femtodollars : Int128(quarters.number(1))
                let most = last.sortKey(question.order)
                if peak < most { break }
                // Of equal ones, the earlier row comes first.
                if peak == most, first > last.rows[0].id { continue }
            }
            let rows = try session.statement(statement).bind(first, end, Int64(limit))
            while try rows.next() { traces.append(StoredTrace(rows)) }
            traces.sort { $0.precedes($1, by: question.order) }
            traces.removeLast(max(0, traces.count - limit))
        }
        return traces
    }

    private func topSessions(_ question: TopQuestion) throws -> [StoredSession] {
        try checkCalls(question)
        let order = Self.order(question.order, duration: "finish - start")
        let minutes = question.period.minutes
        let statement = try session.statement(SingleStatements.topSessions(order)).bind(
            minutes.lowerBound * 60_000_000, minutes.upperBound * 60_000_000, Int64(question.wantedRows))
        var sessions: [StoredSession] = []
        while try statement.next() { sessions.append(StoredSession(statement)) }
        return sessions
    }

    private func sessionLine(
        _ session: StoredSession, _ writing: SpanWriting, _ calendar: ZoneCalendar
    ) throws(RowReadingError) -> JSONLine {
        var line = JSONLine()
        line.add("session", try texts.text(session.id))
        line.add("start", calendar.text(microseconds: session.start))
        line.add("end", calendar.text(microseconds: session.end))
        line.add("duration", decimal: Figures.seconds(session.end - session.start))
        session.bill.write(to: &line)
        AdjustedBill.write(
            try writing.adjusted(session.bill, ofSession: session.id, tracesOfSession(session.id)), to: &line)
        line.add("traces", session.traces)
        let values = try writing.values(ofSession: session.id, session.bill, tracesOfSession(session.id))
        line.add("dimensions", JSONLine(values))
        return line
    }

    private func topCalls(_ question: TopQuestion) throws -> [StoredSpan] {
        try checkCalls(question)
        let order =
            switch question.order {
            case .cost, .calls: "micros DESC, rest DESC"
            case .tokens: Self.tokensOfCall
            case .duration: "duration DESC"
            }
        let minutes = question.period.minutes
        let statement = try session.statement(SingleStatements.topCalls(order)).bind(
            StoredTime.id(ofMinute: minutes.lowerBound), StoredTime.id(ofMinute: minutes.upperBound),
            Int64(question.wantedRows))
        var spans: [StoredSpan] = []
        while try statement.next() { spans.append(StoredSpan(statement, isDrop: false)) }
        return spans
    }

    private static let tokens = "input + output + cache_read + cache_write + reasoning DESC"
    private static let tokensOfCall = SingleStatements.sumOfClasses + " DESC"
}

extension TopQuestion {
    /// One row more than the answer has, by which it knows that there are more.
    fileprivate var wantedRows: Int { limit + 1 }
}

extension TopQuestion.Order {
    /// The columns of `trace_peaks` with its highest figure; the second one has the rest of a cost.
    fileprivate var peak: (column: String, rest: String) {
        switch self {
        case .cost: ("micros", "rest")
        case .tokens: ("tokens", "0")
        case .calls: ("calls", "0")
        case .duration: ("length", "0")
        }
    }
}

extension StoredTrace {
    /// Whether it comes before another trace: the greater figure first, and of equal ones the earlier row.
    fileprivate func precedes(_ other: StoredTrace, by order: TopQuestion.Order) -> Bool {
        let (own, others) = (sortKey(order), other.sortKey(order))
        return own == others ? rows[0].id < other.rows[0].id : own > others
    }

    /// The figure by which traces are compared.
    fileprivate func sortKey(_ order: TopQuestion.Order) -> Int128 {
        switch order {
        case .cost: bill.known.femtodollars
        case .tokens: bill.tokens.reduce(0) { $0 + Int128($1) }
        case .calls: Int128(bill.calls)
        case .duration: Int128(end - start)
        }
    }
}
