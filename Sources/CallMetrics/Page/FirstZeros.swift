// SPDX-License-Identifier: Apache-2.0
import Aggregation
import Synchronization

/// Shows counters of model calls as 0 at the first scrape that has them.
///
/// Prometheus' `rate` and `increase` see what a counter gains between two scrapes, so that what a new series holds at its
/// first scrape is lost to them. A zero before it makes the whole value a gain. The value itself comes with the next scrape.
final class FirstZeros: Sendable {
    /// By family: how many of its series were shown; a family's series keep their order.
    private let shown = Mutex<[Int: Int]>([:])

    /// Changes what is shown for the first time.
    ///
    /// - Parameter snapshot: What a scrape is going to show.
    func apply(to snapshot: inout SeriesSnapshot) {
        for (index, family) in snapshot.familyIDs.enumerated() {
            let description = snapshot.families[index]
            // Our own counters begin with the process and are there from its first scrape on.
            guard description.kind == .counter, description.name.hasPrefix("llm_"),
                !description.name.hasPrefix("llm_cost_exporter_")
            else { continue }
            let count = snapshot.series(of: family).count
            let before = shown.withLock { shown in
                defer { shown[index] = max(count, shown[index] ?? 0) }
                return shown[index] ?? 0
            }
            if before < count { snapshot.showAsZero(family, from: before) }
        }
    }
}
