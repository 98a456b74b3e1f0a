// SPDX-License-Identifier: Apache-2.0
package import Aggregation
package import Exposition

/// Renders all series for a scrape.
package final class MetricsPage: Sendable {
    private let store: MetricsStore
    private let health: [any HealthSeries]
    private let exposition = TextExposition { PageSection(of: $0).rawValue }
    private let configuration: MetricsPageConfiguration
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

    /// Every family of the page, those without series included, in the order in which the page shows them.
    package var families: [MetricFamily] { exposition.families(of: store.snapshot()) }

    /// Renders the page in one of its formats, with the values of all series.
    package func render(_ format: ExpositionFormat) -> [UInt8] { render(format, seen: nil).text }

    /// Renders the page in one of its formats, outside the lock on the series.
    ///
    /// Prometheus' `rate` and `increase` see what a counter gains between two scrapes, so that they miss what a series has at
    /// the first scrape that shows it. A zero there makes the whole value a gain, which the next scrape shows.
    ///
    /// - Parameters:
    ///   - format: The format.
    ///   - seen: ``RenderedPage/births`` of a page that the scraper has seen; counters and histograms that were born since are
    ///     shown at zero. `nil` for a scraper that has seen none, and for anyone who is no scraper: every value is shown.
    /// - Returns: The page.
    package func render(_ format: ExpositionFormat, seen: BirthHorizon?) -> RenderedPage {
        // The service's own figures count the series that calls make, so the calls are written first.
        _ = store.snapshot()
        for series in health { series.refresh() }
        let snapshot = store.snapshot()
        // Asked after the snapshot: a page with the last counts in it is a final one.
        let showsZeros = configuration.showsZeroFirst && !isFinal()
        let text = exposition.render(
            snapshot, as: format, created: configuration.showsCreated, sorted: configuration.isSorted,
            seen: showsZeros ? seen : nil)
        let births = snapshot.births
        return RenderedPage(
            text: text, births: configuration.showsZeroFirst ? births : nil,
            holdsBack: showsZeros && seen.map { $0 < births } ?? false)
    }
}

/// A rendered page.
package struct RenderedPage: Sendable {
    /// UTF-8 text.
    package let text: [UInt8]
    /// The moment whose series the page shows; `nil` if pages never show a series at zero.
    package let births: BirthHorizon?
    /// Whether the page may show a series at zero in place of its value, so that only the next page has the value.
    package let holdsBack: Bool

    package init(text: [UInt8], births: BirthHorizon? = nil, holdsBack: Bool = false) {
        (self.text, self.births, self.holdsBack) = (text, births, holdsBack)
    }
}

/// What the page shows in addition to the values.
package struct MetricsPageConfiguration: Sendable, Equatable {
    /// Whether OpenMetrics text shows when each series began (`_created`), which older servers store as series.
    ///
    /// Default false. File key `exposition.created`.
    package var showsCreated = false

    /// Whether a scraper that knows the page sees a new counter or histogram at zero once, for `rate` and `increase`.
    ///
    /// Default true. File key `exposition.zero_first`.
    package var showsZeroFirst = true

    /// Whether families and series are sorted, so that the same content gives the same bytes.
    ///
    /// Not a setting: a replay sorts, a service does not.
    package var isSorted = false

    package init() {}
}
