// SPDX-License-Identifier: Apache-2.0
package import Aggregation
import Synchronization

/// The one registry of series behind its lock: batches add to it, a scrape takes a snapshot.
package final class MetricsStore: Sendable {
    private let registry: Mutex<SeriesRegistry>
    private let waiting = Mutex<(any WaitingCounts)?>(nil)
    /// Stores charges before they reach their counters; `nil` adds them at once.
    let chargeReceiver = Mutex<ChargeReceiver?>(nil)

    // A struct around the function: one that is alone in a `Mutex` gets another wrapper each time it is read.
    struct ChargeReceiver {
        let receive: @Sendable ([SeriesCharge]) -> Void
    }

    /// Makes an empty store.
    ///
    /// - Parameters:
    ///   - seriesCeiling: The largest number of Prometheus series.
    ///   - keptForKnown: The number of these that are kept for series whose label values are all known.
    ///   - keptForProcess: The number of these that are kept for families of the process, which have no others; `nil` lets all
    ///     families share.
    package init(seriesCeiling: Int = 100_000, keptForKnown: Int = 0, keptForProcess: Int? = nil) {
        registry = Mutex(
            SeriesRegistry(
                seriesCeiling: seriesCeiling, keptForKnown: keptForKnown, keptForProcess: keptForProcess))
    }

    /// Works on the registry; keep it short, and take it once for a whole batch.
    package func update<Result>(_ body: (inout SeriesRegistry) -> Result) -> Result {
        registry.withLock { registry in body(&registry) }
    }

    /// Takes counts that are added up elsewhere; ``snapshot()`` writes them first.
    func write(_ counts: any WaitingCounts) {
        waiting.withLock { waiting in
            precondition(waiting == nil, "one registry has the calls of one receiver")
            waiting = counts
        }
    }

    /// The present state of all series, with everything counted so far.
    package func snapshot() -> SeriesSnapshot {
        guard let counts = waiting.withLock({ $0 }) else { return update { $0.snapshot } }
        return counts.write(to: self)
    }
}

/// Counts that are added up outside the registry, and written to its series before a scrape.
protocol WaitingCounts: Sendable {
    /// Writes everything counted so far, and takes a snapshot in the same step as the last of it, so that families agree.
    func write(to store: MetricsStore) -> SeriesSnapshot
}
