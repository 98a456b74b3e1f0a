// SPDX-License-Identifier: Apache-2.0
import Aggregation
import GenAI
import Notation
import Pricing

/// Writes shares of the price of some time into series: the dollars of machines that are paid by the clock, in every
/// family that splits dollars.
struct HostedModelWriter {
    let families: ModelCallFamilies
    let attributions: AttributionTable
    let labels: ModelLabels

    /// Adds shares.
    ///
    /// - Parameters:
    ///   - charges: The shares.
    ///   - registry: The series.
    ///   - now: The time, in nanoseconds since 1970.
    func record(_ charges: [HostedModelMeters.Charge], in registry: inout SeriesRegistry, now: UInt64) {
        var total = Dollars.zero
        var providers: [String: Dollars] = [:]
        for charge in charges {
            let payer = payer(of: charge, in: &registry, now)
            registry.add(charge.amount.femtodollars, to: payer.cost)
            if let fee = payer.fee { registry.add(charge.amount.femtodollars, to: fee) }
            providers[charge.model.provider, default: .zero] += charge.amount
            total += charge.amount
        }
        for (provider, amount) in providers {
            let values = LabelValues().adding(provider)
            registry.add(
                amount.femtodollars,
                to: registry.series(families.costByProvider, values, createdAtNanoseconds: now))
        }
        let source = registry.series(
            families.costBySource, [CostSource.computed.rawValue], createdAtNanoseconds: now)
        registry.add(total.femtodollars, to: source)
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
