// SPDX-License-Identifier: Apache-2.0

/// A model of price files that runs on machines of one's own, with what these cost.
package struct HostedPlan: Sendable, Hashable {
    /// The model's id.
    package let model: String
    /// The name by which calls are most likely to ask for it: the first one listed, as it is written there; else the id.
    package let name: String
    package let provider: String
    /// How the price of the machines becomes the price of calls.
    package let mode: HostedModel.Mode
    /// What all machines cost for an hour.
    package let hourlyPrice: Dollars

    package init(model: String, name: String, provider: String, mode: HostedModel.Mode, hourlyPrice: Dollars) {
        self.model = model
        self.name = name
        self.provider = provider
        self.mode = mode
        self.hourlyPrice = hourlyPrice
    }
}

extension PriceBook {
    /// The models to keep a ``CapacityMeter`` for, each once.
    package var capacityPlans: [HostedPlan] { hostedPlans.filter { $0.mode == .capacity } }
}

extension HostedModel.Mode {
    /// Whether tokens have a price; where they have none, their rates of 0 do not mean that they are free.
    package var chargesTokens: Bool { self == .tokens }
}

extension PriceAnswer {
    /// The id of the model whose price runs with the clock.
    package var clockModel: String? { clockCard?.modelID }

    /// Why a single call of a model has no price, where that is because its price runs with the clock.
    package var clockNote: String? { clockModel.map(HostedPlan.clockNote) }
}

extension HostedPlan {
    /// Why calls of a model have no price where there is no clock, for people.
    ///
    /// - Parameter model: The model's id.
    /// - Returns: One sentence without a full stop.
    package static func clockNote(_ model: String) -> String {
        "the machines of \(model) are paid by the clock (mode capacity), which only 'serve' counts: a call by itself has "
            + "no price"
    }
}
