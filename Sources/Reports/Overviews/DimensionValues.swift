// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger
import Notation
import Pricing

extension StoredAnswers {
    private static let valueNames = Period.names + ["prefix", "limit"]
    /// The number of values that an answer has at most, if the question names no other.
    static let usualValues = 1_000

    /// The values of a fact or dimension that calls of a period have, for the choices of a dashboard.
    ///
    /// - Parameters:
    ///   - name: The name of the fact or dimension.
    ///   - query: The query of the URL: `from`, `to`, `tz`, `prefix`, `limit`.
    /// - Returns: A JSON object.
    /// - Throws: ``AnswerFailure`` when the question is wrong, or the rows cannot be read.
    package func values(of name: String, query: String?) throws(AnswerFailure) -> String {
        let (period, limit, prefix): (Period, Int, String)
        let key: GroupKey
        do {
            let parameters = try QuestionParameters(query: query, known: Self.valueNames)
            period = try Period(parameters, now: now, zone: configuration.zone)
            limit = try CostQuestion.limit(parameters, usual: Self.usualValues, most: CostQuestion.mostRows)
            key = try GroupKey(name, parameter: "name", dimensions: context.dimensions)
            let begin = try parameters.text("prefix") ?? ""
            prefix = key.dimension == nil ? begin : LabelText.withoutControls(begin.unicodeScalars)
        } catch { throw .question(error) }
        let sums = try sums(CostQuestion(period, by: [key], [.calls]))
        return try reading {
            var values: [ExactText] = []
            for group in 0..<sums.count {
                let value = try sums.names(of: group)[0]
                if !value.isEmpty, value.utf8.starts(with: prefix.utf8) { values.append(ExactText(value)) }
            }
            values.sort()
            var line = JSONLine()
            line.add("from", period.calendar.text(sums.minutes.lowerBound))
            line.add("to", period.calendar.text(sums.minutes.upperBound))
            line.add("tz", period.calendar.zone.name)
            line.add("name", key.name)
            line.add("truncated", values.count > limit)
            line.add("values", values.prefix(limit).map(\.text))
            return line.text
        }
    }
}
