// SPDX-License-Identifier: Apache-2.0
import Pricing

/// A question in the words of Langfuse's metrics API.
struct LangfuseQuery {
    /// A figure of each row.
    struct Metric: Equatable {
        let measure: LangfuseField.Measure
        let aggregation: LangfuseField.Aggregation

        /// The member of each row.
        var name: String { "\(aggregation.rawValue)_\(measure.rawValue)" }
    }

    /// What rows are compared by.
    enum OrderField: Equatable {
        case time
        /// The index of a dimension.
        case dimension(Int)
        /// The index of a metric.
        case metric(Int)
    }

    let view: LangfuseField.View
    let dimensions: [(name: String, meaning: LangfuseField.Dimension)]
    let metrics: [Metric]
    let conditions: LangfuseConditions
    let period: Period
    /// ``Granularity/total`` without a time dimension.
    let granularity: Granularity
    /// What rows are compared by, the most important first.
    let order: [(field: OrderField, isDescending: Bool)]
    /// Whether the question states the order.
    let isOrdered: Bool
    /// The number of bars of a histogram.
    let bins: Int
    let rowLimit: Int

    /// The parameters of the path.
    static let names = ["query", "tz"]
    /// The member of a row that has its time.
    static let timeName = "time_dimension"
    /// The number of rows of an answer of version 2 of the API, if the question does not say, and the largest.
    static let usualRows = 100
    static let mostRows = 1_000
    private static let mostBins = 100
    private static let most = 100

    static let example =
        #"{"view": "observations", "metrics": [{"measure": "totalCost", "aggregation": "sum"}], "#
        + #""dimensions": [{"field": "providedModelName"}], "fromTimestamp": "2026-11-01T00:00:00Z", "#
        + #""toTimestamp": "2026-12-01T00:00:00Z"}"#

    /// Reads a question.
    ///
    /// - Parameters:
    ///   - query: The query of the URL: `query`, a JSON object, and `tz`, the zone of days, UTC if none is stated.
    ///   - rows: The number of rows of a question that does not say.
    ///   - context: What the words of questions mean to this service.
    /// - Throws: ``QuestionError`` for the first thing that is wrong.
    init(query: String?, rows: Int, context: QuestionContext) throws(QuestionError) {
        let parameters = try QuestionParameters(query: query, known: Self.names)
        guard let text = try parameters.text("query") else { throw Self.error("the parameter query is missing") }
        let calendar = try ZoneCalendar(parameters, fallback: .utc)
        let request = try LangfuseRequest.read(text)
        guard let view = LangfuseField.View(rawValue: request.view) else {
            throw Self.unknown("view", request.view, LangfuseField.View.allCases.map(\.rawValue))
        }
        self.view = view
        guard
            max(request.dimensions.count, request.metrics.count, request.filters.count, request.orderBy.count)
                <= Self.most
        else { throw Self.error("a list of the query has more than \(Self.most) members") }
        dimensions = try Self.dimensions(request, view, context)
        metrics = try Self.metrics(request, view)
        let stated = try Self.period(request, calendar, now: context.now)
        conditions = try LangfuseConditions(request.filters, view, stated, context)
        period = conditions.period
        granularity = try Self.granularity(request, stated)
        isOrdered = !request.orderBy.isEmpty
        order = try Self.order(request, dimensions.map(\.name), metrics, granularity)
        (bins, rowLimit) = (request.configuration?.bins ?? 10, request.configuration?.rowLimit ?? rows)
        guard (1...Self.mostBins).contains(bins) else {
            throw Self.error("config.bins is no number from 1 to \(Self.mostBins)")
        }
        guard request.configuration?.rowLimit == nil || (1...Self.mostRows).contains(rowLimit) else {
            throw Self.error("config.row_limit is no number from 1 to \(Self.mostRows)")
        }
    }

    /// An error about the query.
    static func error(_ message: String) -> QuestionError { QuestionError("query", message, example: example) }

    /// An error about a word.
    static func unknown(_ what: String, _ word: String, _ known: [String]) -> QuestionError {
        error("there is no \(what) \(QuestionError.quoted(word)); choose from \(known.joined(separator: ", "))")
    }

