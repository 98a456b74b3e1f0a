// SPDX-License-Identifier: Apache-2.0
import Ledger

/// The rows that answer a question: roll-ups where they suffice, single calls otherwise.
struct CostPlan {
    /// Rows of one table.
    enum Part: Equatable {
        /// Roll-ups of a dimension in some quarters of an hour; calls that are in none of them are those without a value.
        case rollups(dimension: Int64, quarters: Range<Int64>)
        /// The time of machines in some quarters, which belongs to no call; likewise.
        case machines(dimension: Int64, quarters: Range<Int64>)
        /// Single calls.
        case calls(minutes: Range<Int64>)
        /// What repricing has changed of single calls.
        case adjustments(minutes: Range<Int64>)
    }

    private(set) var parts: [Part]
    /// The time that the answer is about: that of the question, or some minutes more where only roll-ups are kept.
    let minutes: Range<Int64>
    /// The names of the dimensions that keys and filters name.
    let dimensions: [String]

    /// Whether single calls are read.
    var readsCalls: Bool {
        parts.contains { part in
            if case .calls = part { true } else { false }
        }
    }

    /// Whether the kinds of calls are needed.
    var needsKinds: Bool {
        parts.contains { part in
            switch part {
            case .calls, .adjustments: true
            case .rollups, .machines: false
            }
        }
    }

    /// Plans an answer.
    ///
    /// - Throws: ``AnswerFailure`` when the rows that the question needs are not kept, or no longer.
    init(
        _ question: CostQuestion, _ table: StoredDimensions, _ horizon: Horizon, _ session: RowSession
    ) throws(AnswerFailure) {
        try self.init(counted: question, table, horizon)
        guard question.measures.contains(where: \.isAdjusted) else { return }
        // The kinds of calls, of which there may be many, are read only if some call was priced again.
        do {
            guard try session.statement(SingleStatements.anyAdjustment).next() else { return }
        } catch { throw .reading(error) }
        parts.append(.adjustments(minutes: minutes))
    }

    /// Plans what calls were counted with.
    private init(
        counted question: CostQuestion, _ table: StoredDimensions, _ horizon: Horizon
    ) throws(AnswerFailure) {
        dimensions = Self.dimensions(of: question)
        let minutes = question.period.minutes
        guard let dimension = Self.rollup(for: question, dimensions, table) else {
            self.minutes = minutes
            let refused = Self.callsAreNotKept(question, horizon)
            if let refused { throw .question(refused) }
            parts = [.calls(minutes: minutes)] + Self.machines(question, dimensions, minutes, table)
            return
        }
        let first = StoredTime.quarter(from: minutes.lowerBound)
        let end = StoredTime.quarter(of: minutes.upperBound)
        let needsSavings = question.measures.contains(.savings)
        let edges = Self.edges(of: minutes, first, end)
        let canSplit = !needsSavings && horizon.calls != nil && edges.allSatisfy { horizon.hasCalls(of: $0) }
        let quarters: Range<Int64>
        if edges.isEmpty || canSplit {
            quarters = first..<max(first, end)
            self.minutes = minutes
        } else {
            quarters = StoredTime.quarter(of: minutes.lowerBound)..<StoredTime.quarter(from: minutes.upperBound)
            self.minutes =
                StoredTime.minute(ofQuarter: quarters.lowerBound)..<StoredTime.minute(ofQuarter: quarters.upperBound)
        }
        if self.minutes.lowerBound < horizon.rollups { throw .question(Self.rollupsAreGone(question, horizon)) }
        var parts: [Part] = quarters.isEmpty ? [] : [.rollups(dimension: dimension, quarters: quarters)]
        if !edges.isEmpty, canSplit {
            parts += edges.map { .calls(minutes: $0) }
            let begun = Self.begun(in: minutes)
            if begun.upperBound > quarters.upperBound {
                parts.append(.machines(dimension: dimension, quarters: quarters.upperBound..<begun.upperBound))
            }
        }
        self.parts = parts
    }

