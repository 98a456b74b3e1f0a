// SPDX-License-Identifier: Apache-2.0
import Aggregation

/// The process, as the operating system sees it: the `process_*` families of Prometheus client libraries.
package final class ProcessMetrics: HealthSeries {
    private let store: MetricsStore
    private let levels: @Sendable () -> ProcessLevels
    private let cpuSeconds: SeriesID
    private let residentBytes: SeriesID
    private let virtualBytes: SeriesID
    private let startTime: SeriesID
    private let openDescriptors: SeriesID
    private let maxDescriptors: SeriesID

    /// Registers the families.
    ///
    /// - Parameters:
    ///   - store: The store of all series.
    ///   - levels: Reads the present figures.
    package init(store: MetricsStore, levels: @escaping @Sendable () -> ProcessLevels) {
        self.store = store
        self.levels = levels
        (cpuSeconds, residentBytes, virtualBytes, startTime, openDescriptors, maxDescriptors) = store.update {
            registry in
            (
                registry.registerSeries(
                    "process_cpu_seconds_total", "User and system CPU time in seconds.", .counter, scale: 9,
                    unit: .seconds),
                registry.registerSeries(
                    "process_resident_memory_bytes", "Resident memory in bytes.", .gauge, unit: .bytes),
                registry.registerSeries(
                    "process_virtual_memory_bytes", "Virtual memory in bytes.", .gauge, unit: .bytes),
                registry.registerSeries(
                    "process_start_time_seconds", "Start time of the process, in seconds since 1970 (UTC).", .gauge,
                    scale: 9, unit: .seconds),
                registry.registerSeries("process_open_fds", "Number of open file descriptors.", .gauge),
                registry.registerSeries("process_max_fds", "Largest number of open file descriptors.", .gauge)
            )
        }
    }

    package func refresh() {
        let levels = levels()
        store.update { registry in
            registry.mirror(Int128(levels.cpuNanoseconds), in: cpuSeconds)
            registry.set(Int128(levels.residentBytes), of: residentBytes)
            registry.set(Int128(levels.virtualBytes), of: virtualBytes)
            registry.set(Int128(levels.startNanoseconds), of: startTime)
            registry.set(Int128(levels.openDescriptors), of: openDescriptors)
            registry.set(Int128(levels.maxDescriptors), of: maxDescriptors)
        }
    }
}

/// Figures that the operating system keeps of this process.
package struct ProcessLevels: Sendable {
    package var cpuNanoseconds: Int64 = 0
    package var residentBytes: Int64 = 0
    package var virtualBytes: Int64 = 0
    /// Since 1970 (UTC).
    package var startNanoseconds: Int64 = 0
    package var openDescriptors: Int64 = 0
    package var maxDescriptors: Int64 = 0

    package init() {}
}
