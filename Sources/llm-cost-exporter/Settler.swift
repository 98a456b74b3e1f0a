// SPDX-License-Identifier: Apache-2.0
import HTTPAPI
import Ingest
import ServiceLifecycle

/// Counts the calls whose time in the settle window is over, on a thread of its own, and all waiting calls at shutdown.
struct Settler: Service {
    let pipeline: IngestPipeline
    /// Whether shutdown decides the waiting spans; with a ledger they go on waiting in the next process.
    var settlesAtEnd = true
    /// Called after each run, to log what the spans showed.
    var afterRun: @Sendable () -> Void = {}
    /// The time between two runs.
    var interval: Duration = .milliseconds(250)
    /// The time between two runs while many calls become due, so that requests need not price them.
    var busyInterval: Duration = .milliseconds(10)

    func run() async throws {
        // Pricing new names takes long and must not block the threads that tasks share.
        let thread = WorkerPool(count: 1)
        try await thread.whileRunning {
            await cancelWhenGracefulShutdown {
                var isBusy = false
                while true {
                    do {
                        try await Task.sleep(for: isBusy ? busyInterval : interval)
                        let decided = try await thread.run {
                            pipeline.settleDue(arrivalNanoseconds: WallClock.nanoseconds())
                        }
                        afterRun()
                        isBusy = decided >= Self.many
                    } catch {
                        return
                    }
                }
            }
        }
        let now = WallClock.nanoseconds()
        if settlesAtEnd { pipeline.settleAll(arrivalNanoseconds: now) } else { pipeline.pause(arrivalNanoseconds: now) }
        afterRun()
    }

    /// The number of spans decided in one run from which on the short interval applies.
    private static let many = 1_024
}