    private static func dimensions(
        _ request: LangfuseRequest, _ view: LangfuseField.View, _ context: QuestionContext
    ) throws(QuestionError) -> [(name: String, meaning: LangfuseField.Dimension)] {
        var found: [(name: String, meaning: LangfuseField.Dimension)] = []
        for name in request.dimensions.map(\.field) {
            let meaning = try LangfuseField.dimension(name, view, dimensions: context.dimensions)
            guard !found.contains(where: { $0.name == name || $0.meaning == meaning }) else {
                throw error("the dimension \(QuestionError.quoted(name)) is stated twice")
            }
            found.append((name, meaning))
        }
        guard found.count <= GroupKey.most else { throw error("there are more than \(GroupKey.most) dimensions") }
        return found
    }

    private static func metrics(
        _ request: LangfuseRequest, _ view: LangfuseField.View
    ) throws(QuestionError) -> [Metric] {
        var found: [Metric] = []
        for metric in request.metrics {
            let measures = LangfuseField.Measure.all(of: view)
            guard let measure = measures.first(where: { $0.rawValue == metric.measure }) else {
                throw unknown("measure", metric.measure, measures.map(\.rawValue))
            }
            let aggregations = LangfuseField.Aggregation.allCases
            guard let aggregation = LangfuseField.Aggregation(rawValue: metric.aggregation) else {
                throw unknown("aggregation", metric.aggregation, aggregations.map(\.rawValue))
            }
            guard measure != .count || [.count, .sum].contains(aggregation) else {
                throw error("the measure count has the aggregations count and sum, not \(aggregation.rawValue)")
            }
            let wanted = Metric(measure: measure, aggregation: aggregation)
            if !found.contains(wanted) { found.append(wanted) }
        }
        guard !found.isEmpty else { throw error("metrics has no member") }
        return found
    }

    private static func period(
        _ request: LangfuseRequest, _ calendar: ZoneCalendar, now: Int64
    ) throws(QuestionError) -> Period {
        let from = try QuestionTime(parameter: "fromTimestamp", now: now, calendar: calendar).seconds(request.from)
        let to = try QuestionTime(parameter: "toTimestamp", now: now, calendar: calendar).seconds(request.to)
        guard from < to else { throw error("toTimestamp is not after fromTimestamp") }
        return Period(minutes: from.floorDivided(by: 60)..<(to + 59).floorDivided(by: 60), calendar: calendar)
    }

    private static func granularity(
        _ request: LangfuseRequest, _ period: Period
    ) throws(QuestionError) -> Granularity {
        guard let text = request.timeDimension?.granularity else { return .total }
        let known = Granularity.allCases.filter { $0 != .total }
        if let granularity = known.first(where: { $0.rawValue == text }) { return granularity }
        guard text == "auto" else { throw unknown("granularity", text, ["auto"] + known.map(\.rawValue)) }
        // As Langfuse chooses, but sums are not kept by minute.
        switch period.minutes.count / 60 {
        case ..<72: return .hour
        case ..<1_440: return .day
        case ..<8_760: return .week
        default: return .month
        }
    }

    private static func order(
        _ request: LangfuseRequest, _ dimensions: [String], _ metrics: [Metric], _ granularity: Granularity
    ) throws(QuestionError) -> [(field: OrderField, isDescending: Bool)] {
        guard !request.orderBy.isEmpty else {
            return granularity == .total ? [(.metric(0), true)] : [(.time, false), (.metric(0), true)]
        }
        var found: [(field: OrderField, isDescending: Bool)] = []
        let times = granularity == .total ? [] : [timeName]
        for order in request.orderBy {
            guard ["asc", "desc"].contains(order.direction) else {
                throw unknown("direction", order.direction, ["asc", "desc"])
            }
            let isDescending = order.direction == "desc"
            if times.contains(order.field) {
                found.append((.time, isDescending))
            } else if let index = dimensions.firstIndex(of: order.field) {
                found.append((.dimension(index), isDescending))
            } else if let index = metrics.firstIndex(where: { $0.name == order.field && $0.aggregation != .histogram })
            {
                found.append((.metric(index), isDescending))
            } else {
                throw unknown("field to order by", order.field, times + dimensions + metrics.map(\.name))
            }
        }
        return found
    }
}
