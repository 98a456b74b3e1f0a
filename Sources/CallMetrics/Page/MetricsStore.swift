// SPDX-License-Identifier: Apache-2.0
package import Aggregation
import Synchronization

/// The one registry of series behind its lock: batches add to it, a scrape takes a snapshot.
package final class MetricsStore: Sendable {
    private let registry: Mutex<SeriesRegistry>

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - seriesCeiling: The largest number of Prometheus series.
    ///   - keptForKnown: The number of these that are kept for series whose label values are all known.
    package init(seriesCeiling: Int = 100_000, keptForKnown: Int = 0) {
        registry = Mutex(SeriesRegistry(seriesCeiling: seriesCeiling, keptForKnown: keptForKnown))
    }

    /// Works on the registry; keep it short, and take it once for a whole batch.
    package func update<Result>(_ body: (inout SeriesRegistry) -> Result) -> Result {
        registry.withLock { registry in body(&registry) }
    }
}
