// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// What became of a call's price.
package enum PriceOutcome: Sendable {
    /// The call costs something known; the card tells the lines, fees included in the cost.
    case priced(RateCard, Dollars)
    /// The call costs what its span says it does.
    case reported(Dollars)
    /// The call cost something that is not known.
    case unpriced(UnpricedReason)
    /// The call said nothing that could be priced.
    case nothingToPrice
}

/// A model call and what it cost.
package struct PricedCall: Sendable {
    package let call: ModelCall
    package let outcome: PriceOutcome

    package init(call: ModelCall, outcome: PriceOutcome) {
        self.call = call
        self.outcome = outcome
    }

    /// What was charged for the call as such, besides its tokens.
    package var fee: Dollars { outcome.fee(of: call) }
}

extension PriceOutcome {
    /// What was charged for a call as such, besides its tokens.
    ///
    /// The cost is this and the lines of the card.
    package func fee(of call: borrowing ModelCall) -> Dollars {
        guard case .priced(let card, _) = self, !call.hasFailed else { return .zero }
        return card.requestFee
    }
}

/// Takes priced calls, once each, in the order in which they were priced.
package protocol CallSink: Sendable {
    /// Takes a batch; it must not wait for anything.
    ///
    /// - Parameters:
    ///   - calls: The calls that are counted now.
    ///   - arrivalNanoseconds: The time now, in nanoseconds since 1970 (UTC); `nil` where there is no clock.
    func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?)
}
