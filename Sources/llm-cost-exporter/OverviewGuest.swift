// SPDX-License-Identifier: Apache-2.0
import Overview
import Pricing

extension OverviewKeeper {
    /// Its parts at the seams of the service.
    var guest: Guest {
        Guest(
            sums: spend, observers: [lastSpans], health: { [lastSpans] in [LastSpanMetrics(store: $0, of: lastSpans)] },
            reloadables: [self])
    }
}

extension OverviewKeeper: Reloadable {
    func apply(_ loaded: Loaded, _ settings: Settings, at moment: ClockMoment?) { follow(settings.zone) }
}
