// SPDX-License-Identifier: Apache-2.0
import GenAI
import Ledger
import Pricing

/// The charges that calls of one kind consist of: one for each token class, and one for each thing that costs more.
///
/// Together they cost exactly what the calls do.
struct FocusCharges {
    /// One charge.
    struct Charge {
        let meter: FocusMeter
        /// Dollars for each pricing unit of the meter.
        let price: Dollars
        /// In the unit of the meter.
        let consumed: Int128
        let cost: Dollars
    }

    private(set) var charges: [Charge] = []

    private static let dollar = Dollars(femtodollars: 1_000_000_000_000_000)

    /// Takes calls apart.
    ///
    /// - Parameters:
    ///   - figures: The sums of the calls.
    ///   - kind: What they have in common.
    ///   - card: The rate card that priced them; `nil` for none.
    init(_ figures: Figures, _ kind: StoredFacts.Kind, _ card: RateCard?) {
        let cost = figures.knownCost
        switch kind.line.source {
        case .computed, .estimated:
            guard let card else {
                addWhole(.wholeCalls, figures[.calls], cost)
                return
            }
            // The clock pays for the machines, and their time has rows of its own.
            guard card.hosted != .capacity || cost != .zero else {
                addTokens(figures) { _ in .zero }
                return
            }
            add(figures, kind, card)
            let rest = cost + -charges.reduce(.zero) { $0 + $1.cost }
            guard rest != .zero else { return }
            if card.hourPrice != .zero, rest > .zero {
                addWhole(.callTime, figures[.duration], rest)
            } else {
                charges.removeAll()
                addWhole(.wholeCalls, figures[.calls], cost)
            }
        case .reported:
            let tokens = TokenClass.allCases.reduce(Int128(0)) { $0 + Int128(figures[.tokens($1)]) }
            addWhole(.reportedCost, tokens, cost)
        case .unpriced:
            addTokens(figures) { _ in .zero }
            if charges.isEmpty { add(.unpricedCalls, .zero, figures[.calls]) }
        case .nothing: addTokens(figures) { _ in .zero }
        case .machine: addWhole(.machineTime, cost.femtodollars, cost)
        }
    }

    /// Makes the charge of what repricing has changed; none for no change.
    init(adjustment cost: Dollars) {
        if cost != .zero { addWhole(.adjustment, 0, cost) }
    }

    private mutating func add(_ figures: Figures, _ kind: StoredFacts.Kind, _ card: RateCard) {
        addTokens(figures) { card.rate(of: $0).map { Dollars(femtodollars: Int128($0.femtodollarsPerToken)) } ?? .zero }
        for unit in BilledUnits.Unit.allCases {
            guard let price = card.price(of: unit) else { continue }
            add(.unit(unit), price, figures[.unit(unit)])
        }
        // There is no fee for an answer that did not come.
        if card.requestFee != .zero, !kind.flags.contains(.failed) {
            add(.requests, card.requestFee, figures[.calls])
        }
    }

    private mutating func addTokens(_ figures: Figures, _ rate: (TokenClass) -> Dollars) {
        for tokenClass in TokenClass.allCases {
            let (count, rate) = (figures[.tokens(tokenClass)], rate(tokenClass))
            guard count > 0 else { continue }
            charges.append(
                Charge(
                    meter: .tokens(tokenClass), price: rate.times(1_000_000), consumed: Int128(count),
                    cost: rate.times(count)))
        }
    }

    private mutating func add(_ meter: FocusMeter, _ price: Dollars, _ count: Int64) {
        guard count > 0 else { return }
        charges.append(Charge(meter: meter, price: price, consumed: Int128(count), cost: price.times(count)))
    }

    /// Adds a charge whose pricing unit is the dollar, since there is no price that its cost is a product of.
    private mutating func addWhole(_ meter: FocusMeter, _ consumed: some BinaryInteger, _ cost: Dollars) {
        charges.append(Charge(meter: meter, price: Self.dollar, consumed: Int128(consumed), cost: cost))
    }
}
