// SPDX-License-Identifier: Apache-2.0
import HTTPAPI
import Ingest
import ServiceLifecycle

/// Counts the calls whose wait in the settle window is over while no spans arrive, and everything at the end.
struct Settler: Service {
    let pipeline: IngestPipeline
    /// How long a call may wait beyond its time.
    var interval: Duration = .milliseconds(250)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while true {
                do { try await Task.sleep(for: interval) } catch { return }
                pipeline.settleDue(arrivalNanoseconds: WallClock.nanoseconds())
            }
        }
        pipeline.settleAll(arrivalNanoseconds: WallClock.nanoseconds())
    }
}
