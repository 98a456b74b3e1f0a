// SPDX-License-Identifier: Apache-2.0
import Ledger
import Notation
import Pricing

/// Makes the rows of a part of a FOCUS file from its sums.
struct FocusLines {
    private let question: FocusQuestion
    private let answers: StoredAnswers
    private let writing: SpanWriting
    private var cards: [Int64: RateCard] = [:]
    private var lines: [FocusLine] = []
    private var numbers: [FocusGroup: Int] = [:]

    init(_ question: FocusQuestion, _ answers: StoredAnswers) {
        (self.question, self.answers) = (question, answers)
        writing = SpanWriting(answers, question.period.calendar)
    }

    /// The rows in their order.
    var sorted: [FocusLine] { lines.sorted(by: FocusLine.precedes) }

    /// Adds the charges of calls, or what repricing has changed of them.
    ///
    /// - Parameters:
    ///   - sums: The sums of the calls, or of the changes.
    ///   - step: The step that they are of.
    /// - Throws: ``RowReadingError``.
    mutating func add(_ sums: FocusSums, _ step: FocusPlan.Step) throws(RowReadingError) {
        let dimensions = question.dimensions
        for (group, key) in sums.groups.keys.enumerated() {
            let kind = try writing.kind(Int64(key.facts))
            var values: [String: String] = [:]
            for (name, number) in zip(dimensions, sums.values.all[Int(key.values)]) {
                values[name] = try answers.texts.text(number)
            }
            let figures = sums.figures(of: group)
            let charges =
                switch step.what {
                case .calls: FocusCharges(figures, kind, try card(kind.card))
                case .adjustments: FocusCharges(adjustment: figures.knownCost)
                }
            add(charges, sums.times[Int(key.period)], isLate: step.isLate, kind, values)
        }
    }

    /// Adds the time of machines, whose dimensions are known singly: the sub account alone.
    ///
    /// - Parameter minutes: A day, or a part of it.
    /// - Throws: ``AnswerFailure`` when roll-ups of that time are not kept, or cannot be read.
    mutating func addMachines(_ minutes: Range<Int64>) throws(AnswerFailure) {
        let period = Period(minutes: minutes, calendar: question.period.calendar)
        var filter = QuestionFilter()
        filter.add(ValuePattern(exactly: LineSource.machine.name), for: .fact(.source))
        var keys: [GroupKey] = [.fact(.model), .fact(.provider)]
        let rolled = question.subAccount?.dimension.flatMap { answers.dimensions.entry($0) }?.hasRollup ?? false
        if rolled, let key = question.subAccount { keys.append(key) }
        let sums = try answers.sums(CostQuestion(period, by: keys, filter: filter, [.cost]))
        let times = FocusSums.Times(
            charge: minutes, billing: question.month(containing: minutes.lowerBound).minutes)
        for group in 0..<sums.count {
            let names: [String]
            do { names = try sums.names(of: group) } catch { throw .reading(error) }
            var kind = StoredFacts.Kind()
            kind.line = StoredFacts.Line(model: names[0], provider: names[1], source: .machine)
            let charges = FocusCharges(sums.figures(of: group), kind, nil)
            var values: [String: String] = [:]
            if rolled, let name = question.subAccount?.dimension { values[name] = names[2] }
            add(charges, times, isLate: false, kind, values)
        }
    }

    private mutating func add(
        _ charges: FocusCharges, _ times: FocusSums.Times, isLate: Bool, _ kind: StoredFacts.Kind,
        _ values: [String: String]
    ) {
        guard !charges.charges.isEmpty else { return }
        let tags = tags(kind, values)
        let subAccount = question.subAccount.map { Self.value(of: $0, kind, values) } ?? ""
        for charge in charges.charges {
            let group = FocusGroup(
                times: times, isLate: isLate, provider: kind.line.provider, model: kind.line.model, tier: kind.tier,
                region: kind.region, source: kind.line.source, subAccount: ExactText(subAccount),
                tags: ExactText(tags), meter: charge.meter,
                price: charge.price)
            if let number = numbers[group] {
                lines[number].consumed += charge.consumed
                lines[number].cost += charge.cost
            } else {
                numbers[group] = lines.count
                lines.append(FocusLine(group: group, consumed: charge.consumed, cost: charge.cost))
            }
        }
    }

    /// The column `Tags`: the values of the question's keys, and where the cost comes from.
    private func tags(_ kind: StoredFacts.Kind, _ values: [String: String]) -> String {
        var tags = JSONLine()
        for key in question.keys {
            let value = Self.value(of: key, kind, values)
            if !value.isEmpty { tags.add(key.name, value) }
        }
        // Tags that are not those of senders have a prefix, as the specification asks for.
        tags.add("llm-cost-exporter/cost_source", kind.line.source.name)
        return tags.text
    }

    private static func value(of key: GroupKey, _ kind: StoredFacts.Kind, _ values: [String: String]) -> String {
        switch key {
        case .fact(let fact): kind.value(fact)
        case .dimension(let name): values[name] ?? ""
        }
    }

    private mutating func card(_ id: Int64) throws(RowReadingError) -> RateCard? {
        guard id != 0 else { return nil }
        if let known = cards[id] { return known }
        let statement = try answers.session.statement(FocusStatements.card).bind(id)
        guard try statement.next(), let card = StoredCard.card(statement.bytes(0)) else { return nil }
        cards[id] = card
        return card
    }
}
