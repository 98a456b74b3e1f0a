// SPDX-License-Identifier: Apache-2.0
package import GenAI
import OTLP

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

    /// What was charged besides tokens.
    package var fee: Dollars { outcome.fee(of: call) }
}

extension PriceOutcome {
    /// What was charged for a call besides its tokens.
    ///
    /// The cost is this and the lines of the card.
    package func fee(of call: borrowing ModelCall) -> Dollars {
        guard case .priced(let card, _) = self else { return .zero }
        return card.fee(of: call)
    }
}

extension RateCard {
    /// What a call costs besides its tokens: the fee for an answer, what is billed by the piece, and the time it took
    /// where that is paid for.
    package func fee(of call: borrowing ModelCall) -> Dollars {
        var fee = call.hasFailed ? Dollars.zero : requestFee
        if hourPrice != .zero { fee += timeCost(of: call) }
        // A failed call was served what it says it was.
        if call.units.word != 0 { fee += cost(of: call.units) }
        return fee
    }

    /// What the time of a call costs, on machines that are paid for by time; a failed call took time too.
    package func timeCost(of call: borrowing ModelCall) -> Dollars {
        guard call.startNanoseconds > 0, let time = call.endNanoseconds.subtracting(call.startNanoseconds) else {
            return .zero
        }
        return timeCost(ofNanoseconds: time.asSent)
    }

    /// What some time costs, rounded half-even to 1e-15 dollars; no call is believed to take longer than a day.
    func timeCost(ofNanoseconds nanoseconds: UInt64) -> Dollars {
        guard hourPrice != .zero else { return .zero }
        return hourPrice.scaled(
            by: Int64(min(nanoseconds, PriceMoment.nanosecondsPerDay)), over: 3_600_000_000_000)
    }
}
