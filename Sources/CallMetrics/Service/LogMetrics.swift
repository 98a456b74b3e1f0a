// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The number of log lines that never reached standard error.
package final class LogMetrics: HealthSeries {
    private let store: MetricsStore
    private let losses: @Sendable () -> LogLosses
    private let full: SeriesID
    private let failed: SeriesID
    private let repeated: SeriesID

    /// Registers the family.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - losses: Reads the present figures of the log.
    package init(store: MetricsStore, losses: @escaping @Sendable () -> LogLosses) {
        self.store = store
        self.losses = losses
        (full, failed, repeated) = store.update { registry in
            let family = registry.registerCounter(
                "llm_cost_exporter_log_lines_lost_total", "Log lines not written to standard error, by reason.",
                by: "reason", ["queue_full", "write_failed", "rate_limit"])
            return (
                registry.series(family, ["queue_full"]), registry.series(family, ["write_failed"]),
                registry.series(family, ["rate_limit"])
            )
        }
    }

    package func refresh() {
        let losses = losses()
        store.update { registry in
            registry.mirror(Int128(losses.queueFull), in: full)
            registry.mirror(Int128(losses.writeFailed), in: failed)
            registry.mirror(Int128(losses.rateLimit), in: repeated)
        }
    }
}

/// Log lines that were not written, since the start.
package struct LogLosses: Sendable {
    /// Lines that found the queue full, because standard error was read too slowly.
    package var queueFull: UInt64
    /// Lines that the system refused to write.
    package var writeFailed: UInt64
    /// Lines left out because too many of their kind came in one minute.
    package var rateLimit: UInt64

    package init(queueFull: UInt64, writeFailed: UInt64, rateLimit: UInt64) {
        self.queueFull = queueFull
        self.writeFailed = writeFailed
        self.rateLimit = rateLimit
    }
}
