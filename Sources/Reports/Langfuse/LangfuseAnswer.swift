// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger
import Notation
import Pricing

/// The answer to a question in the words of Langfuse's metrics API.
struct LangfuseAnswer {
    /// One member of `data`.
    struct Row {
        /// The begin of the period, in minutes since 1970.
        let begin: Int64
        /// The values of the dimensions; empty where there is none.
        let names: [String]
        /// In the order of the metrics.
        let figures: [LangfuseFigure]
    }

    private let query: LangfuseQuery
    private let rows: [Row]

    /// Answers a question.
    ///
    /// - Parameters:
    ///   - query: The question.
    ///   - answers: The stored rows.
    /// - Throws: ``AnswerFailure`` when what it needs is not kept, there are too many groups, or the rows cannot be read.
    init(_ query: LangfuseQuery, _ answers: StoredAnswers) throws(AnswerFailure) {
        self.query = query
        guard !query.conditions.areNeverMet else {
            rows = []
            return
        }
        let (found, begins) =
            switch query.view {
            case .observations: try Self.observations(query, answers)
            case .traces: try Self.traces(query, answers)
            }
        rows = Array(Self.sorted(found + Self.gaps(in: found, begins, query), query).prefix(query.rowLimit))
    }

    /// A JSON object with the member `data`.
    var json: String {
        var line = JSONLine()
        line.add("data", rows.map(self.line))
        return line.text
    }

    private func line(of row: Row) -> JSONLine {
        var line = JSONLine()
        for (dimension, name) in zip(query.dimensions, row.names) { line.add(dimension.name, said: name) }
        if query.granularity != .total {
            let time = query.period.calendar.text(row.begin)
            // Days have a date alone.
            line.add(LangfuseQuery.timeName, query.granularity == .hour ? time : String(time.prefix(10)))
        }
        for (metric, figure) in zip(query.metrics, row.figures) { line.add(metric.name, decimal: figure.json) }
        return line
    }

    // MARK: Rows

    private static let measures: [Measure] = [.cost, .averageCost] + TokenClass.allCases.map { .tokenClass($0) }

    private static func question(_ query: LangfuseQuery, _ measures: [Measure]) -> CostQuestion {
        let keys = query.dimensions.compactMap { if case .key(let key) = $0.meaning { key } else { nil } }
        var question = CostQuestion(query.period, by: keys, filter: query.conditions.filter, measures)
        question.granularity = query.granularity
        return question
    }

    /// The values of the dimensions, constants included.
    private static func names(_ query: LangfuseQuery, _ ofKeys: [String]) -> [String] {
        var rest = ofKeys[...]
        return query.dimensions.map { dimension in
            if case .constant(let value) = dimension.meaning { value } else { rest.popFirst() ?? "" }
        }
    }

    /// Rows of single calls: sums come from roll-ups where these suffice, other figures from the values of the calls.
    private static func observations(
        _ query: LangfuseQuery, _ answers: StoredAnswers
    ) throws(AnswerFailure) -> (rows: [Row], begins: [Int64]) {
        var question = question(query, Self.measures)
        question.samples = query.metrics.filter { !$0.isOfSums }.compactMap(\.measure.sample)
            .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        let sums = try answers.sums(question)
        let values = Dictionary(uniqueKeysWithValues: question.samples.map { ($0, sums.scan.samples.sorted($0)) })
        var rows: [Row] = []
        for group in 0..<sums.count {
            let figures = sums.figures(of: group)
            let own = query.metrics.map { metric in
                if metric.isOfSums { return figures.figure(of: metric) }
                let sample = metric.measure.sample ?? .cost
                return LangfuseFigure(
                    metric.aggregation, values[sample]?[group] ?? [], decimals: sample.decimals, bins: query.bins)
            }
            let names: [String]
            do { names = try sums.names(of: group) } catch { throw .reading(error) }
            rows.append(Row(begin: sums.begin(of: group), names: self.names(query, names), figures: own))
        }
        return (rows, sums.scan.begins)
    }

    /// Rows of traces: each trace has one value of every measure in each row that has calls of it.
    private static func traces(
        _ query: LangfuseQuery, _ answers: StoredAnswers
    ) throws(AnswerFailure) -> (rows: [Row], begins: [Int64]) {
        struct Key: Hashable {
            let begin: Int64
            let names: [String]
        }
        var question = question(query, Self.measures)
        let isByTrace = question.keys.contains(.fact(.trace))
        if !isByTrace { question.keys.append(.fact(.trace)) }
        let sums = try answers.sums(question)
        var values: [Key: [[Int128]]] = [:]
        for group in 0..<sums.count {
            let figures = sums.figures(of: group)
            // The time of machines belongs to no trace.
            guard figures[.calls] > 0 else { continue }
            var names: [String]
            do { names = try sums.names(of: group) } catch { throw .reading(error) }
            if !isByTrace { names.removeLast() }
            let key = Key(begin: sums.begin(of: group), names: self.names(query, names))
            var own = values.removeValue(forKey: key) ?? query.metrics.map { _ in [] }
            for (index, metric) in query.metrics.enumerated() {
                if let value = figures.value(of: metric.measure) { own[index].append(value) }
            }
            values[key] = own
        }
        let rows = values.map { key, values in
            let figures = zip(query.metrics, values).map { metric, values in
                LangfuseFigure(
                    metric.aggregation, values.sorted(), decimals: metric.measure == .totalCost ? 15 : 0,
                    bins: query.bins)
            }
            return Row(begin: key.begin, names: key.names, figures: figures)
        }
        return (rows, sums.scan.begins)
    }

