// SPDX-License-Identifier: Apache-2.0
import Documents

/// The price of a hosted model, as a price file states it.
package struct HostedPrice: Sendable, Equatable {
    /// How the calls pay for the machines.
    package enum Mode: String, CaseIterable, Sendable {
        /// A call pays for the time it took.
        case busyTime = "busy_time"
        /// A call pays for its tokens.
        case tokens
        /// The machines cost money by the clock, and calls share it by their output tokens. Only a ``HostedModelMeter`` can
        /// tell a cost; without one such calls have no price.
        case capacity
    }

    package let mode: Mode
    /// What all machines cost for an hour.
    package let hourlyPrice: Dollars
    /// How many requests are in flight on average, in thousandths.
    package let concurrencyThousandths: Int64
    /// How many tokens the machines handle in an hour; only in the mode ``Mode/tokens``.
    package let tokensPerHour: Int64?

    package init(mode: Mode, hourlyPrice: Dollars, concurrencyThousandths: Int64 = 1000, tokensPerHour: Int64? = nil) {
        self.mode = mode
        self.hourlyPrice = hourlyPrice
        self.concurrencyThousandths = concurrencyThousandths
        self.tokensPerHour = tokensPerHour
    }

    /// The price of one hour of a call, which shares the machines; zero where time is not what is paid for.
    ///
    /// An hour and not a second, since few prices an hour have a finite one a second.
    package var hourPrice: Dollars {
        guard mode == .busyTime else { return .zero }
        return hourlyPrice.scaled(by: 1000, over: concurrencyThousandths)
    }

    /// The price of every token, input or output, in the mode ``Mode/tokens``; otherwise tokens cost nothing.
    var tokenRate: Rate {
        guard mode == .tokens, let tokensPerHour else { return Rate(femtodollarsPerToken: 0) }
        return Rate(femtodollarsPerToken: Int64(clamping: hourlyPrice.scaled(by: 1, over: tokensPerHour).femtodollars))
    }
}

extension PriceReader {
    /// Reads what the machines of a model cost.
    func hosted(_ node: DocumentNode) throws(DocumentError) -> HostedPrice {
        let hosted = try mapping(node, keys: ["gpu_hour", "gpus", "mode", "concurrency", "tokens_per_hour"])
        let modeNode = try hosted.required("mode")
        guard let mode = HostedPrice.Mode(rawValue: try modeNode.string()) else {
            throw modeNode.unexpected("be one of busy_time, tokens, capacity")
        }
        let gpuHour = try hosted.required("gpu_hour")
        guard let price = try? Dollars(try gpuHour.decimalText()), price.femtodollars <= 1_000_000_000_000_000_000
        else {
            throw gpuHour.unexpected("be dollars for one machine and hour, such as \"2.49\", at most 1000")
        }
        let gpus = try hosted["gpus"].map { (node) throws(DocumentError) in try thousandths(node) } ?? 1000
        let concurrency =
            try hosted["concurrency"].map { (node) throws(DocumentError) in try thousandths(node) } ?? 1000
        let perHour = try hosted["tokens_per_hour"].map { (node) throws(DocumentError) in
            Int64(try node.integer(in: 1...1_000_000_000_000_000))
        }
        // A key that has no say in a mode is a misunderstanding of the mode.
        if mode == .tokens, perHour == nil { _ = try hosted.required("tokens_per_hour") }
        if mode != .tokens, let node = hosted["tokens_per_hour"] {
            throw node.unexpected("be left out unless mode is tokens")
        }
        if mode != .busyTime, let node = hosted["concurrency"] {
            throw node.unexpected("be left out unless mode is busy_time")
        }
        let model = HostedPrice(
            mode: mode, hourlyPrice: price.scaled(by: gpus, over: 1000), concurrencyThousandths: concurrency,
            tokensPerHour: perHour)
        try check(model, hosted)
        return model
    }

    /// Refuses combinations of figures, each plausible on its own, that give an implausible price.
    private func check(_ model: HostedPrice, _ hosted: DocumentMapping) throws(DocumentError) {
        if model.hourlyPrice > Self.largestHour {
            throw try hosted.required("gpus").unexpected(
                "be fewer, since all machines together may cost at most $\(Self.largestHour) an hour, and these cost "
                    + "$\(model.hourlyPrice)")
        }
        if model.hourPrice > Self.largestHour {
            throw try hosted.required("concurrency").unexpected(
                "be higher, since one call may cost at most $\(Self.largestHour) an hour, and costs $\(model.hourPrice) "
                    + "at this concurrency")
        }
        if model.tokenRate > Self.largestTokenRate {
            throw try hosted.required("tokens_per_hour").unexpected(
                "be higher, since a token may cost at most $1, and a million tokens cost "
                    + "$\(model.tokenRate.dollarsPerMillion) at this throughput")
        }
    }

    /// The most that all machines, or one call, may cost an hour: ten million dollars.
    private static let largestHour = Dollars(femtodollars: 10_000_000_000_000_000_000_000)
    private static let largestTokenRate = Rate(femtodollarsPerToken: 1_000_000_000_000_000)

    private func thousandths(_ node: DocumentNode) throws(DocumentError) -> Int64 {
        guard let value = try? DecimalText.parse(try node.decimalText(), decimals: 3),
            (1...1_000_000_000).contains(value)
        else { throw node.unexpected("be a number above 0 and at most 1000000, with at most 3 decimals") }
        return value
    }
}
