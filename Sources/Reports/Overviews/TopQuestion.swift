// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation
import Pricing

/// The dearest traces, sessions, calls, or groups of calls.
package struct TopQuestion: Sendable {
    /// What is compared.
    enum Subject: Sendable {
        case trace, session, call
        case group(GroupKey)
    }

    /// What it is compared by.
    enum Order: String, CaseIterable, Sendable {
        case cost, tokens, calls, duration
    }

    let period: Period
    let subject: Subject
    let order: Order
    let limit: Int

    /// The parameters.
    package static let names = Period.names + ["by", "order_by", "limit"]

    init(query: String?, context: QuestionContext) throws(QuestionError) {
        let parameters = try QuestionParameters(query: query, known: Self.names)
        period = try Period(parameters, now: context.now, zone: context.zone)
        let by = try parameters.text("by") ?? "trace"
        switch by {
        case "trace": subject = .trace
        // A label of that name is a dimension, whose sums are those of the period.
        case "session": subject = .session
        case "call": subject = .call
        default: subject = .group(try GroupKey(by, parameter: "by", dimensions: context.dimensions))
        }
        let order = try parameters.text("order_by") ?? "cost"
        guard let known = Order(rawValue: order.hasPrefix("-") ? String(order.dropFirst()) : order) else {
            let names = Order.allCases.map(\.rawValue).joined(separator: ", ")
            throw QuestionError("order_by", "\(QuestionError.quoted(order)) is none of \(names)", example: "cost")
        }
        self.order = known
        limit = try CostQuestion.limit(parameters, usual: 10, most: 1_000)
    }

    var measure: Measure {
        switch order {
        case .cost: .cost
        case .tokens: .tokens
        case .calls: .calls
        case .duration: .duration
        }
    }
}

extension StoredAnswers {
    /// The dearest ones of a period, by known cost.
    ///
    /// A trace belongs to the period in which the call ended that came first, a session to each that touches the time from its
    /// begin to its end; both come with everything that they cost.
    ///
    /// - Parameter query: The query of the URL.
    /// - Returns: A JSON object.
    /// - Throws: ``AnswerFailure`` when the question is wrong, or the rows cannot be read.
    package func top(query: String?) throws(AnswerFailure) -> String {
        let question: TopQuestion
        do { question = try TopQuestion(query: query, context: context) } catch { throw .question(error) }
        var period = question.period
        let rows: [JSONLine]
        switch question.subject {
        case .group(let key):
            var costs = CostQuestion(
                period, by: [key], Self.unique([.cost, .tokens, .calls, .failed, .duration, question.measure]))
            costs.order = .descending(question.measure)
            costs.limit = question.limit
            let answer = try self.costs(costs)
            period.minutes = answer.minutes
            rows = answer.lines
        case .trace: rows = try reading { try topTraces(question) }
        case .session: rows = try reading { try topSessions(question) }
        case .call: rows = try reading { try topCalls(question) }
        }
        var line = JSONLine()
        line.add("from", period.calendar.text(period.minutes.lowerBound))
        line.add("to", period.calendar.text(period.minutes.upperBound))
        line.add("tz", period.calendar.zone.name)
        line.add("order_by", question.order.rawValue)
        line.add("provisional", period.minutes.upperBound > settled)
        line.add("rows", rows)
        return line.text
    }

    private static func unique(_ measures: [Measure]) -> [Measure] {
        measures.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private func topTraces(_ question: TopQuestion) throws -> [JSONLine] {
        try checkCalls(question)
        let order =
            switch question.order {
            case .cost: "micros DESC, rest DESC"
            case .tokens: Self.tokens
            case .calls: "calls DESC"
            case .duration: "length DESC"
            }
        let minutes = question.period.minutes
        let statement = try session.statement(SingleStatements.topTraces(order)).bind(
            StoredTime.id(ofMinute: minutes.lowerBound), StoredTime.id(ofMinute: minutes.upperBound),
            Int64(question.limit))
        var traces: [StoredTrace] = []
        while try statement.next() { traces.append(StoredTrace(statement)) }
        let writing = SpanWriting(self, question.period.calendar)
        return try traces.map { try traceLine($0, writing, question.period.calendar) }
    }

    private func topSessions(_ question: TopQuestion) throws -> [JSONLine] {
        try checkCalls(question)
        let order =
            switch question.order {
            case .cost: "micros DESC, rest DESC"
            case .tokens: Self.tokens
            case .calls: "calls DESC"
            case .duration: "finish - start DESC"
            }
        let (minutes, calendar) = (question.period.minutes, question.period.calendar)
        let statement = try session.statement(SingleStatements.topSessions(order)).bind(
            minutes.lowerBound * 60_000_000, minutes.upperBound * 60_000_000, Int64(question.limit))
        var found: [(id: Int64, bill: Bill, start: Int64, end: Int64, traces: Int64)] = []
        while try statement.next() {
            found.append(
                (
                    statement.number(0), Bill(statement), statement.number(13), statement.number(14),
                    statement.number(15)
                ))
        }
        let writing = SpanWriting(self, calendar)
        return try found.map { session in
            var line = JSONLine()
            line.add("session", try texts.text(session.id))
            line.add("start", calendar.text(microseconds: session.start))
            line.add("end", calendar.text(microseconds: session.end))
            line.add("duration", decimal: Figures.seconds(session.end - session.start))
            session.bill.write(to: &line)
            line.add("traces", session.traces)
            line.add("dimensions", try writing.dimensions(ofSet: session.bill.set))
            return line
        }
    }

    private func topCalls(_ question: TopQuestion) throws -> [JSONLine] {
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
            Int64(question.limit))
        var spans: [StoredSpan] = []
        while try statement.next() { spans.append(StoredSpan(statement, isDrop: false)) }
        return try spans.map(SpanWriting(self, question.period.calendar).line)
    }

    /// Refuses a question about calls that are not kept.
    func checkCalls(_ question: TopQuestion) throws {
        try checkCalls(question.period)
    }

    /// Refuses a period of which single calls are not kept.
    func checkCalls(_ period: Period) throws {
        let horizon = try Horizon(session, keepsCalls: configuration.keepsCalls)
        guard let since = horizon.calls else {
            throw QuestionError(
                "from", "single calls are not kept (storage.calls: false); ask /api/v1/costs", example: "group_by=model"
            )
        }
        guard period.minutes.lowerBound >= since else {
            let time = period.calendar.text(min(since, QuestionTime.end / 60))
            throw QuestionError("from", "single calls are kept since \(time) (storage.retention.calls)", example: time)
        }
    }

    private static let tokens = "input + output + cache_read + cache_write + reasoning DESC"
    private static let tokensOfCall = SingleStatements.sumOfClasses + " DESC"
}
