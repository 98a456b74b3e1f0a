// SPDX-License-Identifier: Apache-2.0
import HTTPAPI
import Ingest
import ServiceLifecycle

/// Counts the calls whose wait in the settle window is over, on a thread of its own, and everything at the end.
struct Settler: Service {
    let pipeline: IngestPipeline
    /// How long a call may wait beyond its time.
    var interval: Duration = .milliseconds(250)
    /// The same while so many become due that senders would soon have to help.
    var busyInterval: Duration = .milliseconds(10)

    func run() async throws {
        // Pricing what was never seen before takes its time, which tasks shall not wait for.
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
                        isBusy = decided >= Self.many
                    } catch {
                        return
                    }
                }
            }
        }
        pipeline.settleAll(arrivalNanoseconds: WallClock.nanoseconds())
    }

    /// How many decided spans at a time are many.
    private static let many = 1_024
}
