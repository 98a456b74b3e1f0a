// SPDX-License-Identifier: Apache-2.0

/// The filters of a question in the words of Langfuse's metrics API.
struct LangfuseConditions {
    private(set) var filter = QuestionFilter()
    /// The period of the question, or the part of it that the conditions on time leave.
    private(set) var period: Period
    /// Whether no call fulfils the conditions.
    private(set) var areNeverMet = false

    private static let times = ["startTime", "endTime", "timestamp"]
    private static let operators = [
        "=", "contains", "does not contain", "starts with", "ends with", "any of", "none of", "is null", "is not null",
    ]

    /// Reads filters.
    ///
    /// - Parameters:
    ///   - filters: All of them hold.
    ///   - view: What rows are of.
    ///   - period: The period of the question.
    ///   - context: What the words of questions mean to this service.
    /// - Throws: ``QuestionError`` for a column or operator that is not known, and for a filter without a value.
    init(
        _ filters: [LangfuseRequest.Filter], _ view: LangfuseField.View, _ period: Period, _ context: QuestionContext
    ) throws(QuestionError) {
        self.period = period
        for filter in filters {
            if Self.times.contains(filter.column) {
                try cut(filter, now: context.now)
                continue
            }
            let name = filter.column == "metadata" ? filter.key ?? "" : filter.column
            let meaning = try LangfuseField.dimension(name, view, dimensions: context.dimensions)
            let (patterns, isExcluded) = try Self.patterns(filter)
            switch meaning {
            case .key(.fact(.trace)):
                throw LangfuseQuery.error("calls cannot be chosen by their trace; ask for /api/v1/traces/{id}")
            case .key(let key):
                self.filter.add(
                    QuestionFilter.Clause(
                        key: key, included: isExcluded ? [] : patterns, excluded: isExcluded ? patterns : []))
            case .constant(let value):
                if patterns.contains(where: { $0.matches(value) }) == isExcluded { areNeverMet = true }
            }
        }
    }

    /// Takes the time before or after a moment out of the period.
    private mutating func cut(_ filter: LangfuseRequest.Filter, now: Int64) throws(QuestionError) {
        guard let text = filter.value?.texts.first else {
            throw LangfuseQuery.error("the filter of \(filter.column) has no value")
        }
        let time = QuestionTime(parameter: filter.column, now: now, calendar: period.calendar)
        let seconds = try time.seconds(text)
        var (begin, end) = (period.minutes.lowerBound, period.minutes.upperBound)
        switch filter.operator {
        case ">", ">=": begin = max(begin, seconds.floorDivided(by: 60))
        case "<", "<=": end = min(end, (seconds + 59).floorDivided(by: 60))
        default: throw LangfuseQuery.unknown("operator of times", filter.operator, [">", ">=", "<", "<="])
        }
        guard begin < end else {
            areNeverMet = true
            return
        }
        period.minutes = begin..<end
    }

    /// What values have, or must not have.
    private static func patterns(
        _ filter: LangfuseRequest.Filter
    ) throws(QuestionError) -> (patterns: [ValuePattern], isExcluded: Bool) {
        switch filter.operator {
        case "is null": return ([ValuePattern(exactly: "")], false)
        case "is not null": return ([ValuePattern(exactly: "")], true)
        default: break
        }
        guard let texts = filter.value?.texts, !texts.isEmpty else {
            throw LangfuseQuery.error("the filter of \(QuestionError.quoted(filter.column)) has no value")
        }
        func made(_ before: String, _ after: String) -> [ValuePattern] {
            texts.map { text in
                let plain = text.flatMap { "\\*".contains($0) ? "\\\($0)" : String($0) }
                return ValuePattern(before + String(plain) + after)
            }
        }
        switch filter.operator {
        case "=", "any of": return (texts.map { ValuePattern(exactly: $0) }, false)
        case "none of": return (texts.map { ValuePattern(exactly: $0) }, true)
        case "contains": return (made("*", "*"), false)
        case "does not contain": return (made("*", "*"), true)
        case "starts with": return (made("", "*"), false)
        case "ends with": return (made("*", ""), false)
        default: throw LangfuseQuery.unknown("operator", filter.operator, operators)
        }
    }
}
