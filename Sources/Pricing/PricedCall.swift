// SPDX-License-Identifier: Apache-2.0
package import GenAI

/// What became of a call's price.
package enum PriceOutcome: Sendable {
    /// The call costs something known; the card tells the lines, fees included in the cost.
    case priced(RateCard, Dollars)
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

/// The calls of one batch and what each cost.
///
/// Calls and outcomes lie side by side, so that pricing moves no call; an element puts the two together.
package struct PricedCalls: RandomAccessCollection, Sendable {
    /// The calls, in the order of the batch.
    package let calls: [ModelCall]
    /// What became of each, under the same index.
    package let outcomes: [PriceOutcome]

    init(calls: [ModelCall], outcomes: [PriceOutcome]) {
        precondition(calls.count == outcomes.count)
        self.calls = calls
        self.outcomes = outcomes
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { calls.count }
    package subscript(position: Int) -> PricedCall { PricedCall(call: calls[position], outcome: outcomes[position]) }
}

/// Takes priced calls, once each, in the order in which they were priced.
package protocol CallSink: Sendable {
    /// Takes a batch; it must not wait for anything.
    ///
    /// - Parameters:
    ///   - calls: The calls of one body, in its order.
    ///   - arrivalNanoseconds: When the body came, in nanoseconds since 1970 (UTC); `nil` where there is no clock.
    func receive(_ calls: PricedCalls, arrivalNanoseconds: UInt64?)
}
