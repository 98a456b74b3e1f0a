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

    /// The largest number of rows of one answer, and that of a question that names none.
    static let mostRows = 1_000
    static let usualRows = 10

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
        limit = try CostQuestion.limit(parameters, usual: Self.usualRows, most: Self.mostRows)
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
    /// Refuses a question about calls that are not kept.
    func checkCalls(_ question: TopQuestion) throws {
        try checkCalls(question.period)
    }

    /// Refuses a period of which single calls are not kept.
    func checkCalls(_ period: Period) throws {
        let horizon = try Horizon(session, keepsCalls: configuration.keepsCalls)
        guard let since = horizon.calls else {
            throw QuestionError(
                "from", "single calls are not kept (storage.calls: false), only sums of costs",
                example: "group_by=model"
            )
        }
        guard period.minutes.lowerBound >= since else {
            let time = period.calendar.text(min(since, QuestionTime.end / 60))
            throw QuestionError(
                "from", "single calls are kept since \(time) (\(configuration.storage.boundOfCalls))", example: time)
        }
        if let refusal = horizon.refusal(period, "") { throw refusal }
    }
}
