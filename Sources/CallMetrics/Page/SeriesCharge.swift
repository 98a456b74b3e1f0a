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

/// Who decides when charges reach their counters.
final class ChargeReceiver: Sendable {
    private let receive = Mutex<(@Sendable ([SeriesCharge]) -> Void)?>(nil)

    init() {}

    /// The function that gets charges; without one they are added at once.
    var function: (@Sendable ([SeriesCharge]) -> Void)? {
        get { receive.withLock { $0 } }
        set { receive.withLock { $0 = newValue } }
    }
}

extension MetricsStore {
    /// Hands charges over instead of adding them; whoever gets them ``add(_:)``s them once they are stored.
    package func handOverCharges(_ receive: @escaping @Sendable ([SeriesCharge]) -> Void) {
        chargeReceiver.function = receive
    }

    /// Charges counters, at once or once the charges are stored.
    ///
    /// - Parameter make: Finds the counters, and says how much each gets.
    package func charge(_ make: (inout SeriesRegistry) -> [SeriesCharge]) {
        let charges = update { make(&$0) }
        guard let receive = chargeReceiver.function else { return add(charges) }
        receive(charges)
    }

    /// Adds charges to their counters.
    package func add(_ charges: [SeriesCharge]) {
        update { registry in
            for charge in charges { registry.add(charge.amount, to: charge.series) }
        }
    }
}
