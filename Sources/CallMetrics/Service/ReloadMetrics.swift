// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// Whether the settings and prices in force are those that are written.
package final class ReloadMetrics: Sendable {
    private let store: MetricsStore
    private let successful: SeriesID
    private let timestamp: SeriesID

    /// Registers the families; to be called once settings and prices were read for the first time.
    ///
    /// - Parameters:
    ///   - store: Where they go.
    ///   - nanoseconds: The time now, in nanoseconds since 1970 (UTC).
    package init(store: MetricsStore, at nanoseconds: UInt64) {
        self.store = store
        (successful, timestamp) = store.update { registry in
            let successful = registry.register(
                MetricFamily(
                    name: "llm_cost_exporter_config_last_reload_successful",
                    help: "Whether the last reload of settings and prices succeeded: 1 or 0.", kind: .gauge))
            let timestamp = registry.register(
                MetricFamily(
                    name: "llm_cost_exporter_config_last_reload_success_timestamp_seconds",
                    help: "Time of the last successful reload of settings and prices, in seconds since 1970 (UTC).",
                    kind: .gauge,
                    scale: 3, unit: .seconds))
            return (registry.series(successful, []), registry.series(timestamp, []))
        }
        note(isSuccessful: true, at: nanoseconds)
    }

    /// Notes an attempt.
    ///
    /// - Parameters:
    ///   - isSuccessful: Whether everything could be read; the state of before holds where it could not.
    ///   - nanoseconds: The time now, in nanoseconds since 1970 (UTC).
    package func note(isSuccessful: Bool, at nanoseconds: UInt64) {
        store.update { registry in
            registry.set(isSuccessful ? 1 : 0, of: successful)
            if isSuccessful { registry.set(Int128(nanoseconds / 1_000_000), of: timestamp) }
        }
    }
}
