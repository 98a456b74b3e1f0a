// SPDX-License-Identifier: Apache-2.0
package import GenAI
package import Pricing

/// The sums of some calls; money is exact.
package struct ReportSums: Sendable {
    package private(set) var calls = 0
    package private(set) var failed = 0
    /// Calls that succeeded and reported no usage.
    package private(set) var withoutUsage = 0
    /// Calls with usage whose price is not known.
    package private(set) var unpriced = 0
    /// Calls whose cost is not known: those without a price, and those that succeeded and reported nothing that could be priced.
    package private(set) var unknown = 0
    package private(set) var tokens = TokenUsage()
    package private(set) var units = BilledUnitSums()
    private var known = Dollars.zero
    /// The part of the cost that rests on an assumption.
    package private(set) var estimated = Dollars.zero
    /// The part of the cost that spans reported.
    package private(set) var reported = Dollars.zero

    package init() {}

    /// What the calls with a known cost come to; `nil` if nothing of the cost is known.
    package var cost: Dollars? { KnownCost.figure(known, unpriced: unknown) }

    /// Whether ``cost`` is that of all calls.
    package var isComplete: Bool { unknown == 0 }

    /// Adds a call.
    ///
    /// - Parameters:
    ///   - priced: The call and its price.
    ///   - verdict: What decided the price.
    mutating func add(_ priced: PricedCall, _ verdict: PriceVerdict) {
        let call = priced.call
        calls += 1
        if call.hasFailed { failed += 1 }
        if !call.hasFailed, !call.reportsUsage { withoutUsage += 1 }
        tokens.add(call.usage)
        units.add(call.units)
        switch priced.outcome {
        case .priced(_, let cost):
            known += cost
            if verdict.isEstimate { estimated += cost }
        case .reported(let cost):
            known += cost
            reported += cost
        case .unpriced: unpriced += 1
        case .nothingToPrice: break
        }
        if verdict.reasonForUnknownCost != nil { unknown += 1 }
    }
}
