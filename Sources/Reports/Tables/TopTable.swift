// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation
import Pricing

/// The dearest ones of a period as a table.
struct TopTable {
    private let answer: TopAnswer
    private let answers: StoredAnswers
    private var table: TextTable
    private var kinds = [ReportText.Line.Kind.head]
    private var unpriced: Int64 = 0

    /// Makes the table.
    ///
    /// - Parameters:
    ///   - answer: The rows.
    ///   - answers: Knows the texts behind their numbers.
    /// - Throws: ``RowReadingError``.
    init(_ answer: TopAnswer, _ answers: StoredAnswers) throws(RowReadingError) {
        (self.answer, self.answers) = (answer, answers)
        switch answer.rows {
        case .traces(let traces):
            table = TextTable(
                [.text, .text, .text, .decimal, .number, .number, .number, .decimal],
                heads: ["trace", "name", "start", "seconds", "calls", "unpriced", "tokens", "$"])
            for trace in traces { try add(trace) }
        case .sessions(let sessions):
            table = TextTable(
                [.text, .text, .decimal, .number, .number, .number, .number, .decimal],
                heads: ["session", "start", "seconds", "traces", "calls", "unpriced", "tokens", "$"])
            for session in sessions { try add(session) }
        case .calls(let calls):
            table = TextTable(
                [.text, .text, .text, .text, .decimal, .number, .decimal],
                heads: ["trace", "span", "model", "start", "seconds", "tokens", "$"])
            let writing = SpanWriting(answers, answer.period.calendar)
            for call in calls { try add(call, writing) }
        case .groups(let costs):
            let keys = costs.question.keys.map(\.name)
            table = TextTable(
                keys.map { _ in .text } + [.number, .number, .number, .number, .decimal, .decimal],
                heads: keys + ["calls", "failed", "unpriced", "tokens", "seconds", "$"])
            for row in costs.rows { add(row) }
        }
    }

    /// The lines of the table, then notes.
    var lines: [ReportText.Line] {
        var notes = [ShownFigures.note(on: answer.period.minutes, answer.period.calendar)]
        if kinds.count == 1 { notes.append(ReportText.Line(text: "no calls of that time are kept", kind: .note)) }
        if let note = ShownFigures.note(unpriced: unpriced) { notes.append(note) }
        if answer.period.minutes.upperBound > answers.settled { notes.append(ShownFigures.provisional) }
        return zip(table.lines, kinds).map { ReportText.Line(text: $0, kind: $1) } + notes
    }

    private mutating func add(_ trace: StoredTrace) throws(RowReadingError) {
        add(
            [
                trace.text, ShownFigures.text(try answers.texts.text(trace.name)),
                ShownFigures.moment(trace.start, answer.period.calendar), ShownFigures.seconds(trace.end - trace.start),
            ], trace.bill)
    }

    private mutating func add(_ session: StoredSession) throws(RowReadingError) {
        add(
            [
                ShownFigures.text(try answers.texts.text(session.id)),
                ShownFigures.moment(session.start, answer.period.calendar),
                ShownFigures.seconds(session.end - session.start), String(session.traces),
            ], session.bill)
    }

    private mutating func add(_ cells: [String], _ bill: Bill) {
        let cost = ShownFigures.cost(bill.known, calls: bill.calls, unpriced: bill.unpriced)
        let counts = [bill.calls, bill.unpriced, bill.allTokens].map(String.init)
        add(cells + counts + [cost], unpriced: bill.unpriced)
    }

    private mutating func add(_ call: StoredSpan, _ writing: SpanWriting) throws(RowReadingError) {
        let cells = [
            try writing.trace(call.trace), HexID.span(call.span),
            ShownFigures.text(try writing.kind(call.kind).line.model),
            ShownFigures.moment(call.start, answer.period.calendar), ShownFigures.seconds(call.duration),
            String(call.allTokens), call.cost?.description ?? "unknown",
        ]
        add(cells, unpriced: call.cost == nil ? 1 : 0)
    }

    private mutating func add(_ row: CostAnswer.Row) {
        let figures = row.figures
        let numbers = [Measure.calls, .failed, .unpriced, .tokens].map { figures.value(of: $0).text ?? "" }
        let cost = ShownFigures.cost(figures.knownCost, calls: figures[.calls], unpriced: figures.unpriced)
        add(
            row.names.map(ShownFigures.text) + numbers + [ShownFigures.seconds(figures[.duration]), cost],
            unpriced: figures.unpriced)
    }

    private mutating func add(_ cells: [String], unpriced: Int64) {
        table.add(cells)
        kinds.append(unpriced > 0 ? .unknown : .row)
        self.unpriced = self.unpriced.addingReportingOverflow(unpriced).partialValue
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
