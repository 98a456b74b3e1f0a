// SPDX-License-Identifier: Apache-2.0
import GenAI
import Pricing
import TestData

extension History {
    /// Rate cards of each kind: with and without fees, with time that costs, and of machines that the clock pays for.
    private static let examples: [RateCard] = [
        card("gpt-4o", [.input: 2_500_000, .output: 10_000_000, .cacheRead: 1_250_000]),
        card(
            "claude", [.input: 3_000_000, .output: 15_000_000, .cacheRead: 300_000, .cacheWrite: 3_750_001],
            fees: [Fee(unit: .webSearch, price: Dollars(femtodollars: 10_000_000_000_000))]),
        card(
            "sonar", [.input: 1_000_001, .output: 999_999_999],
            fees: [Fee(unit: .request, price: Dollars(femtodollars: 5_000_000_000_001))]),
        card("own", [.input: 0, .output: 0], hourPrice: Dollars(femtodollars: 2_000_000_000_000_000)),
        card("capacity", [.input: 0, .output: 0], hosted: .capacity),
    ]

    private static func card(
        _ model: String, _ rates: [TokenClass: Int64], fees: [Fee] = [], hourPrice: Dollars = .zero,
        hosted: HostedPrice.Mode? = nil
    ) -> RateCard {
        var sheet = RateSheet()
        for (tokenClass, rate) in rates { sheet[tokenClass] = Rate(femtodollarsPerToken: rate) }
        return RateCard(
            modelID: model, provider: "openai", matched: .exact, rates: sheet, fees: fees, lacksTierRates: false,
            hourPrice: hourPrice, hosted: hosted)
    }

    /// This history with computed costs that follow from rate cards, except some that no card explains.
    func withCards(seed: UInt64) -> History {
        var generator = SeededGenerator(seed: seed)
        var history = self
        history.cards = Self.examples
        for index in calls.indices where ["computed", "estimated"].contains(calls[index].facts["source"]) {
            let number = Int.random(in: 0...Self.examples.count, using: &generator)
            guard number < Self.examples.count else { continue }
            history.calls[index].card = number
            history.calls[index].cost = Self.cost(of: calls[index], Self.examples[number])
        }
        return history
    }

    /// What a call costs by a card.
    static func cost(of call: Call, _ card: RateCard) -> Dollars {
        guard card.hosted != .capacity else { return .zero }
        var cost = call.hasFailed ? Dollars.zero : card.requestFee
        for tokenClass in TokenClass.allCases {
            cost += (card.rate(of: tokenClass) ?? Rate(femtodollarsPerToken: 0)).cost(
                ofTokens: call.tokens[tokenClass.index])
        }
        for unit in BilledUnits.Unit.allCases { cost += card.cost(of: unit, count: call.units[Int(unit.rawValue)]) }
        // The time of a call is rounded for each.
        return cost + card.hourPrice.scaled(by: call.duration ?? 0, over: 3_600_000_000)
    }
}