    /// The roll-up that has all that a question needs; `nil` if there is none.
    private static func rollup(for question: CostQuestion, _ dimensions: [String], _ table: StoredDimensions) -> Int64?
    {
        let keys = question.keys + question.filter.clauses.map(\.key)
        let areOfLines = keys.allSatisfy { key in
            if case .fact(let fact) = key { fact.isOfLine } else { true }
        }
        guard areOfLines, dimensions.count < 2, question.samples.isEmpty else { return nil }
        guard let name = dimensions.first else { return RowDimension.all }
        return table.entry(name).flatMap { $0.hasRollup ? $0.id : nil }
    }

    /// The time of machines for a question about single calls.
    ///
    /// Several dimensions of machines' time are not known together: with conditions on several ones there is none of it.
    private static func machines(
        _ question: CostQuestion, _ dimensions: [String], _ minutes: Range<Int64>, _ table: StoredDimensions
    ) -> [Part] {
        let conditions = Set(question.filter.clauses.compactMap(\.key.dimension))
        guard conditions.count < 2 else { return [] }
        let name = conditions.first ?? (dimensions.count == 1 ? dimensions.first : nil)
        let entry = name.flatMap { table.entry($0) }
        // Without roll-ups of the dimension, machines are without a value of it.
        let dimension = entry.flatMap { $0.hasRollup ? $0.id : nil } ?? RowDimension.all
        let quarters = begun(in: minutes)
        return quarters.isEmpty ? [] : [.machines(dimension: dimension, quarters: quarters)]
    }

    /// The minutes at the ends of a period that are no whole quarters.
    private static func edges(of minutes: Range<Int64>, _ first: Int64, _ end: Int64) -> [Range<Int64>] {
        // Within one quarter, or over the border of two.
        guard first < end else { return [minutes] }
        let head = minutes.lowerBound..<StoredTime.minute(ofQuarter: first)
        let tail = StoredTime.minute(ofQuarter: end)..<minutes.upperBound
        return [head, tail].filter { !$0.isEmpty }
    }

    /// The quarters that begin within some minutes, so that periods that follow one another share none.
    private static func begun(in minutes: Range<Int64>) -> Range<Int64> {
        StoredTime.quarter(from: minutes.lowerBound)..<StoredTime.quarter(from: minutes.upperBound)
    }

    private static func dimensions(of question: CostQuestion) -> [String] {
        var names: [String] = []
        for key in question.keys + question.filter.clauses.map(\.key) {
            if case .dimension(let name) = key, !names.contains(name) { names.append(name) }
        }
        return names
    }

    private static func callsAreNotKept(_ question: CostQuestion, _ horizon: Horizon) -> QuestionError? {
        let keys = question.keys + question.filter.clauses.map(\.key)
        let names = keys.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let by = names.isEmpty ? "the values of calls" : names.joined(separator: " and ")
        guard let since = horizon.calls else {
            return QuestionError(
                "group_by", "a question by \(by) needs single calls, which storage.calls: false does not keep",
                example: "model")
        }
        guard question.period.minutes.lowerBound < since else {
            return horizon.refusal(question.period, ", and a question by \(by) needs them")
        }
        guard since < .max else {
            return QuestionError(
                "from", "no single calls are left, which a question by \(by) needs", example: "group_by=model")
        }
        let time = question.period.calendar.text(since)
        return QuestionError(
            "from",
            "single calls are kept since \(time), and a question by \(by) needs them (\(horizon.storage.boundOfCalls))",
            example: time)
    }

    private static func rollupsAreGone(_ question: CostQuestion, _ horizon: Horizon) -> QuestionError {
        guard horizon.rollups < .max else {
            return QuestionError(
                "from", "no sums are left of that time (\(horizon.storage.boundOfRollups))", example: "now-1h")
        }
        let time = question.period.calendar.text(horizon.rollups)
        return QuestionError(
            "from", "sums are kept since \(time) (\(horizon.storage.boundOfRollups))", example: time)
    }
}
