// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import CallMetrics
import Logging
import Pricing
import Synchronization
import Testing

@testable import llm_cost_exporter

/// The parts of the service that a reload goes through.
@Suite struct ReloadableTests {
    private final class Steps: Sendable {
        let taken = Mutex([String]())
        let moments = Mutex([UInt64?]())
    }

    /// Notes each reload, with a value of the settings that it gets.
    private struct Recorder: Reloadable {
        let name: String
        let steps: Steps

        func apply(_ loaded: Loaded, _ settings: Settings, at moment: ClockMoment?) {
            steps.taken.withLock { $0.append("\(name) \(settings.watchesFiles) \(settings.unknownModels)") }
            steps.moments.withLock { $0.append(moment?.monotonicNanoseconds) }
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

    @Test func `each part gets the same moment, so that two books charge a machine from the same time on`() throws {
        let loaded = try Loaded(try ConfigFileFlag.parse([]))
        let steps = Steps()
        let ticks = Mutex(UInt64(0))
        let tick: @Sendable () -> UInt64 = {
            ticks.withLock {
                $0 += 1
                return $0
            }
        }
        let clock = AssemblyClock(
            monotonicNanoseconds: tick, wallNanoseconds: { 0 }, processLevels: { ProcessLevels() },
            logLosses: { LogLosses(queueFull: 0, writeFailed: 0, rateLimit: 0) },
            scrapers: { (regular: 0, forgotten: 0) })
        let parts = ["first", "second"].map { Recorder(name: $0, steps: steps) as any Reloadable }
        let assembly = Assembly(loaded, clock: clock, guests: [Guest(reloadables: parts)])
        let before = ticks.withLock { $0 }
        _ = assembly.apply(loaded, loaded.settings)
        #expect(steps.moments.withLock { $0 } == [before + 1, before + 1])
        #expect(ticks.withLock { $0 } == before + 1, "no part reads the clock itself")
    }
}
