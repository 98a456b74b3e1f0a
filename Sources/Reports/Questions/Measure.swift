// SPDX-License-Identifier: Apache-2.0
package import GenAI
import Notation

/// A figure of each row.
package enum Measure: Hashable, Sendable {
    /// The exact cost, with what is known of it.
    case cost
    /// The cost with what repricing has changed.
    case adjustedCost
    case calls, failed, unpriced, estimated, streamed
    /// The calls without a price that repricing has not priced either.
    case adjustedUnpriced
    /// All tokens.
    case tokens
    /// The tokens of one class.
    case tokenClass(TokenClass)
    case unit(BilledUnits.Unit)
    /// The sum of the calls' durations, in seconds.
    case duration
    /// The known cost by call that has one; failed calls that reported nothing to price are left out.
    case averageCost
    /// The duration by call, in seconds.
    case averageDuration
    /// What the cache has saved, less what writing to it has cost more.
    case savings

    /// Every measure.
    package static let all: [Measure] =
        [.cost, .adjustedCost, .calls, .tokens] + TokenClass.allCases.map { .tokenClass($0) }
        + [.failed, .unpriced, .adjustedUnpriced, .estimated, .streamed]
        + [.averageCost, .duration, .averageDuration, .savings]
        + BilledUnits.Unit.allCases.map { .unit($0) }

    /// The figures of a question that asks for none.
    static let usual: [Measure] = [.cost, .tokens, .calls]

    /// The name in parameters and answers.
    package var name: String {
        switch self {
        case .cost: "cost"
        case .adjustedCost: "adjusted_cost"
        case .calls: "calls"
        case .failed: "failed"
        case .unpriced: "unpriced"
        case .adjustedUnpriced: "adjusted_unpriced"
        case .estimated: "estimated"
        case .streamed: "streamed"
        case .tokens: "tokens"
        case .tokenClass(let tokenClass): tokenClass.name
        case .unit(let unit): unit.name
        case .duration: "duration"
        case .averageCost: "average_cost"
        case .averageDuration: "average_duration"
        case .savings: "savings"
        }
    }

    /// The sums that it is made from.
    var columns: [SumColumn] {
        switch self {
        case .cost: [.micros, .rest, .calls, .unpriced]
        case .adjustedCost: [.micros, .rest, .calls, .unpriced, .adjustedMicros, .adjustedRest, .repriced]
        case .calls: [.calls]
        case .failed: [.failed]
        case .unpriced: [.unpriced]
        case .adjustedUnpriced: [.unpriced, .repriced]
        case .estimated: [.estimated]
        case .streamed: [.streamed]
        case .tokens: [.allTokens]
        case .tokenClass(let tokenClass): [.tokens(tokenClass)]
        case .unit(let unit): [.unit(unit)]
        case .duration: [.duration]
        case .averageCost: [.micros, .rest, .calls, .unpriced, .failedWithoutUsage]
        case .averageDuration: [.duration, .calls]
        case .savings: [.savedMicros, .savedRest]
        }
    }

    /// Whether it depends on what repricing has changed.
    var isAdjusted: Bool { columns.contains(.repriced) }

    /// Reads the parameter `measures`.
    ///
    /// - Throws: ``QuestionError`` for an unknown measure, or one that is stated twice.
    static func list(_ parameters: QuestionParameters) throws(QuestionError) -> [Measure] {
        var measures: [Measure] = []
        for word in parameters.words("measures") {
            guard let measure = all.first(where: { $0.name == word }) else {
                let names = all.map(\.name)
                let nearest = EditDistance.nearest(to: word, among: names, atMost: max(2, word.utf8.count / 3))
                let hint = nearest.map { "did you mean \($0)? " } ?? ""
                throw QuestionError(
                    "measures",
                    "there is no measure \(QuestionError.quoted(word)); \(hint)choose from \(names.joined(separator: ", "))",
                    example: "cost,tokens,calls")
            }
            guard !measures.contains(measure) else {
                throw QuestionError("measures", "\(word) is stated twice", example: "cost,tokens,calls")
            }
            measures.append(measure)
        }
        return measures.isEmpty ? usual : measures
    }
}
