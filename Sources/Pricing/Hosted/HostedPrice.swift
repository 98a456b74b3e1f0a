// SPDX-License-Identifier: Apache-2.0
import Documents

/// The price of a hosted model, as a price file states it.
package struct HostedPrice: Sendable, Equatable {
    /// How the calls pay for the machines.
    package enum Mode: String, CaseIterable, Sendable {
        /// A call pays for its duration.
        case busyTime = "busy_time"
        /// A call pays for its tokens.
        case tokens
        /// The machines cost money by the clock, and calls share it by their output tokens. Only a ``HostedModelMeter`` can
        /// tell a cost; without one such calls have no price.
        case capacity
    }

    package let mode: Mode
    /// The price of all machines for an hour.
    package let hourlyPrice: Dollars
    /// The average number of concurrent requests, in thousandths.
    package let concurrencyThousandths: Int64
    /// The number of tokens that the machines process in an hour; only in the mode ``Mode/tokens``.
    package let tokensPerHour: Int64?

    package init(mode: Mode, hourlyPrice: Dollars, concurrencyThousandths: Int64 = 1000, tokensPerHour: Int64? = nil) {
        self.mode = mode
        self.hourlyPrice = hourlyPrice
        self.concurrencyThousandths = concurrencyThousandths
        self.tokensPerHour = tokensPerHour
    }

    /// The price of one hour of a call, which shares the machines with concurrent calls; zero if the model is not billed by
    /// time.
    ///
    /// For an hour and not for a second, since few hourly prices are a finite decimal for a second.
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
    /// Reads the price of a model's machines.
    func hosted(_ node: DocumentNode) throws(DocumentError) -> HostedPrice {
        let hosted = try mapping(node, keys: PriceFileFormat.hosted)
        let modeNode = try hosted.required("mode")
        guard let mode = HostedPrice.Mode(rawValue: try modeNode.string()) else {
            throw modeNode.unexpected("be one of busy_time, tokens, capacity")
        }
        let gpuHour = try hosted.required("gpu_hour")
        guard let price = try? Dollars(try gpuHour.decimalText()), price.femtodollars <= 1_000_000_000_000_000_000
        else {
            throw gpuHour.unexpected("be dollars for one machine and one hour, such as \"2.49\", at most 1000")
        }
        let gpus = try hosted["gpus"].map { (node) throws(DocumentError) in try thousandths(node) } ?? 1000
        let concurrency =
            try hosted["concurrency"].map { (node) throws(DocumentError) in try thousandths(node) } ?? 1000
        let perHour = try hosted["tokens_per_hour"].map { (node) throws(DocumentError) in
            Int64(try node.integer(in: 1...1_000_000_000_000_000))
        }
        // A key that has no effect in a mode shows a misunderstanding of the mode.
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

    /// Refuses figures that are plausible on their own and give an implausible price together.
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

    /// The largest price of all machines, or of one call, for an hour: ten million dollars.
    private static let largestHour = Dollars(femtodollars: 10_000_000_000_000_000_000_000)
    private static let largestTokenRate = Rate(femtodollarsPerToken: 1_000_000_000_000_000)

    private func thousandths(_ node: DocumentNode) throws(DocumentError) -> Int64 {
        guard let value = try? DecimalText.parse(try node.decimalText(), decimals: 3),
            (1...1_000_000_000).contains(value)
        else { throw node.unexpected("be a number above 0 and at most 1000000, with at most 3 decimals") }
        return value
    }
}
