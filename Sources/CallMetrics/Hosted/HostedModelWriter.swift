// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Notation
import Pricing

/// Turns shares of the price of some time into charges of series: the dollars of machines that are paid by the clock, in every
/// family that splits dollars.
struct HostedModelWriter {
    let families: ModelCallFamilies
    let attributions: AttributionTable
    let labels: ModelLabels

    /// The series that shares go to, which are made if they are new, and what each gets.
    ///
    /// - Parameters:
    ///   - charges: The shares.
    ///   - registry: The series.
    ///   - now: The time, in nanoseconds since 1970.
    /// - Returns: The charges of all families that split dollars.
    func charges(
        _ charges: [HostedModelMeters.Charge], in registry: inout SeriesRegistry, now: UInt64
    ) -> [SeriesCharge] {
        var made: [SeriesCharge] = []
        func add(_ amount: Dollars, _ series: SeriesID) {
            made.append(SeriesCharge(series: series, amount: amount.femtodollars))
        }
        var total = Dollars.zero
        var providers: [String: Dollars] = [:]
        for charge in charges {
            let payer = payer(of: charge, in: &registry, now)
            add(charge.amount, payer.cost)
            if let fee = payer.fee { add(charge.amount, fee) }
            providers[charge.model.provider, default: .zero] += charge.amount
            total += charge.amount
        }
        for (provider, amount) in providers {
            let values = LabelValues().adding(provider)
            add(amount, registry.series(families.costByProvider, values, createdAtNanoseconds: now))
        }
        let source = registry.series(
            families.costBySource, [CostSource.computed.rawValue], createdAtNanoseconds: now)
        add(total, source)
        return made
    }

    private func payer(
        of charge: HostedModelMeters.Charge, in registry: inout SeriesRegistry, _ now: UInt64
    ) -> HostedModelMeters.Payer {
        let (operation, added): (String, [String])
        switch charge.bearer {
        case .payer(let payer): return payer
        case .idle:
            operation = HostedModelMeters.idle
            added = attributions.shown.map { $0.name == "tenant" ? HostedModelMeters.idle : "" }
        case .overflow:
            operation = OverflowValue.text
            added = attributions.shown.map { _ in OverflowValue.text }
        }
        // All of these values come from the price file or from this service.
        let call = ([labels.text(of: charge.model), operation] + added).reduce(LabelValues()) { $0.adding($1) }
        return HostedModelMeters.Payer(
            cost: registry.series(families.cost, call, createdAtNanoseconds: now),
            fee: registry.series(families.tokenCost, call.adding(ModelCallFamilies.fee), createdAtNanoseconds: now))
    }
}
