// SPDX-License-Identifier: Apache-2.0
package import Aggregation
import Synchronization

/// An amount that counters get although no call has it: what machines cost that are paid by the clock.
package struct SeriesCharge: Sendable, Equatable {
    /// A counter.
    package let series: SeriesID
    /// In units of the family's scale.
    package let amount: Int128

    package init(series: SeriesID, amount: Int128) { (self.series, self.amount) = (series, amount) }
}

extension MetricsStore {
    /// Hands charges to a receiver from now on, which calls ``add(_:)`` once it has stored them.
    package func handOverCharges(_ receive: @escaping @Sendable ([SeriesCharge]) -> Void) {
        chargeReceiver.withLock { $0 = ChargeReceiver(receive: receive) }
    }

    /// Charges counters, at once or once the charges are stored.
    ///
    /// - Parameter make: Finds the counters, and says how much each gets.
    package func charge(_ make: (inout SeriesRegistry) -> [SeriesCharge]) {
        let charges = update { make(&$0) }
        guard let receive = chargeReceiver.withLock({ $0?.receive }) else { return add(charges) }
        receive(charges)
    }

    /// Adds charges to their counters.
    package func add(_ charges: [SeriesCharge]) {
        update { registry in
            for charge in charges { registry.add(charge.amount, to: charge.series) }
        }
    }
}
