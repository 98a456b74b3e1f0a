// SPDX-License-Identifier: Apache-2.0
package import Aggregation
import Synchronization

/// The one registry of series behind its lock: batches add to it, a scrape takes a snapshot.
package final class MetricsStore: Sendable {
    private let registry: Mutex<SeriesRegistry>

    /// Makes an empty store.
    ///
    /// - Parameter seriesCeiling: How many Prometheus series there may be.
    package init(seriesCeiling: Int = 100_000) {
        registry = Mutex(SeriesRegistry(seriesCeiling: seriesCeiling))
    }

    /// Works on the registry; keep it short, and take it once for a whole batch.
    package func update<Result>(_ body: (inout SeriesRegistry) -> Result) -> Result {
        registry.withLock { registry in body(&registry) }
    }
}
