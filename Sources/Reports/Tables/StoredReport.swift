// SPDX-License-Identifier: Apache-2.0
import Notation

/// Stored calls by time and group, with their total.
package struct StoredReport: Sendable {
    let answer: CostAnswer
    /// The same question without groups.
    let total: CostAnswer
    /// How the command was asked.
    let words: CommandWords

    /// The report as CSV or JSON, as the question asks for.
    package var text: String { answer.text }

    /// The report as a table: the rows, the total below them, and what to know about the figures.
    package var lines: [ReportText.Line] {
        let question = answer.question
        let hasTime = question.granularity != .total
        let groups = (hasTime ? [question.granularity.rawValue] : []) + question.keys.map(\.name)
        var table = TextTable(
            groups.map { _ in .text } + question.measures.map(Self.column),
            heads: groups + question.measures.map { $0 == .cost ? "$" : $0.name })
        var kinds = [ReportText.Line.Kind.head]
        for row in answer.rows {
            let time = hasTime ? [ShownFigures.begin(row.begin, question.granularity, question.period.calendar)] : []
            table.add(time + row.names.map(ShownFigures.text) + cells(row.figures))
            kinds.append(row.figures.unpriced > 0 ? .unknown : .row)
        }
        if !groups.isEmpty, let sums = total.rows.first {
            table.add(["total"] + groups.dropFirst().map { _ in "" } + cells(sums.figures))
            kinds.append(.total)
        }
        return zip(table.lines, kinds).map { ReportText.Line(text: $0, kind: $1) } + notes
    }

    private var notes: [ReportText.Line] {
        let source = answer.source == .rollups ? ", from sums of quarters of an hour" : ", from single calls"
        var notes = [ShownFigures.note(on: answer.minutes, answer.question.period.calendar, source)]
        if answer.rows.isEmpty { notes.append(ReportText.Line(text: "no calls of that time are kept", kind: .note)) }
        notes += ShownFigures.notes(unpriced: total.rows.first?.figures.unpriced ?? 0, words)
        if let repriced = total.rows.first?.figures.repricedCost {
            notes.append(
                ReportText.Line(
                    text:
                        "the known cost after repricing is \(repriced); to see that of each row, as known_adjusted_cost: "
                        + words.line(
                            "report", words.filters + words.groups + ["--measures", "adjusted_cost", "--format", "csv"]),
                    kind: .note))
        }
        if answer.next != nil {
            notes.append(
                ReportText.Line(
                    text: "there are more rows than these \(answer.rows.count); the total has them", kind: .note))
        }
        if answer.isProvisional { notes.append(ShownFigures.provisional) }
        return notes
    }

    private func cells(_ figures: Figures) -> [String] {
        answer.question.measures.map { measure in
            guard measure == .cost else { return figures.value(of: measure).text ?? "" }
            return ShownFigures.cost(figures.shownCost)
        }
    }

    private static func column(_ measure: Measure) -> TextTable.Column {
        switch measure {
        case .cost, .averageCost, .savings, .duration, .averageDuration: .decimal
        default: .number
        }
    }
}

extension QuestionDesk {
    /// Not a setting: the largest number of rows of a report that names no limit.
    private static let mostReported = 1_000_000

    /// Adds up stored calls for a report, rows and total from the same state of the rows.
    ///
    /// - Parameters:
    ///   - query: The parameters of `/api/v1/costs`. Without `limit`, the report has all rows up to a million.
    ///   - words: How the command was asked.
    /// - Returns: The report.
    /// - Throws: ``AnswerFailure`` if there is none.
    package func report(
        query: String?, askedBy words: CommandWords = CommandWords()
    ) throws(AnswerFailure) -> StoredReport {
        try ask { answers throws(AnswerFailure) in
            var question: CostQuestion
            do throws(QuestionError) {
                question = try CostQuestion(query: query, context: answers.context)
                let parameters = try QuestionParameters(query: query, known: CostQuestion.names)
                if try parameters.text("limit") == nil { question.limit = Self.mostReported }
            } catch { throw .question(error) }
            let answer = try answers.costs(question)
            let measures = question.measures + (question.measures.contains(.adjustedCost) ? [] : [.adjustedCost])
            var whole = CostQuestion(question.period, filter: question.filter, measures)
            // The same quarters of an hour, where the period was widened to whole ones.
            whole.period.minutes = answer.minutes
            return StoredReport(answer: answer, total: try answers.costs(whole), words: words)
        }
    }

    /// The dearest ones of a period as a table.
    ///
    /// - Parameters:
    ///   - query: The parameters of `/api/v1/top`.
    ///   - words: How the command was asked.
    /// - Returns: The lines.
    /// - Throws: ``AnswerFailure`` if there is no answer.
    package func topLines(
        query: String?, askedBy words: CommandWords = CommandWords()
    ) throws(AnswerFailure) -> [ReportText.Line] {
        try ask { answers throws(AnswerFailure) in
            let answer = try answers.topAnswer(query: query)
            return try answers.reading { try TopTable(answer, answers, words).lines }
        }
    }

    /// What a trace costs, as a tree of its calls and dropped spans.
    ///
    /// - Parameters:
    ///   - id: 32 hexadecimal digits.
    ///   - query: The parameters of `/api/v1/traces/{id}`.
    /// - Returns: The lines.
    /// - Throws: ``AnswerFailure`` if there is no answer.
    package func traceLines(_ id: String, query: String?) throws(AnswerFailure) -> [ReportText.Line] {
        try ask { answers throws(AnswerFailure) in try answers.traceTable(id, query: query) }
    }
}
