// SPDX-License-Identifier: Apache-2.0
import Aggregation
package import Exposition

/// Everything that a scrape shows, rendered.
package final class MetricsPage: Sendable {
    private let store: MetricsStore
    private let metrics: ServiceMetrics
    private let exposition = TextExposition()
    private let levels: @Sendable () -> ServiceLevels
    private let configuration: MetricsPageConfiguration
    private let zeros = FirstZeros()
    private let isFinal: @Sendable () -> Bool

    /// Makes the page.
    ///
    /// - Parameters:
    ///   - store: The series.
    ///   - metrics: Our own health, brought up to date at each scrape.
    ///   - configuration: What is shown besides.
    ///   - isFinal: Whether no later scrape may come, so that nothing is kept back for it.
    ///   - levels: Reads the figures that others keep; called once a scrape.
    package init(
        store: MetricsStore, metrics: ServiceMetrics,
        configuration: MetricsPageConfiguration = MetricsPageConfiguration(),
        isFinal: @escaping @Sendable () -> Bool = { false },
        levels: @escaping @Sendable () -> ServiceLevels
    ) {
        self.store = store
        self.metrics = metrics
        self.configuration = configuration
        self.isFinal = isFinal
        self.levels = levels
    }

    /// The page in one of its formats.
    ///
    /// The lock on the series is held to take a snapshot and no longer; rendering happens outside it.
    package func render(_ format: ExpositionFormat) -> [UInt8] {
        metrics.refresh(levels())
        var snapshot = store.update { registry in registry.snapshot }
        if configuration.showsZeroFirst, !isFinal() { zeros.apply(to: &snapshot) }
        return exposition.render(
            snapshot, as: format, created: configuration.showsCreated, sorted: configuration.isSorted)
    }
}

/// What the page shows besides the values.
package struct MetricsPageConfiguration: Sendable, Equatable {
    /// Whether OpenMetrics text tells when each series began (`_created`), which older servers store as series.
    ///
    /// Default false. File key `exposition.created`.
    package var showsCreated = false

    /// Whether a counter of model calls is 0 at the first scrape that shows it, for `rate` and `increase`.
    ///
    /// Default false: one scrape then tells all that was counted. File key `exposition.zero_first`.
    package var showsZeroFirst = false

    /// Whether families and series are sorted, so that the same content gives the same bytes.
    ///
    /// Not a setting: a replay sorts, a service does not.
    package var isSorted = false

    package init() {}
}
