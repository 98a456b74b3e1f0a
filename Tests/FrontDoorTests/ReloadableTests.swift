// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Logging
import Synchronization
import Testing

@testable import llm_cost_exporter

/// The parts of the service that a reload goes through.
@Suite struct ReloadableTests {
    private final class Steps: Sendable {
        let taken = Mutex([String]())
    }

    /// Notes each reload, with a value of the settings that it gets.
    private struct Recorder: Reloadable {
        let name: String
        let steps: Steps

        func apply(_ loaded: Loaded, _ settings: Settings) {
            steps.taken.withLock { $0.append("\(name) \(settings.watchesFiles) \(settings.unknownModels)") }
        }
    }

    private struct Broken: Error {}

    @Test func `each part sees each reload once, in order, with the settings in force`() async throws {
        let loaded = try Loaded(try ConfigFileFlag.parse([]))
        let steps = Steps()
        let loads = Mutex(0)
        let assembly = Assembly(
            loaded, clock: nil,
            guests: [
                Guest(reloadables: [Recorder(name: "first", steps: steps), Recorder(name: "second", steps: steps)])
            ])
        #expect(steps.taken.withLock { $0 } == [])
        let reloader = Reloader(
            load: { _ in
                let number = loads.withLock {
                    $0 += 1
                    return $0
                }
                if number == 2 { throw Broken() }
                var next = loaded
                // A reload changes the first of these and not the second.
                next.settings.watchesFiles = number > 1
                next.settings.unknownModels = 7
                return next
            }, settings: loaded.settings, files: FileStamps(), assembly: assembly, threshold: LogThreshold(.critical),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, wallNanoseconds: { 0 })
        for _ in 0..<3 { await reloader.reload(.request) }
        let unknown = loaded.settings.unknownModels
        #expect(
            steps.taken.withLock { $0 } == [
                "first false \(unknown)", "second false \(unknown)", "first true \(unknown)", "second true \(unknown)",
            ])
    }
}
