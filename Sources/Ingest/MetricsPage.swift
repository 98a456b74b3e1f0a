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

    /// Makes the page.
    ///
    /// - Parameters:
    ///   - store: The series.
    ///   - metrics: Our own health, brought up to date at each scrape.
    ///   - configuration: What is shown besides.
    ///   - levels: Reads the figures that others keep; called once a scrape.
    package init(
        store: MetricsStore, metrics: ServiceMetrics,
        configuration: MetricsPageConfiguration = MetricsPageConfiguration(),
        levels: @escaping @Sendable () -> ServiceLevels
    ) {
        self.store = store
        self.metrics = metrics
        self.configuration = configuration
        self.levels = levels
    }

    /// The page in one of its formats.
    ///
    /// The lock on the series is held to take a snapshot and no longer; rendering happens outside it.
    package func render(_ format: ExpositionFormat) -> [UInt8] {
        metrics.refresh(levels())
        let snapshot = store.update { registry in registry.snapshot }
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

    /// Whether families and series are sorted, so that the same content gives the same bytes.
    ///
    /// Not a setting: a replay sorts, a service does not.
    package var isSorted = false

    package init() {}
}