    /// Rows of the periods without calls, as Langfuse has them where a question states neither order nor dimensions.
    private static func gaps(in rows: [Row], _ begins: [Int64], _ query: LangfuseQuery) -> [Row] {
        guard query.granularity != .total, !query.isOrdered, query.dimensions.isEmpty else { return [] }
        let found = Set(rows.map(\.begin))
        let figures = query.metrics.map { metric in
            [.sum, .count].contains(metric.aggregation) ? LangfuseFigure.number(0, decimals: 0) : .none
        }
        return begins.filter { !found.contains($0) }.map { Row(begin: $0, names: [], figures: figures) }
    }

    private static func sorted(_ rows: [Row], _ query: LangfuseQuery) -> [Row] {
        rows.sorted { left, right in
            for (field, isDescending) in query.order {
                let (low, high) = isDescending ? (right, left) : (left, right)
                switch field {
                case .time where left.begin != right.begin: return low.begin < high.begin
                case .dimension(let index) where left.names[index] != right.names[index]:
                    return low.names[index] < high.names[index]
                case .metric(let index) where left.figures[index].sortKey != right.figures[index].sortKey:
                    return low.figures[index].sortKey < high.figures[index].sortKey
                default: continue
                }
            }
            return left.begin != right.begin
                ? left.begin < right.begin : left.names.lexicographicallyPrecedes(right.names)
        }
    }
}

extension LangfuseQuery.Metric {
    /// Whether the figure follows from sums, which roll-ups have.
    fileprivate var isOfSums: Bool {
        switch (measure, aggregation) {
        case (.count, _), (.observationsCount, _): true
        case (.inputTokens, .sum), (.outputTokens, .sum), (.totalTokens, .sum), (.totalCost, .sum): true
        case (.inputTokens, .avg), (.outputTokens, .avg), (.totalTokens, .avg), (.totalCost, .avg): true
        case (.inputTokens, .count), (.outputTokens, .count), (.totalTokens, .count), (.totalCost, .count): true
        default: false
        }
    }
}

extension Figures {
    /// The value of a measure of traces, for all calls together; `nil` if nothing is known.
    fileprivate func value(of measure: LangfuseField.Measure) -> Int128? {
        switch measure {
        case .count: 1
        case .observationsCount: Int128(self[.calls])
        case .inputTokens: tokens { $0.isInputSide }
        case .outputTokens: tokens { !$0.isInputSide }
        case .totalTokens: tokens { _ in true }
        case .totalCost: shownCost?.femtodollars
        case .latency, .streamingLatency, .outputTokensPerSecond, .tokensPerSecond, .timeToFirstToken: nil
        }
    }

    /// A metric that follows from sums of calls.
    fileprivate func figure(of metric: LangfuseQuery.Metric) -> LangfuseFigure {
        guard metric.measure != .count else { return .number(Int128(self[.calls]), decimals: 0) }
        let isCost = metric.measure == .totalCost
        let sum = isCost ? knownCost.femtodollars : value(of: metric.measure) ?? 0
        let count = isCost ? averagedCalls : self[.calls]
        let decimals = isCost ? 15 : 0
        switch metric.aggregation {
        case .count: return .number(Int128(count), decimals: 0)
        case .avg: return .average(sum, count, decimals: decimals)
        default: return .number(sum, decimals: decimals)
        }
    }

    private func tokens(_ isMeant: (TokenClass) -> Bool) -> Int128 {
        TokenClass.allCases.filter(isMeant).reduce(0) { $0 + Int128(self[.tokens($1)]) }
    }
}

extension StoredAnswers {
    /// Answers a question in the words of Langfuse's metrics API.
    ///
    /// - Parameters:
    ///   - query: The query of the URL.
    ///   - rows: The number of rows of a question that does not say.
    /// - Returns: A JSON object.
    /// - Throws: ``AnswerFailure`` when the question is wrong, what it needs is not kept, or the rows cannot be read.
    package func langfuse(query: String?, rows: Int) throws(AnswerFailure) -> String {
        let question: LangfuseQuery
        do { question = try LangfuseQuery(query: query, rows: rows, context: context) } catch { throw .question(error) }
        return try LangfuseAnswer(question, self).json
    }
}
