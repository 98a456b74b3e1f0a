// SPDX-License-Identifier: Apache-2.0

/// A hosted model: a model of a price file that runs on machines of your own, which are paid for by the hour.
package struct HostedModel: Sendable, Hashable {
    /// The model's id.
    package let model: String
    /// The name by which calls are most likely to ask for it: the first one listed, as it is written there; else the id.
    package let name: String
    package let provider: String
    /// How the price of the machines becomes the price of calls.
    package let mode: HostedPrice.Mode
    /// The price of all machines for an hour.
    package let hourlyPrice: Dollars

    package init(model: String, name: String, provider: String, mode: HostedPrice.Mode, hourlyPrice: Dollars) {
        self.model = model
        self.name = name
        self.provider = provider
        self.mode = mode
        self.hourlyPrice = hourlyPrice
    }
}

extension PriceBook {
    /// The models to keep a ``HostedModelMeter`` for, each once.
    package var meteredModels: [HostedModel] { hostedModels.filter { $0.mode == .capacity } }
}

extension HostedPrice.Mode {
    /// Whether tokens have a price; where they have none, their rates of 0 do not mean that they are free.
    package var chargesTokens: Bool { self == .tokens }
}

extension PriceAnswer {
    /// The id of the model whose price runs with the clock.
    package var clockModel: String? { clockCard?.modelID }

    /// Why a single call of a model has no price, where that is because its price runs with the clock, or because the duration of
    /// the call is missing.
    package var clockNote: String? {
        clockCard?.hosted == .busyTime
            ? clockModel.map(HostedModel.durationNote) : clockModel.map(HostedModel.clockNote)
    }
}

extension HostedModel {
    /// Why calls of a model have no price where there is no clock, for people.
    ///
    /// - Parameter model: The model's id.
    /// - Returns: One sentence without a full stop.
    package static func clockNote(_ model: String) -> String {
        "the machines of \(model) are paid by the clock (mode capacity), which only 'serve' counts: a call by itself has "
            + "no price"
    }

    /// Why a call of unknown duration has no price, for people.
    ///
    /// - Parameter model: The model's id.
    /// - Returns: One sentence without a full stop.
    package static func durationNote(_ model: String) -> String {
        "\(model) is paid by the time of its calls (mode busy_time): give duration_ms (--duration-ms), the duration of the call "
            + "in milliseconds"
    }
}
