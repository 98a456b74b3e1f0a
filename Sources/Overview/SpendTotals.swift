// SPDX-License-Identifier: Apache-2.0
package import CallMetrics
import GenAI
import Notation
package import Pricing
import Synchronization

/// Adds up calls and dollars since the start: by model and provider, and by time.
package final class SpendTotals: ModelSumSink {
    private struct Name: Hashable {
        let model: String
        let provider: String
    }

    private struct State {
        var models: [ModelFigures] = []
        var rows: [Name: Int] = [:]
        /// The row of all models for which there is no room.
        var overflow: Int?
        var quarters = QuarterHours()
    }

    /// The default of the largest number of rows, `__overflow__` excluded.
    package static let mostModels = 500

    private let limit: Int
    private let state = Mutex(State())

    /// Starts at zero.
    ///
    /// - Parameter limit: The largest number of rows; models that come later share the row `__overflow__`.
    package init(limit: Int = SpendTotals.mostModels) { self.limit = limit }

    package func row(of model: String, provider: String, card: RateCard?) -> Int {
        state.withLock { state in
            let row = Self.row(of: Name(model: model, provider: provider), in: &state, limit: limit)
            if let card, row != state.overflow { state.models[row].note(card) }
            return row
        }
    }

    private static func row(of name: Name, in state: inout State, limit: Int) -> Int {
        if let known = state.rows[name] { return known }
        if state.rows.count < limit {
            state.models.append(
                ModelFigures(model: name.model, provider: name.provider, sum: ModelSum(row: state.models.count)))
            state.rows[name] = state.models.count - 1
            return state.models.count - 1
        }
        if let overflow = state.overflow { return overflow }
        state.models.append(
            ModelFigures(model: OverflowValue.text, provider: "", sum: ModelSum(row: state.models.count)))
        state.overflow = state.models.count - 1
        return state.models.count - 1
    }

    package func add(_ sums: [ModelSum], at nanoseconds: UInt64?) {
        guard !sums.isEmpty else { return }
        state.withLock { state in
            var all = PeriodSum()
            for sum in sums {
                state.models[sum.row].sum.add(sum)
                all.add(PeriodSum(calls: sum.calls, cost: sum.cost))
            }
            if let nanoseconds { state.quarters.add(all, at: nanoseconds) }
        }
    }

    /// The sums so far.
    ///
    /// - Parameter times: The ranges of minutes since 1970 (UTC) to add up, each at most 32 hours long.
    /// - Returns: The models in no order, and the sum of each range.
    func figures(of times: [Range<Int64>]) -> (models: [ModelFigures], sums: [PeriodSum]) {
        let (models, quarters) = state.withLock { ($0.models, $0.quarters) }
        // Calls of an earlier process have rows, too, and no sums.
        return (models.filter { $0.sum != ModelSum(row: $0.sum.row) }, times.map(quarters.sum(of:)))
    }
}

/// The calls of one model at one provider since the start.
package struct ModelFigures: Sendable {
    /// The value of the `model` label; `__overflow__` for all models for which there is no room.
    package let model: String
    /// The provider that was paid, or the reported one if no price is known.
    package let provider: String
    package var sum: ModelSum
    /// The price of the latest calls, that of an ordinary call if there was one; `nil` without a price.
    package var price: ModelPrice?

    package init(model: String, provider: String, sum: ModelSum, price: ModelPrice? = nil) {
        self.model = model
        self.provider = provider
        self.sum = sum
        self.price = price
    }

    mutating func note(_ card: RateCard) {
        if card.isStandard || price == nil { price = ModelPrice(card) }
    }
}

/// What a model costs.
package enum ModelPrice: Sendable, Equatable {
    /// Input and output by the token; `nil` where the price book states no rate.
    case tokens(input: Rate?, output: Rate?)
    /// The machines are paid by the hour.
    case machines

    init(_ card: RateCard) {
        self =
            card.hosted?.chargesTokens == false
            ? .machines : .tokens(input: card.statedRate(of: .input), output: card.statedRate(of: .output))
    }
}
