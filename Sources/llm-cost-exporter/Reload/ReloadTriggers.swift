// SPDX-License-Identifier: Apache-2.0
import ServiceLifecycle
import UnixSignals

/// Has settings and prices read again at SIGHUP, and when one of their files changes.
struct ReloadTriggers: Service {
    let reloader: Reloader
    let hangups: UnixSignalsSequence
    /// How often files are looked at.
    var interval: Duration = .seconds(5)
    /// How long a file has to stay as it is before it is read, since somebody may be writing it.
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
        // Sleeping throws when it is time to stop.
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
