// SPDX-License-Identifier: Apache-2.0
import GenAI

extension AnswerSchemas {
    static let costs = AnswerSchema.object(
        period + [
            Member("granularity", .word(Granularity.allCases.map(\.rawValue)), "The length of the rows' periods."),
            Member(
                "source", .word([CostAnswer.Source.rollups, .calls].map(\.rawValue)),
                "Whether the figures are sums of quarters of an hour, or of single calls."),
            storage, provisional, truncated,
            Member("next", .text.orNull, "The cursor of the next rows; null after the last one."),
            Member("rows", .list(of: .named("CostRow")), "One row for each period and group."),
        ])

    static let costRow = row(moneyAsNumber: false)
    static let flatCostRow = row(moneyAsNumber: true)

    /// The figures of a group in a period.
    ///
    /// - Parameter moneyAsNumber: Whether amounts are numbers and not text.
    /// - Returns: The schema, whose members depend on the question.
    private static func row(moneyAsNumber: Bool) -> AnswerSchema {
        let money = moneyAsNumber ? AnswerSchema.number : .money
        let time = Member(
            "time", .moment, "Start of the row's period; absent if the granularity is total.", isOptional: true)
        let facts = GroupKey.Fact.allCases.map { fact in
            Member(fact.rawValue, .text.orNull, fact.meaning + " Only if group_by names it.", isOptional: true)
        }
        let measures = Measure.all.map { measure in
            Member(
                measure.name, measure.schema(money: money), measure.meaning + " Only if measures names it.",
                isOptional: true)
        }
        let further = [
            Member(
                knownCost.name, money, "What is known of the cost; only with the measure \(Measure.cost.name).",
                isOptional: true),
            Member(
                Figures.knownAdjustedName, money,
                "What is known of the cost after repricing; only with the measure \(Measure.adjustedCost.name).",
                isOptional: true),
            reason,
            Member(
                "provisional", .flag, "true if the row may still change; absent otherwise.", isOptional: true),
        ]
        return .object(
            [time] + facts + measures + further, others: .text.orNull,
            "The value of a dimension that group_by names; null for calls without one.")
    }
}

extension Measure {
    /// The schema of the values.
    ///
    /// - Parameter money: That of an amount.
    /// - Returns: The schema.
    func schema(money: AnswerSchema) -> AnswerSchema {
        switch self {
        case .cost, .adjustedCost, .averageCost: money.orNull
        case .savings: money
        case .duration: .number
        case .averageDuration: .number.orNull
        case .calls, .failed, .unpriced, .adjustedUnpriced, .estimated, .streamed, .tokens, .tokenClass, .unit: .integer
        }
    }

    /// A sentence about the figure.
    var meaning: String {
        switch self {
        case .cost: "Cost in US dollars; null if any part of it is not known."
        case .adjustedCost: "Cost by the prices of the latest repricing; null if any part of it is not known."
        case .calls: "Number of calls."
        case .failed: "Number of failed calls."
        case .unpriced: "Number of calls without a price when they were counted."
        case .adjustedUnpriced: "Number of calls whose cost is still not known after the latest repricing."
        case .estimated: "Number of calls whose cost is an estimate."
        case .streamed: "Number of calls whose answer was streamed."
        case .tokens: "Number of all tokens."
        case .tokenClass(let tokenClass): "Number of tokens of the class \(tokenClass.name)."
        case .unit(let unit): "Number of billed units \(unit.name)."
        case .duration: "Sum of the durations of the calls, in seconds."
        case .averageCost:
            "Known cost per call with a price; null if there is none. Failed calls that reported no usage are left out."
        case .averageDuration: "Average duration of a call, in seconds; null without a call."
        case .savings: "What the cache has saved, less the premium of writes to it, in US dollars."
        }
    }
}

extension GroupKey.Fact {
    /// A sentence about the fact.
    var meaning: String {
        switch self {
        case .model: "The model as /metrics shows it; null for none."
        case .provider: "The provider as /metrics shows it; null for none."
        case .operation: "The operation, such as chat; null for none."
        case .source: "How the cost is known, such as computed or estimated."
        case .answeredModel: "The model that answered, as the span names it; null for none."
        case .requestedModel: "The model that was asked for, as the span names it; null for none."
        case .tier: "The service tier; null for none."
        case .region: "The inference region that the span states; null for none."
        case .server: "The address of the server; null for none."
        case .error: "The type of the error; null for none."
        case .dialect: "The convention by which the span was read; null for none."
        case .tenant: "The tenant whose prices apply; null for none."
        case .unpricedReason: "Why there is no price, or why the cost is an estimate; null for neither."
        case .trace: "The id of the trace."
        }
    }
}
