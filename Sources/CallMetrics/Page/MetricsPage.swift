// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import Exposition

/// Renders all series for a scrape.
package final class MetricsPage: Sendable {
    private let store: MetricsStore
    private let health: [any HealthSeries]
    private let exposition = TextExposition { PageSection(of: $0).rawValue }
    private let configuration: MetricsPageConfiguration
    private let zeros = FirstZeros()
    private let isFinal: @Sendable () -> Bool

    /// Makes the page.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - health: Refresh their series before each scrape, in this order; ``SeriesMetrics`` last.
    ///   - configuration: What the page shows in addition to the values.
    ///   - isFinal: Whether no later scrape may come, so that the page holds nothing back for it.
    package init(
        store: MetricsStore, health: [any HealthSeries],
        configuration: MetricsPageConfiguration = MetricsPageConfiguration(),
        isFinal: @escaping @Sendable () -> Bool = { false }
    ) {
        self.store = store
        self.health = health
        self.configuration = configuration
        self.isFinal = isFinal
    }

    /// Renders the page in one of its formats, outside the lock on the series.
    package func render(_ format: ExpositionFormat) -> [UInt8] {
        // The service's own figures count the series that calls make, so the calls are written first.
        _ = store.snapshot()
        for series in health { series.refresh() }
        var snapshot = store.snapshot()
        if configuration.showsZeroFirst, !isFinal() { zeros.apply(to: &snapshot) }
        return exposition.render(
            snapshot, as: format, created: configuration.showsCreated, sorted: configuration.isSorted)
    }
}

/// What the page shows in addition to the values.
package struct MetricsPageConfiguration: Sendable, Equatable {
    /// Whether OpenMetrics text shows when each series began (`_created`), which older servers store as series.
    ///
    /// Default false. File key `exposition.created`.
    package var showsCreated = false

    /// Whether a counter of model calls is 0 at the first scrape that shows it, for `rate` and `increase`.
    ///
    /// Default false: one scrape then shows all that was counted. File key `exposition.zero_first`.
    package var showsZeroFirst = false

    /// Whether families and series are sorted, so that the same content gives the same bytes.
    ///
    /// Not a setting: a replay sorts, a service does not.
    package var isSorted = false

    package init() {}
}
