// SPDX-License-Identifier: Apache-2.0
import ServiceLifecycle
import UnixSignals

/// Reloads settings and prices at SIGHUP, and when one of their files has changed.
struct ReloadTriggers: Service {
    let reloader: Reloader
    let hangups: UnixSignalsSequence
    /// The time between two checks of the files.
    var interval: Duration = .seconds(5)
    /// The time for which a changed file must stay unchanged before it is read, since its writer may not be done.
    var patience: Duration = .seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in hangups { await reloader.reload(.signal) } }
                group.addTask { await watch() }
                await group.waitForAll()
            }
        }
    }

    private func watch() async {
        // The sleep throws at shutdown.
        while (try? await Task.sleep(for: interval)) != nil {
            guard var changed = await reloader.changedFiles else { continue }
            while (try? await Task.sleep(for: patience)) != nil {
                let now = changed.now
                if now == changed { break }
                changed = now
            }
            guard !Task.isCancelled, await reloader.changedFiles != nil else { continue }
            await reloader.reload(.changedFile)
        }
    }
}
