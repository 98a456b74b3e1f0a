// SPDX-License-Identifier: Apache-2.0
package import Pricing

/// What calls cost, by time and group.
package struct CostQuestion: Sendable {
    package var period: Period
    package var granularity: Granularity
    package var keys: [GroupKey]
    package var filter: QuestionFilter
    package var measures: [Measure]
    package var order: RowOrder
    package var limit: Int
    package var format: AnswerFormat
    /// The number of rows before the first one that is wanted.
    package var offset = 0
    /// The figures of single calls whose values are wanted, and not only their sums.
    var samples: [SampleColumn] = []
    /// Identifies the question to its cursors.
    var identity: UInt32 = 0

    /// The parameters.
    package static let names =
        Period.names + [
            "granularity", "group_by", "where", "measures", "order_by", "limit", "cursor", "format",
        ]
    /// The largest number of rows of one answer, and that of a question that names none.
    package static let mostRows = 10_000
    static let usualRows = 1_000

    /// Reads a question.
    ///
    /// - Parameters:
    ///   - query: The query of the URL.
    ///   - context: What the words of the question mean to this service.
    /// - Throws: ``QuestionError`` for the first parameter that is wrong.
    package init(query: String?, context: QuestionContext) throws(QuestionError) {
        let parameters = try QuestionParameters(query: query, known: Self.names)
        period = try Period(parameters, now: context.now, zone: context.zone)
        granularity = try Granularity(parameters)
        keys = try GroupKey.list(parameters, dimensions: context.dimensions)
        filter = try QuestionFilter(parameters, dimensions: context.dimensions)
        measures = try Measure.list(parameters)
        order = try RowOrder(parameters, granularity, keys, measures)
        limit = try Self.limit(parameters, usual: Self.usualRows, most: Self.mostRows)
        format = try AnswerFormat(parameters)
        identity = Self.identity(parameters)
        if let cursor = try RowCursor.read(parameters, question: identity) {
            period.minutes = cursor.minutes
            offset = cursor.offset
        }
    }

    /// Makes a question about the sums of a period.
    ///
    /// - Parameters:
    ///   - period: The time.
    ///   - keys: What rows have in common.
    ///   - filter: Which calls count.
    ///   - measures: The figures of each row.
    init(_ period: Period, by keys: [GroupKey] = [], filter: QuestionFilter = QuestionFilter(), _ measures: [Measure]) {
        (self.period, self.keys, self.filter, self.measures) = (period, keys, filter, measures)
        granularity = .total
        order = .usual(.total, measures)
        limit = Self.mostRows
        format = .json
    }

    /// The cursor behind the rows of this question.
    func cursor(behind offset: Int, minutes: Range<Int64>) -> RowCursor {
        RowCursor(offset: offset, minutes: minutes, question: identity)
    }

    /// Reads the parameter `limit`.
    static func limit(_ parameters: QuestionParameters, usual: Int, most: Int) throws(QuestionError) -> Int {
        guard let text = try parameters.text("limit") else { return usual }
        guard let limit = Int(text), (1...most).contains(limit) else {
            throw QuestionError(
                "limit", "\(QuestionError.quoted(text)) is no number from 1 to \(most)", example: String(usual))
        }
        return limit
    }

    private static func identity(_ parameters: QuestionParameters) -> UInt32 {
        var hash = StableHash()
        for name in names where !["limit", "cursor", "format"].contains(name) {
            hash.add(name)
            for value in parameters.all(name) { hash.add(value) }
        }
        return hash.value
    }
}

/// What the words of questions mean to this service at this moment.
package struct QuestionContext: Sendable {
    /// Seconds since 1970.
    package var now: Int64
    /// The zone of questions that name none.
    package var zone: ZoneClock
    /// The names of the dimensions that are kept with each call.
    package var dimensions: [String]

    package init(now: Int64, zone: ZoneClock, dimensions: [String]) {
        (self.now, self.zone, self.dimensions) = (now, zone, dimensions)
    }
}

/// The form of an answer.
package enum AnswerFormat: String, CaseIterable, Sendable {
    /// One object, with money as text.
    case json
    /// A head and a line for each row.
    case csv
    /// The rows alone, with money as numbers.
    case flat

    init(_ parameters: QuestionParameters) throws(QuestionError) {
        guard let text = try parameters.text("format") else {
            self = .json
            return
        }
        guard let format = AnswerFormat(rawValue: text) else {
            let names = AnswerFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw QuestionError("format", "\(QuestionError.quoted(text)) is none of \(names)", example: "csv")
        }
        self = format
    }
}
