// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation
import Pricing

/// The dearest ones of a period as a table.
struct TopTable {
    /// One of them.
    private struct Row {
        /// All cells before the cost.
        let cells: [String]
        let cost: String
        /// What is known of the cost after repricing; `nil` if repricing has changed nothing.
        let repriced: Dollars?
        let unpriced: Int64
    }

    private let answer: TopAnswer
    private let answers: StoredAnswers
    private let words: CommandWords
    private let columns: [(TextTable.Column, head: String)]
    private var rows: [Row] = []

    /// Makes the table.
    ///
    /// - Parameters:
    ///   - answer: The rows.
    ///   - answers: Knows the texts behind their numbers.
    ///   - words: How the command was asked.
    /// - Throws: ``RowReadingError``.
    init(_ answer: TopAnswer, _ answers: StoredAnswers, _ words: CommandWords) throws(RowReadingError) {
        (self.answer, self.answers, self.words) = (answer, answers, words)
        let writing = SpanWriting(answers, answer.period.calendar)
        switch answer.rows {
        case .traces(let traces):
            columns = [
                (.text, "trace"), (.text, "name"), (.text, "start"), (.decimal, "seconds"), (.number, "calls"),
                (.number, "unpriced"), (.number, "tokens"),
            ]
            for trace in traces { try add(trace, writing) }
        case .sessions(let sessions):
            columns = [
                (.text, "session"), (.text, "start"), (.decimal, "seconds"), (.number, "traces"), (.number, "calls"),
                (.number, "unpriced"), (.number, "tokens"),
            ]
            for session in sessions { try add(session, writing) }
        case .calls(let calls):
            columns = [
                (.text, "trace"), (.text, "span"), (.text, "model"), (.text, "start"), (.decimal, "seconds"),
                (.number, "tokens"),
            ]
            for call in calls { try add(call, writing) }
        case .groups(let costs):
            columns =
                costs.question.keys.map { (.text, $0.name) } + [
                    (.number, "calls"), (.number, "failed"), (.number, "unpriced"), (.number, "tokens"),
                    (.decimal, "seconds"),
                ]
            for row in costs.rows { add(row) }
        }
    }

    /// The lines of the table, then notes.
    var lines: [ReportText.Line] {
        // Two costs that are the same everywhere would only raise the question what differs.
        let hasRepriced = rows.contains { $0.repriced != nil }
        let all = columns + [(.decimal, "$")] + (hasRepriced ? [(.decimal, "$ repriced")] : [])
        var table = TextTable(all.map(\.0), heads: all.map(\.head))
        for row in rows {
            table.add(row.cells + [row.cost] + (hasRepriced ? [row.repriced?.description ?? row.cost] : []))
        }
        let kinds = [ReportText.Line.Kind.head] + rows.map { $0.unpriced > 0 ? .unknown : .row }
        return zip(table.lines, kinds).map { ReportText.Line(text: $0, kind: $1) } + notes(hasRepriced)
    }

    private func notes(_ hasRepriced: Bool) -> [ReportText.Line] {
        func note(_ text: String) -> ReportText.Line { ReportText.Line(text: text, kind: .note) }
        var notes = [ShownFigures.note(on: answer.period.minutes, answer.period.calendar)]
        if rows.isEmpty { notes.append(note("no calls of that time are kept")) }
        if answer.isTruncated {
            let most = TopQuestion.mostRows
            let remedy = rows.count < most ? "; raise --limit (at most \(most))" : ""
            notes.append(note("there are more rows than the \(rows.count) shown\(remedy)"))
        }
        let unpriced = rows.reduce(Int64(0)) { $0.addingReportingOverflow($1.unpriced).partialValue }
        notes += ShownFigures.notes(unpriced: unpriced, words)
        if hasRepriced {
            notes.append(
                note("$ is the cost as counted, $ repriced what is known of it after 'reprice'; the order is that of $")
            )
        }
        if answer.period.minutes.upperBound > answers.settled { notes.append(ShownFigures.provisional) }
        return notes
    }

    private mutating func add(_ trace: StoredTrace, _ writing: SpanWriting) throws(RowReadingError) {
        add(
            [
                trace.text, ShownFigures.text(try answers.texts.text(trace.name)),
                ShownFigures.moment(trace.start, answer.period.calendar), ShownFigures.seconds(trace.end - trace.start),
            ], trace.bill, try writing.adjusted(trace).changed(from: trace.bill))
    }

    private mutating func add(_ session: StoredSession, _ writing: SpanWriting) throws(RowReadingError) {
        let adjusted = try writing.adjusted(session.bill, ofSession: session.id, answers.tracesOfSession(session.id))
        add(
            [
                ShownFigures.text(try answers.texts.text(session.id)),
                ShownFigures.moment(session.start, answer.period.calendar),
                ShownFigures.seconds(session.end - session.start), String(session.traces),
            ], session.bill, adjusted?.changed(from: session.bill))
    }

    private mutating func add(_ cells: [String], _ bill: Bill, _ repriced: Dollars?) {
        let counts = [bill.calls, bill.unpriced, bill.allTokens].map(String.init)
        rows.append(
            Row(
                cells: cells + counts, cost: ShownFigures.cost(bill.shownCost), repriced: repriced,
                unpriced: bill.unpriced))
    }

    private mutating func add(_ call: StoredSpan, _ writing: SpanWriting) throws(RowReadingError) {
        let cells = [
            try writing.trace(call.trace), HexID.span(call.span),
            ShownFigures.text(try writing.kind(call.kind).line.model),
            ShownFigures.moment(call.start, answer.period.calendar), ShownFigures.seconds(call.duration),
            String(call.allTokens),
        ]
        let adjusted = try writing.adjustedCost(of: call)
        rows.append(
            Row(
                cells: cells, cost: ShownFigures.cost(call.cost),
                repriced: adjusted == call.cost ? nil : adjusted, unpriced: call.cost == nil ? 1 : 0))
    }

    private mutating func add(_ row: CostAnswer.Row) {
        let figures = row.figures
        let numbers = [Measure.calls, .failed, .unpriced, .tokens].map { figures.value(of: $0).text ?? "" }
        rows.append(
            Row(
                cells: row.names.map(ShownFigures.text) + numbers + [ShownFigures.seconds(figures[.duration])],
                cost: ShownFigures.cost(figures.shownCost),
                repriced: figures.repricedCost, unpriced: figures.unpriced))
    }
}

extension Bill {
    /// All tokens; the largest number if they are more.
    var allTokens: Int64 { tokens.saturatedSum }
}

extension StoredSpan {
    /// All tokens; the largest number if they are more.
    var allTokens: Int64 { tokens.saturatedSum }
}

extension [Int64] {
    /// The sum of numbers that are not below zero; the largest number if it is more.
    var saturatedSum: Int64 {
        reduce(0) { sum, number in
            let (next, overflows) = sum.addingReportingOverflow(number)
            return overflows ? .max : next
        }
    }
}
