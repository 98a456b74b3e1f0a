// SPDX-License-Identifier: Apache-2.0

/// Shares out what the machines of one hosted model cost by the clock, by the output tokens of the payers.
///
/// The machines cost money whether or not there are calls. Each tick shares out the time since the last one: by output
/// tokens; by all tokens if there are no output tokens, as with a model that only embeds; time without tokens is idle and has
/// no payer. The shares of all ticks add up to the price of the whole time, to the last 1e-15 dollar. The caller passes the
/// time: one meter a model, ticked about once a minute.
package struct HostedModelMeter: Sendable {
    /// One part of the price of some time.
    package struct Share: Sendable, Equatable {
        /// Who pays, as the number that was handed to ``add(outputTokens:allTokens:of:)``; `nil` for idle time.
        package let payer: UInt32?
        package let amount: Dollars
    }

    /// What the machines cost for an hour.
    package let hourlyPrice: Dollars
    private let beginning: UInt64
    private var latest: UInt64
    private var charged = Dollars.zero
    /// The tokens since the last tick, by payer.
    private var output: [UInt32: Int64] = [:]
    private var all: [UInt32: Int64] = [:]

    /// Starts the meter.
    ///
    /// - Parameters:
    ///   - hourlyPrice: What the machines cost for an hour.
    ///   - nanoseconds: The time now, on a clock that never goes back.
    package init(hourlyPrice: Dollars, startingAt nanoseconds: UInt64) {
        self.hourlyPrice = hourlyPrice
        beginning = nanoseconds
        latest = nanoseconds
    }

    /// Counts the tokens of calls.
    ///
    /// - Parameters:
    ///   - output: How many tokens their answers had; a count that is not above zero is passed over.
    ///   - all: How many they had in all.
    ///   - payer: Who shall pay, such as a tenant's number.
    package mutating func add(outputTokens output: Int64, allTokens all: Int64, of payer: UInt32) {
        if output > 0 { Self.add(output, of: payer, to: &self.output) }
        if all > 0 { Self.add(all, of: payer, to: &self.all) }
    }

    /// Shares out the time since the last tick.
    ///
    /// - Parameter nanoseconds: The time now, on the same clock; an earlier time than the last one shares out nothing.
    /// - Returns: The shares in the order of the payers, or one without a payer when there were no tokens.
    package mutating func tick(at nanoseconds: UInt64) -> [Share] {
        guard nanoseconds > latest else { return [] }
        latest = nanoseconds
        let due = price(of: nanoseconds - beginning) + -charged
        charged += due
        let tokens = output.isEmpty ? all : output
        defer {
            output.removeAll(keepingCapacity: true)
            all.removeAll(keepingCapacity: true)
        }
        let total = tokens.values.reduce(Int128(0)) { $0 + Int128($1) }
        guard total > 0 else { return [Share(payer: nil, amount: due)] }
        var shares: [Share] = []
        var (counted, given) = (Int128(0), Int128(0))
        for (payer, count) in tokens.sorted(by: { $0.key < $1.key }) {
            counted += Int128(count)
            // Each takes up to where it ends, rounded, so that the shares add up.
            let end = Self.part(counted, of: total, from: due.femtodollars)
            shares.append(Share(payer: payer, amount: Dollars(femtodollars: end - given)))
            given = end
        }
        return shares
    }

    private static func add(_ count: Int64, of payer: UInt32, to tokens: inout [UInt32: Int64]) {
        let sum = tokens[payer, default: 0].addingReportingOverflow(count)
        tokens[payer] = sum.overflow ? .max : sum.partialValue
    }

    /// The price of some time; exact as far as 1e-15 dollars go.
    private func price(of nanoseconds: UInt64) -> Dollars {
        let hour: UInt64 = 3_600_000_000_000
        let (hours, rest) = nanoseconds.quotientAndRemainder(dividingBy: hour)
        return hourlyPrice.times(Int64(hours)) + hourlyPrice.scaled(by: Int64(rest), over: Int64(hour))
    }

    /// `amount × counted ÷ total` without a product that is too large, since counts may be.
    private static func part(_ counted: Int128, of total: Int128, from amount: Int128) -> Int128 {
        guard counted < total else { return amount }
        var (counted, total) = (counted, total)
        while total > 1 << 60 {
            counted >>= 1
            total >>= 1
        }
        let (quotient, rest) = amount.quotientAndRemainder(dividingBy: total)
        return quotient * counted + (rest * counted).dividedHalfEven(by: total)
    }
}
